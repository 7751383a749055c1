package template

import (
	"math"
	"math/bits"

	"github.com/zeebo/xxh3"
)

// SketchSize is how many hashes a sketch keeps.
const SketchSize = 32

// Sketch is a text's words, kinds of slots and pairs of neighbours, by MinHash of which one byte each is kept (P. Li, A. C. König, "b-bit
// minwise hashing", 2010). It does not tell what the text was.
type Sketch struct {
	Words int // tokens with a letter, and slots; at most 256
	Min   [SketchSize]uint8
}

// SketchOf makes the sketch of a text.
func SketchOf(raw string) Sketch { return SketchTokens(Tokens(raw)) }

// SketchTokens makes the sketch of a text that was cut into tokens.
func SketchTokens(tokens []Token) Sketch {
	var s Sketch
	var least [SketchSize]uint64
	for i := range least {
		least[i] = math.MaxUint64
	}
	take := func(h uint64) {
		for i := range least {
			x := h * (2*uint64(i)*0x9e3779b97f4a7c15 + 0xbf58476d1ce4e5b9) //nolint:gosec // small
			least[i] = min(least[i], bits.RotateLeft64(x, 29)*0x94d049bb133111eb^x>>31)
		}
	}
	before := uint64(0)
	for _, t := range tokens {
		if t.Kind == Word && !wordy(t.Text) {
			continue
		}
		h := xxh3.HashStringSeed(t.Text, 1)
		if t.Kind != Word {
			h = xxh3.HashStringSeed(t.Kind.String(), 2)
		}
		take(h)
		if s.Words > 0 {
			take(before*0x9e3779b97f4a7c15 ^ h)
		}
		before = h
		s.Words++
	}
	for i, v := range least {
		s.Min[i] = uint8(v >> 17) //nolint:gosec // one byte of it
	}
	return s
}

// Likeness estimates the Jaccard index of what two texts consist of: 1 for the same, about 0 for texts that share nothing, with a standard
// error of at most 0.09. By chance one byte in 256 is the same, which is taken off.
func (s *Sketch) Likeness(o *Sketch) float64 {
	same := 0
	for i, v := range s.Min {
		if v == o.Min[i] {
			same++
		}
	}
	const chance = 1. / 256
	return max(0, (float64(same)/SketchSize-chance)/(1-chance))
}
