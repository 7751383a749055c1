package console_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"haris/internal/action"
	"haris/internal/auth"
	"haris/internal/event"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// warned is a world in which kid-a has reported the account of a case.
func warned(t *testing.T) (b *bundle, id string) {
	b, id = furnished(t)
	for i := range b.out.events {
		if e := &b.out.events[i]; e.Seq == 20 {
			e.Type, e.Data.By, e.Data.Account, e.Data.Reason = event.AccountReported, "kid-a", "acc-1", "grooming"
		}
	}
	return b, id
}

// TestAnswerWithAFinding answers whoever warned with the finding, once, and tells nothing that does not fit.
func TestAnswerWithAFinding(t *testing.T) {
	b, id := warned(t)
	w := b.as(auth.Reviewer)
	path := "/case/" + id
	w.post(path, path+"/claim", nil)
	w.get(path).has(t, "before", "Who warned", "no answer yet", "Answer the 1 account that warned", "Is being looked at", `href="#e20"`)
	form := b.finding(id)
	form.Set("answer", "acted")
	if got := w.post(path, path+"/dispose", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "does not fit the finding") {
		t.Fatalf("an answer that does not fit: %d", got.status)
	}
	form.Set("answer", "no_violation")
	if got := w.post(path, path+"/dispose", form); got.status != http.StatusSeeOther || got.header.Get("Location") != path {
		t.Fatalf("%d to %s", got.status, got.header.Get("Location"))
	}
	page := w.get(path)
	page.has(t, "after", "Looked at: nothing against the rules")
	page.hasNot(t, "after", "no answer yet", path+"/answer")
	if n := len(b.out.actions); n != 1 || b.out.actions[0].Subject != "kid-a" || b.out.actions[0].By.Person != w.person.ID {
		t.Errorf("%+v", b.out.actions)
	}
	if got := w.post(path, path+"/answer", url.Values{"answer": {"no_violation"}}); got.header.Get("Location") != path+"?unanswered=nobody#warned" || len(b.out.actions) != 1 {
		t.Errorf("answered twice: %s", got.header.Get("Location"))
	}
}

// TestAnswerLater answers from the section of its own, and says why when nobody could be told.
func TestAnswerLater(t *testing.T) {
	b, id := warned(t)
	w := b.as(auth.Reviewer)
	path := "/case/" + id
	answer := func(o string) page {
		return w.post(path, path+"/answer", url.Values{"form": {"answer"}, "answer": {o}})
	}
	for why, fault := range map[string]error{"sealed": action.ErrNoEvidence, "hold": action.ErrNoNotice} {
		b.out.fail = nil
		w.get(path)
		b.out.answerFails = fault
		got := answer("looking")
		if got.header.Get("Location") != path+"?unanswered="+why+"#warned" {
			t.Errorf("%v: %d to %s", fault, got.status, got.header.Get("Location"))
		}
		w.get(got.header.Get("Location")).has(t, why, "Nobody was answered")
	}
	b.out.answerFails = errors.New("the disk is full")
	if got := answer("looking"); got.status != http.StatusInternalServerError {
		t.Errorf("another fault: %d", got.status)
	}
	b.out.answerFails = nil
	if got := answer("acted"); got.status != http.StatusUnprocessableEntity {
		t.Errorf("an outcome while the case waits: %d", got.status)
	}
	if got := answer("looking"); got.header.Get("Location") != path+"#warned" {
		t.Errorf("%d to %s", got.status, got.header.Get("Location"))
	}
	w.get(path).has(t, "told", "Is being looked at")
	none := b.open("q", "acc-11", taxonomy.P2)
	w.get("/case/"+none).hasNot(t, "nobody warned", "Who warned")
}

// TestWhoWarnedInManyConversations: whoever warned is told although their report is in none of the conversations that the page shows at first.
func TestWhoWarnedInManyConversations(t *testing.T) {
	b := setup(t)
	m := matter("a", "acc-1", taxonomy.P1)
	m.Signals[0].Events = nil
	for i := range 15 {
		e := event.Event{Seq: uint64(100 + i), ID: fmt.Sprint("r", i), Source: "/chat", Type: event.ContentReported, Time: b.now().Add(time.Duration(i) * time.Minute)}
		e.Data.By, e.Data.Account, e.Data.Conversation, e.Data.Reason = fmt.Sprint("kid-", i), "acc-1", fmt.Sprint("conv-", i), "grooming"
		b.out.events = append(b.out.events, e)
		m.Signals[0].Events = append(m.Signals[0].Events, e.Seq)
	}
	var id string
	b.store(func(tx *store.Tx) error {
		c, err := tx.Cases().Apply(t.Context(), b.now(), m)
		id = c.Case
		return err
	})
	w := b.as(auth.Reviewer)
	path := "/case/" + id
	w.get(path).has(t, "before", "The platform is asked to tell 15 accounts:", `?conversations=200#e114"`)
	if got := w.post(path, path+"/answer", url.Values{"answer": {"looking"}}); got.status != http.StatusSeeOther || got.header.Get("Location") != path+"#warned" {
		t.Fatalf("%d to %s", got.status, got.header.Get("Location"))
	}
	if body := w.get(path).body; strings.Contains(body, "no answer yet") {
		t.Error("somebody who warned was not told")
	}
}
