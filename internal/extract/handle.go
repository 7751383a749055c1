package extract

import (
	"strings"
	"unicode/utf8"
)

// reach is how many tokens after the name of a service a name on it may stand (detection specification, section 3.7).
const reach = 6

// findHandles finds names on other services: after the service's name comes a name with an @, or one that follows a colon, "is" or the like, or
// that no word looks like because of its digits, dots or underscores.
func (x *Extractor) findHandles(m *message, out []Find) []Find {
	for i := range m.tokens {
		if e := m.tokens[i].word; e == nil || e.is&isPlatform == 0 {
			continue
		}
		if f, ok := m.handle(i); ok && !taken(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// handle looks for the name that belongs to the service named at i.
func (m *message) handle(i int) (Find, bool) {
	lead := false
	for n := i + 1; n < len(m.tokens) && n <= i+reach; n++ {
		t := &m.tokens[n]
		sign := t.has('@')
		lead = lead || t.has(':') || t.has('=') || t.has('-') && !t.adjoins('-')
		end := m.nameEnd(n)
		text := m.joinText(n, end)
		switch size := utf8.RuneCountInString(text); {
		case t.word != nil && t.word.is&(isName|isCall) != 0 && end == n+1 && !sign:
			lead = lead || t.word.is&isName != 0
			continue
		case t.word != nil && t.word.is&isPlatform != 0 && end == n+1:
			return Find{}, false
		case size < 3 || size > 30:
		case sign || lead && t.gap <= 2 && (t.has(':') || t.has('=')) || unlike(text):
			f := m.find(Handle, m.tokens[i].word.name+":"+text, n, end)
			return f, true
		}
	}
	return Find{}, false
}

// nameEnd follows the parts of a name.
func (m *message) nameEnd(i int) int {
	i++
	for i < len(m.tokens) {
		t := &m.tokens[i]
		inner := t.adjoins('.') || t.adjoins('_') || t.adjoins('#') || t.adjoins('-')
		if len(t.signs) > 0 && strings.Trim(joinSigns(t), "_") == "" { // "__"
			inner = true
		}
		if !inner && len(t.signs) > 0 {
			return i
		}
		i++
	}
	return i
}

func joinSigns(t *token) string {
	var b strings.Builder
	for _, c := range t.signs {
		b.WriteRune(c.R)
	}
	return b.String()
}

// unlike reports whether a name is none of any language's words: it has letters, and digits, dots or underscores among them.
func unlike(s string) bool {
	letters, rest := 0, 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9', r == '_', r == '.', r == '#':
			rest++
		default:
			letters++
		}
	}
	return letters >= 2 && rest > 0
}
