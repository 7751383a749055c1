package event

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// scan walks one JSON text. It keeps the first problem and from then on does nothing, so callers need to look only at the
// end. Strings without escapes are sub-strings of the text: nothing is copied.
type scan struct {
	s       string
	i       int
	depth   int
	max     int // deepest nesting allowed
	pointer []string
	err     *Problem
}

func (p *scan) fail(r Reason, want string) {
	if p.err == nil {
		p.err = &Problem{Reason: r, Column: p.i + 1, Pointer: p.at(), Want: want}
	}
}

func (p *scan) at() string {
	if len(p.pointer) == 0 {
		return ""
	}
	esc := strings.NewReplacer("~", "~0", "/", "~1")
	var b strings.Builder
	for _, t := range p.pointer {
		b.WriteByte('/')
		b.WriteString(esc.Replace(t))
	}
	return b.String()
}

func (p *scan) push(t string) { p.pointer = append(p.pointer, t) }
func (p *scan) pop()          { p.pointer = p.pointer[:len(p.pointer)-1] }

// peek skips white space and returns the next byte, 0 at the end or after a problem.
func (p *scan) peek() byte {
	if p.err != nil {
		return 0
	}
	for p.i < len(p.s) {
		switch c := p.s[p.i]; c {
		case ' ', '\t', '\n', '\r':
			p.i++
		default:
			return c
		}
	}
	return 0
}

// object calls f for each member with the key read and the scan standing before the value, which f must consume.
func (p *scan) object(want string, f func(key string)) {
	if p.peek() != '{' {
		p.fail(WrongType, want)
		return
	}
	p.enter()
	var few [24]string
	seen := keySet{list: few[:0]}
	for first := true; p.err == nil; first = false {
		c := p.peek()
		if c == '}' && first {
			break
		}
		if !first {
			if c == '}' {
				break
			}
			if c != ',' {
				p.fail(MalformedJSON, `"," or "}" after a member`)
				return
			}
			p.i++
		}
		if p.peek() != '"' {
			p.fail(MalformedJSON, "a member's name in quotation marks")
			return
		}
		key := p.str()
		if p.peek() != ':' {
			p.fail(MalformedJSON, `":" after a member's name`)
			return
		}
		p.i++
		p.push(key)
		if !seen.add(key) {
			p.fail(DuplicateKey, "each name once in an object")
			return
		}
		f(key)
		if p.err == nil {
			p.pop()
		}
	}
	p.leave()
}

// array calls f for each element with the scan standing before it.
func (p *scan) array(want string, f func(i int)) {
	if p.peek() != '[' {
		p.fail(WrongType, want)
		return
	}
	p.enter()
	for n := 0; p.err == nil; n++ {
		c := p.peek()
		if c == ']' {
			break
		}
		if n > 0 {
			if c != ',' {
				p.fail(MalformedJSON, `"," or "]" after an element`)
				return
			}
			p.i++
		}
		p.push(strconv.Itoa(n))
		f(n)
		if p.err == nil {
			p.pop()
		}
	}
	p.leave()
}

func (p *scan) enter() {
	if p.err != nil {
		return
	}
	p.i++
	if p.depth++; p.depth > p.max {
		p.fail(TooDeep, "at most "+strconv.Itoa(p.max)+" levels of nesting")
	}
}

func (p *scan) leave() {
	if p.err == nil {
		p.i++
		p.depth--
	}
}

// str reads a string.
func (p *scan) str() string {
	if p.peek() != '"' {
		p.fail(WrongType, "a string")
		return ""
	}
	start := p.i + 1
	for i := start; i < len(p.s); i++ {
		switch c := p.s[i]; {
		case c == '"':
			p.i = i + 1
			return p.s[start:i]
		case c == '\\':
			return p.escaped(start, i)
		case c < 0x20:
			p.i = i
			p.fail(MalformedJSON, "control characters in strings written as escapes")
			return ""
		}
	}
	p.fail(MalformedJSON, "a closing quotation mark")
	return ""
}

// escaped reads on from the first escape of a string.
func (p *scan) escaped(start, i int) string {
	var b strings.Builder
	b.WriteString(p.s[start:i])
	for i < len(p.s) {
		c := p.s[i]
		switch {
		case c == '"':
			p.i = i + 1
			return b.String()
		case c == '\\':
			n, ok := unescape(&b, p.s[i:])
			if !ok {
				p.i = i
				p.fail(MalformedJSON, "a JSON escape and no unpaired surrogate")
				return ""
			}
			i += n
		case c < 0x20:
			p.i = i
			p.fail(MalformedJSON, "control characters in strings written as escapes")
			return ""
		default:
			b.WriteByte(c)
			i++
		}
	}
	p.i = i
	p.fail(MalformedJSON, "a closing quotation mark")
	return ""
}

// unescape writes the character of the escape at the start of s and says how long the escape is.
func unescape(b *strings.Builder, s string) (int, bool) {
	if len(s) < 2 {
		return 0, false
	}
	const from, to = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if k := strings.IndexByte(from, s[1]); k >= 0 {
		b.WriteByte(to[k])
		return 2, true
	}
	r, ok := hex4(s)
	if !ok {
		return 0, false
	}
	if !utf16.IsSurrogate(r) {
		b.WriteRune(r)
		return 6, true
	}
	low, ok := hex4(s[6:])
	r = utf16.DecodeRune(r, low)
	if !ok || r == utf8.RuneError {
		return 0, false
	}
	b.WriteRune(r)
	return 12, true
}

func hex4(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	v, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(v), err == nil
}

// number reads a JSON number and returns its text.
func (p *scan) number(want string) string {
	if c := p.peek(); c != '-' && (c < '0' || c > '9') {
		p.fail(WrongType, want)
		return ""
	}
	n := numberLen(p.s[p.i:])
	if n == 0 {
		p.fail(MalformedJSON, "a JSON number")
		return ""
	}
	t := p.s[p.i : p.i+n]
	p.i += n
	return t
}

// numberLen returns the length of the JSON number at the start of s, 0 when there is none.
func numberLen(s string) int {
	i := 0
	if i < len(s) && s[i] == '-' {
		i++
	}
	d := digits(s[i:])
	if d == 0 || d > 1 && s[i] == '0' {
		return 0
	}
	i += d
	if i < len(s) && s[i] == '.' {
		d := digits(s[i+1:])
		if d == 0 {
			return 0
		}
		i += 1 + d
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		d := digits(s[i:])
		if d == 0 {
			return 0
		}
		i += d
	}
	return i
}

func digits(s string) int {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return i
}

// word reads true, false or null.
func (p *scan) word(w string) bool {
	if strings.HasPrefix(p.s[p.i:], w) {
		p.i += len(w)
		return true
	}
	return false
}

// null consumes a null and reports whether there was one.
func (p *scan) null() bool { return p.peek() == 'n' && p.word("null") }

func (p *scan) boolean() bool {
	p.peek()
	switch {
	case p.err != nil:
	case p.word("true"):
		return true
	case p.word("false"):
	default:
		p.fail(WrongType, "true or false")
	}
	return false
}

// skip consumes any value, checking it as strictly as one that is read.
func (p *scan) skip() {
	switch c := p.peek(); {
	case c == '{':
		p.object("an object", func(string) { p.skip() })
	case c == '[':
		p.array("an array", func(int) { p.skip() })
	case c == '"':
		p.str()
	case c == '-' || c >= '0' && c <= '9':
		p.number("a number")
	case c == 0 && p.err != nil:
	case p.word("true"), p.word("false"), p.word("null"):
	default:
		p.fail(MalformedJSON, "a JSON value")
	}
}

// keySet finds repeated names: a short list first, a map from then on, so that a hostile object stays linear.
type keySet struct {
	list []string
	more map[string]struct{}
}

func (k *keySet) add(s string) bool {
	if k.more == nil {
		for _, t := range k.list {
			if t == s {
				return false
			}
		}
		if len(k.list) < cap(k.list) {
			k.list = append(k.list, s)
			return true
		}
		k.more = make(map[string]struct{}, 2*len(k.list))
		for _, t := range k.list {
			k.more[t] = struct{}{}
		}
	}
	if _, ok := k.more[s]; ok {
		return false
	}
	k.more[s] = struct{}{}
	return true
}
