package console

import (
	"strings"
	"testing"

	"haris/internal/event"
)

// TestUnreadableEventsReadArabic: why an event could not be read is said in the language of the page, for every reason that there is.
func TestUnreadableEventsReadArabic(t *testing.T) {
	w := words(t)
	en, ar := &view{catalogue: w["en"]}, &view{catalogue: w["ar"]}
	reasons := []event.Reason{
		event.MalformedJSON, event.InvalidUTF8, event.DuplicateKey, event.TooDeep, event.TooLarge, event.Missing, event.WrongType, event.BadValue, event.FutureTime, "source_not_allowed",
	}
	for _, r := range reasons {
		p := event.Problem{Reason: r, Line: 3, Column: 7, Pointer: "/data/to", Want: "one of a, b: c"}
		if got := en.unreadable(p.Error()); got != p.Error() {
			t.Errorf("in English %q, want %q", got, p.Error())
		}
		got := ar.unreadable(p.Error())
		if !strings.HasPrefix(got, "السطر 3، العمود 7، \u2068/data/to\u2069: ") || !strings.HasSuffix(got, "\u2068one of a, b: c\u2069") || strings.Contains(got, strings.ReplaceAll(string(r), "_", " ")) {
			t.Errorf("%s: %q", r, got)
		}
	}
	if got := ar.unreadable("line 2: missing: expected an id"); got == "" || strings.Contains(got, "missing") || strings.Contains(got, "line") {
		t.Errorf("without column and place: %q", got)
	}
	if got := ar.unreadable("something else"); got != "something else" {
		t.Errorf("what has another shape: %q", got)
	}
}
