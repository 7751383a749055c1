package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/report"
)

// asked reads what a preview asks to send back.
func asked(body string) url.Values {
	out := url.Values{}
	for _, m := range reading.FindAllStringSubmatch(body, -1) {
		out.Set(m[1], m[2])
	}
	return out
}

// TestSecondPersonOnPages: the policy's second person reads and approves on the preview; the author cannot, and cannot submit without.
func TestSecondPersonOnPages(t *testing.T) {
	b, id := furnished(t)
	b.deps.Reports.(*report.Service).Policy = report.Policy{Second: report.SecondAlways}
	b.confirm(id)
	author, second := b.as(auth.Reviewer), b.as(auth.Lead)
	list := "/case/" + id + "/report"
	at := author.post(list, list, nil).header.Get("Location")
	author.post(at, at, written(author.get(at).body))
	preview := author.get(at + "/preview").body
	if !strings.Contains(preview, "asks for a second person") || strings.Contains(preview, `value="approve"`) {
		t.Error("the preview does not ask for somebody else, or asks the author")
	}
	order := asked(preview)
	order.Set("confirm", "local")
	if got := author.post(at+"/preview", at+"/submit", order); got.status != http.StatusConflict || !strings.Contains(got.body, "A second person must approve") {
		t.Errorf("submitted alone: %d", got.status)
	}
	if got := author.post(at+"/preview", at+"/second", with(asked(preview), "word", "approve")); got.status != http.StatusConflict || !strings.Contains(got.body, "version 2 is yours") {
		t.Errorf("approved by the author: %d", got.status)
	}
	word := asked(second.get(at + "/preview").body)
	if got := second.post(at+"/preview", at+"/second", with(word, "word", "refuse")); got.status != http.StatusUnprocessableEntity {
		t.Errorf("refused without a reason: %d", got.status)
	}
	if got := second.post(at+"/preview", at+"/second", with(word, "word", "approve")); got.status != http.StatusSeeOther {
		t.Fatalf("approve: %d\n%s", got.status, got.body)
	}
	approved := author.get(at + "/preview").body
	if !strings.Contains(approved, "has approved exactly this") {
		t.Error("the approval is not shown")
	}
	order = asked(approved)
	order.Set("confirm", "local")
	if got := author.post(at+"/preview", at+"/submit", order); got.status != http.StatusSeeOther {
		t.Errorf("submit: %d", got.status)
	}
}

func with(f url.Values, name, value string) url.Values {
	f.Set(name, value)
	return f
}

// TestDraftSaysMore: what a person says of accounts and what is missing stands on the page; the dry run and the changes are shown.
func TestDraftSaysMore(t *testing.T) {
	b, id := furnished(t)
	w := b.as(auth.Reviewer)
	list := "/case/" + id + "/report"
	at := w.post(list, list, nil).header.Get("Location")
	draft := w.get(at).body
	for _, want := range []string{"of 100", "Only a person can say it", "haris has seen no event yet", "Did what?", `href="#narrative"`} {
		if !strings.Contains(draft, want) {
			t.Errorf("the draft lacks %q", want)
		}
	}
	form := written(draft)
	form.Set("vehicle.0", "a blue van")
	form.Set("compromised.0", "no")
	form.Set("earlier", "6000001; 6000002")
	form.Set("no_danger", "yes")
	form.Add("annotation", "spam")
	form.Set("narrative", "The account acc-2 asked for secrecy.")
	if got := w.post(at, at, form); got.status != http.StatusSeeOther {
		t.Fatalf("save: %d", got.status)
	}
	draft = w.get(at).body
	for _, want := range []string{`value="a blue van"`, "6000001, 6000002", `name="no_danger" value="yes" checked`, `value="spam" checked`, "Nearly a name of the case"} {
		if !strings.Contains(draft, want) {
			t.Errorf("after the save the draft lacks %q", want)
		}
	}
	for field, value := range map[string]string{"earlier": "six", "urgent": "he is on his way"} {
		bad := written(draft)
		bad.Set(field, value)
		if got := w.post(at, at, bad); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, value) {
			t.Errorf("%s %q: %d", field, value, got.status)
		}
	}
	if body := w.get(at + "/changes").body; !strings.Contains(body, "a blue van") || !strings.Contains(body, "<ins>") {
		t.Error("the changes are not shown")
	}
	if got := w.get(at + "/changes?from=9"); got.status != http.StatusNotFound {
		t.Errorf("changes from a version that is none: %d", got.status)
	}
	if got := w.post(at+"/preview", at+"/dry-run", nil); got.status != http.StatusOK || !strings.Contains(got.body, "It would go through") || !strings.Contains(got.body, "<code>finish</code>") {
		t.Errorf("dry run: %d", got.status)
	}
	if w.get(list).status != http.StatusOK || !b.audited("report.dry_run", strings.TrimPrefix(at, "/")) {
		t.Error("the dry run is not written down")
	}
}
