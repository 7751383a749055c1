package rule

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"haris/internal/event"
	"haris/internal/remark"
	"haris/internal/taxonomy"
)

// Options says what an installation knows besides its packs. The zero value is usable.
type Options struct {
	Detectors []string // ids that signal["…"] may name; nil means D1 to D19. Rules that raise signals may always be named.
	Labels    []string // labels that exist besides those that rules give
	Cost      uint64   // greatest cost of one expression; 0 means DefaultCost
}

// detectors are the names that signal["…"] may name.
func (o Options) detectors() []string {
	out := slices.Clone(o.Detectors)
	if out == nil {
		for i := 1; i <= detectorCount; i++ {
			out = append(out, "D"+strconv.Itoa(i))
		}
	}
	return out
}

// Set is every rule and counter of an installation, checked and ready to run. It is immutable but for its statistics and safe
// for concurrent use. A change of rules is a new Set.
type Set struct {
	rules        []*running
	counters     []*counter
	clauses      []program
	plans        map[event.Type]*typePlan
	dict         *dictionary
	firstCounter int
	unknown      ref.Val
	packs        []Pack
	digest       string
	pool         sync.Pool
	stopped      atomic.Uint64
}

// Pack names one loaded file.
type Pack struct {
	Name, Description, File string
	Version                 int
	Rules, Counters         int
}

// ErrNoPacks says that the directory holds no pack.
var ErrNoPacks = errors.New("rule: no *.yaml file found")

// Source is one file of rules.
type Source struct {
	Name string `json:"name"` // without a directory; ends in .yaml or .yml
	Text string `json:"text"`
}

// IsPack reports whether a file of this name is read as a pack.
func IsPack(name string) bool {
	ext := path.Ext(name)
	return ext == ".yaml" || ext == ".yml"
}

// Sources reads every *.yaml and *.yml file at the root of dir, ordered by name. ErrNoPacks.
func Sources(dir fs.FS) ([]Source, error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, fmt.Errorf("rule: list packs: %w", err)
	}
	var out []Source
	for _, e := range entries {
		if e.IsDir() || !IsPack(e.Name()) {
			continue
		}
		src, err := fs.ReadFile(dir, e.Name())
		if err != nil {
			return nil, fmt.Errorf("rule: read pack: %w", err)
		}
		out = append(out, Source{e.Name(), string(src)})
	}
	if len(out) == 0 {
		return nil, ErrNoPacks
	}
	return out, nil
}

// Load reads every *.yaml and *.yml file at the root of dir and builds a Set. When anything is wrong with the text the error is
// a *Problems that lists all of it; other errors are failures to read. No partly loaded Set is ever returned.
func Load(dir fs.FS, o Options) (*Set, error) {
	list, err := Sources(dir)
	if err != nil {
		return nil, err
	}
	return Parse(list, o)
}

// Parse builds a Set from files, in their order. Errors are as those of Load.
func Parse(list []Source, o Options) (*Set, error) {
	if len(list) == 0 {
		return nil, ErrNoPacks
	}
	out := &Problems{}
	var specs []packSpec
	sum := sha256.New()
	for _, f := range list {
		fmt.Fprintf(sum, "%q %d\n", f.Name, len(f.Text))
		sum.Write([]byte(f.Text))
		if p, ok := readPack(f.Name, []byte(f.Text), out); ok {
			specs = append(specs, p)
		}
	}
	s, err := build(specs, o, out)
	if err != nil {
		return nil, err
	}
	s.digest = hex.EncodeToString(sum.Sum(nil))
	return s, nil
}

// build compiles and links. Meaning is checked even where form was wrong, so that an author sees everything at once.
func build(specs []packSpec, o Options, out *Problems) (*Set, error) {
	unique(specs)
	dict, first := dictionaryOf(specs, o)
	if o.Cost == 0 {
		o.Cost = DefaultCost
	}
	c, err := newCompiler(dict, o.Cost)
	if err != nil {
		return nil, err
	}
	var rules []compiledRule
	var counters []compiledCounter
	for i := range specs {
		p := &specs[i]
		for j := range p.counters {
			k, _ := c.counter(p, &p.counters[j])
			counters = append(counters, k)
		}
		for j := range p.rules {
			k, _ := c.rule(p, &p.rules[j])
			rules = append(rules, k)
		}
	}
	readable(c, rules, counters)
	if len(out.List) > 0 {
		out.sort()
		return nil, out
	}
	return link(c, specs, rules, counters, first)
}

func link(c *compiler, specs []packSpec, rules []compiledRule, counters []compiledCounter, first int) (*Set, error) {
	s := &Set{plans: map[event.Type]*typePlan{}, dict: c.dict, firstCounter: first, unknown: types.NewUnknown(0, nil)}
	l := linker{c: c, set: s, seen: map[string]int{}}
	for i := range counters {
		l.counter(&counters[i])
	}
	for i := range rules {
		l.rule(&rules[i])
	}
	if l.err != nil {
		return nil, l.err
	}
	l.plans()
	for _, p := range specs {
		s.packs = append(s.packs, Pack{Name: p.name, Description: p.description, File: p.r.file, Version: p.version, Rules: len(p.rules), Counters: len(p.counters)})
	}
	s.pool.New = func() any {
		return &scratch{set: s, vals: make([]ref.Val, len(s.dict.vars)), state: make([]truth, len(s.clauses))}
	}
	return s, nil
}

// unique reports names that stand twice, over all packs.
func unique(specs []packSpec) {
	seen := map[string]string{}
	once := func(r *reader, t text, kind string, what remark.Remark) {
		if t.s == "" {
			return
		}
		name := kind + " " + t.s
		if at, ok := seen[name]; ok {
			r.problem(t.at, say("{what} {name} exists already", "what", what, "name", strconv.Quote(t.s)), say("first at {place}", "place", at), nil)
			return
		}
		seen[name] = r.file + ":" + strconv.Itoa(t.at.line)
	}
	for i := range specs {
		p := &specs[i]
		once(p.r, text{s: p.name, at: pos{1, 1}}, "pack", say("the pack"))
		for j := range p.counters {
			once(p.r, p.counters[j].name, "counter", say("the counter"))
		}
		for j := range p.rules {
			once(p.r, p.rules[j].id, "rule", say("the rule"))
		}
	}
}

// detectorCount is how many detectors haris has: D1 to D19.
const detectorCount = 19

// dictionaryOf collects every name that conditions may use; the counters come last, in order.
func dictionaryOf(specs []packSpec, o Options) (d *dictionary, firstCounter int) {
	detectors := o.detectors()
	labels := slices.Clone(o.Labels)
	for _, p := range specs {
		for i := range p.rules {
			labels = append(labels, p.rules[i].effects.Labels...)
			if id := p.rules[i].id.s; p.rules[i].effects.Signal != nil && !slices.Contains(detectors, id) {
				detectors = append(detectors, id)
			}
		}
	}
	slices.Sort(labels)
	d = &dictionary{vars: vocabulary(detectors), index: map[string]int{}, labels: slices.Compact(labels)}
	firstCounter = len(d.vars)
	n := 0
	for _, p := range specs {
		for i := range p.counters {
			d.vars = append(d.vars, counterVariable(p.counters[i].name.s, n))
			n++
		}
	}
	for i := len(d.vars) - 1; i >= 0; i-- {
		d.index[d.vars[i].name] = i
	}
	return d, firstCounter
}

// readable checks that a rule reads a counter only where its group can be known: on at least one event type that has every
// field which the group is made of.
func readable(c *compiler, rules []compiledRule, counters []compiledCounter) {
	for i := range rules {
		k := &rules[i]
		for j := range counters {
			v, ok := c.dict.index["counter."+counters[j].spec.name.s]
			if !ok || !slices.Contains(k.when.reads, v) || len(k.on) == 0 {
				continue
			}
			if !slices.ContainsFunc(k.on, func(t event.Type) bool { return c.groupKnown(&counters[j], t) }) {
				r := k.pack.r
				r.rule = k.spec.id.s
				r.problem(k.when.at(k.when.first[v]), say("{name} is never known on {events}", "name", "counter."+counters[j].spec.name.s, "events", join(plain(k.on))),
					say("its group is made of fields that these events do not have"), nil)
				r.rule = ""
			}
		}
	}
}

func (c *compiler) groupKnown(k *compiledCounter, t event.Type) bool {
	for i := range k.feed.group {
		for _, v := range k.feed.group[i].reads {
			if !c.has(&c.dict.vars[v], t) {
				return false
			}
		}
	}
	return true
}

// has reports whether an event of a type can have a variable.
func (c *compiler) has(v *variable, t event.Type) bool {
	if v.at != nil {
		return slices.Contains(fieldsOf(t), v.name[len("event."):])
	}
	if len(v.name) > 3 && v.name[:3] == "to." {
		return hasTarget(t)
	}
	return true
}

// Digest identifies the text of the rules: SHA-256 in hexadecimal over the names and contents of the files in order.
func (s *Set) Digest() string { return s.digest }

// Packs lists the loaded packs.
func (s *Set) Packs() []Pack { return slices.Clone(s.packs) }

// Counters lists the names of the counters; CounterFact.Counter is an index into it.
func (s *Set) Counters() []string {
	out := make([]string, len(s.counters))
	for i, c := range s.counters {
		out[i] = c.name
	}
	return out
}

// Info describes one rule for lists.
type Info struct {
	ID, Title, Pack, File string
	Version               int
	Mode                  taxonomy.Mode
	On                    []event.Type
	Effects               Effects
	Tests                 int
}

// Rules lists every rule in the order of the files.
func (s *Set) Rules() []Info {
	out := make([]Info, len(s.rules))
	for i, r := range s.rules {
		out[i] = Info{ID: r.id, Title: r.title, Pack: r.pack, File: r.file, Version: r.version, Mode: r.mode, On: slices.Clone(r.on), Effects: r.effects, Tests: len(r.tests)}
	}
	return out
}

// Stats counts what the rules of a Set have done since it was loaded.
type Stats struct {
	Rules   []RuleStats
	Stopped uint64 // expressions stopped because they cost too much
	Missed  uint64 // events that a counter could not place because something about them was not known
}

// RuleStats counts one rule: how often it fired and how often its condition was unknown.
type RuleStats struct {
	Rule           string
	Fired, Unknown uint64
}

// Stats returns the statistics so far. It is safe for concurrent use.
func (s *Set) Stats() Stats {
	out := Stats{Stopped: s.stopped.Load(), Missed: s.missed()}
	for _, r := range s.rules {
		out.Rules = append(out.Rules, RuleStats{Rule: r.id, Fired: r.fired.Load(), Unknown: r.unknown.Load()})
	}
	return out
}
