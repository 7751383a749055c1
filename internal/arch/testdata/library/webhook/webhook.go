// Package webhook imports from internal.
package webhook

import _ "haris/internal/store"
