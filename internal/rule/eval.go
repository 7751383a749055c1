package rule

import (
	"errors"
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
	quick    quick // nil when only CEL knows
	metered  bool  // holds a loop: its cost is bounded while it runs, too
	variable int   // the variable that the expression is, or -1
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
	in                    map[string]translation
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
	if p.quick != nil {
		return p.quick(x)
	}
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
