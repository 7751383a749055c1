package platform

import (
	"encoding/hex"
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// random is one independent stream of chance. Each part of the world has its own, named by a label, so that a change in one part
// leaves the others as they were.
type random struct{ *rand.Rand }

// newRandom returns the stream of a label under a seed.
func newRandom(seed uint64, label string) *random {
	return &random{rand.New(rand.NewPCG(seed, hash64(label)))}
}

// hash64 is FNV-1a over the parts, each followed by a zero byte so that parts cannot run into each other.
func hash64(parts ...string) uint64 {
	h := fnv.New64a()
	for _, part := range parts {
		// A hash.Hash never returns an error from Write; the package says so.
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

// mix64 is the finalizer of SplitMix64 (Steele, Lea, Flood 2014). It is a bijection: different inputs give different outputs.
func mix64(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// chance is true with probability p.
func (r *random) chance(p float64) bool { return r.Float64() < p }

// between returns a number from lo to hi, both included.
func (r *random) between(lo, hi int) int { return lo + r.IntN(hi-lo+1) }

// span returns a duration of whole milliseconds, at least lo and less than hi.
func (r *random) span(lo, hi time.Duration) time.Duration {
	return lo + time.Duration(r.Int64N(int64(hi-lo)/int64(time.Millisecond)))*time.Millisecond
}

// repeats counts successes with probability p before the first failure, at most limit.
func (r *random) repeats(p float64, limit int) int {
	n := 0
	for n < limit && r.chance(p) {
		n++
	}
	return n
}

// hex returns n random bytes in lower-case hexadecimal.
func (r *random) hex(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint64())
	}
	return hex.EncodeToString(b)
}

// pick returns one of xs, which must not be empty.
func pick[T any](r *random, xs []T) T { return xs[r.IntN(len(xs))] }

// sample returns n different elements of xs in random order, or all of them where there are fewer, and leaves xs as it is.
func sample[T any](r *random, xs []T, n int) []T {
	c := append([]T(nil), xs...)
	n = min(n, len(c))
	for i := range n {
		j := i + r.IntN(len(c)-i)
		c[i], c[j] = c[j], c[i]
	}
	return c[:n:n]
}
