package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/disclosure"
	"haris/internal/store"
)

// Disclosures checks that the engine keeps the log of disclosures as disclosure.Log promises.
func Disclosures(t *testing.T, e Engine) {
	for name, check := range map[string]func(*bench){
		"an entry comes back as it was written":            disclosureBack,
		"lists are newest first, narrowed and bounded":     disclosureList,
		"signs of patterns in a name stand for themselves": disclosurePattern,
	} {
		t.Run(name, func(t *testing.T) { check(newBench(t, e)) })
	}
}

func given(under disclosure.Under, number string) disclosure.Entry {
	return disclosure.Entry{
		At: start().Add(time.Minute), Who: "ada", To: disclosure.NCMEC, Recipient: "NCMEC CyberTipline, test environment", Under: under, Number: number,
		Items: []disclosure.Item{{Name: "report.xml", SHA256: "ab", Bytes: 3, Evidence: "e1"}}, Scope: "the report", How: "by its API",
	}
}

func (b *bench) give(e disclosure.Entry) (out disclosure.Entry) {
	b.Helper()
	b.write(func(tx *store.Tx) (err error) {
		out, err = tx.Disclosures().Add(b.ctx, e)
		return err
	})
	return out
}

func (b *bench) disclosed(f disclosure.Filter) (out []disclosure.Entry) {
	b.Helper()
	b.read(func(tx *store.Tx) (err error) {
		out, err = tx.Disclosures().List(b.ctx, f)
		return err
	})
	return out
}

func disclosureBack(b *bench) {
	want := b.give(given(disclosure.Report, "17"))
	if d := cmp.Diff([]disclosure.Entry{want}, b.disclosed(disclosure.Filter{})); want.ID == "" || d != "" {
		b.Errorf("%q:\n%s", want.ID, d)
	}
	err := b.db.Write(b.ctx, func(tx *store.Tx) error {
		_, err := tx.Disclosures().Add(b.ctx, disclosure.Entry{})
		return err
	})
	if !errors.Is(err, disclosure.ErrInvalid) {
		b.Errorf("an empty entry: %v", err)
	}
}

func disclosureList(b *bench) {
	one, two := b.caseOf("u1"), b.caseOf("u9")
	r := b.draft(one, "u1", start())
	p := b.received("W-1") // about u1 and u2
	var id [3]string
	filing := given(disclosure.Report, "17")
	filing.Case, filing.Report = one, r.ID
	id[0] = b.give(filing).ID
	parcel := given(disclosure.Process, "W-1")
	parcel.To, parcel.Recipient, parcel.Process = disclosure.LawEnforcement, "District Police, Det. Haddad", p.ID
	id[1] = b.give(parcel).ID
	hotline := given(disclosure.Handover, "H-1")
	hotline.To, hotline.Recipient, hotline.Case = disclosure.Authority, "Example Hotline", two
	id[2] = b.give(hotline).ID
	for name, q := range map[string]struct {
		f    disclosure.Filter
		want []string
	}{
		"all":                        {disclosure.Filter{}, []string{id[2], id[1], id[0]}},
		"of a case":                  {disclosure.Filter{Case: one}, []string{id[0]}},
		"of a case and its accounts": {disclosure.Filter{Case: one, Related: true}, []string{id[1], id[0]}},
		"of another case":            {disclosure.Filter{Case: two, Related: true}, []string{id[2]}},
		"of a report":                {disclosure.Filter{Report: r.ID}, []string{id[0]}},
		"of a process":               {disclosure.Filter{Process: p.ID}, []string{id[1]}},
		"to a kind of receiver":      {disclosure.Filter{To: disclosure.Authority}, []string{id[2]}},
		"to a receiver":              {disclosure.Filter{Recipient: "district"}, []string{id[1]}},
		"about an account":           {disclosure.Filter{Account: "u1"}, []string{id[1], id[0]}},
		"about an account of none":   {disclosure.Filter{Account: "u404"}, nil},
		"about one of a process":     {disclosure.Filter{Account: "u2"}, []string{id[1]}},
		"two at once":                {disclosure.Filter{Account: "u1", To: disclosure.NCMEC}, []string{id[0]}},
		"the next page":              {disclosure.Filter{Before: id[2], Limit: 1}, []string{id[1]}},
	} {
		var got []string
		for _, e := range b.disclosed(q.f) {
			got = append(got, e.ID)
		}
		if d := cmp.Diff(q.want, got); d != "" {
			b.Errorf("%s:\n%s", name, d)
		}
	}
}

func disclosurePattern(b *bench) {
	for i, name := range []string{"100% Safe!", "100 Safe", "a_b", "aXb"} {
		e := given(disclosure.Process, fmt.Sprint(i))
		e.To, e.Recipient = disclosure.LawEnforcement, name
		b.give(e)
	}
	for part, want := range map[string]string{"0% s": "100% Safe!", "A_B": "a_b", "e!": "100% Safe!"} {
		list := b.disclosed(disclosure.Filter{Recipient: part})
		if len(list) != 1 || list[0].Recipient != want {
			b.Errorf("%q finds %+v", part, list)
		}
	}
}
