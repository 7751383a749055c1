package console_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/exposure"
)

// TestGuardPagesInABrowser looks at the pages of limits and rests, in every look.
func TestGuardPagesInABrowser(t *testing.T) {
	b, id := furnished(t)
	b.showing.Limits = exposure.Limits{Items: 40, Time: 90 * time.Minute}
	w, other := b.as(auth.Reviewer, auth.Lead), b.as(auth.Reviewer)
	item := b.addTo(id, "stripes.png", stripes(t, 300, 200)).ID
	day := b.now().AddDate(0, 0, 14).UTC().Format(time.DateOnly)
	for _, f := range []struct {
		who      *browser
		at, path string
		form     url.Values
	}{
		{w, "/exposure", "/exposure/limit", url.Values{"who": {"team"}, "items": {"30"}, "minutes": {"60"}, "why": {"a heavy week"}}},
		{other, "/me", "/me/limit", url.Values{"items": {"12"}}},
		{w, "/exposure", "/exposure/rest", url.Values{"who": {other.person.ID}, "until": {day}, "why": {"rotation"}}},
		{w, "/exposure", "/exposure/rotation", url.Values{"who": {other.person.ID}, "kind": {"trafficking", "sextortion"}, "from": {b.day(1)}, "until": {day}, "why": {"two weeks of other work"}}},
		{w, "/me", "/me/rotation", url.Values{"kind": {"grooming"}, "until": {day}}},
		{w, "/me", "/me/rest", url.Values{"until": {day}, "why": {"I need it"}}},
	} {
		if got := f.who.post(f.at, f.path, f.form); got.status != http.StatusSeeOther {
			t.Fatalf("%s: %d", f.path, got.status)
		}
	}
	b.lookAt(w, map[string]string{"guard-exposure": "/exposure", "guard-me": "/me", "guard-viewer": "/evidence/" + item, "guard-case": "/case/" + id + "?left=3", "guard-queue": "/queue?nothing=1&left=3"})
}
