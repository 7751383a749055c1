// Package extract finds in a text what leads elsewhere: phone numbers, e-mail addresses, names on other services, links, and prices and
// places beside them, also where they were written so that software would not find them: in digits of another script, in words, with letters
// that look like digits, with signs and pictures in between, in several messages. It judges nobody, and says of everything how it was
// written. It is pure. What it finds is personal: Value never goes into a log, and pages show Masked.
package extract

import (
	"slices"
	"strings"

	"haris/internal/normal"
)

// Kind is what was found.
type Kind uint8

// The kinds of finds.
const (
	Phone  Kind = iota + 1 // Value is the number in E.164: a plus and 7 to 15 digits
	Email                  // Value is the address in small letters
	Handle                 // Value is the service, a colon and the name in small letters
	Link                   // Value is the host in small letters
	Price                  // Value is the amount and the currency, as "25 USD"
	Place                  // Value is the city and the country, as "Cairo, EG"
)

// String names the kind in one word.
func (k Kind) String() string {
	names := [...]string{"", "phone", "email", "handle", "link", "price", "place"}
	if int(k) >= len(names) {
		return ""
	}
	return names[k]
}

// Contact reports whether the find leads to a person elsewhere.
func (k Kind) Contact() bool { return k == Phone || k == Email || k == Handle }

// Operator is one way of writing something so that it is hard to find, a set of bits.
type Operator uint16

// The operators.
const (
	OtherDigits Operator = 1 << iota // digits of another script, in circles or on keycaps
	Words                            // digits, "at" or "dot" in words
	LookAlikes                       // letters in place of digits
	Separators                       // signs between single digits, or unusual ones
	Pictures                         // emoji in between
	Fillers                          // words in between
	Invisible                        // characters that cannot be seen in between
	Split                            // in several messages
	Multiples                        // "double", "triple"
)

var operatorNames = [...]string{"other digits", "words", "look-alikes", "separators", "pictures", "fillers", "invisible", "split", "multiples"}

// Names lists the operators of a set.
func (o Operator) Names() []string {
	var out []string
	for i, n := range operatorNames {
		if o&(1<<i) != 0 {
			out = append(out, n)
		}
	}
	return out
}

// Find is one thing that was found.
type Find struct {
	Kind      Kind
	Value     string // in one form for all ways of writing it; personal
	Masked    string // what pages may show
	From, To  int    // bytes of the raw text; what came in earlier messages lies outside
	Operators Operator
	Amount    float64 // of a price
	Currency  string  // of a price, ISO 4217
}

// Extractor finds. It is made once and may be used from several goroutines.
type Extractor struct {
	lexicon map[string]*entry
	begins  map[string]bool // words that begin a name of several words
}

// New returns an extractor.
func New() *Extractor {
	x := &Extractor{lexicon: newLexicon(), begins: map[string]bool{}}
	for w := range x.lexicon {
		if first, _, more := strings.Cut(w, " "); more {
			x.begins[first] = true
		}
	}
	return x
}

// Input is one message and what is known about it.
type Input struct {
	Text    *normal.Text
	Regions []string // ISO 3166-1 codes: where numbers without a country code may belong, likeliest first
	Before  Tail     // the end of the same sender's message before, when that is not older than two minutes
}

// Find returns what was found, in the order of the text, and the end of the message for the next one. Finds do not overlap, except that a
// place may lie in nothing else.
func (x *Extractor) Find(in Input) ([]Find, Tail) {
	if in.Text.Raw == "" {
		return nil, in.Before
	}
	m := x.cut(in.Text)
	var out []Find
	if m.named || m.marked&(isDot|isAt) != 0 {
		out = x.findMails(m, out)
		out = x.findLinks(m, out)
	}
	if m.marked&isPlatform != 0 {
		out = x.findHandles(m, out)
	}
	out, tail := x.findPhones(m, in, out)
	if m.digits > 0 {
		out = x.findPrices(m, out)
	}
	out = x.findPlaces(m, out)
	slices.SortStableFunc(out, func(a, b Find) int { return a.From - b.From })
	return out, tail
}

// find makes a find of the tokens i to j, exclusive.
func (m *message) find(k Kind, value string, i, j int) Find {
	from, to := m.surface.Raw(m.tokens[i].a, m.tokens[j-1].b)
	return Find{Kind: k, Value: value, Masked: mask(k, value), From: from, To: to, Operators: m.written(i, j)}
}

// keycap is the mark that makes a key of a digit.
const keycap = 0x20e3

// written says what the raw text shows by itself of how the tokens i to j were written.
func (m *message) written(i, j int) (o Operator) {
	from, to := m.surface.Raw(m.tokens[i].a, m.tokens[j-1].b)
	for _, r := range m.raw[from:to] {
		if normal.Hidden(r) && r != 0x200d && r != 0xfe0f || normal.Bidi(r) {
			o |= Invisible
		}
		if r == keycap {
			o |= OtherDigits
		}
	}
	for n := i; n < j; n++ {
		if n > i && m.tokens[n].emoji {
			o |= Pictures
		}
		for _, c := range m.surface[m.tokens[n].a:m.tokens[n].b] {
			if c.R >= '0' && c.R <= '9' && m.raw[c.From:c.To] != string(c.R) {
				o |= OtherDigits
			}
		}
	}
	return o
}

// taken reports whether a find overlaps with one that is there already.
func taken(out []Find, f Find) bool {
	return slices.ContainsFunc(out, func(o Find) bool { return f.From < o.To && o.From < f.To })
}

// mask is what pages may show: enough to tell two apart, too little to use.
func mask(k Kind, value string) string {
	switch k {
	case Phone:
		return "…" + value[max(0, len(value)-2):]
	case Email:
		name, host, _ := strings.Cut(value, "@")
		return first(name) + "…@" + host
	case Handle:
		service, name, _ := strings.Cut(value, ":")
		return service + ": " + first(name) + "…"
	}
	return value
}

func first(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}
