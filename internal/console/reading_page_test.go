package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"haris/internal/auth"
)

// Times and numbers are written as each person reads them, and a zone that does not exist is named as a mistake.
func TestReadingIsEachPersonsOwn(t *testing.T) {
	b := setup(t)
	w, other := b.as(auth.Lead), b.as(auth.Reviewer)
	if got := w.post("/me", "/me/reading", url.Values{"zone": {"Mars/Olympus"}, "digits": {""}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `value="Mars/Olympus"`) || !strings.Contains(got.body, "Asia/Riyadh or Europe/Berlin") {
		t.Errorf("a zone that is none: %d", got.status)
	}
	if got := w.post("/me", "/me/reading", url.Values{"zone": {"Asia/Riyadh"}, "digits": {"latin"}}); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	if got := w.get("/me?kept=1"); !strings.Contains(got.body, "The time is 1 March 2026, 12:00 \u2066+03\u2069") {
		t.Error("the page does not tell the time of the zone")
	}
	if got := other.get("/me"); strings.Contains(got.body, "+03") || !strings.Contains(got.body, "09:00 UTC") {
		t.Error("another person's pages changed")
	}
}
