package console_test

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"haris/internal/auth"
	"haris/internal/evidence"
	"haris/internal/parcel"
	"haris/internal/process"
)

// warrant is the form of a process.
func warrant() url.Values {
	return url.Values{
		"kind": {"warrant"}, "agency": {"District Police"}, "officer": {"Det. Haddad"}, "number": {"W-2026-17"}, "jurisdiction": {"District Court"},
		"accounts": {"acc-1\nacc-2"}, "data": {"messages", "profile"}, "to": {"2026-04-01"}, "lang": {"en"},
	}
}

// seenField reads how many events a page has seen.
var seenField = regexp.MustCompile(`name="seen" value="(\d+)"`)

// act posts a form of a process as its page has it.
func (w *browser) act(path, what string, form url.Values) page {
	w.b.t.Helper()
	m := seenField.FindStringSubmatch(w.get(path).body)
	if m == nil {
		w.b.t.Fatalf("%s has no form with what was seen", path)
	}
	form.Set("seen", m[1])
	return w.post(path, path+"/"+what, form)
}

func (w *browser) received(form url.Values) string {
	w.b.t.Helper()
	got := w.post("/legal", "/legal", form)
	path := got.header.Get("Location")
	if got.status != http.StatusSeeOther || !strings.HasPrefix(path, "/legal/lp-") {
		w.b.t.Fatalf("%d to %q", got.status, path)
	}
	return path
}

// TestLegalJourney takes a warrant from the form to the delivery.
func TestLegalJourney(t *testing.T) {
	b, _ := furnished(t)
	lena, omar, reads := b.as(auth.Legal), b.as(auth.Lead), b.as(auth.Auditor)
	path := lena.received(warrant())
	if body := lena.get("/legal").body; !strings.Contains(body, "W-2026-17") || !strings.Contains(body, "District Police") {
		t.Error("the list lacks the process")
	}
	if got := lena.act(path, "review", url.Values{"words": {" "}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a review without words: %d", got.status)
	}
	if got := lena.act(path, "review", url.Values{"words": {"signed by a judge"}}); got.status != http.StatusSeeOther {
		t.Fatalf("review: %d", got.status)
	}
	if body := lena.get(path).body; strings.Contains(body, path+"/approve") || !strings.Contains(body, "Another person must approve it") {
		t.Error("who reviewed is offered to approve")
	}
	digest := regexp.MustCompile(`name="digest" value="([0-9a-f]{64})"`).FindStringSubmatch(omar.get(path).body)
	if digest == nil {
		t.Fatal("the lead is not offered to approve")
	}
	if got := lena.act(path, "approve", url.Values{"digest": {digest[1]}, "confirm": {"1"}}); got.status != http.StatusConflict {
		t.Errorf("approved by who reviewed: %d", got.status)
	}
	if got := omar.act(path, "approve", url.Values{"digest": {digest[1]}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("approved without the confirmation: %d", got.status)
	}
	if got := omar.act(path, "approve", url.Values{"digest": {strings.Repeat("0", 64)}, "confirm": {"1"}}); got.status != http.StatusConflict {
		t.Errorf("another scope: %d", got.status)
	}
	if got := omar.act(path, "approve", url.Values{"digest": {digest[1]}, "confirm": {"1"}}); got.status != http.StatusSeeOther {
		t.Fatalf("approve: %d", got.status)
	}
	if got := lena.post(path, path+"/package", nil); got.status != http.StatusConflict {
		t.Errorf("downloaded before it was made: %d", got.status)
	}
	b.pass(time.Minute)
	if got := lena.act(path, "produce", url.Values{}); got.status != http.StatusSeeOther {
		t.Fatalf("produce: %d", got.status)
	}
	got := lena.post(path, path+"/package", nil)
	v, err := parcel.Verify(t.Context(), strings.NewReader(got.body), int64(len(got.body)), parcel.Options{Key: b.key.Public})
	if err != nil || len(v.Faults) > 0 || v.Kind != "production" || !strings.Contains(got.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%+v, %v, %v", v, err, got.header)
	}
	if got := lena.act(path, "deliver", url.Values{"words": {"by courier"}}); got.status != http.StatusSeeOther {
		t.Fatalf("deliver: %d", got.status)
	}
	body := reads.get(path).body
	for _, want := range []string{"by courier", "signed by a judge", "Delivered"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, what := range []string{"package", "rescope", "refuse", "produce"} {
		if strings.Contains(body, path+"/"+what) {
			t.Errorf("the auditor is offered %s", what)
		}
	}
}

// TestLegalFormKeepsWhatWasWritten sends a form with mistakes.
func TestLegalFormKeepsWhatWasWritten(t *testing.T) {
	b := setup(t)
	lena := b.as(auth.Legal)
	for name, c := range map[string]struct {
		field, value, want string
	}{
		"no account":   {"accounts", "", "bad-accounts"},
		"no end":       {"to", "", "bad-to"},
		"no day":       {"to", "soon", "bad-to"},
		"no data":      {"data", "", "bad-data"},
		"no agency":    {"agency", " ", "bad-agency"},
		"a bad key":    {"recipient", "age1x", "bad-recipient"},
		"an end of it": {"keep_until", "2026-09-01", "bad-keep_until"},
	} {
		f := warrant()
		f.Set(c.field, c.value)
		got := lena.post("/legal", "/legal", f)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `id="`+c.want+`"`) || !strings.Contains(got.body, "W-2026-17") {
			t.Errorf("%s: %d, or the mistake is not shown, or what was written is lost", name, got.status)
		}
	}
	f := warrant()
	f.Set("no_notice", "1")
	path := lena.received(f)
	if got := lena.act(path, "rescope", url.Values{"words": {"wider"}, "accounts": {""}, "data": {"messages"}, "to": {"2026-04-01"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a scope without accounts: %d", got.status)
	}
	if !strings.Contains(lena.get(path).body, "The account must not be told") {
		t.Error("the page does not say that the account must not be told")
	}
}

// TestKeepingPage destroys what waits and takes the certificate.
func TestKeepingPage(t *testing.T) {
	b := setup(t)
	lead, reads := b.as(auth.Lead), b.as(auth.Auditor)
	path := b.as(auth.Legal).received(warrant())
	id := strings.TrimPrefix(path, "/legal/")
	_, err := b.vault.Seal(t.Context(), evidence.New{Case: id, Kind: evidence.KindReport, Name: "warrant.txt", MediaType: "text/plain", Who: "test", Why: "as it came", Body: strings.NewReader("x")})
	if err != nil {
		t.Fatal(err)
	}
	destroy := func(form url.Values) page { return lead.post("/keeping", "/keeping/"+id+"/destroy", form) }
	if got := destroy(url.Values{"reason": {"over"}, "confirm": {"1"}}); got.status != http.StatusConflict {
		t.Errorf("while it is held: %d", got.status)
	}
	hold := evidence.HoldOrder{Who: "test", Why: "over", Case: id, Kind: evidence.LegalHold, Source: id, Until: b.now()}
	if err := b.vault.SetHold(t.Context(), hold); err != nil {
		t.Fatal(err)
	}
	if body := reads.get("/keeping").body; !strings.Contains(body, id) || strings.Contains(body, id+"/destroy") {
		t.Error("the auditor does not see what waits, or is offered to destroy it")
	}
	for name, form := range map[string]url.Values{"no reason": {"confirm": {"1"}}, "not confirmed": {"reason": {"over"}}} {
		if got := destroy(form); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	if got := lead.get("/keeping/" + id + "/certificate"); got.status != http.StatusNotFound {
		t.Errorf("a certificate of what is there: %d", got.status)
	}
	if got := destroy(url.Values{"reason": {"the order was refused"}, "confirm": {"1"}}); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	got := reads.get("/keeping/" + id + "/certificate")
	v, err := parcel.Verify(t.Context(), bytes.NewReader([]byte(got.body)), int64(len(got.body)), parcel.Options{Key: b.key.Public})
	if err != nil || len(v.Faults) > 0 || v.Kind != "deletion" || v.ID != id {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestLegalInABrowser looks at the pages in every look.
func TestLegalInABrowser(t *testing.T) {
	b, id := furnished(t)
	w, second := b.as(auth.Legal), b.as(auth.Lead)
	f := warrant()
	f.Set("no_notice", "1")
	f.Set("due_at", "2026-02-20")
	f.Set("received_at", "2026-02-10")
	path := w.received(f)
	p, _, err := b.deps.Legal.View(t.Context(), w.person.ID, strings.TrimPrefix(path, "/legal/"))
	if err != nil {
		t.Fatal(err)
	}
	w.received(warrant())
	a := func(who string) process.Act { return process.Act{Who: who, Process: p.ID, Seen: p.Events} }
	if p, err = b.deps.Legal.Review(t.Context(), a(w.person.ID), "signed by a judge\nوقّعه قاضٍ"); err != nil {
		t.Fatal(err)
	}
	if p, err = b.deps.Legal.Approve(t.Context(), a(second.person.ID), p.Scope.Digest()); err != nil {
		t.Fatal(err)
	}
	if _, err = b.deps.Legal.Produce(t.Context(), a(w.person.ID)); err != nil {
		t.Fatal(err)
	}
	hold := evidence.HoldOrder{Who: "haris", Why: "18 U.S.C. 2258A(h): report 7 was filed", Case: id, Kind: evidence.Preservation, Until: b.now().Add(12 * 24 * time.Hour)}
	if err := b.vault.SetHold(t.Context(), hold); err != nil {
		t.Fatal(err)
	}
	k := startChrome(t)
	k.as(w)
	for _, how := range []struct {
		name, lang, scheme string
		width              int64
	}{{"en", "en", "light", 1280}, {"dark", "en", "dark", 1280}, {"ar", "ar", "light", 1280}, {"narrow", "ar", "dark", 400}} {
		if err := b.auth.SetLang(t.Context(), w.person.ID, how.lang); err != nil {
			t.Fatal(err)
		}
		k.look(how.width, how.scheme)
		for name, to := range map[string]string{"list": "/legal", "process": path, "keeping": "/keeping"} {
			k.do(chromedp.Navigate(b.srv.URL + to))
			eval[bool](k, "document.querySelectorAll('main details').forEach(d => { d.open = true }) || true")
			k.shot("legal-" + name + "-" + how.name)
			if wide := eval[float64](k, "document.documentElement.scrollWidth"); wide > float64(how.width) {
				t.Errorf("%s, %s: the page is %v wide in a window of %d", name, how.name, wide, how.width)
			}
		}
	}
	for _, s := range k.said {
		t.Errorf("the browser complains: %s", s)
	}
}
