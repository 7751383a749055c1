package console_test

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/review"
	"haris/internal/taxonomy"
)

// TestAppeal takes an appeal against a finding, sees it wait, and its answer.
func TestAppeal(t *testing.T) {
	b := setup(t)
	id := b.open("a", "acc-1", taxonomy.P1)
	path := "/case/" + id
	w, lead := b.as(auth.Reviewer), b.as(auth.Lead)
	decide := func(br *browser, finding string) {
		t.Helper()
		br.post(path, path+"/claim", nil)
		form := b.finding(id)
		form.Set("finding", finding)
		form.Set("typology", string(taxonomy.TypologyGrooming))
		if got := br.post(path, path+"/dispose", form); got.status != http.StatusSeeOther {
			t.Fatalf("%s: %d", finding, got.status)
		}
	}
	w.get(path).hasNot(t, "an open case", "Appeals", "appealed against")
	decide(w, "confirmed")
	lead.get(path).has(t, "a closed case", `name="appeal"`)
	w.get(path).hasNot(t, "who may not open it again", `name="appeal"`)
	seen := func() string { return strconv.Itoa(b.caseOf(id).Events) }
	form := url.Values{"form": {"reopen"}, "seen": {seen()}, "reason": {"he is her uncle, the family writes"}, "appeal": {"yes"}}
	if got := w.post(path, path+"/reopen", form); got.status != http.StatusForbidden {
		t.Errorf("a reviewer takes an appeal: %d", got.status)
	}
	if got := lead.post(path, path+"/reopen", form); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	lead.get(path).has(t, "while it waits", "Appeals", "he is her uncle, the family writes", "against: Confirmed", "waits for an answer", "Appeal: he is her uncle")
	w.get(path).has(t, "who found it first", "You recorded the finding that this is against")
	decide(lead, "cleared")
	page := w.get(path)
	page.has(t, "answered", "answer: Cleared")
	page.hasNot(t, "answered", "waits for an answer", "You recorded the finding")
	if k := b.caseOf(id); len(k.Appeals) != 1 || k.Appeals[0].Became != casefile.FindingCleared || k.Appeals[0].By != lead.person.ID {
		t.Errorf("%+v", k.Appeals)
	}
	if _, err := b.deps.Judge.Reopen(t.Context(), review.Act{Who: lead.person.ID, Case: id, Seen: b.caseOf(id).Events}, "looked at the wrong one"); err != nil {
		t.Fatal(err)
	}
	w.get(path).hasNot(t, "opened again without an appeal", "waits for an answer")
}
