package rule

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"haris/internal/event"
)

// whyPart is literal text, or an expression whose value stands there.
type whyPart struct {
	lit string
	x   *expression
}

// whyRunning is a part ready to be filled in.
type whyRunning struct {
	lit  string
	prog *program
}

// notKnown stands in an explanation for a value that is not known.
const notKnown = "unknown"

// why reads an explanation with {expressions}; {{ and }} are plain braces. What people wrote (messages, notes, names) cannot
// be quoted: explanations are shown in lists and kept longer than content.
func (c *compiler) why(r *reader, t text, on []event.Type) []whyPart {
	var out []whyPart
	lit := ""
	for i := 0; i < len(t.s); {
		switch rest := t.s[i:]; {
		case strings.HasPrefix(rest, "{{"), strings.HasPrefix(rest, "}}"):
			lit += rest[:1]
			i += 2
		case rest[0] == '}':
			r.problem(t.place(r, utf8.RuneCountInString(t.s[:i])), say("a } without {"), say("write }} for a plain brace"), nil)
			return nil
		case rest[0] == '{':
			end := strings.IndexByte(rest, '}')
			if end < 0 {
				r.problem(t.place(r, utf8.RuneCountInString(t.s[:i])), say("a { without }"), say("write {{ for a plain brace"), nil)
				return nil
			}
			x, ok := c.placeholder(r, t, i+1, i+end, on)
			if !ok {
				return nil
			}
			out = append(out, whyPart{lit: lit}, whyPart{x: x})
			lit = ""
			i += end + 1
		default:
			lit += rest[:1]
			i++
		}
	}
	if lit != "" {
		out = append(out, whyPart{lit: lit})
	}
	if len(out) == 0 {
		r.problem(t.at, say("why is empty"), say("say in one sentence what was observed"), nil)
	}
	return out
}

func (c *compiler) placeholder(r *reader, t text, from, to int, on []event.Type) (*expression, bool) {
	shift := utf8.RuneCountInString(t.s[:from])
	part := text{s: t.s[from:to], at: t.at, lines: t.lines}
	x, ok := c.compile(r, part, shift, anyVariable)
	if !ok {
		return nil, false
	}
	before := len(r.out.List)
	at := t.place(r, shift)
	switch x.typ.Kind() {
	case types.StringKind, types.DoubleKind, types.IntKind, types.BoolKind, types.TimestampKind, types.DurationKind:
	default:
		r.problem(at, say("a value of type {type} cannot be written in a sentence", "type", typeWord(x.typ.String())), none, nil)
	}
	for _, i := range x.reads {
		if v := &c.dict.vars[i]; v.private {
			r.problem(at, say("{name} cannot be quoted in an explanation", "name", v.name), say("it is content or an identity: the case shows it to those who may see it"), nil)
		}
	}
	c.present(r, &x, on)
	return &x, len(r.out.List) == before
}

// explain fills in an explanation.
func (s *scratch) explain(parts []whyRunning) string {
	var b strings.Builder
	for i := range parts {
		if parts[i].prog == nil {
			b.WriteString(parts[i].lit)
			continue
		}
		v, ok := s.run(parts[i].prog)
		if !ok {
			b.WriteString(notKnown)
			continue
		}
		b.WriteString(speak(v))
	}
	return b.String()
}

// speak writes a value as people read it: numbers without needless digits, times to the second in UTC.
func speak(v ref.Val) string {
	switch v := v.(type) {
	case types.String:
		return strings.Map(visible, string(v))
	case types.Double:
		f := float64(v)
		if f == math.Trunc(f) && math.Abs(f) < 1e15 {
			return strconv.FormatFloat(f, 'f', 0, 64)
		}
		return strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64)
	case types.Int:
		return strconv.FormatInt(int64(v), 10)
	case types.Bool:
		if v {
			return "yes"
		}
		return "no"
	case types.Timestamp:
		return v.UTC().Format("2006-01-02 15:04:05 MST")
	case types.Duration:
		return v.Duration.Round(time.Second).String()
	}
	return notKnown
}

// visible keeps control characters, which a platform may have let into an id, out of the sentence.
func visible(r rune) rune {
	if r < ' ' || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
		return ' '
	}
	return r
}
