package template

// Span is a piece of a raw text of which it is known what it is.
type Span struct {
	From, To int // bytes
	Kind     Kind
}

// Masked cuts a text into tokens and types what others have found in it: a number in words becomes a phone number, a city a place. Tokens
// that touch a span become one; of spans that overlap the first counts.
func Masked(raw string, spans []Span) []Token {
	tokens := Tokens(raw)
	out := tokens[:0]
	open := -1 // span of the last token of out
	for _, t := range tokens {
		n := within(t, spans)
		switch {
		case n < 0:
			out = append(out, t)
		case n == open:
			last := &out[len(out)-1]
			last.Text, last.To = last.Text+" "+t.Text, t.To
		default:
			t.Kind = spans[n].Kind
			out = append(out, t)
		}
		open = n
	}
	return out
}

func within(t Token, spans []Span) int {
	for i, s := range spans {
		if t.From < s.To && s.From < t.To {
			return i
		}
	}
	return -1
}
