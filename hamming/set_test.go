package hamming

import (
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// TestIndexWithTables drives an index that has tables, additions after them, removals from both and rebuilds, and holds every search,
// of any radius that matters, against all that is there.
func TestIndexWithTables(t *testing.T) {
	hashes, ids := sample(smallest + 1000)
	base, err := Build(hashes, ids, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(base.tables) == 0 {
		t.Fatal("there are no tables")
	}
	dir, n, tabled := t.TempDir(), 0, 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		o := Options{Threshold: -1}
		if rapid.Bool().Draw(t, "in a file") {
			o.Path = filepath.Join(dir, strconv.Itoa(n))
		}
		x, set := New(base, o), make(map[Entry]bool, len(ids))
		for i, h := range hashes {
			set[Entry{h, ids[i]}] = true
		}
		// Few of the hashes are drawn, so that the same are added, removed and found, under few identifiers.
		near := rapid.Custom(func(t *rapid.T) [4]uint64 {
			h := hashes[40+rapid.IntRange(0, 15).Draw(t, "hash")]
			for range rapid.SampledFrom([]int{0, 0, 1, 15, 16, 31, 32, 48}).Draw(t, "flips") {
				h = flip(h, rapid.IntRange(0, 255).Draw(t, "bit"))
			}
			return h
		})
		entry := rapid.Custom(func(t *rapid.T) Entry {
			if rapid.Bool().Draw(t, "of the tables") {
				i := 40 + rapid.IntRange(0, 15).Draw(t, "entry")
				return Entry{hashes[i], ids[i]}
			}
			return Entry{near.Draw(t, "hash"), rapid.Uint64Range(40, 43).Draw(t, "id")}
		})
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				e := entry.Draw(t, "entry")
				if x.Add(e) == set[e] {
					t.Fatal("Add is wrong of", e)
				}
				set[e] = true
			},
			"remove": func(t *rapid.T) {
				e := entry.Draw(t, "entry")
				if x.Remove(e) != set[e] {
					t.Fatal("Remove is wrong of", e)
				}
				delete(set, e)
			},
			"rebuild": func(t *rapid.T) {
				if rapid.IntRange(0, 9).Draw(t, "seldom") > 0 {
					return
				}
				if err := x.Rebuild(); err != nil {
					t.Fatal(err)
				}
			},
			"search": func(t *rapid.T) {
				q, radius := near.Draw(t, "query"), rapid.IntRange(0, 48).Draw(t, "radius")
				if _, ok := radii(x.base.subs, len(x.base.hashes), radius); ok {
					tabled++
				}
				var want []Match
				for e := range set {
					if d := Distance(e.Hash, q); d <= radius {
						want = append(want, Match{e, d})
					}
				}
				sorted(want)
				got, err := x.Search(nil, q, radius)
				if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
					t.Fatal(radius, diff, err)
				}
				if x.Len() != len(set) {
					t.Fatalf("%d entries, of %d", x.Len(), len(set))
				}
			},
		})
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	})
	if tabled == 0 {
		t.Error("searches by tables:", tabled)
	}
}
