package template

import (
	"strings"
	"unicode"

	"haris/internal/normal"
)

// Kind is what a token is.
type Kind uint8

// The kinds. All but Word are slots of a template from the start: they may be another thing in each text.
const (
	Word Kind = iota
	Number
	Phone  // 7 to 15 digits, separators and spaces between them
	Price  // a number beside a sign or code of a currency
	Link   // a web address
	Mail   // an e-mail address
	Path   // a name in a file system or below a web address
	Mixed  // letters and digits in one word: identifiers, model names, obfuscated words
	Handle // a name on another service; only Masked makes it
	Place  // a city; only Masked makes it
	Any    // words that differ from text to text; only Fit makes it
	nKinds = iota
)

var kindNames = [nKinds]string{"word", "number", "phone", "price", "link", "mail", "path", "mixed", "handle", "place", "any"}

// String is a stable English word.
func (k Kind) String() string { return kindNames[k] }

// Token is one piece of a text: a word, a mark of punctuation, or something that counts as a slot.
type Token struct {
	Kind     Kind
	Text     string // folded as internal/normal does
	From, To int    // bytes of the raw text
}

// maxTokens bounds what is looked at of one text.
const maxTokens = 256

// Tokens cuts a text of any script into tokens, at most 256. Letters keep their script, digits become ASCII. A run of numbers is
// one token.
func Tokens(raw string) []Token {
	t := normal.Of(raw)
	c := cutter{view: t.Folded}
	for i := 0; i < len(c.view) && len(c.out) < maxTokens; {
		r := c.view[i].R
		switch {
		case unicode.IsSpace(r):
			i++
		case parts(r):
			c.add(i, i+1)
			i++
		default:
			j := c.end(i)
			c.piece(i, j)
			i = j
		}
	}
	return joinNumbers(c.out)
}

type cutter struct {
	view normal.View
	out  []Token
}

// parts reports characters that are tokens of their own: marks that join words without being part of one, and characters of scripts
// without spaces.
func parts(r rune) bool {
	switch r {
	case '=', '(', ')', '[', ']', '{', '}', '<', '>', '"', '\'', ',', ';', '|', ':', '?', '!', '،', '؛', '؟', '«', '»', '“', '”', '。', '、', '…':
		return true
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// end is where the piece that begins at i ends. A web address or a path ends at the next space, quotation mark or bracket; a comma or
// colon inside a number, and the colons of an address in hexadecimal, are part of it.
func (c *cutter) end(i int) int {
	if j := c.hexadecimal(i); j > i {
		return j
	}
	path := c.view[i].R == '/' && i+1 < len(c.view) && wordRune(c.view[i+1].R)
	for j := i; ; j++ {
		if j == len(c.view) || unicode.IsSpace(c.view[j].R) {
			return j
		}
		r := c.view[j].R
		path = path || c.at(j, "://")
		switch {
		case path && !strings.ContainsRune(`"'()[]{}<>|,;`, r):
		case r == ',' && j > i && c.digit(j-1) && (c.digit(j+1) || c.at(j+1, "+") || c.at(j+1, "-")):
		case parts(r):
			return j
		}
	}
}

func (c *cutter) digit(i int) bool { return i < len(c.view) && unicode.IsDigit(c.view[i].R) }

// hexadecimal is where three or more groups of hexadecimal digits, joined by colons, end; i when there are none.
func (c *cutter) hexadecimal(i int) int {
	j, groups := i, 0
	for {
		k := j
		for k < len(c.view) && k-j < 5 && strings.ContainsRune("0123456789abcdef", c.view[k].R) {
			k++
		}
		if k-j > 4 {
			return i
		}
		groups++
		if k == len(c.view) || c.view[k].R != ':' {
			if groups >= 3 && (k == len(c.view) || !wordRune(c.view[k].R)) {
				return k
			}
			return i
		}
		j = k + 1
	}
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// wordy reports a token with a letter or digit in it.
func wordy(s string) bool { return strings.ContainsFunc(s, wordRune) }

// piece adds what stands between spaces and marks; a full stop at its end is a token of its own.
func (c *cutter) piece(i, j int) {
	stop := j
	for stop > i+1 && (c.view[stop-1].R == '.') {
		stop--
	}
	c.add(i, stop)
	if stop < j {
		c.add(stop, j)
	}
}

func (c *cutter) add(i, j int) {
	from, to := c.view.Raw(i, j)
	text := c.view[i:j].String()
	c.out = append(c.out, Token{kindOf(text), text, from, to})
}

// kindOf tells what a piece without spaces is from its characters.
func kindOf(s string) Kind {
	var digits, letters, other int
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
		case !strings.ContainsRune("+-.,/%*#°", r) && !money(r):
			other++
		}
	}
	at := strings.IndexByte(s, '@')
	switch {
	case strings.Contains(s, "://"), strings.HasPrefix(s, "www.") && len(s) > 8:
		return Link
	case at > 0 && strings.Contains(s[at:], "."):
		return Mail
	case len(s) > 1 && (s[0] == '/' || strings.Contains(s, `\`)) && digits+letters > 0:
		return Path
	case digits == 0 && !(letters >= 8 && strings.Trim(s, "abcdef") == "") && strings.Count(s, ":") < 2:
		return Word
	case letters > 0 || other > 0:
		return Mixed
	case strings.ContainsFunc(s, money):
		return Price
	case digits >= 7 && digits <= 15:
		return Phone
	}
	return Number
}

func money(r rune) bool { return unicode.Is(unicode.Sc, r) }

// joinNumbers makes one token of numbers that follow one another, of a number and its unit, of the parts of a time, and of a number said
// again in brackets (1190 bytes (1.16 KB)); a number beside a sign or code of a currency is a price.
func joinNumbers(in []Token) []Token {
	out := in[:0]
	for i := 0; i < len(in); i++ {
		t := in[i]
		last := len(out) - 1
		after := last >= 0 && numeric(out[last].Kind)
		next := func(n int) Token {
			if i+n < len(in) {
				return in[i+n]
			}
			return Token{}
		}
		switch {
		case after && numeric(t.Kind), after && t.Kind == Word && unit(t.Text):
			out[last] = join(out[last], t)
		case last >= 0 && numeric(t.Kind) && (currency(out[last]) || compares(out[last], t)), after && currency(t):
			out[last] = join(out[last], t)
		case after && t.Text == ":" && out[last].To == t.From && numeric(next(1).Kind) && next(1).From == t.To:
			out[last] = join(out[last], next(1))
			i++
		case after && t.Text == "(" && numeric(next(1).Kind) && next(2).Text == ")":
			out[last] = join(out[last], next(1))
			i += 2
		case after && t.Text == "(" && numeric(next(1).Kind) && unit(next(2).Text) && next(3).Text == ")":
			out[last] = join(out[last], next(1))
			i += 3
		default:
			out = append(out, t)
		}
	}
	return out
}

func numeric(k Kind) bool { return k == Number || k == Phone || k == Price }

// compares reports a sign such as < that stands right before a number.
func compares(sign, number Token) bool {
	switch sign.Text {
	case "<", ">", "~", "≤", "≥", "≈":
		return sign.To == number.From
	}
	return false
}

func join(a, b Token) Token {
	j := Token{Number, a.Text + " " + b.Text, a.From, b.To}
	if n := digitsOf(j.Text); a.Kind == Price || b.Kind == Price || currency(a) || currency(b) {
		j.Kind = Price
	} else if n >= 7 && n <= 15 && !strings.ContainsFunc(j.Text, unicode.IsLetter) {
		j.Kind = Phone
	}
	return j
}

// unit reports a word that says of what a number is: of the International System of Units, of information, and of time, in English.
func unit(s string) bool {
	switch s {
	case "b", "kb", "mb", "gb", "tb", "kib", "mib", "gib", "byte", "bytes", "bit", "bits", "ns", "us", "µs", "ms", "s", "sec", "secs", "second", "seconds",
		"m", "min", "mins", "minute", "minutes", "h", "hr", "hrs", "hour", "hours", "day", "days", "mm", "cm", "km", "kg", "g", "hz", "khz", "mhz", "ghz", "%":
		return true
	}
	return false
}

func digitsOf(s string) (n int) {
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// currency reports a token that is nothing but a sign or an ISO 4217 code of a currency in wide use.
func currency(t Token) bool {
	switch t.Text {
	case "usd", "eur", "gbp", "jpy", "cny", "inr", "egp", "sar", "aed", "try", "brl", "mxn", "cad", "aud", "chf", "rub", "zar", "ngn", "mad", "dzd", "tnd", "jod", "kwd", "qar", "pkr", "idr", "php", "thb", "vnd", "krw":
		return true
	}
	r := []rune(t.Text)
	return len(r) == 1 && money(r[0])
}

func (c *cutter) at(i int, s string) bool {
	for _, r := range s {
		if i >= len(c.view) || c.view[i].R != r {
			return false
		}
		i++
	}
	return true
}
