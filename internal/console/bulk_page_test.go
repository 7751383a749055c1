package console_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/review"
	"haris/internal/taxonomy"
)

// Several cases are put off together: what will happen is shown first, what cannot be is left out with why, and the number is typed.
func TestSeveralCasesAtOnce(t *testing.T) {
	b := setup(t)
	one, two, urgent, held := b.open("1", "acc-1", taxonomy.P1), b.open("2", "acc-2", taxonomy.P2), b.open("3", "acc-3", taxonomy.P0), b.open("4", "acc-4", taxonomy.P2)
	w, other := b.as(auth.Reviewer), b.as(auth.Reviewer)
	if _, err := b.deps.Desk.Claim(t.Context(), review.Act{Who: other.person.ID, Case: held}); err != nil {
		t.Fatal(err)
	}
	if got := w.get("/queue").body; strings.Count(got, `name="case"`) != 4 || strings.Contains(got, `value="assigned"`) {
		t.Error("the queue does not let cases be ticked, or offers what this role may not")
	}
	if got := w.post("/queue", "/queue/bulk", url.Values{"act": {"snoozed"}}); got.header.Get("Location") != "/queue?chosen=none" || !strings.Contains(w.get("/queue?chosen=none").body, "Tick a case first.") {
		t.Errorf("none ticked: %d", got.status)
	}
	chosen := url.Values{"act": {"snoozed"}, "case": {one, two, urgent, held, one, "none"}}
	got := w.post("/queue", "/queue/bulk", chosen)
	for _, want := range []string{"It will be done with 2 cases", "P0 is not put off.", "Somebody else has it.", one, two} {
		if got.status != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("%d: the page lacks %q", got.status, want)
		}
	}
	if strings.Count(got.body, "will be put off") != 2 || b.rests(one, b.now()) {
		t.Error("something was done, or promised, that was not asked for")
	}
	do := url.Values{"act": {"snoozed"}, "case": {one, two, urgent, held}, "hours": {"4"}, "reason": {"their school answers today"}, "confirm": {"3"}, "seen": {seenText(b, one), seenText(b, two)}}
	if got := w.post("/queue", "/queue/bulk/do", do); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Type the number of cases") || !strings.Contains(got.body, "their school answers today") || b.rests(one, b.now()) {
		t.Errorf("another number: %d", got.status)
	}
	if _, err := b.deps.Desk.Note(t.Context(), review.Act{Who: other.person.ID, Case: two}, "something new"); err != nil {
		t.Fatal(err)
	}
	do.Set("confirm", "2")
	got = w.post("/queue", "/queue/bulk/do", do)
	if got.status != http.StatusOK || !strings.Contains(got.body, "Done with 1 case.") || !strings.Contains(got.body, "It has changed since you saw it.") {
		t.Errorf("%d: one case has changed meanwhile", got.status)
	}
	if !b.rests(one, b.now().Add(3*time.Hour)) || b.rests(two, b.now()) || b.rests(urgent, b.now()) {
		t.Error("put off are others than were said")
	}
	if !b.audited("case.together", "queue") || !b.audited("case.snoozed", "case/"+one) {
		t.Error("the audit log lacks an entry")
	}
	back := url.Values{"act": {"woken"}, "case": {one}, "seen": {seenText(b, one)}, "confirm": {"1"}}
	if got := w.post("/queue", "/queue/bulk/do", back); got.status != http.StatusOK || b.rests(one, b.now()) {
		t.Errorf("taken back: %d", got.status)
	}
}

// A lead gives all cases of a list to somebody; a reviewer may not, and nothing decides several cases at once.
func TestALeadGivesAListAway(t *testing.T) {
	b := setup(t)
	one, two := b.open("1", "acc-1", taxonomy.P1), b.open("2", "acc-2", taxonomy.P2)
	chief, w := b.as(auth.Lead), b.as(auth.Reviewer)
	for _, act := range []string{"assigned", "disposed", "merged", ""} {
		if got := w.post("/queue", "/queue/bulk", url.Values{"act": {act}, "case": {one}}); got.status != http.StatusBadRequest {
			t.Errorf("a reviewer, %q: %d", act, got.status)
		}
	}
	if got := chief.post("/queue", "/queue/bulk", url.Values{"act": {"assigned"}, "all": {"1"}, "priority": {"P1"}}); !strings.Contains(got.body, one) || strings.Contains(got.body, two) {
		t.Errorf("all of a list: %d", got.status)
	}
	do := url.Values{"act": {"assigned"}, "case": {one}, "seen": {seenText(b, one)}, "to": {w.person.ID}, "confirm": {"1"}}
	if got := chief.post("/queue", "/queue/bulk/do", do); got.status != http.StatusOK || b.caseOf(one).Assignee != w.person.ID || b.caseOf(two).Assignee != "" {
		t.Errorf("%d: %q, %q", got.status, b.caseOf(one).Assignee, b.caseOf(two).Assignee)
	}
	do.Set("to", "nobody")
	if got := chief.post("/queue", "/queue/bulk/do", do); got.status != http.StatusUnprocessableEntity {
		t.Errorf("to nobody: %d", got.status)
	}
}

// seenText says how much of a case was seen, as the form does.
func seenText(b *bundle, id string) string { return id + ":" + strconv.Itoa(b.caseOf(id).Events) }

func (b *bundle) rests(id string, at time.Time) bool {
	k := b.caseOf(id)
	return k.Rests(at)
}
