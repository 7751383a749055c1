package console_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"haris/internal/auth"
	"haris/internal/parcel"
	"haris/internal/report"
)

const hotline = "Example Hotline"

// courier hands reports to one hotline.
func (b *bundle) courier(s *report.Service) report.Courier {
	return report.Courier{Printer: b.printer(s), Key: b.key, Authorities: []report.Other{{Title: hotline, Contents: report.ContentsTranscripts}}}
}

// toHandOver is a written report of a confirmed case.
func toHandOver(t *testing.T) (b *bundle, w *browser, at string) {
	b, id := furnished(t)
	w = b.as(auth.Reviewer)
	b.confirm(id)
	at = w.post("/case/"+id+"/report", "/case/"+id+"/report", nil).header.Get("Location")
	if got := w.post(at, at, written(w.get(at).body)); got.status != http.StatusSeeOther {
		t.Fatalf("not saved: %d", got.status)
	}
	return b, w, at
}

// TestHandover: who gets it, what they would get, and the file; then the page says so.
func TestHandover(t *testing.T) {
	b, w, at := toHandOver(t)
	page := w.get(at + "/handover").body
	if !strings.Contains(page, "Not yet.") || strings.Contains(page, `name="why"`) {
		t.Error("before an authority is chosen")
	}
	with := at + "/handover?to=" + url.QueryEscape(hotline)
	page = w.get(with).body
	if !strings.Contains(page, "keep this between us") || !strings.Contains(page, "haris-report-1") {
		t.Error("what the authority would get is not shown")
	}
	form := order(page)
	form.Del("confirm")
	form.Set("to", hotline)
	form.Set("form", "package")
	got := w.post(with, at+"/handover", form)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Please fill this in") {
		t.Errorf("without a reason: %d", got.status)
	}
	form.Set("why", "the child is in its country")
	stale := url.Values{}
	for k, v := range form {
		stale[k] = v
	}
	stale.Set("sha256", strings.Repeat("0", 64))
	if got := w.post(with, at+"/handover", stale); got.status != http.StatusConflict || !strings.Contains(got.body, "the child is in its country") {
		t.Errorf("what was not read: %d", got.status)
	}
	got = w.post(with, at+"/handover", form)
	if to := got.header.Get("Location"); got.status != http.StatusSeeOther || to != at+"/handover#handed" {
		t.Fatalf("%d to %q\n%.2000s", got.status, to, got.body)
	}
	page = w.get(at + "/handover").body
	file := regexp.MustCompile(at + `/handover/\d+`).FindString(page)
	if !strings.Contains(page, "haris evidence verify FILE --key &#39;"+html.EscapeString(b.key.Public)) {
		t.Error("the page does not say how a package is checked")
	}
	got = w.get(file)
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/zip" || !strings.Contains(got.header.Get("Content-Disposition"), ".zip") {
		t.Fatalf("%d %v\n%.2000s", got.status, got.header, got.body)
	}
	v, err := parcel.Verify(t.Context(), strings.NewReader(got.body), int64(len(got.body)), parcel.Options{Key: b.key.Public})
	if err != nil || len(v.Faults) > 0 || v.Kind != "handover" {
		t.Errorf("%+v %v", v, err)
	}
	page = w.get(at + "/handover").body
	if !strings.Contains(page, "the child is in its country") || !strings.Contains(page, hotline) || strings.Contains(page, "Not yet.") {
		t.Error("the page does not say that it was handed over")
	}
	if got := w.get(at + "/handover?to=Someone"); got.status != http.StatusNotFound {
		t.Errorf("an authority that nobody configured: %d", got.status)
	}
	if got := w.get(at + "/handover/99"); got.status != http.StatusNotFound {
		t.Errorf("a handover that is not there: %d", got.status)
	}
	auditor := b.as(auth.Auditor)
	if page := auditor.get(with).body; strings.Contains(page, `name="why"`) || !strings.Contains(page, "keep this between us") {
		t.Error("an auditor reads and hands nothing over")
	}
}

// TestHandoverInABrowser looks at the page in every look, and hands a report over with the keyboard alone.
func TestHandoverInABrowser(t *testing.T) {
	b, w, at := toHandOver(t)
	k := startChrome(t)
	k.as(w)
	with := b.srv.URL + at + "/handover?to=" + url.QueryEscape(hotline)
	for _, how := range []struct {
		name, lang, scheme string
		width              int64
	}{{"en", "en", "light", 1280}, {"dark", "en", "dark", 1280}, {"ar", "ar", "light", 1280}, {"narrow", "ar", "dark", 400}} {
		if err := b.auth.SetLang(t.Context(), w.person.ID, how.lang); err != nil {
			t.Fatal(err)
		}
		k.look(how.width, how.scheme)
		k.do(chromedp.Navigate(with))
		k.shot("handover-" + how.name)
		if wide := eval[float64](k, "document.documentElement.scrollWidth"); wide > float64(how.width) {
			t.Errorf("%s: the page is %v wide in a window of %d", how.name, wide, how.width)
		}
	}
	k.do(chromedp.Focus(`textarea[name="why"]`), chromedp.KeyEvent("it is theirs\t"))
	if on := eval[string](k, "document.activeElement.tagName"); on != "BUTTON" {
		t.Errorf("behind the reason stands %s", on)
	}
	k.do(chromedp.KeyEvent("\r"))
	for range 100 {
		if strings.Contains(w.get(at+"/handover").body, "it is theirs") {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	for range 20 { // while the answer to the form is on its way, another page may be broken off by it
		if chromedp.Do(k.ctx, chromedp.Navigate(b.srv.URL+at+"/handover")) == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	k.shot("handover-done")
	if !strings.Contains(w.get(at+"/handover").body, "it is theirs") {
		t.Error("nothing was handed over with the keyboard")
	}
	for _, s := range k.said {
		t.Errorf("the browser complains: %s", s)
	}
}
