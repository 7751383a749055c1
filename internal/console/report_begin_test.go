package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"haris/internal/auth"
)

// TestOneStepFromTheFindingToTheDraft: who confirms a case can begin its report with the same button.
func TestOneStepFromTheFindingToTheDraft(t *testing.T) {
	w := newWorld(t)
	one, path := w.who[auth.Reviewer], "/case/"+w.id
	one.post(path, path+"/claim", nil)
	form := url.Values{
		"seen": {one.seen(path)}, "form": {"dispose"}, "then": {"report"}, "finding": {"cleared"}, "typology": {"grooming"},
		"policy": {"child safety"}, "reason": {"asked to keep it between them"}, "confidence": {"high"},
	}
	if got := one.post(path, path+"/dispose", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Only a confirmed case can be reported") {
		t.Fatalf("a cleared case with a report: %d", got.status)
	}
	form.Set("finding", "confirmed")
	got := one.post(path, path+"/dispose", form)
	at := got.header.Get("Location")
	if got.status != http.StatusSeeOther || !strings.HasPrefix(at, "/report/") {
		t.Fatalf("%d to %q\n%s", got.status, at, got.body)
	}
	if body := one.get(path).body; !strings.Contains(body, "Begin a report") {
		t.Error("a confirmed case does not offer to begin a report")
	}
	save := one.post(at, at, written(one.get(at).body))
	if to := save.header.Get("Location"); to != at+"?saved" || !strings.Contains(one.get(to).body, "Saved. Nothing was sent.") {
		t.Errorf("saving leads to %q and says nothing of it", to)
	}
	if strings.Contains(one.get(at).body, "Saved. Nothing was sent.") {
		t.Error("a draft that is only opened says that it was saved")
	}
}

// TestAFindingThatWaitsBeginsNoReport: nobody's proposal is reported.
func TestAFindingThatWaitsBeginsNoReport(t *testing.T) {
	w := newWorld(t)
	one, path := w.who[auth.Reviewer], "/case/"+w.id
	one.post(path, path+"/claim", nil)
	got := one.post(path, path+"/dispose", url.Values{
		"seen": {one.seen(path)}, "form": {"dispose"}, "then": {"report"}, "finding": {"needs_second_person"}, "proposed": {"confirmed"}, "typology": {"grooming"},
		"policy": {"child safety"}, "reason": {"asked to keep it between them"}, "confidence": {"high"},
	})
	if got.status != http.StatusUnprocessableEntity {
		t.Fatalf("%d", got.status)
	}
}
