package bank_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"haris/internal/bank"
)

// A match that was right joins the own bank, and one that was wrong is vetoed from then on; saying the contrary takes it back.
func TestJudge(t *testing.T) {
	f := setup(t)
	d := f.desk()
	known := f.pdq()
	f.put(list("hotline"), list("no", negative))
	f.add("hotline", ofPDQ(known))
	f.add("no", ofPDQ(f.pdq()))
	e := f.entries()
	seen := picture(f.near(known, 20), bank.Hash{Kind: bank.SHA256, Value: f.bytes(32)})
	judge := func(right, changes bool) {
		t.Helper()
		changed, err := d.Judge(t.Context(), "key/1", "hotline", e[0].ID, bank.Judgement{Right: right, Why: " looked at ", Hashes: seen.Hashes})
		if err != nil || changed != changes {
			t.Fatalf("changed %v, %v", changed, err)
		}
	}
	answer := func() string {
		got := f.one(d.Matcher, seen)
		out := []string{string(got.Answer)}
		for i := range got.Results {
			out = append(out, got.Results[i].Bank+" "+got.Results[i].Outcome())
		}
		return strings.Join(out, ", ")
	}
	judge(false, true)
	judge(false, false)
	if s := answer(); s != "clean, hotline vetoed, own-cleared cleared" {
		t.Error(s)
	}
	judge(true, true)
	judge(true, false)
	if s := answer(); s != "match, hotline match, own match" {
		t.Error(s)
	}
	own := f.entries()[4]
	if p := own.Provenance; p.Who != "key/1" || p.Note != "looked at" || p.Origin != "hotline" || p.Source != bank.Own || !strings.HasPrefix(p.Key, "judged/") {
		t.Errorf("%+v", p)
	}
	acts := f.acts()
	want := []string{
		"key/1 bank.denied bank/hotline map[entries:2 entry:2 taken_back:0 to:own-cleared]",
		"key/1 bank.confirmed bank/hotline map[entries:2 entry:2 taken_back:2 to:own]",
	}
	for i := range want {
		want[i] = strings.Replace(want[i], "entry:2", "entry:"+strconv.FormatUint(e[0].ID, 10), 1)
	}
	if !slices.Equal(acts, want) {
		t.Errorf("%q, want %q", acts, want)
	}
}

// What a case has cleared is not taken back by somebody who says the contrary of one match.
func TestJudgeLeavesWhatOthersAdded(t *testing.T) {
	f := setup(t)
	d := f.desk()
	h := ofPDQ(f.pdq())
	f.put(list("hotline"), bank.ClearedBank())
	f.add("hotline", h)
	f.add(bank.ClearedID, h)
	if _, err := d.Judge(t.Context(), "key/1", "hotline", f.entries()[0].ID, bank.Judgement{Right: true, Why: "x", Hashes: []bank.Hash{h}}); err != nil {
		t.Fatal(err)
	}
	if got := f.entries()[1]; got.State != bank.Live {
		t.Errorf("%+v", got)
	}
}

func TestWhatCannotBeJudged(t *testing.T) {
	f := setup(t)
	d := f.desk()
	h := []bank.Hash{ofPDQ(f.pdq())}
	f.put(list("a"), list("no", negative))
	f.add("a", h...)
	f.add("no", h...)
	in, out := f.entries()[0].ID, f.entries()[1].ID
	for name, tt := range map[string]struct {
		bank  string
		entry uint64
		j     bank.Judgement
		want  error
	}{
		"without a reason": {"a", in, bank.Judgement{Why: " ", Hashes: h}, bank.ErrReason},
		"without a hash":   {"a", in, bank.Judgement{Why: "x"}, bank.ErrBank},
		"a bad hash":       {"a", in, bank.Judgement{Why: "x", Hashes: []bank.Hash{{Kind: bank.PDQ, Value: "x"}}}, bank.ErrHash},
		"no bank":          {"b", in, bank.Judgement{Why: "x", Hashes: h}, bank.ErrNotFound},
		"another bank's":   {"a", out, bank.Judgement{Why: "x", Hashes: h}, bank.ErrNoEntry},
		"a negative bank":  {"no", out, bank.Judgement{Why: "x", Hashes: h}, bank.ErrBank},
	} {
		if changed, err := d.Judge(t.Context(), "key/1", tt.bank, tt.entry, tt.j); !errors.Is(err, tt.want) || changed {
			t.Errorf("%s: %v, %v", name, changed, err)
		}
	}
	if acts := f.acts(); len(acts) > 0 {
		t.Errorf("written down: %v", acts)
	}
}
