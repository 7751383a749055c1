package review_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/internal/audit"
	"haris/internal/bank"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// matched is a desk with a case about two known pictures, of which the fold shows one.
func matched(t *testing.T) *desk {
	d := setup(t)
	d.Then = func(ctx context.Context, tx review.Tx, c casefile.Case, e casefile.Event) error {
		return review.Bank(ctx, tx.(*store.Tx), c, e) //nolint:forcetypeassert // the desk's transactions are
	}
	for i, h := range []string{"pdq:" + strings.Repeat("0f", 32), "sha256:" + strings.Repeat("ab", 32)} {
		err := d.db.Write(t.Context(), func(tx *store.Tx) error {
			ch, err := tx.Cases().Apply(t.Context(), d.now, casefile.Matter{
				Key: h, Subject: "ali", Typology: taxonomy.TypologyAbuseMaterial, Priority: taxonomy.P1, Queue: "main", At: d.now,
				Signals: []detect.Signal{{
					Detector: "D18", Family: taxonomy.FamilyMedia, Subject: "ali", Strength: 3, Hard: true, Times: i + 1, At: d.now,
					Matches: []detect.Match{{Bank: "list", Kind: "pdq", Picture: h[:4], Hashes: []string{h}}},
				}},
			})
			d.id = ch.Case
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func (d *desk) entries(in string) (out []string) {
	d.Helper()
	err := d.db.Read(d.Context(), func(tx *store.Tx) error {
		list, err := tx.Banks().List(d.Context(), bank.Filter{Bank: in, State: bank.Live})
		for _, e := range list {
			out = append(out, string(e.Kind)+" "+e.Provenance.Case+" "+e.Provenance.Who+" "+e.Provenance.About+" "+e.Provenance.Picture)
		}
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func (d *desk) dispose(disposition casefile.Disposition) error {
	d.Helper()
	if _, err := d.Claim(d.Context(), d.act("ada")); err != nil {
		d.Fatal(err)
	}
	_, err := d.Dispose(d.Context(), d.act("ada"), disposition)
	return err
}

func TestConfirmedMaterialJoinsTheOwnBank(t *testing.T) {
	d := matched(t)
	if err := d.dispose(casefile.Disposition{
		Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyAbuseMaterial, Reason: "Seen.", Banked: []string{strings.Repeat("cd", 16)},
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{"md5 " + d.id + " ada ali ", "pdq " + d.id + " ada ali pdq:", "sha256 " + d.id + " ada ali sha2"}
	if got := d.entries(bank.OwnID); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	err := d.db.Read(t.Context(), func(tx *store.Tx) error {
		list, err := tx.Audit().List(t.Context(), audit.Filter{Act: "bank.added"}, 0, 10)
		if len(list) != 1 || list[0].Object != "bank/own" || list[0].Detail["entries"] != "3" || list[0].Who != "ada" {
			t.Errorf("%+v", list)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(time.Hour)
	if _, err := d.Reopen(t.Context(), d.act("lena"), "A mistake."); err != nil {
		t.Fatal(err)
	}
	if got := d.entries(bank.OwnID); len(got) != 0 {
		t.Errorf("after the case was opened again: %q", got)
	}
}

func TestWhatJoinsNoBank(t *testing.T) {
	for name, tt := range map[string]struct {
		d    casefile.Disposition
		want error
		own  int
		not  int
	}{
		"confirmed as something else":  {casefile.Disposition{Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyGrooming, Reason: "x"}, nil, 0, 0},
		"cleared":                      {casefile.Disposition{Finding: casefile.FindingCleared, Reason: "x"}, nil, 0, 0},
		"cleared as wrongly matched":   {casefile.Disposition{Finding: casefile.FindingCleared, Reason: "x", Wrong: true}, nil, 0, 2},
		"proposed":                     {casefile.Disposition{Finding: casefile.FindingNeedsSecond, Proposed: casefile.FindingConfirmed, Typology: taxonomy.TypologyAbuseMaterial, Reason: "x"}, nil, 0, 0},
		"confirmed, and wrong":         {casefile.Disposition{Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyAbuseMaterial, Reason: "x", Wrong: true}, casefile.ErrBody, 0, 0},
		"cleared, and to be banked":    {casefile.Disposition{Finding: casefile.FindingCleared, Reason: "x", Banked: []string{"md5:00"}}, casefile.ErrBody, 0, 0},
		"banked, but it is not a hash": {casefile.Disposition{Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyAbuseMaterial, Reason: "x", Banked: []string{"xyz"}}, casefile.ErrBody, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := matched(t)
			if err := d.dispose(tt.d); !errors.Is(err, tt.want) {
				t.Fatalf("%v, want %v", err, tt.want)
			}
			if own, not := len(d.entries(bank.OwnID)), len(d.entries(bank.ClearedID)); own != tt.own || not != tt.not {
				t.Errorf("%d in the own bank, %d in that of what is not to match", own, not)
			}
		})
	}
}

func TestASecondPersonPutsIntoTheBank(t *testing.T) {
	d := matched(t)
	if err := d.dispose(casefile.Disposition{
		Finding: casefile.FindingNeedsSecond, Proposed: casefile.FindingConfirmed, Typology: taxonomy.TypologyAbuseMaterial, Reason: "x",
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Claim(t.Context(), d.act("bea")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Agree(t.Context(), d.act("bea"), "Yes."); err != nil {
		t.Fatal(err)
	}
	if got := d.entries(bank.OwnID); len(got) != 2 || !strings.Contains(got[0], " bea ") {
		t.Errorf("%q", got)
	}
}
