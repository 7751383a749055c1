// Package normal brings text of every script into forms that can be compared, and keeps for every character the bytes of the raw
// text that it came from, so that whatever is found in a form can be shown in the text as it was sent. It knows no words of any
// language and finds nothing itself; internal/extract and scorers of text read its forms. It is pure.
//
// The forms, each made of the one before it:
//
//   - Surface: characters that cannot be seen are gone (format characters, bidirectional controls, tags, variation selectors, joiners, tatweel),
//     compatibility forms are replaced (NFKC, Unicode Standard Annex 15), marks that nobody needs to read the text are gone, and every
//     decimal digit, circled number and keycap is an ASCII digit. Case is kept.
//   - Folded: case and accents are folded, letters that Arabic, Persian and Urdu writers use for one another are one letter, and more than
//     two of a character are two, digits excepted.
//   - Skeleton: words that mix scripts are written in the Latin letters that they look like. It is another view and never replaces Folded,
//     as Unicode Technical Standard 39, section 4, warns.
//   - Joined: letters that were spaced out are joined.
//
// The order differs from the specification's in one place: what cannot be seen goes before NFKC as well as after, so that it
// cannot keep a letter and its accent apart.
package normal

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Text is one message in its forms.
type Text struct {
	Raw     string // as it was sent
	Surface View
	Folded  View
	Traces  Traces
}

// Traces counts what was found on the way: how hard somebody tried not to be read. Ordinary text has some of each.
type Traces struct {
	Hidden   int // characters that cannot be seen, without the bidirectional ones and those inside emoji
	Bidi     int // bidirectional controls
	Marks    int // marks above and below that were left out
	Digits   int // digits that are not ASCII
	Repeated int // characters left out because they stood more than twice in a row
}

// Of brings a text into its forms. Bytes that are no UTF-8 count as U+FFFD.
func Of(raw string) Text {
	t := Text{Raw: raw}
	seen, done := t.see()
	if !done {
		seen = t.reduce(t.compose(seen))
	}
	t.Surface = seen
	t.Folded, t.Traces.Repeated = fold(seen)
	return t
}

// see leaves out what cannot be seen and reports whether all that is left is ASCII or ordinary, so that nothing else is to be done.
func (t *Text) see() (out View, done bool) {
	done = true
	out = make(View, 0, len(t.Raw))
	for i := 0; i < len(t.Raw); {
		if c := t.Raw[i]; c >= ' ' && c < 0x7f {
			out = append(out, Rune{rune(c), uint32(i), uint32(i + 1)})
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(t.Raw[i:])
		from, to := uint32(i), uint32(i+n)
		i += n
		switch {
		case ordinary(r):
			out = append(out, Rune{r, from, to})
		case space(r):
			out = append(out, Rune{' ', from, to})
		case Bidi(r):
			t.Traces.Bidi++
		case Hidden(r):
			if !(r == zwj || selector(r)) {
				t.Traces.Hidden++
			}
		default:
			done = false
			out = append(out, Rune{r, from, to})
		}
	}
	return out, done
}

// compose applies NFKC.
func (t *Text) compose(seen View) View {
	text, at := seen.bytes()
	if norm.NFKC.IsNormal(text) {
		return seen
	}
	out := make(View, 0, len(seen)+8)
	var buf [64]byte
	for from := 0; from < len(text); {
		if text[from] < utf8.RuneSelf && (from+1 == len(text) || text[from+1] < utf8.RuneSelf) {
			out = append(out, seen[at[from]])
			from++
			continue
		}
		size := norm.NFKC.NextBoundary(text[from:], true)
		first, last := seen[at[from]], seen[at[from+size-1]]
		segment := norm.NFKC.Append(buf[:0], text[from:from+size]...)
		from += size
		for len(segment) > 0 {
			r, n := utf8.DecodeRune(segment)
			segment = segment[n:]
			out = append(out, Rune{r, first.From, last.To})
		}
	}
	return out
}

// reduce leaves out marks and makes ASCII digits of whatever is a digit. It goes over composed text in place. A number that takes two digits makes the text longer, so that the rest is copied.
func (t *Text) reduce(seen View) View {
	out := seen[:0]
	for i, c := range seen {
		if c.R < 0x80 || ordinary(c.R) {
			out = append(out, c)
			continue
		}
		d, isDigit := digit(c.R)
		n, isNumber := number(c.R)
		switch {
		case isDigit:
			t.Traces.Digits++
			out = append(out, Rune{'0' + d, c.From, c.To})
		case isNumber:
			t.Traces.Digits++
			if n >= 10 {
				if len(out) == i { // no room in place
					out = append(make(View, 0, len(seen)+8), out...)
				}
				out = append(out, Rune{'0' + n/10, c.From, c.To})
			}
			out = append(out, Rune{'0' + n%10, c.From, c.To})
		case space(c.R):
			out = append(out, Rune{' ', c.From, c.To})
		case mark(c.R):
			t.Traces.Marks++
		case Hidden(c.R) || Bidi(c.R):
		default:
			out = append(out, c)
		}
	}
	return out
}

func space(r rune) bool { return r == 0x2800 || unicode.IsSpace(r) }
