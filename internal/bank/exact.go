package bank

import (
	"encoding/binary"
	"slices"
	"sort"
)

// pair is an entry under the first bits of its digest.
type pair struct{ key, id uint64 }

// exact finds entries of the kinds that are only ever equal: 16 bytes an entry in a sorted array, and what came since beside it. Two
// hashes may share a key; who finds an entry compares its value. It is guarded by its owner.
type exact struct {
	base  []pair
	came  map[uint64][]uint64
	gone  map[uint64]bool // ids in base that do not count any more
	count int             // of came
}

// mergeAt is how many additions and removals may wait beside the array.
const mergeAt = 50_000

func newExact() *exact { return &exact{came: map[uint64][]uint64{}, gone: map[uint64]bool{}} }

func exactKey(h Hash) uint64 {
	d := h.Digest()
	return binary.BigEndian.Uint64(d[:8])
}

func (x *exact) compare(a, b pair) int {
	switch {
	case a.key != b.key:
		if a.key < b.key {
			return -1
		}
		return 1
	case a.id < b.id:
		return -1
	case a.id > b.id:
		return 1
	}
	return 0
}

// based reports whether the array holds a pair.
func (x *exact) based(p pair) bool {
	_, ok := slices.BinarySearchFunc(x.base, p, x.compare)
	return ok
}

func (x *exact) add(h Hash, id uint64) {
	p := pair{exactKey(h), id}
	if x.based(p) {
		delete(x.gone, id)
		return
	}
	if !slices.Contains(x.came[p.key], id) {
		x.came[p.key] = append(x.came[p.key], id)
		x.count++
		x.merge(mergeAt)
	}
}

func (x *exact) remove(h Hash, id uint64) {
	p := pair{exactKey(h), id}
	if x.based(p) {
		x.gone[id] = true
		x.merge(mergeAt)
		return
	}
	if i := slices.Index(x.came[p.key], id); i >= 0 {
		x.came[p.key] = slices.Delete(x.came[p.key], i, i+1)
		x.count--
		if len(x.came[p.key]) == 0 {
			delete(x.came, p.key)
		}
	}
}

// merge brings everything into the array when more than limit waits.
func (x *exact) merge(limit int) {
	if x.count+len(x.gone) <= limit {
		return
	}
	next := make([]pair, 0, len(x.base)+x.count)
	for _, p := range x.base {
		if !x.gone[p.id] {
			next = append(next, p)
		}
	}
	for key, ids := range x.came {
		for _, id := range ids {
			next = append(next, pair{key, id})
		}
	}
	slices.SortFunc(next, x.compare)
	*x = *newExact()
	x.base = next
}

// find appends the ids under the key of a hash.
func (x *exact) find(h Hash, out []uint64) []uint64 {
	key := exactKey(h)
	for i := sort.Search(len(x.base), func(i int) bool { return x.base[i].key >= key }); i < len(x.base) && x.base[i].key == key; i++ {
		if !x.gone[x.base[i].id] {
			out = append(out, x.base[i].id)
		}
	}
	return append(out, x.came[key]...)
}

// sort brings the array that was filled into order.
func (x *exact) sort() { slices.SortFunc(x.base, x.compare) }

func (x *exact) len() int { return len(x.base) - len(x.gone) + x.count }
