package console_test

import (
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// TestDrawingsFitTheWindow looks at a case with every drawing: accounts that share keys, the pace of contact, money, an account that has passed into
// other hands.
func TestDrawingsFitTheWindow(t *testing.T) {
	b := setup(t)
	b.conversation("acc-17", "kid-a")
	at := b.now().Add(-48 * time.Hour)
	m := matter("a", "acc-17", taxonomy.P1)
	m.Linked = []string{"acc-9", "acc-12"}
	handed := detect.Signal{Detector: "D10", Family: taxonomy.FamilyIdentity, Subject: "acc-17", Strength: 2, At: b.now()}
	for i, place := range []string{"ES", "ES", "DE", "DE", "DE"} {
		e := event.Event{Seq: uint64(i + 31), ID: "s", Source: "/s", Type: event.SessionStarted, Time: at.Add(time.Duration(i-2) * 12 * time.Hour)}
		e.Data.Account, e.Data.Country, e.Data.ASN = "acc-17", place, 3352
		b.out.events = append(b.out.events, e)
		handed.Events = append(handed.Events, e.Seq)
	}
	for i := range 3 {
		e := event.Event{Seq: uint64(i + 41), ID: "p", Source: "/s", Type: event.PaymentSent, Time: at.Add(time.Duration(i) * 30 * time.Hour)}
		e.Data.From, e.Data.To, e.Data.Amount, e.Data.Currency = "acc-17", []string{"kid-a"}, 20, "EUR"
		b.out.events = append(b.out.events, e)
		handed.Events = append(handed.Events, e.Seq)
	}
	handed.Events = handed.Events[2:] // the sign-in that fits another person comes first
	m.Signals = append(m.Signals, handed)
	var id string
	b.store(func(tx *store.Tx) error {
		c, err := tx.Cases().Apply(t.Context(), b.now(), m)
		id = c.Case
		return err
	})
	w := b.as(auth.Reviewer)
	got := w.get("/case/" + id).body
	for _, drawing := range []string{`class="web"`, `class="figures flows"`, "Before and after", `class="hours"`} {
		if !strings.Contains(got, drawing) {
			t.Errorf("the case has no %s: the test looks at nothing", drawing)
		}
	}
	b.lookAt(w, map[string]string{"drawn": "/case/" + id})
}
