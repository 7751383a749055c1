package hamming

import (
	"errors"
	"fmt"
	"slices"
)

// ErrTooMany is for more entries than a segment can number.
var ErrTooMany = errors.New("hamming: more entries than a segment holds")

const mostHashes = 1<<31 - 2

// Build makes a segment of entries, given as hashes and their identifiers in the same order, which it leaves as they are. The
// stamp is the caller's: a version or a position, kept with the segment.
func Build(hashes [][4]uint64, ids []uint64, stamp uint64) (*Segment, error) {
	return build(hashes, ids, stamp, parts(len(hashes)))
}

// build uses m substrings, or none.
func build(hashes [][4]uint64, ids []uint64, stamp uint64, m int) (*Segment, error) {
	s, err := prepare(hashes, ids, stamp, m)
	if err != nil {
		return nil, err
	}
	s.tables = make([]table, len(s.subs))
	for i := range s.tables {
		s.tables[i] = s.tabulate(i)
	}
	return s, nil
}

// prepare makes a segment without tables: the hashes in order, each once.
func prepare(hashes [][4]uint64, ids []uint64, stamp uint64, m int) (*Segment, error) {
	if len(hashes) != len(ids) {
		return nil, fmt.Errorf("hamming: %d hashes and %d identifiers", len(hashes), len(ids))
	}
	if len(hashes) > mostHashes {
		return nil, fmt.Errorf("%w: %d, of at most %d", ErrTooMany, len(hashes), mostHashes)
	}
	s := &Segment{stamp: stamp, subs: split(m)}
	s.hashes, s.ids = huge[[4]uint64](len(hashes)), huge[uint64](len(hashes))
	if len(s.subs) == 0 {
		copy(s.hashes, hashes)
		copy(s.ids, ids)
		order(s.hashes, s.ids)
	} else {
		s.scatter(hashes, ids)
	}
	s.unite()
	return s, nil
}

// scatter sorts by the first substring, then what has the same.
func (s *Segment) scatter(hashes [][4]uint64, ids []uint64) {
	sub := s.subs[0]
	end := huge[uint32](1<<sub.bits + 1)
	for i := range hashes {
		end[sub.of(&hashes[i])+1]++
	}
	for k := range end[1:] {
		end[k+1] += end[k]
	}
	for i := range hashes {
		k := sub.of(&hashes[i])
		at := end[k]
		end[k]++
		s.hashes[at], s.ids[at] = hashes[i], ids[i]
	}
	from := uint32(0)
	for _, to := range end[:len(end)-1] {
		if to-from > 1 {
			order(s.hashes[from:to], s.ids[from:to])
		}
		from = to
	}
}

// order sorts entries by hash and identifier. Most buckets hold two or three, few hold many.
func order(hashes [][4]uint64, ids []uint64) {
	if len(hashes) > 12 {
		all := make([]Entry, len(hashes))
		for i := range all {
			all[i] = Entry{hashes[i], ids[i]}
		}
		slices.SortFunc(all, compareEntries)
		for i, e := range all {
			hashes[i], ids[i] = e.Hash, e.ID
		}
		return
	}
	for i := 1; i < len(hashes); i++ {
		for j := i; j > 0 && compareEntries(Entry{hashes[j], ids[j]}, Entry{hashes[j-1], ids[j-1]}) < 0; j-- {
			hashes[j], hashes[j-1] = hashes[j-1], hashes[j]
			ids[j], ids[j-1] = ids[j-1], ids[j]
		}
	}
}

func compareEntries(a, b Entry) int {
	if c := compare(&a.Hash, &b.Hash); c != 0 {
		return c
	}
	switch {
	case a.ID < b.ID:
		return -1
	case a.ID > b.ID:
		return 1
	}
	return 0
}

// unite keeps every hash once, and puts the identifiers of those that have several into more.
func (s *Segment) unite() {
	s.many = make([]uint64, (len(s.hashes)+63)/64)
	u := 0
	for i := 0; i < len(s.hashes); {
		j := i + 1
		for j < len(s.hashes) && s.hashes[j] == s.hashes[i] {
			j++
		}
		ids := slices.Compact(s.ids[i:j])
		s.entries += len(ids)
		s.hashes[u] = s.hashes[i]
		if len(ids) == 1 {
			s.ids[u] = ids[0]
		} else {
			at := uint64(len(s.more))
			s.more = append(append(s.more, uint64(len(ids))), ids...)
			s.ids[u] = at
			s.many[u/64] |= 1 << (u % 64)
		}
		u++
		i = j
	}
	s.hashes, s.ids, s.many = s.hashes[:u], s.ids[:u], s.many[:(u+63)/64]
}

// tabulate makes table i by counting.
func (s *Segment) tabulate(i int) table {
	sub := s.subs[i]
	end := huge[uint32](1<<sub.bits + 1)
	for u := range s.hashes {
		end[sub.of(&s.hashes[u])+1]++
	}
	for k := range end[1:] {
		end[k+1] += end[k]
	}
	var t table
	if i > 0 {
		t.list = huge[uint32](len(s.hashes))
		for u := range s.hashes {
			k := sub.of(&s.hashes[u])
			t.list[end[k]] = uint32(u)
			end[k]++
		}
		copy(end[1:], end)
		end[0] = 0
	}
	t.pack(end)
	return t
}

// pack writes the places at which buckets begin, and the end, as lines.
func (t *table) pack(start []uint32) {
	t.lines = huge[line]((len(start) - 1) / lineBuckets)
	for i := range t.lines {
		l, row := &t.lines[i], start[i*lineBuckets:][:lineBuckets+1]
		if row[lineBuckets]-row[0] > 255 {
			l.base = wideBit | uint32(len(t.wide)/(lineBuckets+1))
			t.wide = append(t.wide, row...)
			continue
		}
		l.base = row[0]
		for j, v := range row {
			l.start[j] = uint8(v - l.base)
		}
	}
}
