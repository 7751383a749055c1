package hamming

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// brute is what must be found, by the plainest means.
func brute(entries []Entry, q [4]uint64, radius int) (found []Match) {
	seen := map[Entry]bool{}
	for _, e := range entries {
		d := 0
		for k := range 256 {
			if e.Hash[k/64]>>(k%64)&1 != q[k/64]>>(k%64)&1 {
				d++
			}
		}
		if d <= radius && !seen[e] {
			seen[e] = true
			found = append(found, Match{e, d})
		}
	}
	sorted(found)
	return found
}

func of(t interface{ Fatal(...any) }, m int, entries []Entry) *Segment {
	hashes, ids := make([][4]uint64, len(entries)), make([]uint64, len(entries))
	for i, e := range entries {
		hashes[i], ids[i] = e.Hash, e.ID
	}
	s, err := build(hashes, ids, 0, m)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// byTables searches by the tables even where a scan were cheaper, and says whether the radius allows it.
func (s *Segment) byTables(q [4]uint64, radius int) ([]Match, bool) {
	t, ok := radii(s.subs, 1<<30, radius)
	if !ok {
		return nil, false
	}
	found := s.probe(nil, q, radius, t)
	sorted(found)
	return found, true
}

func flip(h [4]uint64, k int) [4]uint64 {
	h[k/64] ^= 1 << (k % 64)
	return h
}

// TestTightest plants, for several ways to cut hashes and many radii, the hashes that only one substring can find: in it they
// differ by just as much as it is searched for, in all others by one bit more. One bit more in that substring is out of reach
// of the radius.
func TestTightest(t *testing.T) {
	for _, m := range []int{11, 12, 16} {
		t.Run(fmt.Sprintf("%d parts", m), func(t *testing.T) {
			if m == 11 && testing.Short() {
				t.Skip("takes 400 MB of tables")
			}
			rnd := rand.New(rand.NewPCG(uint64(m), 1))
			all := []int{0, 1, 9, 15, 30, 31, 32, 40, 47, 48}
			var entries []Entry
			queries, want := make([][4]uint64, len(all)), make([]int, len(all))
			for i, radius := range all {
				q := [4]uint64{rnd.Uint64(), rnd.Uint64(), rnd.Uint64(), rnd.Uint64()}
				queries[i] = q
				in, out := tightest(t, m, radius, q, rnd)
				want[i] = len(in)
				for _, h := range append(in, out...) {
					entries = append(entries, Entry{h, uint64(len(entries))})
				}
			}
			s := of(t, m, entries)
			for i, radius := range all {
				got, ok := s.byTables(queries[i], radius)
				if len(got) != want[i] || !ok {
					t.Errorf("radius %d: %d found, of %d", radius, len(got), want[i])
				}
				if diff := cmp.Diff(brute(entries, queries[i], radius), got); diff != "" {
					t.Errorf("radius %d: %s", radius, diff)
				}
			}
		})
	}
}

// tightest makes hashes at the radius from q, and one bit beyond it.
func tightest(t *testing.T, m, radius int, q [4]uint64, rnd *rand.Rand) (in, out [][4]uint64) {
	subs := split(m)
	tight, ok := radii(subs, 1<<30, radius)
	if !ok {
		t.Fatal("no radii")
	}
	for i := range subs {
		for over := range 2 {
			if tight[i] < 0 && over == 0 {
				continue
			}
			h, d := q, 0
			for j, sub := range subs {
				n := int(tight[j]) + 1
				if j == i {
					n += over - 1
				}
				for _, k := range rnd.Perm(int(sub.bits))[:n] {
					h = flip(h, int(sub.first)+k)
				}
				d += n
			}
			switch {
			case d != radius+over:
				t.Fatalf("planted at distance %d", d)
			case over == 0:
				in = append(in, h)
			default:
				out = append(out, h)
			}
		}
	}
	return in, out
}

// clustered draws entries that crowd: few centres, hashes near them and the same hash under many identifiers.
func clustered(t *rapid.T) (entries []Entry, centres [][4]uint64) {
	word := rapid.OneOf(rapid.Uint64(), rapid.SampledFrom([]uint64{0, ^uint64(0), 0x5555555555555555}))
	centres = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) [4]uint64 {
		return [4]uint64{word.Draw(t, "w"), word.Draw(t, "w"), word.Draw(t, "w"), word.Draw(t, "w")}
	}), 1, 5).Draw(t, "centres")
	for range rapid.IntRange(0, 200).Draw(t, "entries") {
		h := rapid.SampledFrom(centres).Draw(t, "centre")
		for range rapid.IntRange(0, 50).Draw(t, "flips") {
			h = flip(h, rapid.IntRange(0, 255).Draw(t, "bit"))
		}
		entries = append(entries, Entry{h, rapid.Uint64Range(0, 300).Draw(t, "id")})
		for range rapid.SampledFrom([]int{0, 0, 0, 1, 20, 300}).Draw(t, "again") { // also more than a line counts
			entries = append(entries, Entry{h, uint64(len(entries))})
		}
	}
	return entries, centres
}

func TestSearchFindsWhatBruteForceFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries, centres := clustered(t)
		m := rapid.SampledFrom([]int{0, 15, 16}).Draw(t, "parts")
		s := of(t, m, entries)
		q := rapid.SampledFrom(centres).Draw(t, "query")
		radius := rapid.IntRange(-1, 60).Draw(t, "radius")
		want := brute(entries, q, radius)
		if diff := cmp.Diff(want, s.Search(nil, q, radius)); diff != "" {
			t.Fatal("Search:", diff)
		}
		if diff := cmp.Diff(want, s.Scan(nil, q, radius)); diff != "" {
			t.Fatal("Scan:", diff)
		}
		if got, ok := s.byTables(q, radius); ok && m > 0 && radius >= 0 && radius <= 32 {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatal("by tables:", diff)
			}
		}
		for _, e := range entries {
			if !s.has(e) || s.has(Entry{e.Hash, e.ID + 1e6}) {
				t.Fatal("has is wrong of", e)
			}
		}
	})
}

// TestWideLines fills lines beyond what their bytes count, by different hashes that agree in many substrings.
func TestWideLines(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 4))
	centre := [4]uint64{rnd.Uint64(), rnd.Uint64(), rnd.Uint64(), rnd.Uint64()}
	var entries []Entry
	for i := range 3000 {
		h := centre
		for range 1 + i%20 {
			h = flip(h, rnd.IntN(256))
		}
		entries = append(entries, Entry{h, uint64(i)})
	}
	for _, m := range []int{12, 15, 16} {
		s := of(t, m, entries)
		if len(s.tables[m-1].wide) == 0 || len(s.tables[0].wide) == 0 {
			t.Fatal("no wide line")
		}
		for radius := range 25 {
			got, _ := s.byTables(centre, radius)
			if diff := cmp.Diff(brute(entries, centre, radius), got); diff != "" {
				t.Fatalf("%d parts, radius %d: %s", m, radius, diff)
			}
		}
	}
}

// TestRadii holds the promise that makes the search exact.
func TestRadii(t *testing.T) {
	for _, n := range []int{smallest, 1e5, 1e6, 1e7, 1e8, 2e9} {
		subs := split(parts(n))
		length := uint(0)
		for _, s := range subs {
			if s.first != length || s.bits < lineBits+4 || s.bits > 32 {
				t.Fatal("cut badly:", subs)
			}
			length += s.bits
		}
		if length != 256 {
			t.Fatal("cut badly:", subs)
		}
		scans := false
		for radius := range 257 {
			r, ok := radii(subs, n, radius)
			if scans = scans || !ok; ok && scans {
				t.Errorf("%d hashes: scanned below radius %d, not at it", n, radius)
			}
			sum := 0
			for _, v := range r[:len(subs)] {
				sum += int(v) + 1
			}
			if ok && sum != radius+1 {
				t.Errorf("%d hashes, radius %d: the radii add up to %d", n, radius, sum)
			}
		}
		if !scans {
			t.Errorf("%d hashes: never scanned", n)
		}
	}
}

func TestSubstring(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	for _, m := range []int{10, 11, 12, 16} {
		for _, sub := range split(m) {
			h := [4]uint64{rnd.Uint64(), rnd.Uint64(), rnd.Uint64(), rnd.Uint64()}
			for k := range 256 {
				changed := bits.OnesCount32(sub.of(&h) ^ func() uint32 { o := flip(h, k); return sub.of(&o) }())
				if inside := uint(k) >= sub.first && uint(k) < sub.first+sub.bits; (changed == 1) != inside || changed > 1 {
					t.Errorf("bit %d of %v: %d bits change", k, sub, changed)
				}
			}
		}
	}
}
