package event

import "strings"

// Piece is the text of one event within a body, not yet checked.
type Piece struct {
	Text string
	Line int // from 1, where it starts in the body
}

// Split cuts a body into the texts of its events: one JSON object, a JSON array of objects, or one object a line (NDJSON).
// It looks only at quotation marks and brackets, so that an event that cannot be read does not hide the ones around it;
// Decode finds what is wrong inside. The problem says where the brackets do not close; then nothing can be told apart.
func Split(body string) ([]Piece, *Problem) {
	c := &cutter{s: body, line: 1}
	c.space()
	if c.i < len(body) && body[c.i] == '[' {
		return c.array()
	}
	return c.lines(), nil
}

// SplitLines cuts NDJSON only: one event a line, empty lines passed over. Lines are told apart even where brackets do not close.
func SplitLines(body string) []Piece {
	c := &cutter{s: body, line: 1}
	return c.lines()
}

type cutter struct {
	s    string
	i    int
	line int
}

func (c *cutter) space() {
	for c.i < len(c.s) {
		switch c.s[c.i] {
		case '\n':
			c.line++
			c.i++
		case ' ', '\t', '\r':
			c.i++
		default:
			return
		}
	}
}

// lines cuts at line ends, but lets one object run over several lines, as a single pretty-printed event does.
func (c *cutter) lines() []Piece {
	var out []Piece
	for c.space(); c.i < len(c.s); c.space() {
		end := strings.IndexByte(c.s[c.i:], '\n')
		if end < 0 {
			end = len(c.s) - c.i
		}
		text, line := c.s[c.i:c.i+end], c.line
		if !balanced(text) && len(out) == 0 {
			if n := c.value(); n > 0 {
				out = append(out, Piece{c.s[c.i : c.i+n], line})
				c.line += strings.Count(c.s[c.i:c.i+n], "\n")
				c.i += n
				continue
			}
		}
		out = append(out, Piece{strings.TrimRight(text, " \t\r"), line})
		c.i += end
	}
	return out
}

func balanced(s string) bool {
	c := cutter{s: s}
	return c.value() > 0
}

// array cuts at the commas between the elements.
func (c *cutter) array() ([]Piece, *Problem) {
	var out []Piece
	c.i++
	for {
		c.space()
		if c.i < len(c.s) && c.s[c.i] == ']' && len(out) == 0 {
			break
		}
		n := c.value()
		if n == 0 {
			return nil, &Problem{Reason: MalformedJSON, Line: c.line, Want: "an array of events whose brackets and quotation marks close"}
		}
		out = append(out, Piece{c.s[c.i : c.i+n], c.line})
		c.line += strings.Count(c.s[c.i:c.i+n], "\n")
		c.i += n
		c.space()
		if c.i < len(c.s) && c.s[c.i] == ',' {
			c.i++
			continue
		}
		break
	}
	if c.i >= len(c.s) || c.s[c.i] != ']' {
		return nil, &Problem{Reason: MalformedJSON, Line: c.line, Want: `"," or "]" after an event of the array`}
	}
	c.i++
	if c.space(); c.i < len(c.s) {
		return nil, &Problem{Reason: MalformedJSON, Line: c.line, Want: "nothing after the array"}
	}
	return out, nil
}

// value returns the length of the value at i: up to the bracket that closes it, or up to a comma, bracket or line end for
// a value without brackets. It is 0 when brackets do not close.
func (c *cutter) value() int {
	depth := 0
	for i := c.i; i < len(c.s); i++ {
		switch c.s[i] {
		case '"':
			n := quoted(c.s[i:])
			if n == 0 {
				return 0
			}
			i += n - 1
			if depth == 0 {
				return i + 1 - c.i
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i - c.i
			}
			if depth--; depth == 0 {
				return i + 1 - c.i
			}
		case ',', '\n':
			if depth == 0 {
				return i - c.i
			}
		}
	}
	if depth == 0 {
		return len(c.s) - c.i
	}
	return 0
}

// quoted returns the length of the string at the start of s, 0 when it does not close.
func quoted(s string) int {
	for i := 1; i < len(s); {
		n := strings.IndexByte(s[i:], '"')
		if n < 0 {
			return 0
		}
		end := i + n
		slashes := 0
		for k := end - 1; k > 0 && s[k] == '\\'; k-- {
			slashes++
		}
		if slashes%2 == 0 {
			return end + 1
		}
		i = end + 1
	}
	return 0
}
