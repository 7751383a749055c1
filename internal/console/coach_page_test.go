package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// closed is a case that a person has cleared.
func (b *bundle) closed(key, who string) (id string) {
	id = b.open(key, "acc-"+key, taxonomy.P2)
	b.store(func(tx *store.Tx) error {
		for i, body := range []any{casefile.ClaimedBody{Ends: b.now().Add(claimFor)}, casefile.DisposedBody{Disposition: casefile.Disposition{Finding: casefile.FindingCleared, Reason: "the first reason"}}} {
			e, err := casefile.NewEvent(id, b.now(), who, []casefile.EventKind{casefile.Claimed, casefile.Disposed}[i], body)
			if err != nil {
				return err
			}
			if _, err = tx.Cases().Append(b.t.Context(), e); err != nil {
				return err
			}
		}
		return nil
	})
	return id
}

// A golden case is given to others as a second look is; what it has is told once they have answered.
func TestGoldenCase(t *testing.T) {
	b := setup(t)
	first, second, chief := b.as(auth.Reviewer), b.as(auth.Reviewer), b.as(auth.Lead)
	id := b.closed("k1", first.person.ID)
	still := b.open("k2", "acc-k2", taxonomy.P2)
	form := url.Values{"form": {"golden"}, "finding": {"confirmed"}, "typology": {"grooming"}, "why": {"see how the ages fall"}}
	if got := first.post("/case/"+id, "/case/"+id+"/golden", form); got.status != http.StatusForbidden {
		t.Errorf("a reviewer set one: %d", got.status)
	}
	for name, f := range map[string]url.Values{"without a typology": {"form": {"golden"}, "finding": {"confirmed"}, "why": {"x"}}, "without why": {"form": {"golden"}, "finding": {"cleared"}}} {
		if got := chief.post("/case/"+id, "/case/"+id+"/golden", f); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	if got := chief.post("/case/"+still, "/case/"+still+"/golden", form); got.status != http.StatusConflict {
		t.Errorf("an open case: %d", got.status)
	}
	if got := chief.post("/case/"+id, "/case/"+id+"/golden", form); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	if got := chief.post("/case/"+id, "/case/"+id+"/golden", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "golden case already") {
		t.Errorf("set twice: %d", got.status)
	}
	path := "/quality/" + id + "/3"
	for who, w := range map[string]*browser{"who found it": first, "who set it": chief} {
		if strings.Contains(w.get("/quality").body, `href="`+path+`"`) {
			t.Errorf("%s is given it", who)
		}
	}
	if !strings.Contains(second.get("/quality").body, `href="`+path+`"`) {
		t.Fatal("nobody is given it")
	}
	page := second.get(path).body
	for _, hidden := range []string{"see how the ages fall", "the first reason", "olden"} {
		if strings.Contains(page, hidden) {
			t.Errorf("the page holds %q before the answer", hidden)
		}
	}
	if got := second.post(path, path, url.Values{"finding": {"cleared"}, "reason": {"few"}}); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	if page = second.get(path).body; !strings.Contains(page, "see how the ages fall") || !strings.Contains(page, "Seen differently") && !strings.Contains(page, "tag late") {
		t.Error("the page does not tell what the golden case has")
	}
	if strings.Contains(second.get("/quality").body, path) {
		t.Error("it is given twice")
	}
	board := chief.get("/quality").body
	if !strings.Contains(board, "see how the ages fall") || !strings.Contains(board, second.person.Name) {
		t.Error("the lead does not see how it was answered")
	}
	if got := chief.post("/quality", path+"/retire", nil); got.status != http.StatusSeeOther || strings.Contains(b.as(auth.Reviewer).get("/quality").body, path) {
		t.Errorf("retired: %d", got.status)
	}
	for _, act := range []string{"golden.set", "golden.retired", "second_look.answered"} {
		if !b.audited(act, "case/"+id) {
			t.Errorf("%s is not in the audit log", act)
		}
	}
}

// What a lead writes to a colleague is read by those two alone, and the audit log knows only that it was written.
func TestCoachingNote(t *testing.T) {
	b := setup(t)
	reader, other, chief := b.as(auth.Reviewer), b.as(auth.Reviewer), b.as(auth.Lead)
	id := b.open("k", "acc-1", taxonomy.P2)
	form := url.Values{"form": {"coach"}, "to": {reader.person.ID}, "body": {"look at the <b>ages</b>"}}
	if got := other.post("/case/"+id, "/case/"+id+"/coach", form); got.status != http.StatusForbidden {
		t.Errorf("a reviewer wrote one: %d", got.status)
	}
	if got := chief.post("/case/"+id, "/case/"+id+"/coach", url.Values{"form": {"coach"}, "to": {"nobody"}, "body": {"kept words"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "kept words") {
		t.Errorf("to nobody: %d", got.status)
	}
	if got := chief.post("/case/"+id, "/case/"+id+"/coach", form); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	if !strings.Contains(reader.get("/queue").body, "There is 1 note for you.") || strings.Contains(other.get("/queue").body, "note for you") {
		t.Error("the queue does not say who was written to")
	}
	page := reader.get("/quality").body
	m := noteForm.FindStringSubmatch(page)
	if m == nil || !strings.Contains(page, "look at the &lt;b&gt;ages&lt;/b&gt;") {
		t.Fatal("the note is not there")
	}
	if strings.Contains(reader.get("/queue").body, "note for you") {
		t.Error("a note that was read is told of again")
	}
	if strings.Contains(other.get("/quality").body, "look at the") {
		t.Error("somebody else reads it")
	}
	if got := other.post("/quality", m[1], url.Values{"answer": {"x"}}); got.status != http.StatusNotFound {
		t.Errorf("somebody else answered: %d", got.status)
	}
	if got := reader.post("/quality", m[1], url.Values{"answer": {" "}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("an empty answer: %d", got.status)
	}
	if got := reader.post("/quality", m[1], url.Values{"answer": {"I did"}}); got.status != http.StatusSeeOther || !strings.Contains(chief.get("/quality").body, "I did") {
		t.Errorf("answered: %d", got.status)
	}
	if !b.audited("coaching.written", "case/"+id) || strings.Contains(b.as(auth.Auditor).get("/audit").body, "look at the") {
		t.Error("the audit log knows too little, or too much")
	}
}

var noteForm = regexp.MustCompile(`action="(/quality/note/[0-9a-z]+)"`)
