package template

import (
	"slices"
	"strings"

	"github.com/zeebo/xxh3"
)

// Form is what near copies of one text have in common, found while they come in. Of a text that came once it holds hashes; a word is kept
// only when a second text has it in the same place.
type Form struct {
	parts []part
	words int // of the first text
}

// part is a word that all texts have, or a slot.
type part struct {
	kind Kind
	hash uint32   // of a word
	word string   // empty until a second text has it
	ways []uint32 // of a slot: hashes of what stood there, the first maxWays
}

// Bounds of a Form.
const (
	maxParts   = 64 // tokens that are looked at
	maxWays    = 8
	maxWord    = 24 // bytes that are kept of a word
	leastFixed = 4  // words that the texts of a form share
)

// FormOf is the form of one text.
func FormOf(tokens []Token) Form {
	f := Form{parts: partsOf(tokens)}
	f.words = fixed(f.parts)
	return f
}

func partsOf(tokens []Token) []part {
	out := make([]part, 0, min(len(tokens), maxParts))
	for _, t := range tokens[:min(len(tokens), maxParts)] {
		p := part{kind: t.Kind, hash: uint32(xxh3.HashString(t.Text))} //nolint:gosec // part of a hash
		if t.Kind != Word {
			p.ways, p.hash = []uint32{p.hash}, 0
		}
		out = append(out, p)
	}
	return out
}

func fixed(list []part) (n int) {
	for i := range list {
		if list[i].kind == Word {
			n++
		}
	}
	return n
}

// Join takes in another text when six in ten words of it and of the first text stay, the rule by which Fit joins; what differs becomes a
// slot. ok is false when the text is not of the form, and then nothing has changed.
func (f Form) Join(tokens []Token) (joined Form, ok bool) {
	other := partsOf(tokens)
	next := merge(f.parts, other, tokens)
	next = next[:min(len(next), maxParts)]
	n := fixed(next)
	if n < leastFixed || float64(n) < shared*float64(max(f.words, fixed(other))) {
		return f, false
	}
	return Form{next, f.words}, true
}

// merge aligns two texts by their longest common subsequence of words and of slots of one kind, and makes a slot of each stretch that
// differs.
func merge(a, b []part, tokens []Token) (out []part) {
	i, j := 0, 0
	for _, at := range align(a, b) {
		out = gap(out, a[i:at[0]], b[j:at[1]])
		p := a[at[0]]
		if p.kind == Word {
			p.word = cut(tokens[at[1]].Text)
		} else {
			p.ways = addWays(p.ways, b[at[1]].ways)
		}
		out = append(out, p)
		i, j = at[0]+1, at[1]+1
	}
	return gap(out, a[i:], b[j:])
}

func cut(word string) string {
	if len(word) <= maxWord {
		return word
	}
	return strings.ToValidUTF8(word[:maxWord], "")
}

// gap appends a slot for what stands in neither text alike.
func gap(out, a, b []part) []part {
	if len(a) == 0 && len(b) == 0 {
		return out
	}
	slot := part{kind: Any}
	if len(a) == 1 && a[0].kind == Any {
		slot.ways = a[0].ways
	} else {
		slot.ways = addWays(nil, []uint32{stretch(a)})
	}
	slot.ways = addWays(slot.ways, []uint32{stretch(b)})
	return append(out, slot)
}

// stretch is a hash of several parts; 0 for none.
func stretch(list []part) (h uint32) {
	for i := range list {
		h = (h ^ list[i].hash) * 0x9e3779b1
		for _, w := range list[i].ways {
			h = (h ^ w) * 0x85ebca6b
		}
	}
	return h
}

func addWays(a, b []uint32) []uint32 {
	out := slices.Clone(a)
	for _, w := range b {
		if len(out) < maxWays && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// align returns the places of a longest common subsequence.
func align(a, b []part) (out [][2]int) {
	var best [maxParts + 1][maxParts + 1]uint8
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if alike(&a[i], &b[j]) {
				best[i][j] = best[i+1][j+1] + 1
			} else {
				best[i][j] = max(best[i+1][j], best[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case alike(&a[i], &b[j]):
			out = append(out, [2]int{i, j})
			i, j = i+1, j+1
		case best[i+1][j] >= best[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
}

func alike(a, b *part) bool { return a.kind == b.kind && a.kind != Any && a.hash == b.hash }

// Open is one slot of a form as it is shown.
type Open struct {
	Kind Kind
	Ways int // different things that stood there, 8 for eight or more
}

// Show writes the form with a sign in place of every slot, ⟨phone⟩, and lists the slots of which different things are known. Before a
// second text has come it is empty.
func (f Form) Show() (text string, slots []Open) {
	if !slices.ContainsFunc(f.parts, func(p part) bool { return p.word != "" }) {
		return "", nil
	}
	var b strings.Builder
	for i := range f.parts {
		p := &f.parts[i]
		if i > 0 {
			b.WriteByte(' ')
		}
		if p.kind == Word {
			b.WriteString(p.word)
			continue
		}
		b.WriteString("⟨" + p.kind.String() + "⟩")
		if len(p.ways) > 1 {
			slots = append(slots, Open{p.kind, len(p.ways)})
		}
	}
	return b.String(), slots
}
