package contact

import (
	"encoding/binary"
	"math"
	"slices"

	"haris/internal/detect"
)

// Circle is a sketch of the minors whom an account has approached: the 64 smallest of their hashes and their number. Up to 64 it is
// exact; beyond, two circles are compared by the smallest hashes of their union (bottom-k MinHash; Cohen, Kaplan: Summarizing data using
// bottom-k sketches, PODC 2007).
type Circle struct {
	last   uint32 // event time in seconds
	n      uint32
	hashes []uint32 // ascending
}

const maxCircle = 64

// Add adds a minor. One who was added before and stands among the smallest hashes is not counted again; the caller sees to the others.
func (c Circle) Add(minor string, at int64) Circle {
	h := uint32(detect.AccountKey(minor).Short() >> 32) //nolint:gosec // half of a hash
	c.last = max(c.last, uint32(max(at/1000, 0)))       //nolint:gosec // seconds until 2106
	i, found := slices.BinarySearch(c.hashes, h)
	if found {
		return c
	}
	if c.n < math.MaxUint32 {
		c.n++
	}
	if i < maxCircle {
		c.hashes = slices.Insert(slices.Clone(c.hashes), i, h)
		c.hashes = c.hashes[:min(len(c.hashes), maxCircle)]
	}
	return c
}

// Len is how many minors were added.
func (c Circle) Len() int { return int(c.n) }

// Last is when the newest was added, in Unix seconds.
func (c Circle) Last() int64 { return int64(c.last) }

// Shared is how many minors two circles share: exactly while neither has more than 64, and an estimate beyond.
func (c Circle) Shared(d Circle) int {
	same, seen, i, j := 0, 0, 0, 0
	full := c.n > maxCircle || d.n > maxCircle
	for i < len(c.hashes) && j < len(d.hashes) && (!full || seen < maxCircle) {
		seen++
		switch {
		case c.hashes[i] == d.hashes[j]:
			same, i, j = same+1, i+1, j+1
		case c.hashes[i] < d.hashes[j]:
			i++
		default:
			j++
		}
	}
	if !full {
		return same
	}
	// The smallest hashes of the union are a sample of it: the share that both have is the resemblance J, and |A∩B| = J·(|A|+|B|)/(1+J).
	jaccard := float64(same) / float64(max(seen, 1))
	return min(int(math.Round(jaccard*float64(c.n+d.n)/(1+jaccard))), int(c.n), int(d.n))
}

// Append appends the encoding.
func (c Circle) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, c.last)
	b = binary.LittleEndian.AppendUint32(b, c.n)
	for _, h := range c.hashes {
		b = binary.LittleEndian.AppendUint32(b, h)
	}
	return b
}

// DecodeCircle is the inverse of Append.
func DecodeCircle(b []byte) (Circle, error) {
	r := detect.NewReader(b)
	c := Circle{last: r.U32(), n: r.U32()}
	n := max(len(b)-8, 0)
	if n%4 != 0 || n/4 > maxCircle || int64(n/4) != min(int64(c.n), maxCircle) {
		return Circle{}, detect.ErrState
	}
	for range n / 4 {
		c.hashes = append(c.hashes, r.U32())
	}
	for i := 1; i < len(c.hashes); i++ {
		if c.hashes[i] <= c.hashes[i-1] {
			return Circle{}, detect.ErrState
		}
	}
	return c, r.Err()
}
