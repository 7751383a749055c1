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

// finding is the form of a finding as a person fills it in.
func (b *bundle) finding(id string) url.Values {
	return url.Values{
		"seen": {strconv.Itoa(b.caseOf(id).Events)}, "form": {"dispose"}, "finding": {"cleared"}, "policy": {"child safety"},
		"reason": {"her coach; the club confirms it"}, "confidence": {"high"},
	}
}

func (p page) has(t *testing.T, when string, parts ...string) {
	t.Helper()
	for _, s := range parts {
		if !strings.Contains(p.body, s) {
			t.Errorf("%s: no %q on the page", when, s)
		}
	}
}

func (p page) hasNot(t *testing.T, when string, parts ...string) {
	t.Helper()
	for _, s := range parts {
		if strings.Contains(p.body, s) {
			t.Errorf("%s: %q on the page", when, s)
		}
	}
}

func TestDraftOfAFinding(t *testing.T) {
	b := setup(t)
	id := b.open("a", "acc-1", taxonomy.P1)
	path := "/case/" + id
	w, other := b.as(auth.Reviewer), b.as(auth.Reviewer)
	w.post(path, path+"/claim", nil)
	form := b.finding(id)
	if got := w.post(path, path+"/draft", form); got.status != http.StatusSeeOther || got.header.Get("Location") != path+"#decide" {
		t.Fatalf("kept by the button: %d to %s", got.status, got.header.Get("Location"))
	}
	b.pass(5 * time.Minute)
	words := "her coach; the club confirms it"
	w.get(path).has(t, "opened again", words, `value="cleared" required checked`, `value="high" required checked`, `value="child safety"`, "It was kept as a draft", "5 minutes ago")
	other.get(path).hasNot(t, "another person", words)
	form.Set("quiet", "yes")
	form.Set("reason", "her coach")
	if got := w.post(path, path+"/draft", form); got.status != http.StatusOK || got.body != "Kept as a draft at 09:05 UTC. Nothing is recorded yet." {
		t.Errorf("kept by the script: %d %q", got.status, got.body)
	}
	form.Del("quiet")
	if got := w.post(path, path+"/dispose", form); got.status != http.StatusSeeOther {
		t.Fatalf("recorded: %d", got.status)
	}
	form.Set("quiet", "yes")
	if got := w.post(path, path+"/draft", form); got.status != http.StatusConflict {
		t.Errorf("a draft that comes after its decision: %d", got.status)
	}
	w.get(path).hasNot(t, "after it was recorded", "data-draft-kept", "did not record it")
	if !b.audited("draft.begun", "case/"+id) {
		t.Error("nothing says that there was a draft")
	}
}

// TestExpiredClaimKeepsWhatWasTyped sends a finding after the claim has ended: nobody has the case, somebody else has it, somebody else has
// closed it.
func TestExpiredClaimKeepsWhatWasTyped(t *testing.T) {
	b := setup(t)
	id := b.open("a", "acc-1", taxonomy.P1)
	path, words := "/case/"+id, "her coach; the club confirms it"
	w, other := b.as(auth.Reviewer), b.as(auth.Lead)
	w.post(path, path+"/claim", nil)
	form := b.finding(id)
	b.pass(claimFor + time.Minute)
	got := w.post(path, path+"/dispose", form)
	got.has(t, "nobody has it", words, "Your claim has ended", "Claim the case again", `value="cleared" required checked`)
	got.hasNot(t, "nobody has it", "Record the finding")
	if got.status != http.StatusConflict {
		t.Errorf("nobody has it: %d", got.status)
	}
	other.post(path, path+"/claim", nil)
	form.Set("seen", strconv.Itoa(b.caseOf(id).Events))
	got = w.post(path, path+"/dispose", form)
	got.has(t, "another has it", words, "Person lead has the case now, for 20 minutes more")
	w.get(path).has(t, "opened again", words, "data-draft-kept")
	other.get(path).hasNot(t, "who has it now", words, "data-draft-kept")
	if _, err := b.deps.Judge.Dispose(t.Context(), review.Act{Who: other.person.ID, Case: id, Seen: b.caseOf(id).Events},
		casefile.Disposition{Finding: casefile.FindingCleared, Reason: "an uncle", Confidence: "high"}); err != nil {
		t.Fatal(err)
	}
	form.Set("seen", strconv.Itoa(b.caseOf(id).Events))
	w.post(path, path+"/dispose", form).has(t, "closed meanwhile", words, "decided, escalated or closed meanwhile", "did not record it")
	if got := w.post(path, path+"/draft/drop", url.Values{"form": {"dispose"}}); got.status != http.StatusSeeOther {
		t.Errorf("thrown away: %d", got.status)
	}
	w.get(path).hasNot(t, "thrown away", words)
	if k := b.caseOf(id); k.Disposal.Who != other.person.ID {
		t.Error("something was recorded")
	}
}

func TestDraftOfANote(t *testing.T) {
	b := setup(t)
	id := b.open("a", "acc-1", taxonomy.P1)
	path := "/case/" + id
	w := b.as(auth.Reviewer)
	note := url.Values{"form": {"note"}, "seen": {"1"}, "text": {"asked the school"}}
	if got := w.post(path, path+"/draft", note); got.header.Get("Location") != path+"#notes" {
		t.Errorf("leads to %s", got.header.Get("Location"))
	}
	w.get(path).has(t, "kept", "asked the school</textarea>")
	if got := w.post(path, path+"/note", note); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	w.get(path).hasNot(t, "recorded", "asked the school</textarea>", "data-draft-kept")
	if got := w.post(path, path+"/draft", url.Values{"form": {"note"}, "seen": {"2"}, "text": {" "}, "quiet": {"yes"}}); got.body != "Nothing is typed, so no draft is kept." {
		t.Errorf("an empty one: %q", got.body)
	}
	for name, bad := range map[string]url.Values{"no form": {"seen": {"1"}}, "no place": {"form": {"note"}}, "too much": {"form": {"note"}, "seen": {"2"}, "text": {strings.Repeat("x", 70<<10)}}} {
		if got := w.post(path, path+"/draft", bad); got.status != http.StatusBadRequest && got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, got.status)
		}
	}
}
