package hamming_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"haris/hamming"
)

// TestIndexIsASet drives an index and a plain map with the same additions, removals, rebuilds and searches.
func TestIndexIsASet(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		o := hamming.Options{Threshold: -1}
		if rapid.Bool().Draw(t, "in a file") {
			o.Path = filepath.Join(dir, fmt.Sprint(n))
		}
		x, set := hamming.New(nil, o), map[hamming.Entry]bool{}
		entry := rapid.Custom(func(t *rapid.T) hamming.Entry {
			return hamming.Entry{Hash: [4]uint64{rapid.Uint64Range(0, 7).Draw(t, "hash")}, ID: rapid.Uint64Range(0, 2).Draw(t, "id")}
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
				if err := x.Rebuild(); err != nil {
					t.Fatal(err)
				}
				if x.Pending() != 0 {
					t.Fatal("pending:", x.Pending())
				}
			},
			"": func(t *rapid.T) {
				radius := rapid.IntRange(0, 3).Draw(t, "radius")
				q := entry.Draw(t, "query").Hash
				var want []hamming.Match
				for e := range set {
					if d := hamming.Distance(e.Hash, q); d <= radius {
						want = append(want, hamming.Match{Entry: e, Distance: d})
					}
				}
				got, err := x.Search(nil, q, radius)
				if err != nil || len(got) != len(want) {
					t.Fatalf("%d found, of %d: %v", len(got), len(want), err)
				}
				for _, m := range want {
					if !slices.Contains(got, m) {
						t.Fatal("not found:", m)
					}
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
}

// TestNothingIsLostWhileRebuilding searches from several goroutines while others add and remove and the index rebuilds itself.
func TestNothingIsLostWhileRebuilding(t *testing.T) {
	hashes, _ := random(12_000, 11)
	var rebuilt sync.WaitGroup
	rebuilds := 0
	x := hamming.New(nil, hamming.Options{Path: filepath.Join(t.TempDir(), "index"), Threshold: 2000, Rebuilt: func(err error) {
		if rebuilds++; err != nil {
			t.Error(err)
		}
	}})
	find := func(i int, want bool) {
		m, err := x.Search(nil, flipped(hashes[i], 20, rand.New(rand.NewPCG(uint64(i), 1))), 31)
		found := slices.ContainsFunc(m, func(m hamming.Match) bool { return m.ID == uint64(i) })
		if err != nil || found != want || len(m) > 1 {
			t.Errorf("%d: found %v, of %v; %d matches, %v", i, found, want, len(m), err)
		}
	}
	for w := range 4 {
		rebuilt.Go(func() {
			for i := w; i < len(hashes); i += 4 {
				e := hamming.Entry{Hash: hashes[i], ID: uint64(i)}
				if !x.Add(e) || x.Add(e) {
					t.Error("Add is wrong of", i)
				}
				if i%8 == 0 {
					find(i, true)
				}
				if i%3 == 0 && !x.Remove(e) {
					t.Error("Remove is wrong of", i)
				}
				if back := i - 400; back >= 0 && i%8 == 0 {
					find(back, back%3 != 0)
				}
			}
		})
	}
	rebuilt.Wait()
	if err := x.Rebuild(); err != nil {
		t.Fatal(err)
	}
	for i := range hashes {
		find(i, i%3 != 0)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if rebuilds == 0 {
		t.Error("it never rebuilt itself")
	}
	if _, err := x.Search(nil, hashes[0], 31); !errors.Is(err, hamming.ErrClosed) {
		t.Error("search of a closed index:", err)
	}
	if err := x.Rebuild(); !errors.Is(err, hamming.ErrClosed) {
		t.Error("rebuild of a closed index:", err)
	}
	if x.Add(hamming.Entry{ID: 1}) {
		t.Error("added to a closed index")
	}
}

func TestRebuildThatFailsLosesNothing(t *testing.T) {
	told := make(chan error, 10)
	x := hamming.New(nil, hamming.Options{Path: filepath.Join(t.TempDir(), "no", "such", "directory"), Threshold: 10, Rebuilt: func(err error) { told <- err }})
	for i := range uint64(15) {
		x.Add(hamming.Entry{ID: i})
	}
	if err := <-told; err == nil {
		t.Fatal("no error")
	}
	m, err := x.Search(nil, [4]uint64{}, 0)
	if err != nil || len(m) != 15 {
		t.Errorf("%d found: %v", len(m), err)
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
}

func TestStampIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index")
	x := hamming.New(nil, hamming.Options{Path: path, Threshold: -1})
	x.Add(hamming.Entry{ID: 5})
	x.SetStamp(77)
	if err := x.Rebuild(); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := hamming.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	y := hamming.New(s, hamming.Options{})
	defer y.Close()
	if s.Stamp() != 77 || !y.Has(hamming.Entry{ID: 5}) {
		t.Error("stamp", s.Stamp())
	}
}

func TestBuildRefuses(t *testing.T) {
	if _, err := hamming.Build(make([][4]uint64, 2), make([]uint64, 1), 0); err == nil {
		t.Error("more hashes than identifiers")
	}
}

func ExampleIndex() {
	x := hamming.New(nil, hamming.Options{})
	defer x.Close()
	x.Add(hamming.Entry{Hash: [4]uint64{0b1111}, ID: 7})
	x.Add(hamming.Entry{Hash: [4]uint64{0b1111}, ID: 8})
	found, err := x.Search(nil, [4]uint64{0b1100}, 31)
	for _, m := range found {
		fmt.Println(m.ID, m.Distance)
	}
	fmt.Println(err)
	// Output:
	// 7 2
	// 8 2
	// <nil>
}
