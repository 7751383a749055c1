package extract

import (
	"unicode"
	"unicode/utf8"

	"haris/internal/normal"
)

// token is one run of letters and digits, and the gap before it.
type token struct {
	text   string // folded
	a, b   int    // characters of the surface
	word   *entry // of the lexicon; nil for any other word
	digits int    // how many of its characters are digits
	latin  bool   // letters of it can look like digits: Latin, Greek, Cyrillic
	emoji  bool   // there are pictures in the gap before it
	gap    int    // visible characters in the gap before it
	signs  []normal.Rune
}

// message is one text cut into tokens.
type message struct {
	surface normal.View
	raw     string
	tokens  []token
	digits  int  // decimal digits
	words   int  // words that name digits
	marked  set  // what kinds of words there are
	named   bool // there are signs that stand in names on the net: . and @
	goesOn  bool // the message before may be the beginning of a number
}

// class is what a character is to the tokenizer.
type class uint8

const (
	gap class = iota
	digit
	alike // a letter that can be taken for a digit
	other // any other letter, and marks
)

func classOf(r rune) class {
	switch {
	case r >= '0' && r <= '9':
		return digit
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		return alike
	case r < 0xc0:
		return gap
	case r < 0x530:
		if unicode.IsLetter(r) {
			return alike
		}
		return gap
	case unicode.IsLetter(r), unicode.IsMark(r):
		return other
	}
	return gap
}

// cut makes the tokens of a text. Digits join with letters that look like them, so that "O1OO" is one token; with other letters they
// do not, so that a number between Chinese or Arabic letters stands for itself.
func (x *Extractor) cut(t *normal.Text) *message {
	v := t.Surface
	m := &message{surface: v, raw: t.Raw, tokens: make([]token, 0, len(v)/5+1)}
	folded := make([]byte, 0, len(v)+len(v)/2)
	at := make([]int, 0, len(v)/5+1) // where each token's text begins
	end := 0
	for i := 0; i < len(v); {
		c := classOf(v[i].R)
		if c == gap {
			i++
			continue
		}
		tok := token{a: i}
		m.named = tok.between(v[end:i]) || m.named
		at = append(at, len(folded))
		for i < len(v) {
			n := classOf(v[i].R)
			if n == gap || (n == other) != (c == other) {
				break
			}
			if n == digit {
				tok.digits++
			}
			tok.latin = tok.latin || n == alike
			folded = utf8.AppendRune(folded, normal.Letter(v[i].R))
			i++
		}
		tok.b, end = i, i
		m.tokens = append(m.tokens, tok)
	}
	text := string(folded)
	for i := range m.tokens {
		tok := &m.tokens[i]
		last := len(text)
		if i+1 < len(at) {
			last = at[i+1]
		}
		tok.text = text[at[i]:last]
		m.digits += tok.digits
		if tok.digits == 0 {
			m.look(x, tok)
		}
	}
	return m
}

// leastRun is the length in bytes from which a token can be digit words written together that make a number.
const leastRun = 12

// look looks a word up.
func (m *message) look(x *Extractor, t *token) {
	t.word = x.lexicon[t.text]
	switch {
	case t.word != nil:
		m.marked |= t.word.is
		if t.word.is&isDigit != 0 {
			m.words++
		}
	case len(t.text) >= leastRun && x.run(t.text) != "":
		m.words++
	}
}

// between notes what stands between a token and the one before it, and reports whether signs of names on the net are among it.
func (t *token) between(v normal.View) (named bool) {
	t.signs = v
	for _, c := range v {
		if c.R == ' ' {
			continue
		}
		named = named || c.R == '.' || c.R == '@'
		t.gap++
		if c.R > 0x2000 && unicode.Is(unicode.So, c.R) {
			t.emoji = true
		}
	}
	return named
}

// has reports whether the gap before the token holds a sign.
func (t *token) has(r rune) bool {
	for _, c := range t.signs {
		if c.R == r {
			return true
		}
	}
	return false
}

// adjoins reports whether nothing, not even a space, stands before the token but the one sign.
func (t *token) adjoins(r rune) bool { return len(t.signs) == 1 && t.signs[0].R == r }
