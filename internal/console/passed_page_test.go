package console_test

import (
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// A case in which D10 spoke shows how the account was used before and after; another does not.
func TestCaseShowsBeforeAndAfter(t *testing.T) {
	b := setup(t)
	at := b.now().Add(-48 * time.Hour)
	for i, place := range []string{"ES", "ES", "DE", "DE"} {
		e := event.Event{Seq: uint64(i + 1), ID: "s", Source: "/s", Type: event.SessionStarted, Time: at.Add(time.Duration(i-2) * 12 * time.Hour)}
		e.Data.Account, e.Data.Country = "kid-a", place
		b.out.events = append(b.out.events, e)
	}
	raise := func(key, detector string) (id string) {
		b.store(func(tx *store.Tx) error {
			c, err := tx.Cases().Apply(t.Context(), b.now(), casefile.Matter{
				Key: key, Subject: "kid-a", Typology: taxonomy.TypologyTrafficking, Priority: taxonomy.P2, At: b.now(),
				Signals: []detect.Signal{{Detector: detector, Family: taxonomy.FamilyIdentity, Subject: "kid-a", Strength: 2, At: b.now(), Events: []uint64{3}}},
			})
			id = c.Case
			return err
		})
		return id
	}
	w := b.as(auth.Reviewer)
	got := w.get("/case/" + raise("k", "D10"))
	for _, want := range []string{"Before and after", "came on 27 February 2026, 09:00 UTC", `<bdi class="id">DE</bdi>`} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, want := range []string{`href="#passed.acts_before"`, `href="#passed.acts_after"`, `id="passed.acts_before"`, `id="passed.acts_after"`, "Before: 2 events", "Since: 2 events"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("what was counted cannot be looked at: the page lacks %q", want)
		}
	}
	_, list, _ := strings.Cut(got.body, `id="passed.acts_before"`)
	if n := strings.Count(list[:strings.Index(list, "A move, a holiday")], "signed in"); n != 4 {
		t.Errorf("%d sign-ins are listed, want all four", n)
	}
	b.out.events = nil // retention has removed the sign-in
	if got := w.get("/case/" + raise("k", "D10")); got.status != 200 || strings.Contains(got.body, "Before and after") {
		t.Errorf("%d: a comparison without a moment", got.status)
	}
}
