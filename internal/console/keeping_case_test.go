package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/evidence"
)

// held returns the hold of a kind that a person or the law has set on a case.
func (b *bundle) held(id string, kind evidence.HoldKind) (h evidence.Hold) {
	b.t.Helper()
	list, err := b.vault.Holds(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, x := range list {
		if x.Kind == kind && x.Source == "" {
			return x
		}
	}
	return h
}

// TestCaseKeeping sets, changes and releases a hold from the page of a case, and makes a preservation longer.
func TestCaseKeeping(t *testing.T) {
	w := newWorld(t)
	at, lena := "/case/"+w.id, w.who[auth.Legal]
	body := lena.get(at).body
	for _, want := range []string{"Set a legal hold", `href="/keeping"`, "The case is open"} {
		if !strings.Contains(body, want) {
			t.Errorf("before a hold the page lacks %q", want)
		}
	}
	form := func(more url.Values) url.Values {
		f := url.Values{"form": {"hold"}, "reason": {"order of the court, file 12-7"}}
		for k, v := range more {
			f[k] = v
		}
		return f
	}
	for name, c := range map[string]struct {
		form url.Values
		says string
	}{
		"no reason":              {form(url.Values{"reason": {" "}}), "Please fill this in"},
		"an end that is over":    {form(url.Values{"until": {"2026-02-01"}}), "in the future is expected"},
		"no day":                 {form(url.Values{"until": {"soon"}}), "A day such as"},
		"an end of no silence":   {form(url.Values{"notice_until": {"2027-01-01"}}), "only where the account must not be told"},
		"a silence that is past": {form(url.Values{"no_notice": {"yes"}, "notice_until": {"2026-02-01"}}), "in the future is expected"},
	} {
		got := lena.post(at, at+"/hold", c.form)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, c.says) {
			t.Errorf("%s: %d", name, got.status)
		}
		if name != "no reason" && !strings.Contains(got.body, "order of the court, file 12-7") {
			t.Errorf("%s: what was written is lost", name)
		}
	}
	if h := w.held(w.id, evidence.LegalHold); h.Case != "" {
		t.Fatalf("a mistake holds: %+v", h)
	}
	got := lena.post(at, at+"/hold", form(url.Values{"until": {"2027-06-30"}, "no_notice": {"yes"}, "notice_until": {"2026-12-24"}}))
	if got.status != http.StatusSeeOther || got.header.Get("Location") != at+"#keeping" {
		t.Fatalf("%d to %q", got.status, got.header.Get("Location"))
	}
	h := w.held(w.id, evidence.LegalHold)
	if h.Until.Format(time.DateOnly) != "2027-06-30" || !h.NoNotice || h.NoticeUntil.Format(time.DateOnly) != "2026-12-24" || h.SetBy != lena.person.ID {
		t.Errorf("%+v", h)
	}
	body = lena.get(at).body
	for _, want := range []string{"order of the court, file 12-7", "30 June 2027", "24 December 2026", "must not be told", "Change the legal hold", at + "/hold/release", "Person legal", "Nothing of it can be destroyed"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if !w.audited("evidence.hold_set", "case/"+w.id) {
		t.Error("the hold leaves no trace")
	}
	// What is not changed stays, and taking the mark off lets the account be told again.
	if got := lena.post(at, at+"/hold", form(url.Values{"until": {"2027-06-30"}, "was_silent": {"yes"}})); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	if h := w.held(w.id, evidence.LegalHold); h.NoNotice || h.Until.Format(time.DateOnly) != "2027-06-30" {
		t.Errorf("%+v", h)
	}
	if got := lena.post(at, at+"/hold/release", url.Values{"form": {"unhold"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a release without a reason: %d", got.status)
	}
	if got := lena.post(at, at+"/hold/release", url.Values{"form": {"unhold"}, "reason": {"the court lifted it"}}); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	w.pass(time.Second)
	if h := w.held(w.id, evidence.LegalHold); h.Active(w.now()) || h.Reason != "the court lifted it" {
		t.Errorf("%+v", h)
	}
	if body := lena.get(at).body; strings.Contains(body, at+"/hold/release") || !strings.Contains(body, "ended") {
		t.Error("what has ended can be released")
	}
	if got := lena.post(at, "/case/none/hold", form(nil)); got.status != http.StatusNotFound {
		t.Errorf("a hold on no case: %d", got.status)
	}
}

// TestAnUnchangedDayIsTheMomentThatItWas: a hold that ends at noon does not end at midnight because somebody added a reason.
func TestAnUnchangedDayIsTheMomentThatItWas(t *testing.T) {
	w := newWorld(t)
	at, lena, noon := "/case/"+w.id, w.who[auth.Legal], time.Date(2027, 6, 30, 12, 0, 0, 0, time.UTC)
	o := evidence.HoldOrder{Who: "test", Why: "asked by post", Case: w.id, Kind: evidence.LegalHold, Until: noon, Notice: &evidence.Notice{Forbidden: true, Until: noon}}
	if err := w.vault.SetHold(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	f := url.Values{"form": {"hold"}, "reason": {"now with its number"}, "until": {"2027-06-30"}, "no_notice": {"yes"}, "was_silent": {"yes"}, "notice_until": {"2027-06-30"}}
	if got := lena.post(at, at+"/hold", f); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	if h := w.held(w.id, evidence.LegalHold); !h.Until.Equal(noon) || !h.NoticeUntil.Equal(noon) || h.Reason != "now with its number" {
		t.Errorf("%+v", h)
	}
}

// TestCasePreservation is the clock from the receipt, with the report that began it; it only becomes longer.
func TestCasePreservation(t *testing.T) {
	w := newWorld(t)
	at, lena := "/case/"+w.id, w.who[auth.Legal]
	w.submitted(t)
	w.file()
	body := lena.get(at).body
	for _, want := range []string{"7000001", `href="/report/` + w.report, "1 March 2027", "Preserve for longer", "NCMEC CyberTipline, local environment", "/disclosures?case=" + w.id} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for day, want := range map[string]int{"2026-09-01": http.StatusUnprocessableEntity, "": http.StatusUnprocessableEntity, "2028-03-01": http.StatusSeeOther} {
		f := url.Values{"form": {"extend"}, "reason": {"the trial goes on"}, "until": {day}}
		if got := lena.post(at, at+"/extend", f); got.status != want {
			t.Errorf("until %q: %d, want %d", day, got.status, want)
		}
	}
	if h := w.held(w.id, evidence.Preservation); h.Until.Format(time.DateOnly) != "2028-03-01" || h.Reason != "the trial goes on" {
		t.Errorf("%+v", h)
	}
}

// TestKeepingForRoles: who may not read legal process sees no box, and who may not hold has no form.
func TestKeepingForRoles(t *testing.T) {
	w := newWorld(t)
	if err := w.vault.SetHold(t.Context(), evidence.HoldOrder{Who: "test", Why: "order 12-7", Case: w.id, Kind: evidence.LegalHold}); err != nil {
		t.Fatal(err)
	}
	for role, want := range map[auth.Role][2]bool{auth.Reviewer: {}, auth.Lead: {true, true}, auth.Legal: {true, true}, auth.Auditor: {true, false}} {
		body := w.who[role].get("/case/" + w.id).body
		if got := strings.Contains(body, `id="keeping"`) && strings.Contains(body, "order 12-7"); got != want[0] {
			t.Errorf("%s sees the box: %v", role, got)
		}
		if got := strings.Contains(body, "/hold"); got != want[1] {
			t.Errorf("%s is offered to hold: %v", role, got)
		}
	}
}
