package hamming_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"haris/hamming"
)

func read(t *testing.T, name string) (out [][4]uint64) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Fields(string(text)) {
		b, err := hex.DecodeString(line)
		if err != nil || len(b) != 32 {
			t.Fatalf("%q: %v", line, err)
		}
		var h [4]uint64
		for i := range h {
			h[3-i] = binary.BigEndian.Uint64(b[8*i:])
		}
		out = append(out, h)
	}
	return out
}

// TestPairs finds the published pairs, alone and among as many other hashes as make an index.
func TestPairs(t *testing.T) {
	needles, haystack := read(t, "needles.txt"), read(t, "haystack.txt")
	text, err := os.ReadFile("testdata/expected_pairs_le48.tsv")
	if err != nil {
		t.Fatal(err)
	}
	type pair struct{ needle, straw, distance int }
	want := map[pair]bool{}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		var p pair
		if _, err := fmt.Sscan(line, &p.needle, &p.straw, &p.distance); err != nil {
			t.Fatal(err)
		}
		want[p] = true
	}
	if len(want) < 100 {
		t.Fatalf("%d pairs", len(want))
	}
	for _, others := range []int{0, 20_000} {
		t.Run(fmt.Sprintf("%d others", others), func(t *testing.T) {
			hashes, ids := random(others, 9)
			for i := range ids {
				ids[i] += 1e6
			}
			for i, h := range haystack {
				hashes, ids = append(hashes, h), append(ids, uint64(i))
			}
			s, err := hamming.Build(hashes, ids, 0)
			if err != nil {
				t.Fatal(err)
			}
			if s.Len() != len(ids) {
				t.Errorf("%d entries, of %d", s.Len(), len(ids))
			}
			for _, radius := range []int{30, 31, 48} {
				got, expected := map[pair]bool{}, map[pair]bool{}
				for n, q := range needles {
					for _, m := range s.Search(nil, q, radius) {
						got[pair{n, int(m.ID), m.Distance}] = true
					}
				}
				for p := range want {
					if p.distance <= radius {
						expected[p] = true
					}
				}
				if diff := cmp.Diff(expected, got, cmp.AllowUnexported(pair{})); diff != "" {
					t.Errorf("radius %d: %s", radius, diff)
				}
			}
		})
	}
}
