package disclosure_test

import (
	"errors"
	"testing"
	"time"

	"haris/internal/audit"
	"haris/internal/disclosure"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

func entry() disclosure.Entry {
	return disclosure.Entry{
		At: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), Who: "p1", To: disclosure.NCMEC, Recipient: "NCMEC", Under: disclosure.Report, Number: "17", Case: "c1",
		Report: "r1", Items: []disclosure.Item{{Name: "report.xml", SHA256: "ab", Bytes: 3}}, Scope: "the report", How: "by its API",
	}
}

func TestEveryFieldIsNeeded(t *testing.T) {
	for name, f := range map[string]func(*disclosure.Entry){
		"at": func(e *disclosure.Entry) { e.At = time.Time{} }, "who": func(e *disclosure.Entry) { e.Who = " " }, "to": func(e *disclosure.Entry) { e.To = "friend" },
		"recipient": func(e *disclosure.Entry) { e.Recipient = "" }, "under": func(e *disclosure.Entry) { e.Under = "" }, "number": func(e *disclosure.Entry) { e.Number = "" },
		"items": func(e *disclosure.Entry) { e.Items = nil }, "scope": func(e *disclosure.Entry) { e.Scope = "" }, "how": func(e *disclosure.Entry) { e.How = "" },
	} {
		e := entry()
		f(&e)
		if err := e.Check(); !errors.Is(err, disclosure.ErrInvalid) {
			t.Errorf("without %s: %v", name, err)
		}
	}
	if e := entry(); e.Check() != nil {
		t.Error(e.Check())
	}
}

func TestLog(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		db := e.New(t)
		var ids []string
		for _, c := range []string{"c1", "c2", "c1"} {
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				x := entry()
				x.Case = c
				made, err := disclosure.Write(t.Context(), tx.Disclosures(), tx.Audit(), x)
				ids = append(ids, made.ID)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		list := func(f disclosure.Filter) (out []string) {
			err := db.Read(t.Context(), func(tx *store.Tx) error {
				all, err := tx.Disclosures().List(t.Context(), f)
				for _, x := range all {
					out = append(out, x.ID)
					if x.Items[0].SHA256 != "ab" || !x.At.Equal(entry().At) || x.Scope != "the report" {
						t.Errorf("read back %+v", x)
					}
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		for name, c := range map[string]struct {
			f    disclosure.Filter
			want []string
		}{
			"all": {disclosure.Filter{}, []string{ids[2], ids[1], ids[0]}}, "of a case": {disclosure.Filter{Case: "c1"}, []string{ids[2], ids[0]}},
			"a page": {disclosure.Filter{Limit: 1}, ids[2:]}, "the next": {disclosure.Filter{Before: ids[2], Limit: 1}, ids[1:2]},
			"of a report": {disclosure.Filter{Report: "r2"}, nil}, "of a process": {disclosure.Filter{Process: "x"}, nil},
		} {
			if got := list(c.f); len(got) != len(c.want) || len(got) > 0 && got[0] != c.want[0] {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			got, err := tx.Audit().List(t.Context(), audit.Filter{Act: "disclosure.made"}, 0, 10)
			if len(got) != 3 {
				t.Errorf("%d audit entries, want 3", len(got))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
