package event

import (
	"fmt"
	"strings"
)

// Reason is a stable word for what is wrong with an event; callers and counters use it.
type Reason string

// The reasons.
const (
	MalformedJSON Reason = "malformed_json"
	InvalidUTF8   Reason = "invalid_utf8"
	DuplicateKey  Reason = "duplicate_key"
	TooDeep       Reason = "too_deep"
	TooLarge      Reason = "too_large"
	Missing       Reason = "missing"
	WrongType     Reason = "wrong_type"
	BadValue      Reason = "bad_value"
	FutureTime    Reason = "future_time"
)

// Problem says what is wrong with an event, where, and what was expected. It never repeats a value that was sent, so it may
// be logged and answered.
type Problem struct {
	Reason  Reason `json:"reason"`
	Line    int    `json:"line"`              // from 1, in the body or file
	Column  int    `json:"column,omitempty"`  // from 1, in bytes; 0 when the event as a whole is meant
	Pointer string `json:"pointer,omitempty"` // JSON pointer (RFC 6901) within the event; empty for the event itself
	Want    string `json:"expected"`
}

// Error is one sentence: where, what, expected.
func (p *Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "line %d", p.Line)
	if p.Column > 0 {
		fmt.Fprintf(&b, ", column %d", p.Column)
	}
	if p.Pointer != "" {
		fmt.Fprintf(&b, ", at %s", p.Pointer)
	}
	fmt.Fprintf(&b, ": %s: expected %s", strings.ReplaceAll(string(p.Reason), "_", " "), p.Want)
	return b.String()
}
