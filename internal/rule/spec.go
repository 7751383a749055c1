package rule

import (
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"haris/internal/remark"
	"haris/internal/taxonomy"
)

// packSpec is what the author wrote, checked for form but not yet for meaning.
type packSpec struct {
	r           *reader
	name        string
	version     int
	description string
	counters    []counterSpec
	rules       []ruleSpec
}

type counterSpec struct {
	name     text
	on       []text
	when     text
	distinct text // empty for a plain count
	over     time.Duration
	group    []text
	cancel   *cancelSpec
}

type cancelSpec struct {
	on       []text
	when     text
	group    []text
	distinct text
}

type ruleSpec struct {
	id      text
	title   string
	mode    taxonomy.Mode
	on      []text
	when    text
	why     text
	in      map[string]wordsSpec
	about   Side
	effects Effects
	at      pos // of the effects
	quota   *quotaSpec
	tests   []vectorSpec
}

type quotaSpec struct {
	max int
	per time.Duration
}

// readPack reads one file. ok is false when it is not even a pack; the problems are in r.out either way.
func readPack(file string, src []byte, out *Problems) (p packSpec, ok bool) {
	r := &reader{file: file, lines: strings.Split(string(src), "\n"), out: out}
	p.r = r
	n, ok := r.root(src)
	if !ok {
		return p, false
	}
	m, ok := r.mapping(n, say("a pack"), packKeys())
	if !ok {
		return p, false
	}
	for _, e := range m.entries {
		switch e.key {
		case "name":
			p.name = r.identifier(e.val, say("the pack's name")).s
		case "version":
			p.version = r.whole(e.val, say("the pack's version"), 1, 1<<20)
		case "description":
			p.description = r.text(e.val, say("the description")).s
		case "counters":
			for _, c := range r.list(e.val) {
				p.counters = append(p.counters, r.counter(c))
			}
		case "rules":
			for _, c := range r.list(e.val) {
				p.rules = append(p.rules, r.ruleSpec(c))
			}
		}
	}
	r.rule = ""
	r.require(m, say("a pack"), "name", "version", "rules")
	return p, true
}

func (r *reader) require(m mapping, what remark.Remark, keys ...string) {
	for _, k := range keys {
		if m.get(k) == nil {
			r.problem(m.at, say("{what} needs {key}", "what", what, "key", strconv.Quote(k)), none, nil)
		}
	}
}

// identifier reads a name of letters, digits, - and _, at most 64 long.
func (r *reader) identifier(n ast.Node, what remark.Remark) text {
	t := r.text(n, what)
	ok := t.s != "" && len(t.s) <= 64
	for _, c := range t.s {
		ok = ok && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-')
	}
	if !ok {
		r.problem(t.at, say("{what} is {found}", "what", what, "found", strconv.Quote(t.s)), say("1 to 64 of a-z, 0-9, - and _ are expected"), nil)
	}
	return t
}

func (r *reader) texts(n ast.Node, what remark.Remark) []text {
	var out []text
	for _, v := range r.list(n) {
		out = append(out, r.text(v, what))
	}
	return out
}

func (r *reader) counter(n ast.Node) counterSpec {
	var c counterSpec
	r.rule = "counter"
	m, ok := r.mapping(n, say("a counter"), counterKeys())
	if !ok {
		return c
	}
	if v := m.get("name"); v != nil {
		c.name = r.identifier(v, say("the counter's name"))
		if strings.Contains(c.name.s, "-") {
			r.problem(c.name.at, say("a counter's name is part of conditions and holds no -"), say("use _"), nil)
		}
		r.rule = "counter " + c.name.s
	}
	counted := false
	for _, e := range m.entries {
		switch e.key {
		case "on":
			c.on = r.texts(e.val, say("an event type"))
		case "when":
			c.when = r.text(e.val, key("when"))
		case "count":
			counted = r.word(e.val, say("thing to count"), []string{"events"}) != ""
		case "distinct":
			c.distinct = r.text(e.val, key("distinct"))
		case "over":
			c.over = r.span(e.val, key("over"), time.Minute, 400*24*time.Hour)
		case "group":
			c.group = r.texts(e.val, key("group"))
		case "cancel":
			c.cancel = r.cancel(e.val)
		}
	}
	r.require(m, say("a counter"), "name", "on", "over", "group")
	if counted == (c.distinct.s != "") {
		r.problem(m.at, say("a counter has exactly one of count and distinct"), say(`write "count: events" or "distinct: <expression>"`), nil)
	}
	return c
}

func (r *reader) cancel(n ast.Node) *cancelSpec {
	var c cancelSpec
	m, ok := r.mapping(n, key("cancel"), cancelKeys())
	if !ok {
		return nil
	}
	for _, e := range m.entries {
		switch e.key {
		case "on":
			c.on = r.texts(e.val, say("an event type"))
		case "when":
			c.when = r.text(e.val, key("when"))
		case "group":
			c.group = r.texts(e.val, key("group"))
		case "distinct":
			c.distinct = r.text(e.val, key("distinct"))
		}
	}
	r.require(m, key("cancel"), "on", "group")
	return &c
}

func (r *reader) ruleSpec(n ast.Node) ruleSpec {
	s := ruleSpec{about: SideFrom}
	r.rule = "rule"
	m, ok := r.mapping(n, say("a rule"), ruleKeys())
	if !ok {
		return s
	}
	if v := m.get("id"); v != nil {
		s.id = r.identifier(v, say("the rule's id"))
		r.rule = s.id.s
	}
	for _, e := range m.entries {
		switch e.key {
		case "title":
			s.title = r.text(e.val, say("the title")).s
		case "mode":
			s.mode = taxonomy.Mode(r.word(e.val, key("mode"), []string{"off", "shadow", "enforce"}))
		case "on":
			s.on = r.texts(e.val, say("an event type"))
		case "when":
			s.when = r.text(e.val, key("when"))
		case "why":
			s.why = r.text(e.val, key("why"))
		case "in":
			s.in = r.words(e.val)
		case "about":
			s.about = Side(r.word(e.val, say("side"), []string{"from", "to"}))
		case "effects":
			s.at = nodePos(e.val)
			s.effects = r.effects(e.val)
		case "quota":
			s.quota = r.quota(e.val)
		case "tests":
			for _, v := range r.list(e.val) {
				s.tests = append(s.tests, r.vector(v))
			}
		}
	}
	r.require(m, say("a rule"), "id", "title", "mode", "on", "when", "why", "effects", "tests")
	return s
}

func (r *reader) quota(n ast.Node) *quotaSpec {
	var q quotaSpec
	m, ok := r.mapping(n, say("a quota"), quotaKeys())
	if !ok {
		return nil
	}
	for _, e := range m.entries {
		switch e.key {
		case "max":
			q.max = r.whole(e.val, key("max"), 1, 1_000_000)
		case "per":
			q.per = r.span(e.val, key("per"), time.Minute, 30*24*time.Hour)
		case "then":
			r.word(e.val, key("then"), []string{"review"})
		}
	}
	r.require(m, say("a quota"), "max", "per", "then")
	return &q
}
