package extract

import (
	"strings"
	"unicode"

	"haris/internal/normal"
)

// atom is what one token can be in a number: some digits, a word in between, or an end.
type atom struct {
	at     int // of the token; -1 for what came in earlier messages
	digits string
	real   int  // digits that were written as digits or digit words
	soft   bool // it may as well be a word
	times  int
	ops    Operator
	stop   bool // an identifier, a time, a price…: no part of a number
	strong bool // something stands before it that can part two numbers
	comma  bool // a comma stands before it
	apart  bool // a sign stands before it that begins something else
	plus   bool // a plus stands before it
}

// filler reports whether the atom is a word that may stand between digits.
func (a *atom) filler() bool { return a.digits == "" && !a.stop }

// atoms says what each token can be.
func (x *Extractor) atoms(m *message) []atom {
	out := make([]atom, len(m.tokens))
	for i := range m.tokens {
		t := &m.tokens[i]
		a := &out[i]
		a.at = i
		x.read(m, t, a)
		if t.emoji && i > 0 {
			a.ops |= Pictures
		}
		a.plus = t.has('+')
		a.comma, a.apart = t.has(','), t.has('=') || t.has('[') || t.has('{')
		a.strong = a.plus || t.has(',') || t.has(';') || t.gap > 3 && !t.emoji || t.gap > 6
	}
	for i := range out {
		m.exclude(out, i)
	}
	return out
}

func (x *Extractor) read(m *message, t *token, a *atom) {
	n := t.b - t.a
	switch {
	case t.digits == n:
		a.digits, a.real = t.text, n
	case t.word != nil && t.word.is&isTimes != 0:
		a.times = t.word.value
	case t.word != nil && t.word.is&isDigit != 0:
		a.digits, a.real, a.ops = string(rune('0'+t.word.value)), 1, Words
		a.soft = t.word.is&isSoft != 0
	case t.digits > 0:
		x.mixed(t, a)
	case t.word != nil && t.word.is&isStop != 0:
		a.stop = true
	case t.latin && n <= 6 && (n == 1 || m.shouted(t)) && looks(t.text, true) != "":
		a.digits, a.ops, a.soft = looks(t.text, true), LookAlikes, true
	case n >= 6 || !t.latin:
		if d := x.run(t.text); d != "" && len(d) > 1 {
			a.digits, a.real, a.ops = d, len(d), Words
		}
	}
}

// shouted reports whether a token has no small letter but o and l, so that it is not likely a word.
func (m *message) shouted(t *token) bool {
	for _, c := range m.surface[t.a:t.b] {
		if unicode.IsLower(c.R) && c.R != 'o' && c.R != 'l' && c.R != 'о' {
			return false
		}
	}
	return true
}

// mixed reads a token of letters and digits: letters that look like digits, digit words written together with digits, or an identifier.
func (x *Extractor) mixed(t *token, a *atom) {
	if d := looks(t.text, false); d != "" {
		a.digits, a.real, a.ops = d, t.digits, LookAlikes
		return
	}
	if d := x.run(t.text); d != "" {
		a.digits, a.real, a.ops = d, len(d), Words
		return
	}
	a.stop = true
}

// run reads digit words and digits that were written together, longest word first; empty when anything else is among them.
func (x *Extractor) run(text string) string {
	var out []byte
	for text != "" {
		if c := text[0]; c >= '0' && c <= '9' {
			out, text = append(out, c), text[1:]
			continue
		}
		n := min(len(text), 16)
		for ; n > 0; n-- {
			if e := x.lexicon[text[:n]]; e != nil && e.is&isDigit != 0 && (n > 2 || text[0] >= 0x80) {
				out = append(out, byte('0'+e.value))
				break
			}
		}
		if n == 0 {
			return ""
		}
		text = text[n:]
	}
	return string(out)
}

// looks reads letters as the digits that they look like. Alone, only those count that nobody takes for anything else.
func looks(text string, alone bool) string {
	var buf [32]byte
	out := buf[:0]
	for _, r := range text {
		if r >= 0x80 {
			r = normal.LooksLike(r)
		}
		switch {
		case r >= '0' && r <= '9':
		case r == 'o':
			r = '0'
		case r == 'i', r == 'l':
			r = '1'
		case r == 's':
			r = '5'
		case r == 'z':
			r = '2'
		case r == 'b':
			r = '8'
		case alone:
			return ""
		case r == 'q', r == 'd':
			r = '0'
		case r == 'e':
			r = '3'
		case r == 'a':
			r = '4'
		case r == 'g':
			r = '9'
		case r == 't':
			r = '7'
		default:
			return ""
		}
		out = append(out, byte(r)) //nolint:gosec // a digit
	}
	return string(out)
}

// exclude takes away digits that plainly say something else: times, dates, addresses of machines, decimals, prices, shares, ordinals and
// numbers of orders.
func (m *message) exclude(list []atom, i int) {
	if list[i].real == 0 || m.tokens[i].digits == 0 {
		return
	}
	if n := m.joined(i, ':'); n > 1 {
		m.stop(list, i, n)
		return
	}
	for _, sign := range []rune{'/', '.', '-'} {
		if n := m.joined(i, sign); n > 1 && (i == 0 || !m.tokens[i].adjoins(sign)) && m.plain(i, n, sign) {
			m.stop(list, i, n)
			return
		}
	}
	t := &m.tokens[i]
	next := &token{}
	if i+1 < len(m.tokens) {
		next = &m.tokens[i+1]
	}
	switch {
	case t.has('#'), next.has('%'), m.currencyBefore(i) != "":
		list[i].stop = true
	case next.word != nil && next.gap == 0 && next.word.is&(isUnit|isCurrency) != 0 && len(list[i].digits) < leastDigits:
		list[i].stop = true
	}
	if list[i].stop {
		list[i].digits = ""
	}
}

func (m *message) stop(list []atom, i, n int) {
	for ; n > 0; n-- {
		list[i].stop, list[i].digits = true, ""
		i++
	}
}

// joined counts the numbers from i on that the sign alone holds together.
func (m *message) joined(i int, sign rune) int {
	n := 1
	for m.pure(i+n-1) && i+n < len(m.tokens) && m.pure(i+n) && m.tokens[i+n].adjoins(sign) {
		n++
	}
	return n
}

// pure reports whether a token is digits and nothing else.
func (m *message) pure(i int) bool {
	return m.tokens[i].digits == m.tokens[i].b-m.tokens[i].a
}

// alone reports whether no other number stands beside the n numbers from i on. A comma parts numbers.
func (m *message) alone(i, n int) bool {
	before := i == 0 && !m.goesOn || i > 0 && (!m.pure(i-1) || m.tokens[i].has(','))
	after := i+n == len(m.tokens) || !m.pure(i+n) || m.tokens[i+n].has(',')
	return before && after
}

// mostDecimal is how many digits a decimal fraction has at most.
const mostDecimal = 9

// plain reports whether n numbers that a sign holds together are a date, an address of a machine, a version or a decimal.
func (m *message) plain(i, n int, sign rune) bool {
	size := func(k int) int { return m.tokens[i+k].b - m.tokens[i+k].a }
	text := func(k int) string { return m.tokens[i+k].text }
	switch n {
	case 2:
		decimal := sign == '.' && size(0)+size(1) <= mostDecimal
		return (decimal || sign == '/' && size(0) <= 2 && size(1) <= 4) && m.alone(i, n)
	case 3:
		day := func(d, mo, y int) bool {
			return size(d) <= 2 && size(mo) <= 2 && size(y) == 4 && (strings.HasPrefix(text(y), "19") || strings.HasPrefix(text(y), "20")) &&
				(text(mo) <= "12" || size(mo) == 1 || text(d) <= "12")
		}
		return day(0, 1, 2) || day(2, 1, 0) || sign != '-' && size(0) <= 2 && size(1) <= 2 && size(2) <= 2 && m.alone(i, n)
	case 4:
		for k := range 4 {
			if s := text(k); len(s) > 3 || len(s) == 3 && s > "255" {
				return false
			}
		}
		return sign == '.' && m.alone(i, n)
	}
	return false
}
