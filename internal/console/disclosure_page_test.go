package console_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/disclosure"
	"haris/internal/report"
	"haris/internal/store"
)

// submitted writes the world's report, confirms its case and submits it by the pages.
func (w *world) submitted(t *testing.T) {
	t.Helper()
	at, me := "/report/"+w.report, w.who[auth.Reviewer]
	w.confirm(w.id)
	if got := me.post(at, at, written(me.get(at).body)); got.status != http.StatusSeeOther {
		t.Fatalf("save: %d", got.status)
	}
	order := url.Values{"confirm": {"local"}}
	for _, m := range reading.FindAllStringSubmatch(me.get(at+"/preview").body, -1) {
		order.Set(m[1], m[2])
	}
	if got := me.post(at+"/preview", at+"/submit", order); got.status != http.StatusSeeOther {
		t.Fatalf("submit: %d\n%s", got.status, got.body)
	}
}

// give writes a line of the log.
func (b *bundle) give(e disclosure.Entry) disclosure.Entry {
	b.t.Helper()
	err := b.db.Write(b.t.Context(), func(tx *store.Tx) (err error) {
		e, err = tx.Disclosures().Add(b.t.Context(), e)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return e
}

func (b *bundle) handedOver(number, recipient string) disclosure.Entry {
	return disclosure.Entry{
		At: b.now(), Who: "test", To: disclosure.Authority, Recipient: recipient, Under: disclosure.Handover, Number: number,
		Items: []disclosure.Item{{Name: "package.zip", SHA256: strings.Repeat("ab", 32), Bytes: 1200}}, Scope: "the report", How: "by courier",
	}
}

// TestDisclosures: what was filed stands in the log, on the page of its case and on its own.
func TestDisclosures(t *testing.T) {
	w := newWorld(t)
	lena := w.who[auth.Legal]
	if body := lena.get("/disclosures").body; !strings.Contains(body, "Nothing has left") {
		t.Error("the empty log does not say so")
	}
	if body := lena.get("/case/" + w.id).body; !strings.Contains(body, "Nothing of it has been disclosed") {
		t.Error("the case does not say that nothing was disclosed")
	}
	w.submitted(t)
	w.file()
	other := w.give(w.handedOver("H-1", "=Example Hotline"))
	body := lena.get("/disclosures").body
	for _, want := range []string{
		"NCMEC CyberTipline, local environment", "a report that was filed, number", "7000001", "Person reviewer", "report.xml", "1 March 2026",
		"/case/" + w.id, "/report/" + w.report, "the receipt is kept with the report", "=Example Hotline", "by courier", strings.Repeat("ab", 32),
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the log lacks %q", want)
		}
	}
	if !w.audited("disclosure.listed", "disclosure") {
		t.Error("reading the log leaves no trace")
	}
	for _, path := range []string{"/case/" + w.id, "/report/" + w.report} {
		if body := lena.get(path).body; !strings.Contains(body, "NCMEC CyberTipline, local environment") || !strings.Contains(body, "/disclosures?") {
			t.Errorf("%s does not say to whom it was disclosed", path)
		}
	}
	if body := lena.get("/legal").body; !strings.Contains(body, `href="/disclosures"`) {
		t.Error("nothing on the page of legal process leads to the log")
	}
	for name, c := range map[string]struct {
		form        url.Values
		ours, other bool
	}{
		"everything":    {url.Values{}, true, true},
		"a kind":        {url.Values{"to": {"authority"}}, false, true},
		"a receiver":    {url.Values{"recipient": {"cybertipline"}}, true, false},
		"an account":    {url.Values{"account": {"acc-1"}}, true, false},
		"a case":        {url.Values{"case": {w.id}}, true, false},
		"another one":   {url.Values{"account": {"acc-404"}}, false, false},
		"what is none":  {url.Values{"to": {"friends"}}, true, true},
		"two of a kind": {url.Values{"to": {"authority"}, "account": {"acc-1"}}, false, false},
	} {
		got := lena.post("/disclosures", "/disclosures", c.form)
		if got.status != http.StatusOK || strings.Contains(got.body, "7000001") != c.ours || strings.Contains(got.body, ">H-1<") != c.other {
			t.Errorf("%s: %d", name, got.status)
		}
		if !c.ours && !c.other && !strings.Contains(got.body, "Nothing of the kind") {
			t.Errorf("%s: the empty list does not say why", name)
		}
		if strings.Contains(got.header.Get("Location"), "acc-") || regexp.MustCompile(`href="[^"]*acc-1`).MatchString(got.body) {
			t.Errorf("%s: an address names an account", name)
		}
	}
	if body := lena.get("/disclosures?account=acc-404&recipient=none").body; !strings.Contains(body, "7000001") {
		t.Error("an address can narrow by an account")
	}
	got := lena.post("/disclosures", "/disclosures", url.Values{"as": {"csv"}})
	rows, err := csv.NewReader(strings.NewReader(got.body)).ReadAll()
	if err != nil || len(rows) < 3 || rows[0][1] != "at" || rows[1][0] != other.ID || rows[1][5] != "'=Example Hotline" || rows[2][7] != "7000001" || len(rows[2][12]) != 64 {
		t.Errorf("%v: %q", err, rows)
	}
	if !strings.Contains(got.header.Get("Content-Disposition"), "disclosures.csv") {
		t.Errorf("%v", got.header)
	}
}

// TestDisclosuresPageByPage: the log is read by pages, forwards by links, or by forms where an account was named; the file has all of it.
func TestDisclosuresPageByPage(t *testing.T) {
	w := newWorld(t)
	lena := w.who[auth.Auditor]
	for i := range 53 {
		e := w.handedOver(fmt.Sprintf("H-%03d", i), "Example Hotline")
		e.Case = w.id
		w.give(e)
	}
	body := lena.get("/disclosures").body
	if !strings.Contains(body, "H-052") || !strings.Contains(body, "H-003") || strings.Contains(body, "H-002") {
		t.Error("the first page is not the newest fifty")
	}
	m := regexp.MustCompile(`rel="next" href="([^"]*)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatal("nothing leads to older ones")
	}
	body = lena.get(strings.ReplaceAll(m[1], "&amp;", "&")).body
	if !strings.Contains(body, "H-002") || strings.Contains(body, "H-003") || strings.Contains(body, `rel="next"`) {
		t.Error("the second page is not the rest")
	}
	body = lena.post("/disclosures", "/disclosures", url.Values{"account": {"acc-1"}}).body
	m = regexp.MustCompile(`name="before" value="([^"]*)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatal("nothing leads to older ones about an account")
	}
	body = lena.post("/disclosures", "/disclosures", url.Values{"account": {"acc-1"}, "before": {m[1]}}).body
	if !strings.Contains(body, "H-002") || strings.Contains(body, "H-003") {
		t.Error("the second page about an account is not the rest")
	}
	rows, err := csv.NewReader(strings.NewReader(lena.post("/disclosures", "/disclosures", url.Values{"as": {"csv"}, "account": {"acc-1"}}).body)).ReadAll()
	if err != nil || len(rows) != 54 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

// TestErasedReport says on the pages of a report whose case was destroyed why it is empty, and keeps the receipt.
func TestErasedReport(t *testing.T) {
	w := newWorld(t)
	at, lena, me := "/report/"+w.report, w.who[auth.Legal], w.who[auth.Reviewer]
	w.submitted(t)
	w.file()
	if body := me.get(at).body; strings.Contains(body, "was erased") {
		t.Error("a report that is there is said to be erased")
	}
	w.pass(400 * 24 * time.Hour)
	if _, err := w.deps.Keeping.Destroy(t.Context(), lena.person.ID, "nobody needs it", w.id); err != nil {
		t.Fatal(err)
	}
	reader := w.as(auth.Reviewer)
	for _, path := range []string{at, at + "/preview"} {
		body := reader.get(path).body
		for _, want := range []string{"What this report said was erased", "Destroyed by Person legal", "A person decided", "nobody needs it"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
		if strings.Contains(body, "/certificate") || strings.Contains(body, "Required and missing") {
			t.Errorf("%s offers what the reviewer may not take, or asks for what is gone", path)
		}
	}
	if body := w.as(auth.Legal).get(at).body; !strings.Contains(body, "/keeping/"+w.id+"/certificate") || !strings.Contains(body, "7000001") {
		t.Error("the legal team is not led to the certificate, or the receipt is gone")
	}
	if body := w.as(auth.Legal).get("/case/" + w.id).body; !strings.Contains(body, "Destroyed by Person legal") || strings.Contains(body, "/hold") {
		t.Error("the case does not say that it is gone, or can still be held")
	}
}

// TestReportLists: by pages, by state and by who, of one case and of all.
func TestReportLists(t *testing.T) {
	w := newWorld(t)
	s, me, list := w.deps.Reports.(*report.Service), w.who[auth.Reviewer], "/case/"+w.id+"/report"
	for range 51 {
		w.pass(time.Minute)
		if _, err := s.Create(t.Context(), me.person.ID, w.id); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{list, "/report"} {
		body := me.get(path).body
		if n := strings.Count(body, `<li class="card">`); n != 50 || strings.Contains(body, "/report/"+w.report+`"`) {
			t.Errorf("%s: %d reports on the first page", path, n)
		}
		m := regexp.MustCompile(`rel="next" href="([^"]*)"`).FindStringSubmatch(body)
		if m == nil {
			t.Fatalf("%s: nothing leads to older ones", path)
		}
		body = me.get(strings.ReplaceAll(m[1], "&amp;", "&")).body
		if n := strings.Count(body, `<li class="card">`); n != 2 || !strings.Contains(body, "/report/"+w.report+`"`) || strings.Contains(body, `rel="next"`) {
			t.Errorf("%s: %d reports on the second page", path, n)
		}
		for query, want := range map[string]int{"?by=test": 1, "?status=filed": 0, "?status=drafted&by=test": 1, "?status=none&by=test": 1, "?older=none": 0} {
			body := me.get(path + query).body
			if n := strings.Count(body, `<li class="card">`); n != want || (n == 0) != strings.Contains(body, "No such report") {
				t.Errorf("%s%s: %d reports, want %d", path, query, n, want)
			}
		}
	}
	if body := me.get("/report").body; strings.Contains(body, "Begin a report") || !strings.Contains(body, "/case/"+w.id) {
		t.Error("the list of all offers to begin one, or does not lead to the case")
	}
}

// TestWhoWroteIsToldBeforeTheyPress: the page says in which version somebody wrote, and says it again when the form comes all the same.
func TestWhoWroteIsToldBeforeTheyPress(t *testing.T) {
	w := newWorld(t)
	s := w.deps.Reports.(*report.Service)
	s.Policy = report.Policy{Second: report.SecondAlways}
	at, me, other := "/report/"+w.report, w.who[auth.Reviewer], w.who[auth.Lead]
	for _, by := range []*browser{me, other} { // what the first has written is written over by the second
		f := written(by.get(at).body)
		f.Set("narrative", "Written by "+by.person.Name)
		if got := by.post(at, at, f); got.status != http.StatusSeeOther {
			t.Fatalf("%d", got.status)
		}
	}
	body := me.get(at + "/preview").body
	for _, want := range []string{"version 2 is yours", "1 March 2026", at + "/changes?to=2", "even when your words were taken out again"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(body, at+"/second") {
		t.Error("who has written is offered to approve")
	}
	word := url.Values{"word": {"approve"}}
	for _, m := range regexp.MustCompile(`name="(seen|sha256)" value="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		word.Set(m[1], m[2])
	}
	third := w.as(auth.Reviewer)
	fresh := third.get(at + "/preview").body
	if strings.Contains(fresh, "is yours") || !strings.Contains(fresh, at+"/second") {
		t.Error("who has not written is told that they have, or cannot approve")
	}
	got := me.post(at+"/preview", at+"/second", word)
	if got.status != http.StatusConflict || !strings.Contains(got.body, "version 2 is yours") {
		t.Errorf("%d", got.status)
	}
}
