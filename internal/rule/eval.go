package rule

import (
	"errors"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"haris/internal/event"
	"haris/internal/taxonomy"
)

// program is an expression ready to run.
type program struct {
	eval     cel.Program
	metered  bool // holds a loop: its cost is bounded while it runs, too
	variable int  // the variable that the expression is, or -1
}

// truth is the outcome of a condition.
type truth uint8

const (
	notRun truth = iota
	yes
	no
	unknown
)

// running is a rule as it runs.
type running struct {
	id, pack, title, file string
	version               int
	mode                  taxonomy.Mode
	about                 Side
	on                    []event.Type
	clauses               []int
	why                   []whyRunning
	effects               Effects
	quota                 *quota
	reads                 []int // counters
	window                time.Duration
	usesTo                bool
	tests                 []vectorSpec

	fired, unknown atomic.Uint64
}

type quota struct {
	max int
	per time.Duration
	key [16]byte
}

// typePlan is what concerns one type of event.
type typePlan struct {
	rules    []*running
	counters []counterUse
}

type counterUse struct {
	counter               int
	feeds, reads, cancels bool
}

// Eval returns the rules that fire on one event; values is indexed by counter as CounterFact.Counter says, and a missing value
// is unknown. It is safe for concurrent use and its result depends on nothing but its arguments.
func (s *Set) Eval(in *Input, values []Value) []Hit {
	p := s.plans[in.Event.Type]
	if p == nil || len(p.rules) == 0 {
		return nil
	}
	x := s.borrow(in, values)
	var hits []Hit
	for _, r := range p.rules {
		if in.Target > 0 && !r.usesTo {
			continue
		}
		switch x.decide(r.clauses) {
		case yes:
			r.fired.Add(1)
			hits = append(hits, x.hit(r))
		case unknown:
			r.unknown.Add(1)
		}
	}
	s.give(x)
	return hits
}

// hit is the finding of a rule that fired.
func (x *scratch) hit(r *running) Hit {
	h := Hit{
		Rule: r.id, Pack: r.pack, Version: r.version, Title: r.title, Mode: r.mode, Why: x.explain(r.why), Effects: r.effects, rule: r,
	}
	h.Subject, h.Other = x.in.Event.Actor(), ""
	if x.in.From != nil && x.in.From.ID != "" {
		h.Subject = x.in.From.ID
	}
	if x.in.To != nil {
		h.Other = x.in.To.ID
	}
	if r.about == SideTo {
		h.Subject, h.Other = h.Other, h.Subject
	}
	return h
}

// decide joins clauses: one that is false decides, then one that is unknown.
func (x *scratch) decide(clauses []int) truth {
	out := yes
	for _, i := range clauses {
		t := x.state[i]
		if t == notRun {
			t = x.test(&x.set.clauses[i])
			x.state[i] = t
		}
		if t == no {
			return no
		}
		if t == unknown {
			out = unknown
		}
	}
	return out
}

func (x *scratch) test(p *program) truth {
	x.runs++
	v, ok := x.run(p)
	if !ok {
		return unknown
	}
	switch v {
	case types.True:
		return yes
	case types.False:
		return no
	}
	return unknown
}

// run evaluates a program; ok is false when the value is not known, be it for a missing input, an error such as a division
// by zero, or a cost over the limit.
func (x *scratch) run(p *program) (v ref.Val, ok bool) {
	if p.variable >= 0 {
		v = x.value(p.variable)
		return v, !types.IsUnknown(v)
	}
	var err error
	if p.metered {
		v, _, err = p.eval.Eval(x)
	} else {
		if x.frame == nil {
			if x.frame, err = interpreter.NewExecutionFrame(x); err != nil {
				return nil, false
			}
		}
		v, _, err = p.eval.Eval(x.frame)
	}
	if err != nil {
		var stopped interpreter.EvalCancelledError
		if errors.As(err, &stopped) {
			x.set.stopped.Add(1)
		}
		return nil, false
	}
	return v, v != nil && !types.IsUnknownOrError(v)
}

// scratch is the working memory of one evaluation: the hand-written activation that CEL reads from, with the values read so
// far and the outcomes of the clauses run so far.
type scratch struct {
	set    *Set
	in     *Input
	values []Value
	vals   []ref.Val
	state  []truth
	frame  *interpreter.ExecutionFrame
	key    []byte
	runs   int // clauses run, for the test of sharing
}

func (s *Set) borrow(in *Input, values []Value) *scratch {
	x := s.pool.Get().(*scratch)
	x.in, x.values = in, values
	return x
}

func (s *Set) give(x *scratch) {
	if x.frame != nil {
		x.frame.Close()
		x.frame = nil
	}
	clear(x.vals)
	clear(x.state)
	x.in, x.values, x.runs = nil, nil, 0
	s.pool.Put(x)
}

func (x *scratch) now() time.Time {
	if x.in.Now.IsZero() {
		return x.in.Event.Time
	}
	return x.in.Now
}

// ResolveName gives CEL the value of a variable.
func (x *scratch) ResolveName(name string) (any, bool) {
	i, ok := x.set.dict.index[name]
	if !ok {
		return nil, false
	}
	return x.value(i), true
}

// Parent is nil: there is one scope.
func (x *scratch) Parent() interpreter.Activation { return nil }

// value returns a variable's value, or CEL's unknown. A value is made once for each event.
func (x *scratch) value(i int) ref.Val {
	v := x.vals[i]
	if v == nil {
		v = x.read(i)
		x.vals[i] = v
	}
	return v
}

func (x *scratch) read(i int) ref.Val {
	v := &x.set.dict.vars[i]
	var raw any
	ok := false
	if v.at != nil {
		if ok = x.in.Event.Data.Has(v.bit); ok {
			raw = v.at(&x.in.Event.Data)
		}
	} else {
		raw, ok = v.of(x)
	}
	if ok {
		if val := x.set.box(v, i, raw); val != nil {
			return val
		}
	}
	return x.set.unknown
}

// box makes a CEL value of a Go one; nil when the value is none that rules can know: an unknown word, or one over the bounds
// that the estimate of costs relies on.
func (s *Set) box(v *variable, i int, raw any) ref.Val {
	switch r := raw.(type) {
	case string:
		return s.boxText(v, i, r)
	case *string:
		return s.boxText(v, i, *r)
	case bool:
		return types.Bool(r)
	case *bool:
		return types.Bool(*r)
	case float64:
		return boxNumber(r)
	case *float64:
		return boxNumber(*r)
	case *int64:
		return boxNumber(float64(*r))
	case time.Time:
		return boxTime(r)
	case *time.Time:
		return boxTime(*r)
	case *taxonomy.AgeBand:
		return s.boxText(v, i, band(*r))
	case *taxonomy.Surface:
		return s.boxText(v, i, r.String())
	case *taxonomy.Relation:
		return s.boxText(v, i, r.String())
	default:
		return boxMany(raw)
	}
}

// boxText shares the values of fields that have only a few.
func (s *Set) boxText(v *variable, i int, t string) ref.Val {
	if v.words != nil {
		if k := slices.Index(v.words, t); k >= 0 {
			return s.words[i][k]
		}
		return nil
	}
	limit := sizeShort
	if v.name == "event.text" {
		limit = sizeText
	}
	if len(t) > limit {
		return nil
	}
	return types.String(t)
}

func boxNumber(f float64) ref.Val {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return types.Double(f)
}

func boxTime(t time.Time) ref.Val {
	if t.IsZero() {
		return nil
	}
	return types.Timestamp{Time: t}
}

// boxMany makes lists and maps.
func boxMany(raw any) ref.Val {
	switch r := raw.(type) {
	case []string:
		return boxList(r)
	case *[]string:
		return boxList(*r)
	case *[]event.Key:
		return boxObjects(len(*r), func(i int) map[string]string {
			k := (*r)[i]
			return object("kind", k.Kind, "hash", k.Hash)
		})
	case *[]event.Media:
		return boxObjects(len(*r), func(i int) map[string]string {
			m := (*r)[i]
			return object("id", m.ID, "kind", m.Kind, "mime", m.Mime, "md5", m.MD5, "sha1", m.SHA1, "sha256", m.SHA256, "pdq", m.PDQ, "name", m.Name, "url", m.URL)
		})
	case *map[string]string:
		if len(*r) <= sizeList {
			return types.NewStringStringMap(types.DefaultTypeAdapter, *r)
		}
	case *map[string]float64:
		if len(*r) <= sizeList {
			return types.DefaultTypeAdapter.NativeToValue(*r)
		}
	}
	return nil
}

func boxList(l []string) ref.Val {
	if len(l) > sizeList || slices.ContainsFunc(l, func(s string) bool { return len(s) > sizeShort }) {
		return nil
	}
	return types.NewStringList(types.DefaultTypeAdapter, l)
}

func boxObjects(n int, at func(int) map[string]string) ref.Val {
	if n > sizeList {
		return nil
	}
	out := make([]map[string]string, n)
	for i := range out {
		out[i] = at(i)
	}
	return types.DefaultTypeAdapter.NativeToValue(out)
}

// object leaves out what was not sent, so that reading it is unknown.
func object(pairs ...string) map[string]string {
	m := make(map[string]string, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		if v := pairs[i+1]; v != "" && len(v) <= sizeShort {
			m[pairs[i]] = v
		}
	}
	return m
}

// strongest is the greatest standing strength that the caller listed; not known when there is none.
func (x *scratch) strongest(match func(*Standing) bool) (any, bool) {
	best, ok := 0.0, false
	for i := range x.in.Signals {
		if st := &x.in.Signals[i]; match(st) && (!ok || st.Strength > best) {
			best, ok = st.Strength, true
		}
	}
	return best, ok
}
