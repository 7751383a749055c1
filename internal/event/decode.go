package event

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"haris/internal/taxonomy"
)

// Limits bounds what Decode accepts.
type Limits struct {
	Bytes  int       // longest event; 0 means 256 KiB
	Depth  int       // deepest nesting; 0 means 16
	Latest time.Time // an event later than this is refused; zero means no bound
	Own    bool      // whether the event may be of haris itself, as those in the log may
}

// OwnSource is how the sources of the events begin that haris itself puts into the log. Nobody else may send one.
const OwnSource = "urn:haris:"

const (
	defaultBytes = 256 << 10
	defaultDepth = 16
	maxAccount   = 256
	maxTargets   = 1000
)

// Decode reads one event in CloudEvents structured mode. line is where it stands in the body or file, for the problem. All
// strings of the event are parts of s, so s lives as long as the event does: clone what is kept longer. When it cannot be
// read the returned event still holds ID and Source where those could be read, so that the answer can name it.
func Decode(s string, line int, l Limits) (Event, *Problem) {
	if l.Bytes == 0 {
		l.Bytes = defaultBytes
	}
	if l.Depth == 0 {
		l.Depth = defaultDepth
	}
	e := Event{Raw: s}
	if len(s) > l.Bytes {
		return e, &Problem{Reason: TooLarge, Line: line, Want: "at most " + strconv.Itoa(l.Bytes) + " bytes an event"}
	}
	if !utf8.ValidString(s) {
		return e, &Problem{Reason: InvalidUTF8, Line: line, Column: badUTF8(s) + 1, Want: "UTF-8 text"}
	}
	var room [8]string
	p := &scan{s: s, max: l.Depth, pointer: room[:0]}
	p.envelope(&e)
	if p.err == nil && p.peek() != 0 {
		p.fail(MalformedJSON, "nothing after the event")
	}
	if p.err == nil {
		p.complete(&e, l)
	}
	if p.err != nil {
		p.err.Line = line + strings.Count(s[:min(max(p.err.Column-1, 0), len(s))], "\n")
		return e, p.err
	}
	return e, nil
}

func badUTF8(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return i
			}
		}
	}
	return len(s)
}

// envelope reads the CloudEvents attributes. The data is read last, when the type is known, wherever it stands.
func (p *scan) envelope(e *Event) {
	data, version, stamp := -1, "", ""
	p.object("an event: a JSON object", func(key string) {
		switch key {
		case "specversion":
			version = p.str()
		case "id":
			e.ID = p.bounded(maxAccount)
		case "source":
			e.Source = p.bounded(1024)
		case "type":
			e.Type = Type(p.bounded(maxAccount))
		case "time":
			stamp = p.str()
		case "data":
			p.peek()
			data = p.i
			p.skip()
		case "data_base64":
			p.fail(WrongType, `the data as a JSON object in "data"`)
		default:
			p.skip()
		}
	})
	p.need(version != "", "specversion", `"1.0"`)
	p.need(e.ID != "", "id", "an id, unique within the source")
	p.need(e.Source != "", "source", "the sending service as a URI-reference")
	p.need(e.Type != "", "type", "the type of the event")
	p.need(stamp != "", "time", "an RFC 3339 time with zone")
	p.need(data >= 0, "data", "an object")
	if p.err != nil {
		return
	}
	if version != "1.0" {
		p.wrong(BadValue, "specversion", `"1.0"`)
	}
	t, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil {
		p.wrong(BadValue, "time", "an RFC 3339 time with zone, such as 2026-01-02T03:04:05Z")
	}
	e.Time = t.UTC()
	end := p.i
	p.i = data
	p.push("data")
	p.data(e)
	if p.err == nil {
		p.pop()
		p.i = end
	}
}

// need records that a member of the event is missing.
func (p *scan) need(ok bool, name, want string) {
	if !ok {
		p.wrong(Missing, name, want)
	}
}

// wrong records a problem with a member by name.
func (p *scan) wrong(r Reason, name, want string) {
	if p.err == nil {
		p.push(name)
		p.fail(r, want)
		p.err.Column = 0
	}
}

// bounded reads a string of 1 to n bytes.
func (p *scan) bounded(n int) string {
	s := p.str()
	switch {
	case p.err != nil:
	case s == "" || len(s) > n:
		p.fail(BadValue, "1 to "+strconv.Itoa(n)+" bytes")
	case strings.IndexByte(s, 0) >= 0:
		p.fail(BadValue, "a text without the character U+0000, which no database can hold")
	}
	return s
}

// complete checks what can be checked only when everything is read.
func (p *scan) complete(e *Event, l Limits) {
	if !l.Latest.IsZero() && e.Time.After(l.Latest) {
		p.wrong(FutureTime, "time", "a time not after "+l.Latest.UTC().Format(time.RFC3339)+"; is the sender's clock right?")
	}
	if !l.Own && strings.HasPrefix(e.Source, OwnSource) {
		p.wrong(BadValue, "source", "a source that does not begin with "+OwnSource+", which is kept for haris itself")
	}
	if e.Time.Year() < 1970 {
		p.wrong(BadValue, "time", "a time after 1970")
	}
	for _, group := range required(e.Type) {
		if e.Data.set&group == 0 {
			p.push("data")
			p.wrong(Missing, nameOf(group), "this field, which "+string(e.Type)+" requires")
			return
		}
	}
}

// number64 reads a finite number.
func (p *scan) number64(lo, hi float64, want string) float64 {
	t := p.number(want)
	if p.err != nil {
		return 0
	}
	v, err := strconv.ParseFloat(t, 64)
	if err != nil || math.IsInf(v, 0) || v < lo || v > hi {
		p.fail(BadValue, want)
	}
	return v
}

// whole reads a whole number.
func (p *scan) whole(lo, hi int64, want string) int64 {
	t := p.number(want)
	if p.err != nil {
		return 0
	}
	v, err := strconv.ParseInt(t, 10, 64)
	if err != nil || v < lo || v > hi {
		p.fail(BadValue, want)
	}
	return v
}

// instant reads a time.
func (p *scan) instant() time.Time {
	s := p.str()
	if p.err != nil {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		p.fail(BadValue, "an RFC 3339 time with zone")
	}
	return t.UTC()
}

// oneOf reads a string that must be one of the words.
func (p *scan) oneOf(words []string) string {
	s := p.str()
	if p.err != nil {
		return ""
	}
	for _, w := range words {
		if w == s {
			return w
		}
	}
	p.fail(BadValue, "one of "+strings.Join(words, ", "))
	return ""
}

func (p *scan) ageBand() taxonomy.AgeBand {
	b, _ := taxonomy.ParseAgeBand(p.oneOf(taxonomy.AgeBands()))
	return b
}

func (p *scan) surface() taxonomy.Surface {
	v, _ := taxonomy.ParseSurface(p.oneOf(taxonomy.Surfaces()))
	return v
}

func (p *scan) relation() taxonomy.Relation {
	v, _ := taxonomy.ParseRelation(p.oneOf(taxonomy.Relations()))
	return v
}
