package hamming

import (
	"cmp"
	"math/bits"
	"slices"
)

// Segment is a set of entries that never changes, and may be searched by any number of goroutines.
type Segment struct {
	hashes  [][4]uint64 // each once, in the order of the first substring and then of the words
	ids     []uint64    // of each hash the identifier, or where in more its identifiers begin
	many    []uint64    // a bit for each hash that has several
	more    []uint64    // their number, then they
	subs    []substring
	tables  []table
	entries int
	stamp   uint64
	close   func() error
}

// table lists the hashes under the value of one substring. Places in it are told by lines, one for each 32 values that follow each
// other.
type table struct {
	lines []line
	wide  []uint32 // rows of lineBuckets+1 places, for lines that are too full for their bytes
	list  []uint32 // which hashes; nil in the first table, whose order is that of the hashes
}

// line says where 32 buckets begin and the last of them ends: so many places after base. It fills one line of the cache, so that a
// bucket is found by one access to memory. The base of a wide line has the top bit set and is the number of its row in wide.
type line struct {
	base  uint32
	start [lineBuckets + 1]uint8
	_     [64 - 4 - lineBuckets - 1]uint8
}

const (
	lineBits    = 5
	lineBuckets = 1 << lineBits
	wideBit     = 1 << 31
)

// bucket is where the hashes with value b begin and end.
func (t *table) bucket(b uint32) (from, to uint32) {
	return t.in(&t.lines[b>>lineBits], b%lineBuckets)
}

// in is where bucket i of a line begins and ends.
func (t *table) in(l *line, i uint32) (from, to uint32) {
	if l.base < wideBit {
		return l.base + uint32(l.start[i]), l.base + uint32(l.start[i+1])
	}
	row := t.wide[l.base&^wideBit*(lineBuckets+1):]
	return row[i], row[i+1]
}

// Len is the number of entries.
func (s *Segment) Len() int { return s.entries }

// Unique is the number of different hashes.
func (s *Segment) Unique() int { return len(s.hashes) }

// Stamp is what the caller gave when the segment was built.
func (s *Segment) Stamp() uint64 { return s.stamp }

// Size is the number of bytes of all that is searched.
func (s *Segment) Size() int {
	n := 32*len(s.hashes) + 8*(len(s.ids)+len(s.many)+len(s.more))
	for _, t := range s.tables {
		n += 64*len(t.lines) + 4*(len(t.wide)+len(t.list))
	}
	return n
}

// Close releases the file of a segment that came from one. It must not be searched afterwards.
func (s *Segment) Close() error {
	if s.close == nil {
		return nil
	}
	c := s.close
	*s = Segment{}
	return c()
}

// Search appends to dst every entry whose hash is within radius, inclusive, of q, in the order of distance, then of identifier.
func (s *Segment) Search(dst []Match, q [4]uint64, radius int) []Match {
	first := len(dst)
	if t, ok := radii(s.subs, len(s.hashes), min(radius, 256)); ok && len(s.tables) > 0 {
		dst = s.probe(dst, q, radius, t)
	} else {
		dst = s.scan(dst, q, radius)
	}
	sorted(dst[first:])
	return dst
}

// Scan gives what Search gives, by comparing every hash.
func (s *Segment) Scan(dst []Match, q [4]uint64, radius int) []Match {
	first := len(dst)
	dst = s.scan(dst, q, radius)
	sorted(dst[first:])
	return dst
}

func sorted(m []Match) {
	slices.SortFunc(m, func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.ID, b.ID), compare(&a.Hash, &b.Hash))
	})
}

func (s *Segment) scan(dst []Match, q [4]uint64, radius int) []Match {
	for u := range s.hashes {
		h := &s.hashes[u]
		d := bits.OnesCount64(h[0]^q[0]) + bits.OnesCount64(h[1]^q[1])
		if d > radius {
			continue
		}
		if d += bits.OnesCount64(h[2]^q[2]) + bits.OnesCount64(h[3]^q[3]); d <= radius {
			dst = s.found(dst, u, d)
		}
	}
	return dst
}

// found appends the entries of hash u.
func (s *Segment) found(dst []Match, u, distance int) []Match {
	for _, id := range s.of(u) {
		dst = append(dst, Match{Entry{s.hashes[u], id}, distance})
	}
	return dst
}

// of is the identifiers of hash u.
func (s *Segment) of(u int) []uint64 {
	if s.many[u/64]>>(u%64)&1 == 0 {
		return s.ids[u : u+1]
	}
	at := s.ids[u]
	return s.more[at+1:][:s.more[at]]
}

// has tells whether an entry is there.
func (s *Segment) has(e Entry) bool {
	lo, hi := 0, len(s.hashes)
	if len(s.tables) > 0 {
		from, to := s.tables[0].bucket(s.subs[0].of(&e.Hash))
		lo, hi = int(from), int(to)
	}
	u, ok := slices.BinarySearchFunc(s.hashes[lo:hi], e.Hash, func(a, b [4]uint64) int { return compare(&a, &b) })
	return ok && slices.Contains(s.of(lo+u), e.ID)
}

// each calls f with every entry.
func (s *Segment) each(f func(Entry)) {
	for u := range s.hashes {
		for _, id := range s.of(u) {
			f(Entry{s.hashes[u], id})
		}
	}
}

// compare orders hashes by their words. Within a bucket of the first substring, and where there are no tables, hashes stand so.
func compare(a, b *[4]uint64) int {
	for i := range a {
		if a[i] != b[i] {
			return cmp.Compare(a[i], b[i])
		}
	}
	return 0
}
