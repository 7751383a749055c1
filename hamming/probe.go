package hamming

import "math/bits"

// prober works in three steps over many buckets at a time: where they begin and end, which hashes stand in them, and how far those
// are. Each step reads from places that do not depend on each other, so that the processor waits for many of them at once.
type prober struct {
	s      *Segment
	q      [4]uint64
	radius int
	t      [maxParts]int8
	dst    []Match

	table      int
	n          int
	from, to   [256]uint32
	candidates [512]uint32
}

// probe searches by the tables, each within its own radius.
func (s *Segment) probe(dst []Match, q [4]uint64, radius int, t [maxParts]int8) []Match {
	p := prober{s: s, q: q, radius: radius, t: t, dst: dst}
	low := masks()
	for i, sub := range s.subs {
		p.table = i
		key := sub.of(&q)
		for d := range int(t[i]) + 1 {
			p.shell(key, sub.bits, d, low.within(int(t[i])-d))
		}
		p.flush()
	}
	return p.dst
}

// low holds the masks of the buckets of a line in the order of the bits they flip, and how many flip at most so many.
type low struct {
	mask [lineBuckets]uint8
	upTo [lineBits + 1]int
}

func masks() (l low) {
	n := 0
	for d := range l.upTo {
		for m := range lineBuckets {
			if bits.OnesCount(uint(m)) == d {
				l.mask[n] = uint8(m)
				n++
			}
		}
		l.upTo[d] = n
	}
	return l
}

func (l *low) within(d int) []uint8 { return l.mask[:l.upTo[min(d, lineBits)]] }

// shell visits the lines whose number differs from that of key in exactly d bits, and in each the buckets of low. The masks come in
// rising order, so that neighbours in memory are visited together.
func (p *prober) shell(key uint32, width uint, d int, low []uint8) {
	t := &p.s.tables[p.table]
	key, inner := key>>lineBits, key%lineBuckets
	if d == 0 {
		p.visit(t, key, inner, low)
		return
	}
	end := uint64(1) << (width - lineBits)
	for mask := uint64(1)<<d - 1; mask < end; {
		p.visit(t, key^uint32(mask), inner, low)
		least := bits.TrailingZeros64(mask) // the next larger number with as many bits
		up := mask + 1<<least
		mask = up | (up^mask)>>(least+2)
	}
}

func (p *prober) visit(t *table, number, inner uint32, low []uint8) {
	if p.n+len(low) > len(p.from) {
		p.flush()
	}
	l := &t.lines[number]
	for _, m := range low {
		p.from[p.n], p.to[p.n] = t.in(l, inner^uint32(m))
		p.n++
	}
}

// flush gathers the hashes of the buckets seen and compares them.
func (p *prober) flush() {
	list, k := p.s.tables[p.table].list, 0
	for i := range p.n {
		for at := p.from[i]; at < p.to[i]; at++ {
			if k == len(p.candidates) {
				p.compare(k)
				k = 0
			}
			if p.candidates[k] = at; list != nil {
				p.candidates[k] = list[at]
			}
			k++
		}
	}
	p.compare(k)
	p.n = 0
}

func (p *prober) compare(k int) {
	hashes, q, radius := p.s.hashes, &p.q, p.radius
	for _, u := range p.candidates[:k] {
		h := &hashes[u]
		d := bits.OnesCount64(h[0]^q[0]) + bits.OnesCount64(h[1]^q[1])
		if d > radius {
			continue
		}
		if d += bits.OnesCount64(h[2]^q[2]) + bits.OnesCount64(h[3]^q[3]); d <= radius && p.first(h) {
			p.dst = p.s.found(p.dst, int(u), d)
		}
	}
}

// first tells whether no earlier table has come upon the same hash.
func (p *prober) first(h *[4]uint64) bool {
	for i, sub := range p.s.subs[:p.table] {
		if bits.OnesCount32(sub.of(h)^sub.of(&p.q)) <= int(p.t[i]) {
			return false
		}
	}
	return true
}
