// Package event imports what stands below it.
package event

import _ "haris/internal/store"
