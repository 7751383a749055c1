package console_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/review"
	"haris/internal/taxonomy"
)

// TestTakeDecideAndTakeTheNextByKeyboard works through a queue without a mouse, in both languages: n takes the most urgent case, a
// finding is recorded, and the next case is there.
func TestTakeDecideAndTakeTheNextByKeyboard(t *testing.T) {
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) {
			b := setup(t)
			second, first := b.open("b", "acc-2", taxonomy.P2), b.open("a", "acc-1", taxonomy.P1)
			w := b.as(auth.Reviewer)
			queue := w.save(url.Values{"name": {"all"}})
			if err := b.auth.SetLang(t.Context(), w.person.ID, lang); err != nil {
				t.Fatal(err)
			}
			k := startChrome(t)
			k.look(1280, "light")
			k.as(w)
			press := func(key string) { // a key that leads to another page
				k.t.Helper()
				if _, err := chromedp.RunResponse(k.ctx, chromedp.KeyEvent(key)); err != nil {
					k.t.Fatalf("%q: %v", key, err)
				}
			}
			k.do(chromedp.Navigate(b.srv.URL + "/queue?q=" + queue))
			press("n")
			at := func() string { return strings.TrimPrefix(eval[string](k, "location.pathname"), "/case/") }
			if got := at(); got != first {
				t.Fatalf("n leads to %s, want the most urgent case %s", got, first)
			}
			// The arrow chooses the second finding, cleared; then tab: kind of matter, policy, reason, confidence.
			k.do(chromedp.KeyEvent("d"), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent("\t"), chromedp.KeyEvent("\t"), chromedp.KeyEvent("\t"),
				chromedp.KeyEvent("her coach; the club confirms it"), chromedp.KeyEvent("\t"), chromedp.KeyEvent(" "))
			for range 4 { // past what is offered between the confidence and the second button
				k.do(chromedp.KeyEvent("\t"))
				if eval[string](k, "document.activeElement.value || ''") == "next" {
					break
				}
			}
			press("\r")
			if got := at(); got != second {
				t.Errorf("the next case is %s, want %s", got, second)
			}
			if c := b.caseOf(first); c.Status != casefile.Cleared || c.Disposal.Reason != "her coach; the club confirms it" {
				t.Errorf("%s, %+v", c.Status, c.Disposal)
			}
			if c := b.caseOf(second); c.Holder(b.now()) != w.person.ID {
				t.Error("the next case is not claimed")
			}
			for _, s := range k.said {
				t.Errorf("the browser complains: %s", s)
			}
		})
	}
}

// TestDeskPagesInABrowser looks at the queue with its saved ones, at a case that is put off and at what is muted, in every look.
func TestDeskPagesInABrowser(t *testing.T) {
	b := setup(t)
	id := b.open("b", "acc-2", taxonomy.P2)
	b.open("a", "acc-1", taxonomy.P1)
	w := b.as(auth.Lead)
	queue := w.save(url.Values{"name": {"Grooming, urgent"}, "priority": {"P1"}, "limit": {"30"}, "unit": {"m"}, "shared": {"1"}, "role": {"reviewer"}})
	round := w.named(url.Values{"name": {"Night desk"}, "limit": {"2"}, "unit": {"h"}}, w)
	w.save(url.Values{"name": {"Nobody’s, old"}, "who": {"nobody"}, "days": {"3"}})
	ctx := t.Context()
	_, err1 := b.deps.Arrange.Park(ctx, review.Act{Who: w.person.ID, Case: id}, b.now().Add(24*time.Hour), "asked her school")
	_, err2 := b.deps.Mutes.Mute(ctx, casefile.Mute{Subject: "acc-1", Detector: "D1", Owner: w.person.ID, Reason: "coach of the club", Ends: b.now().Add(72 * time.Hour)})
	_, err3 := b.deps.Presence.Here(ctx, id, b.as(auth.Reviewer).person.ID)
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			t.Fatal(err)
		}
	}
	b.lookAt(w, map[string]string{
		"desk-queue": "/queue?q=" + queue, "desk-queues": "/queues?who=mine", "desk-case": "/case/" + id + "?via=" + round, "desk-mutes": "/mute",
		"desk-round": "/person/" + w.person.ID + "/round", "desk-people": "/queues/" + round + "/people", "desk-nothing": "/queue?nothing=round",
	})
}
