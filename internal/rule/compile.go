package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"github.com/zeebo/xxh3"

	"haris/internal/event"
	"haris/internal/taxonomy"
)

// compiledRule is a rule whose every expression is checked, not yet planned to run.
type compiledRule struct {
	spec *ruleSpec
	pack *packSpec
	on   []event.Type
	when expression
	why  []whyPart
}

// compiledCounter is a counter whose every expression is checked.
type compiledCounter struct {
	spec   *counterSpec
	pack   *packSpec
	feed   compiledFeed
	cancel *compiledFeed
}

// compiledFeed is what makes a counter count, or forget.
type compiledFeed struct {
	on     []event.Type
	when   *expression // nil for always
	member *expression // nil for a plain count
	group  []expression
}

func anyVariable(*variable) bool { return true }

// counterVariables are what a counter may look at: only what does not depend on the order of work.
func counterVariables(v *variable) bool {
	root, _, _ := strings.Cut(v.name, ".")
	return root == "event" || root == "from" || root == "to"
}

// types reads event types.
func (r *reader) types(in []text) []event.Type {
	var out []event.Type
	for _, t := range in {
		if !slices.Contains(typeWords(), t.s) {
			r.problem(t.at, say("unknown event type {type}", "type", strconv.Quote(t.s)), didYouMean(t.s, typeWords()), typeWords())
			continue
		}
		out = append(out, event.Type(t.s))
	}
	return out
}

func (c *compiler) rule(p *packSpec, s *ruleSpec) (compiledRule, bool) {
	r := p.r
	r.rule = s.id.s
	defer func() { r.rule = "" }()
	before := len(r.out.List)
	out := compiledRule{spec: s, pack: p, on: r.types(s.on)}
	when, ok := c.compile(r, s.when, 0, anyVariable)
	if ok {
		c.mustBe(r, &when, "when", cel.BoolType)
		c.present(r, &when, out.on)
	}
	out.when = when
	out.why = c.why(r, s.why, out.on)
	r.checkWords(s)
	r.judge(&s.effects, s.at)
	c.checkVectors(r, s)
	if s.about == SideTo || s.effects.Friction != nil && s.effects.Friction.On == SideTo {
		if !slices.ContainsFunc(out.on, hasTarget) && len(out.on) > 0 {
			r.problem(s.id.at, say("the rule is about the second account, but its events have none"), say("events with a second account: {list}", "list", join(targetTypes())), nil)
		}
	}
	return out, len(r.out.List) == before
}

func targetTypes() []string {
	var out []string
	for _, t := range event.Types() {
		if hasTarget(t) {
			out = append(out, string(t))
		}
	}
	return out
}

func (c *compiler) mustBe(r *reader, x *expression, what string, want *cel.Type) {
	if !x.typ.IsExactType(want) {
		r.problem(x.at(x.ast.Expr().ID()), say("{key} must be {type}, not {other}", "key", what, "type", typeWord(want.String()), "other", typeWord(x.typ.String())), none, nil)
	}
}

// present checks that each field which is read is one that at least one of the event types can have.
func (c *compiler) present(r *reader, x *expression, on []event.Type) {
	if len(on) == 0 {
		return
	}
	for _, i := range x.reads {
		v, at := &c.dict.vars[i], x.at(x.first[i])
		root, field, _ := strings.Cut(v.name, ".")
		switch {
		case root == "event" && v.at != nil && !slices.ContainsFunc(on, func(t event.Type) bool { return slices.Contains(fieldsOf(t), field) }):
			r.problem(at, say("{name} is not part of {events}", "name", v.name, "events", join(plain(on))), say("events that have it: {list}", "list", join(typesWith(field))), nil)
		case root == "to" && !slices.ContainsFunc(on, hasTarget):
			r.problem(at, say("{name} is not part of {events}", "name", v.name, "events", join(plain(on))), say("events with a second account: {list}", "list", join(targetTypes())), nil)
		}
	}
}

func join(list []string) string { return strings.Join(list, ", ") }

func (c *compiler) counter(p *packSpec, s *counterSpec) (compiledCounter, bool) {
	r := p.r
	r.rule = "counter " + s.name.s
	defer func() { r.rule = "" }()
	before := len(r.out.List)
	out := compiledCounter{spec: s, pack: p, feed: c.feed(r, s.on, s.when, s.distinct, s.group)}
	if s.cancel != nil {
		f := c.feed(r, s.cancel.on, s.cancel.when, s.cancel.distinct, s.cancel.group)
		out.cancel = &f
		if s.cancel.distinct.s != "" && s.distinct.s == "" {
			r.problem(s.cancel.distinct.at, say("only a distinct counter can forget one member"), none, nil)
		}
		if len(s.cancel.group) != len(s.group) {
			r.problem(s.name.at, say("cancel has another number of group expressions than the counter"), say("they must name the same group"), nil)
		}
	}
	return out, len(r.out.List) == before
}

func (c *compiler) feed(r *reader, on []text, when, member text, group []text) compiledFeed {
	f := compiledFeed{on: r.types(on)}
	if when.s != "" {
		if x, ok := c.compile(r, when, 0, counterVariables); ok {
			c.mustBe(r, &x, "when", cel.BoolType)
			c.present(r, &x, f.on)
			f.when = &x
		}
	}
	if member.s != "" {
		if x, ok := c.compile(r, member, 0, counterVariables); ok {
			c.mustBe(r, &x, "distinct", cel.StringType)
			c.present(r, &x, f.on)
			f.member = &x
		}
	}
	for _, g := range group {
		if x, ok := c.compile(r, g, 0, counterVariables); ok {
			c.mustBe(r, &x, "group", cel.StringType)
			c.present(r, &x, f.on)
			f.group = append(f.group, x)
		}
	}
	if len(group) > 4 {
		r.problem(group[4].at, say("more than 4 group expressions"), none, nil)
	}
	return f
}

// linker plans everything and wires rules, counters and event types together.
type linker struct {
	c    *compiler
	set  *Set
	seen map[string]int // canonical clause to its place
	err  error
}

func (l *linker) program(x *expression) program {
	p, err := l.c.program(x, x.ast.Expr())
	if err != nil && l.err == nil {
		l.err = err
	}
	return p
}

// clauses plans the clauses of a condition and returns their places; equal ones share a place.
func (l *linker) clauses(x *expression) []int {
	var out []int
	for _, part := range clauses(x.ast.Expr()) {
		key := canon(part)
		i, ok := l.seen[key]
		if !ok {
			p, err := l.c.program(x, part)
			if err != nil && l.err == nil {
				l.err = err
			}
			i = len(l.set.clauses)
			l.set.clauses = append(l.set.clauses, p)
			l.seen[key] = i
		}
		if !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

func (l *linker) counter(k *compiledCounter) {
	c := &counter{name: k.spec.name.s, window: k.spec.over.Milliseconds(), distinct: k.spec.distinct.s != ""}
	c.identity = xxh3.HashString128(identityOf(k)).Bytes()
	c.feed = l.feed(&k.feed)
	c.usesTo = c.feed.usesTo
	if k.cancel != nil {
		f := l.feed(k.cancel)
		c.cancel = &f
	}
	l.set.counters = append(l.set.counters, c)
}

// identityOf is what a counter means. State is kept under it, so a counter whose meaning was changed starts afresh instead of
// going on with numbers that meant something else.
func identityOf(k *compiledCounter) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%d\n", k.spec.name.s, k.spec.over.Milliseconds())
	for _, f := range []*compiledFeed{&k.feed, k.cancel} {
		if f == nil {
			continue
		}
		fmt.Fprintf(&b, "on %s\n", join(plain(f.on)))
		if f.when != nil {
			b.WriteString("when " + canon(f.when.ast.Expr()) + "\n")
		}
		if f.member != nil {
			b.WriteString("distinct " + canon(f.member.ast.Expr()) + "\n")
		}
		for i := range f.group {
			b.WriteString("group " + canon(f.group[i].ast.Expr()) + "\n")
		}
	}
	return b.String()
}

func (l *linker) feed(f *compiledFeed) feed {
	out := feed{on: f.on}
	if f.when != nil {
		out.clauses = l.clauses(f.when)
		out.usesTo = l.readsTo(f.when)
	}
	if f.member != nil {
		p := l.program(f.member)
		out.member = &p
		out.usesTo = out.usesTo || l.readsTo(f.member)
	}
	for i := range f.group {
		out.group = append(out.group, l.program(&f.group[i]))
		out.usesTo = out.usesTo || l.readsTo(&f.group[i])
	}
	return out
}

func (l *linker) readsTo(x *expression) bool {
	return slices.ContainsFunc(x.reads, func(i int) bool { return strings.HasPrefix(l.c.dict.vars[i].name, "to.") })
}

func (l *linker) rule(k *compiledRule) {
	s := k.spec
	r := &running{
		id: s.id.s, pack: k.pack.name, version: k.pack.version, title: s.title, mode: s.mode, about: s.about, on: k.on,
		effects: s.effects, in: s.translations(), clauses: l.clauses(&k.when), usesTo: s.about == SideTo || l.readsTo(&k.when), tests: s.tests,
		file: k.pack.r.file,
	}
	if s.effects.Friction != nil && s.effects.Friction.On == SideTo {
		r.usesTo = true
	}
	l.readCounters(r, &k.when)
	for i := range k.why {
		p := whyRunning{lit: k.why[i].lit}
		if x := k.why[i].x; x != nil {
			prog := l.program(x)
			p.prog = &prog
			r.usesTo = r.usesTo || l.readsTo(x)
			l.readCounters(r, x)
		}
		r.why = append(r.why, p)
	}
	if s.quota != nil {
		r.quota = &quota{max: s.quota.max, per: s.quota.per, key: xxh3.HashString128("quota\n" + r.id + "\n" + s.quota.per.String()).Bytes()}
	}
	l.set.rules = append(l.set.rules, r)
}

func (l *linker) readCounters(r *running, x *expression) {
	for _, i := range x.reads {
		n := i - l.set.firstCounter
		if n < 0 || slices.Contains(r.reads, n) {
			continue
		}
		c := l.set.counters[n]
		r.reads = append(r.reads, n)
		r.usesTo = r.usesTo || c.usesTo
		r.window = max(r.window, msDuration(c.window))
	}
}

// plans indexes rules and counters by event type. A rule that is off does not run, but its counters are read, so that its test
// vectors see them.
func (l *linker) plans() {
	plan := func(t event.Type) *typePlan {
		p := l.set.plans[t]
		if p == nil {
			p = &typePlan{}
			l.set.plans[t] = p
		}
		return p
	}
	reads := map[event.Type][]bool{}
	for _, r := range l.set.rules {
		for _, t := range r.on {
			if p := plan(t); r.mode != taxonomy.ModeOff {
				p.rules = append(p.rules, r)
			}
			if reads[t] == nil {
				reads[t] = make([]bool, len(l.set.counters))
			}
			for _, i := range r.reads {
				reads[t][i] = true
			}
		}
	}
	for _, t := range event.Types() {
		for i, c := range l.set.counters {
			use := counterUse{counter: i, feeds: slices.Contains(c.feed.on, t), reads: reads[t] != nil && reads[t][i]}
			use.cancels = c.cancel != nil && slices.Contains(c.cancel.on, t)
			if use.feeds || use.reads || use.cancels {
				plan(t).counters = append(plan(t).counters, use)
			}
		}
	}
}
