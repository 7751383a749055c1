package console_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/lead"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// looks draws every finding for a second look.
func (b *bundle) looks() *lead.Looks {
	return &lead.Looks{
		Write: func(ctx context.Context, f func(lead.LookTx) error) error {
			return b.db.Write(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Read: func(ctx context.Context, f func(lead.LookTx) error) error {
			return b.db.Read(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Now: b.now, Secret: []byte("a secret of the test"), Share: 1,
	}
}

// TestSecondLook goes the way of one: drawn, shown without the finding, answered, and then both stand beside each other for those two and the lead.
func TestSecondLook(t *testing.T) {
	b := setup(t)
	first, second := b.as(auth.Reviewer), b.as(auth.Reviewer)
	chief := b.as(auth.Lead)
	id := b.open("k", "acc-77", taxonomy.P1)
	first.post("/queue", "/case/"+id+"/claim", nil)
	err := b.db.Write(t.Context(), func(tx *store.Tx) error {
		e, err := casefile.NewEvent(id, b.now(), first.person.ID, casefile.Disposed, casefile.DisposedBody{Disposition: casefile.Disposition{
			Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyGrooming, Reason: "the first reason",
		}})
		if err != nil {
			return err
		}
		c, err := tx.Cases().Append(t.Context(), e)
		if err != nil {
			return err
		}
		e.N = c.Events
		return b.looks().After(t.Context(), tx, &c, &e)
	})
	if err != nil {
		t.Fatal(err)
	}
	path := "/quality/" + id + "/3"
	if got := second.get("/quality").body; !strings.Contains(got, `href="`+path+`"`) {
		t.Fatal("the look is not offered")
	}
	if got := first.get("/quality").body; strings.Contains(got, path) {
		t.Error("one's own finding is offered")
	}
	if got := first.get(path).status; got != http.StatusForbidden {
		t.Errorf("one's own finding: %d", got)
	}
	page := second.get(path)
	if page.status != http.StatusOK || !strings.Contains(page.body, "acc-77") {
		t.Fatalf("%d", page.status)
	}
	for _, hidden := range []string{"the first reason", "What both found", first.person.ID} {
		if strings.Contains(page.body, hidden) {
			t.Errorf("the page holds %q before the second finding", hidden)
		}
	}
	if got := second.post(path, path, url.Values{"finding": {"confirmed"}, "reason": {"x"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("confirmed without a typology: %d", got.status)
	}
	if got := second.post(path, path, url.Values{"finding": {"cleared"}, "reason": {"a coach"}}); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := second.post("/quality", path, url.Values{"finding": {"cleared"}, "reason": {"again"}}); got.status != http.StatusConflict {
		t.Errorf("a second answer: %d", got.status)
	}
	if got := second.get(path).body; !strings.Contains(got, "What both found") || !strings.Contains(got, "a coach") {
		t.Error("after the answer both findings should stand there")
	}
	if got := b.as(auth.Reviewer).get(path).status; got != http.StatusNotFound {
		t.Errorf("a third person: %d", got)
	}
	if got := chief.get("/quality").body; !strings.Contains(got, "0 of 1: too few to say") || !strings.Contains(got, path) {
		t.Error("the lead sees no disagreement")
	}
	if !b.audited("second_look.viewed", "case/"+id) || !b.audited("second_look.answered", "case/"+id) {
		t.Error("not in the audit log")
	}
	var c casefile.Case
	if err := b.db.Read(t.Context(), func(tx *store.Tx) (err error) { c, err = tx.Cases().Get(t.Context(), id); return err }); err != nil || c.Status != casefile.Confirmed {
		t.Errorf("the second look changed the case: %s (%v)", c.Status, err)
	}
}
