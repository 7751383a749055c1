package rule

import (
	"strings"

	"haris/internal/event"
	"haris/internal/remark"
)

// unreadable says why an event of a test cannot be read, and what the wire format expects.
func unreadable(bad *event.Problem) (msg, hint remark.Remark) {
	switch bad.Reason {
	case event.Missing:
		return say("{place} is missing from this event", "place", bad.Pointer), none
	case event.WrongType:
		return say("{place} is of another type than the wire format has", "place", bad.Pointer), wanted(bad.Want)
	case event.BadValue:
		return say("{place} cannot have this value", "place", bad.Pointer), wanted(bad.Want)
	}
	return say("this event cannot be read: {reason} {place}", "reason", bad.Reason, "place", bad.Pointer), wanted(bad.Want)
}

// wanted says what the wire format expects. The words that stand in a list, and what is seldom seen, stay as the wire format writes them.
func wanted(want string) remark.Remark {
	if list, ok := strings.CutPrefix(want, "one of "); ok {
		return say("one of these is expected: {list}", "list", list)
	}
	switch want {
	case "a string":
		return say("{what} is expected here", "what", say("a text"))
	case "true or false":
		return say("{what} is expected here", "what", say("true or false"))
	case "an object":
		return say("{what} is expected here", "what", say("a mapping of keys to values"))
	case "an RFC 3339 time with zone":
		return say("a time such as {example} is expected", "example", "2026-01-02T03:04:05Z")
	}
	return say("expected {want}", "want", want)
}
