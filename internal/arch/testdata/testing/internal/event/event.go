// Package event imports testing.
package event

import _ "testing"
