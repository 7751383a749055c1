package report

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Sent is the memory of what the platform has ever sent: fields by type of event. It tells a fact that no platform event carries from one
// that was merely not said of an account.
type Sent struct {
	// Since is when the memory began; zero when no event has come since haris remembers.
	Since  time.Time
	Fields map[string][]string // by type; "keys.email" is a key of that kind in the clear
}

// Memory reads what the platform has ever sent.
type Memory interface {
	Sent(ctx context.Context) (Sent, error)
}

// ever reports whether the platform has ever sent the field; want is "type field", or "* field" for any type.
func (s *Sent) ever(want string) bool {
	kind, field, _ := strings.Cut(want, " ")
	if kind != "*" {
		return slices.Contains(s.Fields[kind], field)
	}
	for _, fields := range s.Fields {
		if slices.Contains(fields, field) {
			return true
		}
	}
	return false
}
