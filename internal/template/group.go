package template

import "github.com/zeebo/xxh3"

// Slot stands in the tokens of groups and templates for whatever may differ.
const Slot = "\x00"

// Group is texts whose tokens are the same but for what is typed: numbers, links, and so on.
type Group struct {
	Tokens []string // folded; Slot where something typed stands
	Kinds  []Kind   // of each token; Word for words
	Count  int      // texts
}

// GroupOf makes a group of one text. Typed tokens that follow one another are one slot.
func GroupOf(tokens []Token) Group {
	g := Group{Count: 1}
	for _, t := range tokens {
		n := len(g.Tokens)
		switch {
		case t.Kind == Word:
			g.Tokens, g.Kinds = append(g.Tokens, t.Text), append(g.Kinds, Word)
		case n > 0 && g.Tokens[n-1] == Slot:
			g.Kinds[n-1] = more(g.Kinds[n-1], t.Kind)
		default:
			g.Tokens, g.Kinds = append(g.Tokens, Slot), append(g.Kinds, t.Kind)
		}
	}
	return g
}

// more is the kind of a slot that holds things of two kinds: what says more about the writer.
func more(a, b Kind) Kind {
	if a == Number || a == Mixed {
		return b
	}
	return a
}

// Key is the same for texts of the same group.
func (g *Group) Key() uint64 {
	h := xxh3.New()
	for _, t := range g.Tokens {
		_, _ = h.WriteString(t)
		_, _ = h.Write([]byte{1})
	}
	return h.Sum64()
}
