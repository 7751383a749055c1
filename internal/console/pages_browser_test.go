package console_test

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"

	"haris/internal/auth"
	"haris/internal/evidence"
	"haris/internal/report"
	"haris/internal/taxonomy"
)

// TestKeepingAndDisclosureInABrowser looks at what is kept, what was disclosed, the lists of reports and a draft about trafficking, in every look.
func TestKeepingAndDisclosureInABrowser(t *testing.T) {
	w := newWorld(t)
	lena := w.as(auth.Legal, auth.Reviewer, auth.Auditor)
	w.submitted(t)
	w.file()
	w.give(w.handedOver("H-17", "Example Hotline"))
	until := w.now().AddDate(0, 9, 0)
	hold := evidence.HoldOrder{Who: lena.person.ID, Why: "order of the court, file 12-7", Case: w.id, Kind: evidence.LegalHold, Until: until, Notice: &evidence.Notice{Forbidden: true}}
	if err := w.vault.SetHold(t.Context(), hold); err != nil {
		t.Fatal(err)
	}
	s := w.deps.Reports.(*report.Service)
	s.Policy = report.Policy{Second: report.SecondAlways}
	mine, err := s.Create(t.Context(), lena.person.ID, w.id)
	if err != nil {
		t.Fatal(err)
	}
	gone := w.erasedWorld(t)
	b, trader, draft := traded(t)
	form := filled(trader.get("/report/" + draft).body)
	form.Add("act_event", "9")
	form.Set("means_more", "21")
	if got := trader.post("/report/"+draft, "/report/"+draft, form); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	for _, k := range []struct {
		b     *bundle
		who   *browser
		pages map[string]string
	}{
		{w.bundle, lena, map[string]string{
			"case-kept": "/case/" + w.id, "disclosures": "/disclosures", "disclosures-none": "/disclosures?case=none", "report-list": "/report",
			"report-given": "/report/" + w.report, "second-mine": "/report/" + mine.ID + "/preview", "custody": "/evidence/" + w.item, "case-gone": "/case/" + gone.caseID,
			"report-erased": "/report/" + gone.report, "preview-erased": "/report/" + gone.report + "/preview",
		}},
		{b, trader, map[string]string{"trafficking": "/report/" + draft}},
	} {
		k.b.lookAt(k.who, k.pages)
	}
}

// lookAt looks at pages in every look: nothing is wider than the window, and the browser has nothing to complain of.
func (b *bundle) lookAt(w *browser, pages map[string]string) {
	b.t.Helper()
	k := startChrome(b.t)
	k.as(w)
	for _, how := range []struct {
		name, lang, scheme string
		width              int64
	}{{"en", "en", "light", 1280}, {"dark", "en", "dark", 1280}, {"ar", "ar", "light", 1280}, {"narrow", "ar", "dark", 400}, {"phone", "en", "light", 400}} {
		if err := b.auth.SetLang(b.t.Context(), w.person.ID, how.lang); err != nil {
			b.t.Fatal(err)
		}
		k.look(how.width, how.scheme)
		for name, path := range pages {
			k.do(chromedp.Navigate(b.srv.URL + path))
			eval[bool](k, "document.querySelectorAll('details.act').forEach(d => { d.open = true }), true")
			k.shot("pages-" + name + "-" + how.name)
			if wide := eval[float64](k, "document.documentElement.scrollWidth"); wide > float64(how.width) {
				b.t.Errorf("%s, %s: the page is %v wide in a window of %d", name, how.name, wide, how.width)
			}
			if n := eval[int](k, "(document.body.innerText.match(/⟦/g) || []).length"); n > 0 {
				b.t.Errorf("%s, %s: %d words are missing", name, how.name, n)
			}
		}
	}
	for _, s := range k.said {
		b.t.Errorf("the browser complains: %s", s)
	}
}

type goneReport struct{ caseID, report string }

// erasedWorld is a report that was given up, on a case whose evidence was destroyed.
func (w *world) erasedWorld(t *testing.T) (g goneReport) {
	t.Helper()
	g.caseID = w.open("gone", "acc-11", taxonomy.P2)
	w.confirm(g.caseID)
	s := w.deps.Reports.(*report.Service)
	r, err := s.Create(t.Context(), "ada", g.caseID)
	if err != nil {
		t.Fatal(err)
	}
	g.report = r.ID
	if _, err := s.Resolve(t.Context(), report.Resolution{Act: report.Act{Who: "ada", Report: r.ID, Seen: r.Events}, Way: report.Cancel, Reason: "begun by mistake"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.deps.Keeping.Destroy(t.Context(), "ada", "nobody needs it", g.caseID); err != nil {
		t.Fatal(err)
	}
	return g
}
