package console_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/internal/audit"
	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/store"
)

// wrote appends entries to the log.
func (b *bundle) wrote(list ...audit.Entry) {
	b.t.Helper()
	err := b.db.Write(b.t.Context(), func(tx *store.Tx) error {
		for _, e := range list {
			if _, err := tx.Audit().Append(b.t.Context(), e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// marks returns what stands in the column of details of the entries on a page that wrote has written.
func marks(p page) (out []string) {
	for _, m := range regexp.MustCompile(`mark (\w+)`).FindAllStringSubmatch(p.body, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestAuditSearch(t *testing.T) {
	b := setup(t)
	a := b.as(auth.Auditor)
	ada := b.as(auth.Reviewer).person
	at := time.Date(2026, 2, 10, 22, 30, 0, 0, time.UTC) // the eleventh in Riyadh
	entry := func(mark, who, act, object string, at time.Time) audit.Entry {
		return audit.Entry{At: at, Who: who, Act: act, Object: object, Detail: map[string]string{"mark": mark}}
	}
	b.wrote(
		entry("one", ada.ID, "case.viewed", "case/k1", at), entry("two", ada.ID, "case.noted", "case/k1", at.Add(time.Hour)),
		entry("three", casefile.Haris, "case.opened", "case/k2", at.Add(2*time.Hour)), entry("four", "key:k", "bank.exported", "bank/k1", at.Add(3*time.Hour)),
	)
	if err := b.auth.SetReading(t.Context(), a.person.ID, "Asia/Riyadh", ""); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		form url.Values
		want []string
	}{
		"who":              {url.Values{"who": {ada.ID}, "from": {"2026-02-01"}}, []string{"two", "one"}},
		"the software":     {url.Values{"who": {casefile.Haris}, "noun": {"case"}, "id": {"k2"}}, []string{"three"}},
		"act":              {url.Values{"act": {"case.viewed"}}, []string{"one"}},
		"object":           {url.Values{"noun": {"case"}, "id": {"k1"}}, []string{"two", "one"}},
		"reads":            {url.Values{"kind": {"reads"}}, []string{"four", "one"}},
		"deeds":            {url.Values{"kind": {"deeds"}, "noun": {"case"}, "id": {"k1"}}, []string{"two"}},
		"a day of theirs":  {url.Values{"from": {"2026-02-11"}, "to": {"2026-02-11"}}, []string{"four", "three", "two", "one"}},
		"the day before":   {url.Values{"from": {"2026-02-10"}, "to": {"2026-02-10"}}, nil},
		"nothing at all":   {url.Values{"who": {ada.ID}, "act": {"case.opened"}}, nil},
		"a read is a deed": {url.Values{"kind": {"deeds"}, "act": {"case.viewed"}}, nil},
	} {
		got := a.post("/audit", "/audit", tt.form)
		if got.status != http.StatusOK || !slices.Equal(marks(got), tt.want) {
			t.Errorf("%s: %d, %v, want %v", name, got.status, marks(got), tt.want)
		}
		if tt.want == nil && !strings.Contains(got.body, "No entry matches") {
			t.Errorf("%s: the empty list does not say so", name)
		}
		if regexp.MustCompile(`(href|action)="[^"]*(k1|k2|` + ada.ID + `)`).MatchString(got.body) {
			t.Errorf("%s: an address names what was looked for", name)
		}
	}
	if got := a.get("/audit?who=nobody&object=case/none"); len(marks(got)) != 4 {
		t.Error("an address can narrow")
	}
	if !b.audited("audit.read", "audit") {
		t.Error("reading the log leaves no trace")
	}
}

func TestAuditSearchSaysWhatIsWrong(t *testing.T) {
	b := setup(t)
	a := b.as(auth.Auditor)
	read := func() int { return strings.Count(a.get("/audit").body, ">audit.read</code>") }
	before := read()
	forms := []struct {
		form url.Values
		want string
	}{
		{url.Values{"who": {"nobody"}}, "Please choose one"},
		{url.Values{"act": {"x\x00"}}, "Please choose one"},
		{url.Values{"kind": {"x"}}, "Please choose one"},
		{url.Values{"noun": {"x"}, "id": {"1"}}, "Please choose one"},
		{url.Values{"noun": {"case"}}, "Give both"},
		{url.Values{"id": {"k1"}}, "Give both"},
		{url.Values{"noun": {"case"}, "id": {"k\x00"}}, "expected one line of text"},
		{url.Values{"noun": {"case"}, "id": {strings.Repeat("k", 257)}}, "expected one line of text"},
		{url.Values{"from": {"yesterday"}}, "A day such as"},
		{url.Values{"to": {"2026-02-30"}}, "A day such as"},
		{url.Values{"from": {"2026-02-12"}, "to": {"2026-02-11"}}, "The first day must not come after the last"},
	}
	for _, tt := range forms {
		for _, path := range []string{"/audit", "/audit.csv"} {
			if got := a.post("/health", path, tt.form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, tt.want) || !strings.Contains(got.body, "aria-invalid") {
				t.Errorf("%s %v: %d, without %q", path, tt.form, got.status, tt.want)
			}
		}
	}
	if after := read(); after != before+1 {
		t.Errorf("%d readings of the log were written down, want the one that counts them", after-before)
	}
	if got := a.post("/audit", "/audit", url.Values{"before": {"0"}}); got.status != http.StatusNotFound {
		t.Errorf("a place of none: %d", got.status)
	}
}

// TestAuditPages walks through a search of more than one page by its own forms.
func TestAuditPages(t *testing.T) {
	b := setup(t)
	a := b.as(auth.Auditor)
	var want []string
	for i := range 250 {
		b.wrote(audit.Entry{At: b.now(), Who: casefile.Haris, Act: "case.opened", Object: "case/k", Detail: map[string]string{"mark": fmt.Sprint(i)}})
		want = append(want, fmt.Sprint(i))
	}
	slices.Reverse(want)
	form := url.Values{"noun": {"case"}, "id": {"k"}, "kind": {"deeds"}}
	var got []string
	for range 4 {
		p := a.post("/audit", "/audit", form)
		got = append(got, marks(p)...)
		next := regexp.MustCompile(`name="before" value="(\d+)"`).FindStringSubmatch(p.body)
		if next == nil {
			break
		}
		form.Set("before", next[1])
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	p := a.get("/audit")
	next := regexp.MustCompile(`href="(/audit\?before=\d+)"`).FindStringSubmatch(p.body)
	if next == nil || len(marks(a.get(next[1]))) < 90 {
		t.Error("the whole log has no second page")
	}
}

func TestAuditFile(t *testing.T) {
	b := setup(t)
	a := b.as(auth.Auditor)
	at := time.Date(2026, 2, 10, 22, 30, 0, 0, time.UTC)
	for _, first := range []string{"=", "+", "-", "@"} {
		b.wrote(audit.Entry{At: at, Who: first + "who", Act: first + "act", Object: "case/k", Detail: map[string]string{first + "cmd": "x, \"y\""}})
	}
	got := a.post("/audit", "/audit.csv", url.Values{"noun": {"case"}, "id": {"k"}, "to": {"2026-02-11"}})
	rows, err := csv.NewReader(strings.NewReader(got.body)).ReadAll()
	if err != nil || got.status != http.StatusOK || !strings.Contains(got.header.Get("Content-Disposition"), "audit.csv") || len(rows) != 5 {
		t.Fatalf("%d, %v: %q", got.status, err, rows)
	}
	if rows[0][1] != "at" || rows[1][1] != "2026-02-10T22:30:00Z" || rows[1][2] != "'@who" || rows[1][3] != "'@who" || rows[1][4] != "'@act" || rows[4][6] != "'=cmd x, \"y\"" {
		t.Errorf("%q", rows)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.ContainsAny(cell[:1], "=+-@") {
				t.Errorf("a spreadsheet would take %q for a formula", cell)
			}
		}
	}
	all := a.post("/health", "/audit.csv", nil)
	if rows, err = csv.NewReader(strings.NewReader(all.body)).ReadAll(); err != nil || len(rows) < 6 || rows[1][4] != "audit.exported" || rows[1][6] != "narrowed_by object days" {
		t.Errorf("the first file is not in the second, with by what it was narrowed: %v, %q", err, rows[1])
	}
	if got := a.post("/audit", "/audit.csv", url.Values{"act": {"=act"}, "kind": {"reads"}}); got.body != "index,at,who,who_name,act,object,detail\n" {
		t.Errorf("an empty file: %q", got.body)
	}
}

func TestWhoHasLookedAtThis(t *testing.T) {
	w := newWorld(t)
	for path, form := range map[string]url.Values{
		"/case/" + w.id:       {"noun": {"case"}, "id": {w.id}, "kind": {"reads"}},
		"/evidence/" + w.item: {"noun": {"evidence"}, "id": {w.item}, "kind": {"reads"}},
	} {
		body := w.who[auth.Auditor].get(path).body
		if !strings.Contains(body, "Who has looked at this") || !strings.Contains(body, `name="id" value="`+form.Get("id")+`"`) {
			t.Errorf("%s does not lead to who has looked at it", path)
		}
		if got := w.who[auth.Auditor].post(path, "/audit", form); got.status != http.StatusOK || strings.Contains(got.body, "No entry matches") && strings.HasPrefix(path, "/case") {
			t.Errorf("%s: %d, and nobody", path, got.status)
		}
		if strings.Contains(w.who[auth.Reviewer].get(path).body, "Who has looked at this") {
			t.Errorf("%s offers the audit log to who may not read it", path)
		}
	}
}
