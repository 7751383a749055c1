package stage

import (
	"math"

	"haris/internal/normal"
)

// Buckets is how many places features are hashed to.
const Buckets = 1 << 18

// Bounds of what is looked at of one message.
const (
	maxWords = 200
	maxRunes = 32 // of one word
	least    = 3  // length of character n-grams
	most     = 5
)

// Feature is one hashed n-gram of a message: its bucket and its weight, which has the sign of the hash.
type Feature struct {
	Bucket uint32
	Value  float32
}

// Extractor turns messages into features: words, pairs of words, and the 3 to 5 neighbouring characters inside each word with its
// ends marked, hashed with a sign to 2¹⁸ buckets; 1 + ln of the count, and length 1 together. It needs no list of words and
// no language. It holds scratch space; each goroutine needs its own.
type Extractor struct {
	out   []Feature
	names []string // of out, only when asked
	slot  [1 << 11]uint16
	word  []rune
	keep  bool
}

// Features returns the features of a text in any script; the slice is valid until the next call. A text without words has none.
func (x *Extractor) Features(raw string) []Feature {
	t := normal.Of(raw)
	return x.FeaturesOf(&t)
}

// FeaturesOf is Features of a text that was brought into its forms already.
func (x *Extractor) FeaturesOf(t *normal.Text) []Feature {
	clear(x.slot[:])
	x.out, x.names = x.out[:0], x.names[:0]
	words := t.Folded.Words()
	before := uint64(0)
	for i, w := range words[:min(len(words), maxWords)] {
		x.word = append(x.word[:0], '<')
		h := uint64(offset)
		for _, r := range t.Folded[w.From:min(w.To, w.From+maxRunes)] {
			x.word = append(x.word, r.R)
			h = (h ^ uint64(r.R)) * prime //nolint:gosec // a code point
		}
		x.word = append(x.word, '>')
		x.add(mix(h), func() string { return string(x.word[1 : len(x.word)-1]) })
		if i > 0 {
			last := words[i-1]
			x.add(mix(before*prime+h), func() string { return t.Folded[last.From:last.To].String() + " " + string(x.word[1:len(x.word)-1]) })
		}
		before = h
		x.pieces()
	}
	return x.scaled()
}

const (
	offset = 0xcbf29ce484222325
	prime  = 0x100000001b3
)

// mix spreads a hash over all bits (the finalizer of MurmurHash3, A. Appleby, public domain).
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// pieces adds the character n-grams of the word.
func (x *Extractor) pieces() {
	for i := range x.word {
		h := uint64(offset) ^ 0x9e3779b97f4a7c15
		for j := i; j < min(len(x.word), i+most); j++ {
			h = (h ^ uint64(x.word[j])) * prime //nolint:gosec // a code point
			if n := j - i + 1; n >= least && n < len(x.word) {
				x.add(mix(h), func() string { return string(x.word[i : j+1]) })
			}
		}
	}
}

// add counts a feature. Places are found by open addressing; a message has fewer features than there are places.
func (x *Extractor) add(h uint64, name func() string) {
	bucket := uint32(h % Buckets) //nolint:gosec // below 2¹⁸
	sign := float32(1)
	if h>>63 == 1 {
		sign = -1
	}
	mask := uint32(len(x.slot) - 1)
	for at := bucket & mask; ; at = (at + 1) & mask {
		n := x.slot[at]
		if n == 0 {
			if len(x.out) >= len(x.slot)/2 {
				return // an overlong message: what stands first is looked at
			}
			x.out = append(x.out, Feature{bucket, sign})
			x.slot[at] = uint16(len(x.out)) //nolint:gosec // at most 1024
			if x.keep {
				x.names = append(x.names, name())
			}
			return
		}
		if f := &x.out[n-1]; f.Bucket == bucket {
			f.Value += sign
			return
		}
	}
}

func (x *Extractor) scaled() []Feature {
	sum := 0.0
	for i := range x.out {
		v := float64(x.out[i].Value)
		if v != 0 {
			v = math.Copysign(1+math.Log(math.Abs(v)), v)
		}
		x.out[i].Value = float32(v)
		sum += v * v
	}
	if sum > 0 {
		scale := float32(1 / math.Sqrt(sum))
		for i := range x.out {
			x.out[i].Value *= scale
		}
	}
	return x.out
}
