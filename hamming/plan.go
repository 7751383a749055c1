package hamming

import "math/bits"

// Entry is one hash and what the caller calls it.
type Entry struct {
	Hash [4]uint64
	ID   uint64
}

// Match is an entry found, and how many bits its hash differs in.
type Match struct {
	Entry
	Distance int
}

// Distance counts the bits in which two hashes differ, from 0 to 256.
func Distance(a, b [4]uint64) int {
	return bits.OnesCount64(a[0]^b[0]) + bits.OnesCount64(a[1]^b[1]) + bits.OnesCount64(a[2]^b[2]) + bits.OnesCount64(a[3]^b[3])
}

// substring is a run of bits of a hash, at most 32.
type substring struct{ first, bits uint }

func (s substring) of(h *[4]uint64) uint32 {
	w, at := s.first/64, s.first%64
	v := h[w] >> at
	if at+s.bits > 64 {
		v |= h[w+1] << (64 - at)
	}
	return uint32(v) & (1<<s.bits - 1)
}

// Below smallest hashes there are no lists: a scan is as fast.
const smallest = 4096

// parts is how many substrings serve n hashes best; 0 when they are scanned.
func parts(n int) int {
	switch {
	case n < smallest:
		return 0
	case n < 300_000:
		return 16
	case n < 3_000_000:
		return 12
	case n < 50_000_000:
		return 11
	}
	return 10
}

// split cuts 256 bits into m substrings of nearly the same length.
func split(m int) []substring {
	if m == 0 {
		return nil
	}
	subs := make([]substring, m)
	at := uint(0)
	for i := range subs {
		n := uint(256 / m)
		if i >= m-256%m {
			n++
		}
		subs[i] = substring{at, n}
		at += n
	}
	return subs
}

// What steps of a search cost, in nanoseconds, roughly and only relative to each other.
const (
	costProbe     = 12
	costCandidate = 25
	costScanned   = 1.4
	maxParts      = 16
	maxRadius     = 6 // of one substring
)

// radii gives every substring its radius, -1 where it need not be searched, such that each t+1 adds up to radius+1, spending
// where it costs least. It is false when scanning all n is cheaper.
func radii(subs []substring, n, radius int) (t [maxParts]int8, ok bool) {
	var shell [maxParts]float64 // the number of values at distance t+1
	for i := range subs {
		t[i], shell[i] = -1, 1
	}
	total := 0.0
	for range radius + 1 {
		best, least := -1, 0.0
		for i, s := range subs {
			if t[i] == maxRadius {
				continue
			}
			cost := shell[i] * (costProbe + costCandidate*float64(n)/float64(uint64(1)<<s.bits))
			if best < 0 || cost < least {
				best, least = i, cost
			}
		}
		if total += least; best < 0 || total > float64(n)*costScanned {
			return t, false
		}
		t[best]++
		d := float64(t[best])
		shell[best] *= (float64(subs[best].bits) - d) / (d + 1)
	}
	return t, true
}
