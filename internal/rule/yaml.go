package rule

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"haris/internal/remark"
)

const (
	maxFile  = 1 << 20
	maxDepth = 12
)

// reader walks the YAML tree of one file and collects everything that is wrong with it instead of stopping at the first.
type reader struct {
	file  string
	lines []string
	rule  string // the rule or counter being read, for problems
	out   *Problems
}

// text is a string that the author wrote, and where.
type text struct {
	s     string
	at    pos
	lines []pos // for a value of several lines: where each of its lines starts
}

// entry is one key of a mapping with its value.
type entry struct {
	key string
	at  pos
	val ast.Node
}

// mapping is a mapping in the order of the file.
type mapping struct {
	at      pos
	entries []entry
}

func (m *mapping) get(key string) ast.Node {
	for _, e := range m.entries {
		if e.key == key {
			return e.val
		}
	}
	return nil
}

func (r *reader) problem(at pos, msg, hint remark.Remark, allowed []string) {
	r.out.List = append(r.out.List, Problem{
		File: r.file, Line: at.line, Column: at.col, Rule: r.rule, Message: msg, Hint: hint, Allowed: allowed,
		Snippet: snippet(r.lines, at),
	})
}

// root parses the file and returns its one document; ok is false when nothing can be read.
func (r *reader) root(src []byte) (n ast.Node, ok bool) {
	if len(src) > maxFile {
		r.problem(pos{}, say("the file is {n} bytes long", "n", len(src)), say("at most {most} are read: split the pack", "most", maxFile), nil)
		return nil, false
	}
	if at, deep := tooDeep(r.lines); deep {
		r.problem(at, say("this is nested too deeply"), say("at most {most} brackets deep", "most", maxBrackets), nil)
		return nil, false
	}
	f, err := parser.ParseBytes(src, 0)
	if err != nil {
		at, msg := pos{1, 1}, err.Error()
		var ye yaml.Error
		if errors.As(err, &ye) {
			at, msg = position(ye.GetToken().Position.Line, ye.GetToken().Position.Column), ye.GetMessage()
		}
		r.problem(at, say("this is not YAML: {why}", "why", remark.YAML(msg)), none, nil)
		return nil, false
	}
	var docs []ast.Node
	for _, d := range f.Docs {
		if d.Body != nil {
			docs = append(docs, d.Body)
		}
	}
	if len(docs) != 1 {
		r.problem(pos{1, 1}, say("the file holds {n} documents", "n", len(docs)), say("a pack is one document"), nil)
		return nil, false
	}
	return docs[0], true
}

const maxBrackets = 64

// tooDeep finds a line on which flow brackets nest deeper than any pack needs. It is a rough guard that keeps the parser's
// recursion bounded; brackets in strings and conditions count too.
func tooDeep(lines []string) (pos, bool) {
	depth := 0
	for i, l := range lines {
		run := 0
		for j := range len(l) {
			switch l[j] {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(depth-1, 0)
			case '-', '?', ':':
				run++
			}
			if depth > maxBrackets || run > 4*maxBrackets {
				return pos{i + 1, j + 1}, true
			}
		}
		if indent := len(l) - len(strings.TrimLeft(l, " \t")); indent > 8*maxBrackets {
			return pos{i + 1, indent}, true
		}
	}
	return pos{}, false
}

func position(line, col int) pos { return pos{max(line, 1), max(col, 1)} }

func nodePos(n ast.Node) pos {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return pos{1, 1}
	}
	p := n.GetToken().Position
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		return nodePos(m.Values[0].Key)
	}
	return position(p.Line, p.Column)
}

// mapping reads a mapping whose keys must be among allowed; nil allows any key.
func (r *reader) mapping(n ast.Node, what remark.Remark, allowed []string) (mapping, bool) {
	m := mapping{at: nodePos(n)}
	var values []*ast.MappingValueNode
	switch v := n.(type) {
	case *ast.MappingNode:
		values = v.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{v}
	default:
		r.problem(nodePos(n), say("{what} must be a mapping", "what", what), none, allowed)
		return m, false
	}
	for _, v := range values {
		key := v.Key.GetToken().Value
		at := nodePos(v.Key)
		if _, plain := v.Key.(ast.ScalarNode); !plain || v.Key.IsMergeKey() {
			r.problem(at, say("a key of {what} is no plain word", "what", what), none, allowed)
			continue
		}
		if allowed != nil && !has(allowed, key) {
			r.problem(at, say("{what} has no key {key}", "what", what, "key", strconv.Quote(key)), didYouMean(key, allowed), allowed)
			continue
		}
		if m.get(key) != nil {
			r.problem(at, say("the key {key} stands twice", "key", strconv.Quote(key)), none, nil)
			continue
		}
		m.entries = append(m.entries, entry{key, at, v.Value})
	}
	return m, true
}

func has(words []string, w string) bool {
	for _, x := range words {
		if x == w {
			return true
		}
	}
	return false
}

// list reads a sequence; a single value stands for a list of one.
func (r *reader) list(n ast.Node) []ast.Node {
	switch v := n.(type) {
	case nil, *ast.NullNode:
		return nil
	case *ast.SequenceNode:
		return v.Values
	default:
		return []ast.Node{n}
	}
}

// text reads a string. Numbers and booleans are taken as they were written, because an id or a band may look like one.
func (r *reader) text(n ast.Node, what remark.Remark) text {
	t := text{at: nodePos(n)}
	switch v := n.(type) {
	case *ast.StringNode:
		t.s = v.Value
		if q := v.GetToken().Origin; strings.HasPrefix(strings.TrimLeft(q, " \t\r\n"), `"`) || strings.HasPrefix(strings.TrimLeft(q, " \t\r\n"), "'") {
			t.at.col++
		}
	case *ast.LiteralNode:
		t.s = strings.TrimRight(v.Value.Value, "\n")
		t.lines = r.blockLines(t.at.line)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		t.s = v.GetToken().Value
	default:
		r.problem(t.at, say("{what} must be text", "what", what), none, nil)
	}
	return t
}

// blockLines finds where the lines of a block scalar start whose indicator stands on the given line.
func (r *reader) blockLines(line int) []pos {
	var out []pos
	indent := -1
	for i := line; i < len(r.lines); i++ {
		l := r.lines[i]
		lead := len(l) - len(strings.TrimLeft(l, " "))
		if strings.TrimSpace(l) == "" {
			out = append(out, pos{i + 1, 1})
			continue
		}
		if indent < 0 {
			indent = lead
		}
		if lead < indent {
			break
		}
		out = append(out, pos{i + 1, indent + 1})
	}
	return out
}

// place maps an offset in characters within the text to a place in the file. For a folded value, whose lines were joined by
// spaces, and for a literal one the lines keep their length, so offsets can be counted off.
func (t *text) place(r *reader, offset int) pos {
	if len(t.lines) == 0 {
		return pos{t.at.line, t.at.col + offset}
	}
	for i, p := range t.lines {
		width := len([]rune(r.lines[p.line-1])) - (p.col - 1)
		if offset <= width || i == len(t.lines)-1 {
			return pos{p.line, p.col + max(min(offset, width), 0)}
		}
		offset -= width + 1
	}
	return t.at
}

// word reads a text that must be one of a few words; the zero text when it is not.
func (r *reader) word(n ast.Node, what remark.Remark, allowed []string) string {
	t := r.text(n, what)
	if t.s != "" && !has(allowed, t.s) {
		r.problem(t.at, say("unknown {what} {word}", "what", what, "word", strconv.Quote(t.s)), didYouMean(t.s, allowed), allowed)
		return ""
	}
	return t.s
}

// number reads a number within bounds.
func (r *reader) number(n ast.Node, what remark.Remark, low, high float64) float64 {
	t := r.text(n, what)
	v, err := strconv.ParseFloat(t.s, 64)
	if err != nil || !(v >= low && v <= high) {
		r.problem(t.at, say("{what} is {found}", "what", what, "found", strconv.Quote(t.s)), say("a number from {low} to {high} is expected", "low", low, "high", high), nil)
		return 0
	}
	return v
}

// whole reads a whole number within bounds.
func (r *reader) whole(n ast.Node, what remark.Remark, low, high int) int {
	t := r.text(n, what)
	v, err := strconv.Atoi(t.s)
	if err != nil || v < low || v > high {
		r.problem(t.at, say("{what} is {found}", "what", what, "found", strconv.Quote(t.s)), say("a whole number from {low} to {high} is expected", "low", low, "high", high), nil)
		return 0
	}
	return v
}

func (r *reader) yes(n ast.Node, what remark.Remark) bool {
	if b, ok := n.(*ast.BoolNode); ok {
		return b.Value
	}
	r.problem(nodePos(n), say("{what} must be true or false", "what", what), none, nil)
	return false
}

// span reads a length of time such as 30m, 24h or 7d.
func (r *reader) span(n ast.Node, what remark.Remark, low, high time.Duration) time.Duration {
	t := r.text(n, what)
	d, err := parseSpan(t.s)
	if err != nil || d < low || d > high {
		r.problem(t.at, say("{what} is {found}", "what", what, "found", strconv.Quote(t.s)),
			say("a whole number with s, m, h or d is expected, such as 24h or 7d, from {low} to {high}", "low", formatSpan(low), "high", formatSpan(high)), nil)
		return 0
	}
	return d
}

var errSpan = errors.New("not a length of time")

func parseSpan(s string) (time.Duration, error) {
	if len(s) < 2 {
		return 0, errSpan
	}
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 24)
	if err != nil {
		return 0, errSpan
	}
	unit := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}[s[len(s)-1]]
	if unit == 0 || n > uint64(400*24*time.Hour/unit) {
		return 0, errSpan
	}
	return time.Duration(n) * unit, nil
}

// formatSpan writes a length of time in the largest unit that divides it.
func formatSpan(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if d >= u.unit && d%u.unit == 0 {
			return strconv.FormatInt(int64(d/u.unit), 10) + u.name
		}
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + "s"
}
