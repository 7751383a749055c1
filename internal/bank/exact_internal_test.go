package bank

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestExactIsASet drives the array with what waits beside it, and a plain map, with the same additions, removals and merges.
func TestExactIsASet(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		x, plain := newExact(), map[string]map[uint64]bool{}
		for range rapid.IntRange(0, 120).Draw(rt, "steps") {
			v := fmt.Sprint(rapid.IntRange(0, 6).Draw(rt, "value"))
			id := rapid.Uint64Range(1, 12).Draw(rt, "id")*10 + uint64(v[0]-'0') // an id belongs to one hash for good
			h := Hash{MD5, v}
			switch rapid.IntRange(0, 4).Draw(rt, "what") {
			case 0, 1:
				x.add(h, id)
				if plain[v] == nil {
					plain[v] = map[uint64]bool{}
				}
				plain[v][id] = true
			case 2, 3:
				x.remove(h, id)
				delete(plain[v], id)
			default:
				x.merge(0)
			}
			n := 0
			for v, ids := range plain {
				n += len(ids)
				got := x.find(Hash{MD5, v}, nil)
				slices.Sort(got)
				if want := slices.Sorted(maps.Keys(ids)); !slices.Equal(got, want) {
					rt.Fatalf("%s: %v, want %v", v, got, want)
				}
			}
			if x.len() != n {
				rt.Fatalf("%d entries, want %d", x.len(), n)
			}
		}
	})
}
