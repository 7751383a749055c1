package bank_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"haris/internal/bank"
	"haris/pdq"
)

func TestCompare(t *testing.T) {
	f := setup(t)
	h := f.pdq()
	md5 := bank.Hash{Kind: bank.MD5, Value: f.bytes(16)}
	g := f.pdq()
	mirrored := bank.Turned(h)[pdq.FlipY]
	for _, tt := range []struct {
		name string
		a, b bank.Hash
		want bank.Comparison
	}{
		{"the same picture", ofPDQ(h), ofPDQ(h), bank.Comparison{Kind: bank.PDQ, Equal: true, Near: &bank.Nearness{}}},
		{"one that is near", ofPDQ(h), ofPDQ(f.near(h, 9)), bank.Comparison{Kind: bank.PDQ, Near: &bank.Nearness{Distance: 9, Turned: 9}}},
		{
			"a mirrored one", ofPDQ(h), ofPDQ(f.near(mirrored, 3)),
			bank.Comparison{Kind: bank.PDQ, Near: &bank.Nearness{Distance: h.Distance(mirrored), Turned: 3, Turn: pdq.FlipY}},
		},
		{"the same file", md5, md5, bank.Comparison{Kind: bank.MD5, Equal: true}},
		{"another file", md5, bank.Hash{Kind: bank.MD5, Value: f.bytes(16)}, bank.Comparison{Kind: bank.MD5}},
		{
			"a part of a video", f.video(h), f.video(h, g, f.pdq(), f.pdq()),
			bank.Comparison{Kind: bank.VPDQ, Shares: &[2]float64{1, 0.25}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := bank.Compare(tt.a, tt.b)
			if err != nil {
				t.Fatal(err)
			}
			if tt.want.Near != nil && got.Near != nil { // of a mirrored picture the distance as it is is chance
				want := tt.a
				x, err := want.PDQ()
				y, err2 := tt.b.PDQ()
				if err = errors.Join(err, err2); err != nil {
					t.Fatal(err)
				}
				tt.want.Near.Distance = x.Distance(y)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWhatCannotBeCompared(t *testing.T) {
	f := setup(t)
	if _, err := bank.Compare(ofPDQ(f.pdq()), bank.Hash{Kind: bank.MD5, Value: f.bytes(16)}); !errors.Is(err, bank.ErrKinds) {
		t.Error(err)
	}
	for _, k := range []bank.Kind{bank.PDQ, bank.VPDQ} {
		good := ofPDQ(f.pdq())
		if k == bank.VPDQ {
			good = f.video(f.pdq())
		}
		bad := bank.Hash{Kind: k, Value: "zz"}
		if _, err := bank.Compare(good, bad); !errors.Is(err, bank.ErrHash) {
			t.Error(k, err)
		}
		if _, err := bank.Compare(bad, good); !errors.Is(err, bank.ErrHash) {
			t.Error(k, err)
		}
	}
}

// A distance is the same both ways, and turning never makes it greater.
func TestCompareIsADistance(t *testing.T) {
	draw := func(rt *rapid.T, name string) (h pdq.Hash) {
		for i := range h {
			h[i] = rapid.Uint64().Draw(rt, name)
		}
		return h
	}
	rapid.Check(t, func(rt *rapid.T) {
		a, b := ofPDQ(draw(rt, "a")), ofPDQ(draw(rt, "b"))
		there, err := bank.Compare(a, b)
		back, err2 := bank.Compare(b, a)
		if err = errors.Join(err, err2); err != nil {
			rt.Fatal(err)
		}
		n := there.Near
		if n.Distance != back.Near.Distance || n.Turned > n.Distance || (n.Distance == 0) != there.Equal || (n.Turned == n.Distance) != (n.Turn == 0) {
			rt.Errorf("%+v and back %+v", n, back.Near)
		}
	})
}

// A result tells every entry that matches, but none that was cleared.
func TestEveryEntryThatMatches(t *testing.T) {
	hits := []bank.Hit{
		hit(entry(1, "a", bank.PDQ, anyPDQ), 10), hit(entry(2, "a", bank.PDQ, strings.Repeat("1e", 32)), 4), hit(entry(3, "a", bank.PDQ, anyPDQ), 32),
		hit(entry(4, "b", bank.PDQ, anyPDQ), 1), hit(entry(5, "a", bank.SHA256, anySHA), 0),
	}
	ids := func(d bank.Decision) (out []uint64) {
		for _, h := range d.Results[0].All {
			out = append(out, h.Entry.ID)
		}
		return out
	}
	banks := []bank.Bank{list("a"), list("b"), list("no", negative)}
	if got := ids(bank.Decide(seen, banks, hits, noon)); !slices.Equal(got, []uint64{5, 2, 1}) {
		t.Errorf("%v", got)
	}
	cleared := hit(entry(9, "no", bank.PDQ, "v"), 10)
	if got := ids(bank.Decide(seen, banks, append(hits, cleared), noon)); !slices.Equal(got, []uint64{5, 2}) {
		t.Errorf("with one that was cleared: %v", got)
	}
	file := hit(entry(9, "no", bank.SHA256, anySHA), 0)
	d := bank.Decide(seen, banks, append(hits, file), noon)
	if got := ids(d); !slices.Equal(got, []uint64{5, 2, 1}) || d.Results[0].VetoedBy == nil || d.Answer != bank.Clean {
		t.Errorf("with all that were cleared: %v, %+v", got, d)
	}
}
