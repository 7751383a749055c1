package template

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"
)

// Bounds of what Fit joins.
const (
	maxMiddle = 6   // tokens of one text that may stand in a slot
	leastWays = 5   // different things in one place before it is a slot: few (opened, closed) are more often two texts than one
	shared    = 0.6 // least share of a text's words that must be the template's
)

// Template is what a set of groups has in common.
type Template struct {
	Tokens []string // Slot where something differs
	Kinds  []Kind   // of each token; Word for words
	Ways   []int    // of each slot that Fit made, how many different things stood there; 0 elsewhere
	Count  int      // texts
	Groups []int    // places in the list given to Fit
	Saved  float64  // bits against a template for each group
}

// Fit joins groups whose texts are told in fewer bits by one template with a slot than by a template each.
//
// With w bits a word (the logarithm of the number of different words, at least 8), a template of v tokens costs log*(v) + v·w
// bits, and log₂ v for every slot. K templates that differ in one place only cost K templates and, for each text, the choice
// among them. One template with a slot costs one template, the K things that stand in the slot, log*(length) + length·w each,
// and for each text the same choice. What is saved does not depend on how often a template was used, so a frequent one swallows
// no rare one. At the end of a text only single words are joined: what is added behind it makes another. Places are joined, the greatest saving first, until nothing is saved. log*(x) = 2⌈log₂ x⌉ + 1 codes a number of any size.
//
// Fewer bits alone join too much: sentences that share two words of five save bits. So six in ten of the words of every text must be the
// template's, and at least five different things must stand in the slot, or something typed.
func Fit(groups []Group) []Template {
	f := fitter{word: wordBits(groups)}
	for i, g := range groups {
		f.list = append(f.list, &Template{
			Tokens: slices.Clone(g.Tokens), Kinds: slices.Clone(g.Kinds), Count: g.Count, Groups: []int{i}, Ways: make([]int, len(g.Tokens)),
		})
	}
	for f.round() {
	}
	out := make([]Template, len(f.list))
	for i, t := range f.list {
		out[i] = *t
	}
	return out
}

func wordBits(groups []Group) float64 {
	seen := map[string]bool{}
	for _, g := range groups {
		for _, t := range g.Tokens {
			seen[t] = true
		}
	}
	return math.Max(8, math.Ceil(math.Log2(float64(len(seen)+1))))
}

// logStar is the length of a code for a number of any size.
func logStar(x int) float64 { return float64(2*bits.Len(uint(max(x, 1)-1)) + 1) } //nolint:gosec // at least 0

type fitter struct {
	word float64
	list []*Template
}

// span is a template and the tokens of it that stand in a place, From to To.
type span struct {
	t        *Template
	from, to int
}

func (s span) middle() []string { return s.t.Tokens[s.from:s.to] }

// place is templates that are the same before and behind a span.
type place struct {
	of   []span
	gain float64
}

// round joins what can be joined, the greatest gain first, and reports whether anything was.
func (f *fitter) round() bool {
	var good []*place
	for _, b := range f.places() {
		if len(b.of) > 1 {
			if b.gain = f.gain(b); b.gain > 0 {
				good = append(good, b)
			}
		}
	}
	slices.SortFunc(good, func(a, b *place) int {
		return cmp.Or(cmp.Compare(b.gain, a.gain), cmp.Compare(a.of[0].to-a.of[0].from, b.of[0].to-b.of[0].from),
			cmp.Compare(a.of[0].from, b.of[0].from), slices.Compare(a.of[0].t.Tokens, b.of[0].t.Tokens))
	})
	gone := map[*Template]bool{}
	for _, b := range good {
		if slices.ContainsFunc(b.of, func(s span) bool { return gone[s.t] }) {
			continue
		}
		f.list = append(f.list, f.join(b))
		for _, s := range b.of {
			gone[s.t] = true
		}
	}
	f.list = slices.DeleteFunc(f.list, func(t *Template) bool { return gone[t] })
	f.same()
	return len(gone) > 0
}

// same makes one template of those that have become equal.
func (f *fitter) same() {
	first := map[string]*Template{}
	f.list = slices.DeleteFunc(f.list, func(t *Template) bool {
		k := strings.Join(t.Tokens, "\x01")
		o := first[k]
		if o == nil {
			first[k] = t
			return false
		}
		o.Count += t.Count
		o.Groups = append(o.Groups, t.Groups...)
		o.Saved += t.Saved + f.cost(len(t.Tokens))
		for i, w := range t.Ways {
			o.Ways[i] = max(o.Ways[i], w)
		}
		return true
	})
}

// places finds the templates that are the same before and behind a span of at most maxMiddle tokens.
func (f *fitter) places() map[[2]uint64]*place {
	out := map[[2]uint64]*place{}
	for _, t := range f.list {
		before, behind := hashes(t.Tokens)
		n := len(t.Tokens)
		for from := 0; from <= n; from++ {
			for to := from; to <= min(n, from+maxMiddle); to++ {
				if !enough(t, from, to) {
					break
				}
				if to == n && to-from != 1 {
					continue // what is added behind a text makes another template: at the end only single words meet
				}
				k := [2]uint64{before[from], behind[to]}
				b := out[k]
				if b == nil {
					b = &place{}
					out[k] = b
				}
				b.of = append(b.of, span{t, from, to})
			}
		}
	}
	return out
}

// enough reports whether enough of the words of the template's texts stand outside the span.
func enough(t *Template, from, to int) bool {
	words, inside := 0, 0
	for i, s := range t.Tokens {
		if s != Slot && !mark(s) {
			words++
			if i >= from && i < to {
				inside++
			}
		} else if t.Ways[i] > 0 {
			words++
			inside++
		}
	}
	return float64(words-inside) >= shared*float64(words)
}

// mark reports a token that is punctuation.
func mark(s string) bool { return kindOf(s) == Word && !wordy(s) }

// hashes are of the tokens before every place and from every place on.
func hashes(tokens []string) (before, behind []uint64) {
	n := len(tokens)
	before, behind = make([]uint64, n+1), make([]uint64, n+1)
	for i, t := range tokens {
		before[i+1] = (before[i] ^ xxh3.HashString(t)) * 0x9e3779b97f4a7c15
	}
	for i := n - 1; i >= 0; i-- {
		behind[i] = (behind[i+1] ^ xxh3.HashString(tokens[i])) * 0xc2b2ae3d27d4eb4f
	}
	return before, behind
}

// gain is how many bits one template with a slot saves; 0 when it is not to be one.
func (f *fitter) gain(b *place) float64 {
	ways, inSlot := 0, 0.0
	for _, s := range b.of {
		m := s.middle()
		inSlot += logStar(len(m)) + float64(len(m))*f.word
		ways++
		if len(m) == 1 && m[0] == Slot {
			ways += max(leastWays, s.t.Ways[s.from]) - 1
		}
	}
	if ways < leastWays {
		return 0
	}
	alone := 0.0
	for _, s := range b.of {
		alone += f.cost(len(s.t.Tokens))
	}
	s := b.of[0]
	v := len(s.t.Tokens) - (s.to - s.from) + 1
	return alone - f.cost(v) - math.Log2(float64(max(v, 2))) - inSlot
}

func (f *fitter) cost(tokens int) float64 { return logStar(tokens) + float64(tokens)*f.word }

// join makes one template of a place.
func (f *fitter) join(b *place) *Template {
	s := b.of[0]
	t := &Template{Saved: b.gain}
	kind, ways := Kind(nKinds), 0
	for _, o := range b.of {
		t.Count += o.t.Count
		t.Groups = append(t.Groups, o.t.Groups...)
		t.Saved += o.t.Saved
		one := Any
		if o.to-o.from == 1 {
			one = o.t.Kinds[o.from]
			ways += max(0, o.t.Ways[o.from]-1)
		}
		if ways++; kind != nKinds && kind != one || one == Word {
			one = Any
		}
		kind = one
	}
	t.Tokens = append(append(slices.Clone(s.t.Tokens[:s.from]), Slot), s.t.Tokens[s.to:]...)
	t.Kinds = append(append(slices.Clone(s.t.Kinds[:s.from]), kind), s.t.Kinds[s.to:]...)
	t.Ways = append(append(slices.Clone(s.t.Ways[:s.from]), ways), s.t.Ways[s.to:]...)
	return t
}
