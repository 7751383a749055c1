package bank_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"haris/internal/bank"
	"haris/internal/taxonomy"
	"haris/pdq"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// list is a bank in force with the id.
func list(id string, change ...func(*bank.Bank)) bank.Bank {
	b := bank.New(id, "List "+id)
	b.Mode = taxonomy.ModeEnforce
	for _, f := range change {
		f(&b)
	}
	return b
}

func negative(b *bank.Bank) { b.Polarity = bank.Negative }

func entry(id uint64, in string, k bank.Kind, value string) bank.Entry {
	return bank.Entry{
		ID: id, Bank: in, Hash: bank.Hash{Kind: k, Value: value}, State: bank.Live, Seq: id,
		Provenance: bank.Provenance{Source: bank.File, Who: "ada", At: noon},
	}
}

func hit(e bank.Entry, distance int) bank.Hit {
	return bank.Hit{Entry: e, Distance: distance, Share: 1}
}

var (
	anyPDQ = strings.Repeat("0f", 32)
	anySHA = strings.Repeat("ab", 32)
	seen   = bank.Media{ID: "m", Quality: 90, Hashes: []bank.Hash{{Kind: bank.PDQ, Value: anyPDQ}, {Kind: bank.SHA256, Value: anySHA}}}
)

func TestDecide(t *testing.T) {
	near := hit(entry(1, "a", bank.PDQ, anyPDQ), 10)
	cleared := func(k bank.Kind, distance int) bank.Hit { return hit(entry(9, "no", k, "v"), distance) }
	expired, turned, classified := near, near, near
	expired.Entry.Expires, turned.Turn, classified.Entry.Classification = noon, pdq.FlipY, "B2"
	poor := seen
	poor.Quality = 30
	unrated := seen
	unrated.Quality = bank.Unrated
	mode := func(m taxonomy.Mode) func(*bank.Bank) { return func(b *bank.Bank) { b.Mode = m } }
	tests := []struct {
		name    string
		media   bank.Media
		banks   []bank.Bank
		hits    []bank.Hit
		answer  bank.Answer
		reasons []bank.Reason
		says    string // of the first result: bank kind distance classification veto
	}{
		{"nothing near", seen, []bank.Bank{list("a")}, nil, bank.Clean, nil, ""},
		{"near", seen, []bank.Bank{list("a")}, []bank.Hit{near}, bank.Match, nil, "a pdq 10  0"},
		{"at the radius", seen, []bank.Bank{list("a")}, []bank.Hit{hit(near.Entry, 31)}, bank.Match, nil, "a pdq 31  0"},
		{"beyond the radius", seen, []bank.Bank{list("a")}, []bank.Hit{hit(near.Entry, 32)}, bank.Clean, nil, ""},
		{"a radius of its own", seen, []bank.Bank{list("a", func(b *bank.Bank) { b.Radius = 40 })}, []bank.Hit{hit(near.Entry, 32)}, bank.Match, nil, "a pdq 32  0"},
		{"shadow is heard but does not count", seen, []bank.Bank{list("a", mode(taxonomy.ModeShadow)), list("b")}, []bank.Hit{near}, bank.Clean, nil, "a pdq 10  0"},
		{"off says nothing", seen, []bank.Bank{list("a", mode(taxonomy.ModeOff)), list("b")}, []bank.Hit{near}, bank.Clean, nil, ""},
		{"expired", seen, []bank.Bank{list("a")}, []bank.Hit{expired}, bank.Clean, nil, ""},
		{"too little to see", poor, []bank.Bank{list("a")}, []bank.Hit{near}, bank.Unscanned, []bank.Reason{bank.LowQuality}, ""},
		{"too little to see, but the same file", poor, []bank.Bank{list("a")}, []bank.Hit{hit(entry(2, "a", bank.SHA256, anySHA), 0)}, bank.Match, []bank.Reason{bank.LowQuality}, "a sha256 0  0"},
		{"nobody said how much there is to see", unrated, []bank.Bank{list("a")}, []bank.Hit{near}, bank.Match, nil, "a pdq 10  0"},
		{"turned, where turning does not count", seen, []bank.Bank{list("a")}, []bank.Hit{turned}, bank.Clean, nil, ""},
		{"turned, where it does", seen, []bank.Bank{list("a", func(b *bank.Bank) { b.Dihedral = true })}, []bank.Hit{turned}, bank.Match, nil, "a pdq 10  0"},
		{"the list's classification", seen, []bank.Bank{list("a", func(b *bank.Bank) { b.Classification = "A1" })}, []bank.Hit{near}, bank.Match, nil, "a pdq 10 A1 0"},
		{"the entry's own", seen, []bank.Bank{list("a", func(b *bank.Bank) { b.Classification = "A1" })}, []bank.Hit{classified}, bank.Match, nil, "a pdq 10 B2 0"},
		{"the same file before what is near", seen, []bank.Bank{list("a")}, []bank.Hit{near, hit(entry(2, "a", bank.SHA256, anySHA), 0)}, bank.Match, nil, "a sha256 0  0"},
		{"cleared at least as near", seen, []bank.Bank{list("a"), list("no", negative)}, []bank.Hit{near, cleared(bank.PDQ, 10)}, bank.Clean, nil, "a pdq 10  9"},
		{"cleared, but known material is nearer", seen, []bank.Bank{list("a"), list("no", negative)}, []bank.Hit{near, cleared(bank.PDQ, 11)}, bank.Match, nil, "a pdq 10  0"},
		{"the very file was cleared", seen, []bank.Bank{list("a"), list("no", negative)}, []bank.Hit{near, cleared(bank.SHA256, 0)}, bank.Clean, nil, "a pdq 10  9"},
		{"a cleared MD5 says nothing of what is seen", seen, []bank.Bank{list("a"), list("no", negative)}, []bank.Hit{near, cleared(bank.MD5, 0)}, bank.Match, nil, "a pdq 10  0"},
		{"cleared in shadow", seen, []bank.Bank{list("a"), list("no", negative, mode(taxonomy.ModeShadow))}, []bank.Hit{near, cleared(bank.PDQ, 1)}, bank.Match, nil, "a pdq 10  0"},
		{"what was vetoed hides nothing else", seen, []bank.Bank{list("a"), list("no", negative)}, []bank.Hit{near, hit(entry(3, "a", bank.SHA1, "x"), 0), cleared(bank.PDQ, 2)}, bank.Match, nil, "a sha1 0  0"},
		{"no bank", seen, nil, nil, bank.Unscanned, []bank.Reason{bank.NoBank}, ""},
		{"only what was cleared", seen, []bank.Bank{list("no", negative)}, nil, bank.Unscanned, []bank.Reason{bank.NoBank}, ""},
		{"no hash", bank.Media{ID: "m", Quality: bank.Unrated}, []bank.Bank{list("a")}, nil, bank.Unscanned, []bank.Reason{bank.NoHash}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := bank.Decide(tt.media, tt.banks, tt.hits, noon)
			if d.Answer != tt.answer || !slices.Equal(d.Reasons, tt.reasons) {
				t.Errorf("%s %v, want %s %v", d.Answer, d.Reasons, tt.answer, tt.reasons)
			}
			says := ""
			if len(d.Results) > 0 {
				r, veto := d.Results[0], uint64(0)
				if r.VetoedBy != nil {
					veto = r.VetoedBy.Entry
				}
				says = fmt.Sprintf("%s %s %d %s %d", r.Bank, r.Kind, r.Distance, r.Classification, veto)
			}
			if says != tt.says {
				t.Errorf("says %q, want %q", says, tt.says)
			}
		})
	}
}

func TestBankCheck(t *testing.T) {
	for name, change := range map[string]func(*bank.Bank){
		"id":             func(b *bank.Bank) { b.ID = "A b" },
		"name":           func(b *bank.Bank) { b.Name = "" },
		"label":          func(b *bank.Bank) { b.Label = "x" },
		"mode":           func(b *bank.Bank) { b.Mode = "on" },
		"polarity":       func(b *bank.Bank) { b.Polarity = "" },
		"source":         func(b *bank.Bank) { b.Source = "" },
		"radius":         func(b *bank.Bank) { b.Radius = 65 },
		"radius below 0": func(b *bank.Bank) { b.Radius = -1 },
		"quality":        func(b *bank.Bank) { b.Quality = 101 },
		"share":          func(b *bank.Bank) { b.Share = 0 },
		"block":          func(b *bank.Bank) { b.Verdict = taxonomy.VerdictBlock },
		"keep":           func(b *bank.Bank) { b.Keep = -1 },
		"classification": func(b *bank.Bank) { b.Classification = "C1" },
	} {
		b := list("a", change)
		if b.Check() == nil {
			t.Errorf("%s is let in", name)
		}
	}
	for _, b := range []bank.Bank{list("a"), bank.OwnBank(), bank.ClearedBank()} {
		if err := b.Check(); err != nil {
			t.Error(err)
		}
	}
}

// The order of hits and of banks says nothing about the answer.
func TestDecideDependsOnNoOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		banks := []bank.Bank{list("a"), list("b", func(b *bank.Bank) { b.Radius = 5 }), list("no", negative)}
		var hits []bank.Hit
		for i := range rapid.IntRange(0, 8).Draw(rt, "hits") {
			in := rapid.SampledFrom([]string{"a", "b", "no"}).Draw(rt, "bank")
			k := rapid.SampledFrom([]bank.Kind{bank.PDQ, bank.MD5, bank.SHA256, bank.SHA1}).Draw(rt, "kind")
			h := hit(entry(uint64(i+1), in, k, "v"), 0) //nolint:gosec // small
			if k == bank.PDQ {
				h.Distance = rapid.IntRange(0, 40).Draw(rt, "distance")
			}
			hits = append(hits, h)
		}
		want := bank.Decide(seen, banks, hits, noon)
		r := rand.New(rand.NewPCG(1, 2))
		r.Shuffle(len(hits), func(i, j int) { hits[i], hits[j] = hits[j], hits[i] })
		slices.Reverse(banks)
		got := bank.Decide(seen, banks, hits, noon)
		slices.Reverse(got.Results)
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatal(diff)
		}
	})
}
