package console_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/review"
	"haris/internal/taxonomy"
)

// caseOf reads a case as a person would.
func (b *bundle) caseOf(id string) casefile.Case {
	b.t.Helper()
	c, _, err := b.deps.Desk.View(b.t.Context(), "test", id)
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

// does sends a form of the case page with what it has seen, and fails unless the answer is of the kind that is wanted.
func (w *browser) does(id, what string, want int, form url.Values) page {
	w.b.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	form.Set("seen", strconv.Itoa(w.b.caseOf(id).Events))
	form.Set("form", what)
	got := w.post("/case/"+id, "/case/"+id+"/"+what, form)
	if got.status != want {
		w.b.t.Fatalf("%s: %d, want %d", what, got.status, want)
	}
	return got
}

func TestPutOffAndTakenUp(t *testing.T) {
	b := setup(t)
	id, urgent := b.open("a", "acc-1", taxonomy.P2), b.open("b", "acc-2", taxonomy.P0)
	ada := b.as(auth.Reviewer)
	if got := ada.does(id, "rest", http.StatusUnprocessableEntity, url.Values{"hours": {"9999"}, "reason": {"asked her school"}}); !strings.Contains(got.body, "asked her school") {
		t.Error("what was written is lost")
	}
	ada.does(id, "rest", http.StatusSeeOther, url.Values{"kind": {"parked"}, "hours": {"24"}, "reason": {"asked her school"}})
	if c := b.caseOf(id); c.Rest == nil || c.Rest.Kind != casefile.Parked || c.Assignee != ada.person.ID {
		t.Fatalf("%+v of %q", c.Rest, c.Assignee)
	}
	if body := ada.get("/queue").body; strings.Contains(body, "row-"+id) || !strings.Contains(body, "row-"+urgent) {
		t.Error("the queue still shows what is put off, or nothing")
	}
	if body := ada.get("/queue?status=asleep").body; !strings.Contains(body, "row-"+id) || strings.Contains(body, "row-"+urgent) {
		t.Error("the list of what is put off is another")
	}
	b.pass(25 * time.Hour)
	ada = b.as(auth.Reviewer)
	if !strings.Contains(ada.get("/queue").body, "row-"+id) {
		t.Error("it did not come back when its time had come")
	}
	ada.does(urgent, "rest", http.StatusConflict, url.Values{"kind": {"snoozed"}, "hours": {"1"}, "reason": {"x"}})
	if body := ada.get("/case/" + urgent).body; strings.Contains(body, "/rest\"") || !strings.Contains(body, "P0 cannot be put off") {
		t.Error("the page of an urgent case offers to put it off, or does not say why not")
	}
	ada.does(id, "rest", http.StatusSeeOther, url.Values{"kind": {"snoozed"}, "hours": {"1"}, "reason": {"x"}})
	ada.does(id, "wake", http.StatusSeeOther, nil)
	if c := b.caseOf(id); c.Rest != nil {
		t.Error("it was not taken up")
	}
}

func TestWhoMayAssign(t *testing.T) {
	b := setup(t)
	id := b.open("a", "acc-1", taxonomy.P2)
	ada, bea, lead, admin := b.as(auth.Reviewer), b.as(auth.Reviewer), b.as(auth.Lead), b.as(auth.Admin)
	to := func(who *browser) url.Values { return url.Values{"to": {who.person.ID}} }
	ada.does(id, "assign", http.StatusForbidden, to(bea))
	ada.does(id, "assign", http.StatusSeeOther, to(ada))
	bea.does(id, "assign", http.StatusForbidden, to(bea))
	bea.does(id, "assign", http.StatusForbidden, nil)
	if got := b.caseOf(id).Assignee; got != ada.person.ID {
		t.Fatalf("the case is %s’s", got)
	}
	lead.does(id, "assign", http.StatusUnprocessableEntity, to(admin))
	lead.does(id, "assign", http.StatusSeeOther, to(bea))
	if body := ada.get("/queue").body; !strings.Contains(body, "for "+bea.person.Name) {
		t.Error("the queue does not say whose the case is")
	}
	bea.does(id, "assign", http.StatusSeeOther, nil)
	if got := b.caseOf(id).Assignee; got != "" {
		t.Errorf("the case is %s’s", got)
	}
	if strings.Contains(lead.get("/case/"+id).body, `value="`+admin.person.ID+`"`) {
		t.Error("the form offers somebody who may not decide")
	}
}

func TestMergedCasesPointAtEachOther(t *testing.T) {
	b := setup(t)
	into, from := b.open("a", "acc-1", taxonomy.P2), b.open("b", "acc-2", taxonomy.P2)
	ada := b.as(auth.Reviewer)
	ada.does(from, "merge", http.StatusUnprocessableEntity, url.Values{"into": {from}, "reason": {"one man"}})
	ada.does(from, "merge", http.StatusUnprocessableEntity, url.Values{"into": {"none"}, "reason": {"one man"}})
	got := ada.does(from, "merge", http.StatusSeeOther, url.Values{"into": {into}, "reason": {"one man"}})
	if to := got.header.Get("Location"); to != "/case/"+into {
		t.Errorf("leads to %s", to)
	}
	if !strings.Contains(ada.get("/case/"+into).body, `href="/case/`+from+`"`) || !strings.Contains(ada.get("/case/"+from).body, `href="/case/`+into+`"`) {
		t.Error("the two do not point at each other")
	}
	if body := ada.get("/queue?status=merged").body; !strings.Contains(body, "row-"+from) {
		t.Error("the list of merged cases lacks it")
	}
	if !b.audited("case.merged", "case/"+from) || !b.audited("case.absorbed", "case/"+into) {
		t.Error("an audit entry is missing")
	}
}

func TestMutePage(t *testing.T) {
	b := setup(t)
	id := b.open("a", "acc-1", taxonomy.P2)
	ada, lead := b.as(auth.Reviewer), b.as(auth.Lead)
	mute := url.Values{"detector": {"D1"}, "days": {"7"}, "reason": {"coach of the club"}}
	ada.does(id, "mute", http.StatusForbidden, mute)
	lead.does(id, "mute", http.StatusUnprocessableEntity, url.Values{"detector": {"D1"}, "days": {"91"}, "reason": {"x"}})
	lead.does(id, "mute", http.StatusSeeOther, mute)
	lead.does(id, "mute", http.StatusUnprocessableEntity, mute)
	body := ada.get("/mute").body
	if !strings.Contains(body, "coach of the club") || !strings.Contains(body, "acc-1") || strings.Contains(body, "/end\"") {
		t.Error("the page lacks the mute, or offers a reviewer to end it")
	}
	list, err := b.deps.Mutes.Mutes(t.Context(), "", 1)
	if err != nil || len(list) != 1 || list[0].Owner != lead.person.ID {
		t.Fatalf("%+v, %v", list, err)
	}
	if got := lead.post("/mute", "/mute/"+list[0].ID+"/end", nil); got.status != http.StatusSeeOther {
		t.Errorf("%d", got.status)
	}
	if !strings.Contains(ada.get("/mute").body, "ended by "+lead.person.Name) {
		t.Error("the page does not say who ended it")
	}
}

// TestArrangedPages looks for words that are missing on pages that show all of it.
func TestArrangedPages(t *testing.T) {
	b := setup(t)
	into, from, put := b.open("a", "acc-1", taxonomy.P2), b.open("b", "acc-2", taxonomy.P2), b.open("c", "acc-3", taxonomy.P2)
	lead := b.as(auth.Lead)
	do := func(id string) review.Act {
		return review.Act{Who: lead.person.ID, Case: id, Seen: b.caseOf(id).Events}
	}
	ctx := t.Context()
	_, err1 := b.deps.Arrange.Merge(ctx, do(from), into, "one man")
	_, err2 := b.deps.Arrange.Park(ctx, do(put), b.now().Add(time.Hour), "asked her school")
	_, err3 := b.deps.Mutes.Mute(ctx, casefile.Mute{Subject: "acc-1", Detector: "D1", Owner: lead.person.ID, Reason: "x", Ends: b.now().Add(time.Hour)})
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, lang := range []string{"en", "ar"} {
		if err := b.auth.SetLang(ctx, lead.person.ID, lang); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/case/" + into, "/case/" + from, "/case/" + put, "/queue?status=asleep", "/mute"} {
			if p := lead.get(path); p.status != http.StatusOK || strings.Contains(p.body, "⟦") {
				t.Errorf("%s, %s: %d, or a word is missing", lang, path, p.status)
			}
		}
	}
}
