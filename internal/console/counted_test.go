package console_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/event"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

var (
	leadsTo  = regexp.MustCompile(`href="#([^"]+)"`)
	standsAt = regexp.MustCompile(` id="([^"]+)"`)
	countedA = regexp.MustCompile(`<a class="counted" href="#(rests-[a-z_]+-\d+)"[^>]*>([^<]*)</a>`)
)

// TestNumbersLeadToTheirEvents: on the page of a case what was seen leads to the list of events that it was counted from, those to the events
// themselves, and nothing leads nowhere.
func TestNumbersLeadToTheirEvents(t *testing.T) {
	b := setup(t)
	w := b.as(auth.Reviewer)
	b.conversation("acc-17", "kid-a")
	got := w.get("/case/" + b.open("a", "acc-17", taxonomy.P1)).body
	there := map[string]bool{}
	for _, m := range standsAt.FindAllStringSubmatch(got, -1) {
		if there[m[1]] {
			t.Errorf("two elements are called %s", m[1])
		}
		there[m[1]] = true
	}
	for _, m := range leadsTo.FindAllStringSubmatch(got, -1) {
		if !there[m[1]] {
			t.Errorf("a link leads to %s, which is not on the page", m[1])
		}
	}
	counted := map[string]int{}
	for _, m := range countedA.FindAllStringSubmatch(got, -1) {
		counted[m[1]]++
	}
	if counted["rests-contact-1"] != 3 || counted["rests-feedback-1"] != 2 {
		t.Errorf("what was seen leads to its events: %v, want all three figures of contact and both of feedback", counted)
	}
	for _, seq := range []string{"e3", "e9", "e20"} {
		if !strings.Contains(got, `href="#`+seq+`"`) {
			t.Errorf("nothing leads to %s", seq)
		}
	}
}

// TestAllConversationsCanBeSeen: a case about many people shows the first of their conversations, and the others when somebody asks; what is not
// shown leads to the page with all of them.
func TestAllConversationsCanBeSeen(t *testing.T) {
	b := setup(t)
	w := b.as(auth.Reviewer)
	m := matter("a", "acc-17", taxonomy.P1)
	m.Signals[0].Events = nil
	for i := range 30 {
		seq := uint64(100 + i)
		m.Signals[0].Events = append(m.Signals[0].Events, seq)
		e := event.Event{Seq: seq, ID: fmt.Sprint("m", seq), Source: "/chat", Type: event.MessageSent, Time: time.Date(2026, 2, 27, 16, i, 0, 0, time.UTC)}
		e.Data.Conversation, e.Data.Text, e.Data.From, e.Data.To = fmt.Sprint("conv-", i), fmt.Sprint("Hello number ", i), "acc-17", []string{fmt.Sprint("kid-", i)}
		b.out.events = append(b.out.events, e)
	}
	var id string
	err := b.db.Write(t.Context(), func(tx *store.Tx) error {
		c, err := tx.Cases().Apply(t.Context(), b.now(), m)
		id = c.Case
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][2]int{
		"": {12, 18}, "?conversations=24": {24, 6}, "?conversations=36": {30, 0}, "?conversations=1": {12, 18}, "?conversations=many": {12, 18}, "?conversations=99999999": {30, 0},
	} {
		got := w.get("/case/" + id + path).body
		if n := strings.Count(got, "Hello number "); n != want[0] {
			t.Errorf("%q shows %d conversations, want %d", path, n, want[0])
		}
		away, gone := want[1]+1, 0 // the events not shown, and that of another signal, which is not there: of it nobody knows until all are shown
		if want[1] == 0 {
			away, gone = 0, 1
		}
		if n := strings.Count(got, `?conversations=200#e`); n != away {
			t.Errorf("%q leads to %d events of the page with all conversations, want %d", path, n, away)
		}
		if n := strings.Count(got, "not shown on this page</span></span>"); n != gone {
			t.Errorf("%q leaves %d events without a link, want %d", path, n, gone)
		}
		if offers := strings.Contains(got, "#more-conversations"); offers != (want[1] > 0) {
			t.Errorf("%q offers more: %v", path, offers)
		}
		for _, x := range leadsTo.FindAllStringSubmatch(got, -1) {
			if !strings.Contains(got, ` id="`+x[1]+`"`) {
				t.Errorf("%q: a link leads to %s, which is not on the page", path, x[1])
			}
		}
	}
}
