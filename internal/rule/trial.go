package rule

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/remark"
)

// VectorResult is the outcome of one test vector.
type VectorResult struct {
	Rule, Pack, File string
	Line             int
	Name             string
	OK               bool
	Detail           remark.Remark // what was expected and what came; empty when OK
}

// Test runs every vector of every rule, whatever its mode: the events go through the counters one after another, and the rule is
// asked about the last one, for each of its targets.
func Test(s *Set) []VectorResult {
	var out []VectorResult
	for _, r := range s.rules {
		for i := range r.tests {
			v := &r.tests[i]
			res := VectorResult{Rule: r.id, Pack: r.pack, File: r.file, Line: v.at.line, Name: v.name}
			res.Detail = s.runVector(r, v)
			res.OK = res.Detail.Empty()
			out = append(out, res)
		}
	}
	return out
}

func (s *Set) runVector(r *running, v *vectorSpec) remark.Remark {
	states := map[[16]byte]*CounterState{}
	var hits []Hit
	saw := no
	for i := range v.events {
		e := &v.events[i]
		for _, in := range v.inputs(e) {
			values := s.fold(&in, states)
			for _, g := range v.counters {
				values[s.dict.index["counter."+g.name.s]-s.firstCounter] = Known(g.n)
			}
			if i < len(v.events)-1 || !slices.Contains(r.on, e.Type) {
				continue
			}
			x := s.borrow(&in, values)
			if t := x.decide(r.clauses); t == yes {
				hits, saw = append(hits, x.hit(r)), yes
			} else if saw == no {
				saw = t
			}
			s.give(x)
		}
	}
	switch {
	case v.fires && len(hits) == 0 && saw == unknown:
		return say("expected to fire, but the condition is unknown")
	case v.fires && len(hits) == 0:
		return say("expected to fire, but the condition is false")
	case !v.fires && len(hits) > 0:
		return say("expected not to fire, but it fired: {why}", "why", hits[0].Why)
	case !v.fires:
		return none
	}
	return v.compare(&hits[0])
}

// inputs are the inputs of an event, one for each target.
func (v *vectorSpec) inputs(e *event.Event) []Input {
	profile := func(id string) *detect.Profile {
		if id == "" {
			return nil
		}
		p, ok := v.accounts[id]
		if !ok {
			p = detect.Profile{ID: id}
		}
		return &p
	}
	in := Input{Event: e, From: profile(e.Actor()), Signals: v.signals, Labels: v.labels, Now: e.Time}
	targets := e.Targets()
	if len(targets) == 0 {
		return []Input{in}
	}
	var out []Input
	for i, t := range targets {
		one := in
		one.To, one.Target = profile(t), i
		out = append(out, one)
	}
	return out
}

// fold runs the counters of one input and returns their values.
func (s *Set) fold(in *Input, states map[[16]byte]*CounterState) []Value {
	values := make([]Value, len(s.counters))
	for _, f := range s.Counts(in, nil) {
		st := states[f.Group]
		if st == nil {
			st = &CounterState{}
			states[f.Group] = st
		}
		values[f.Counter] = st.Fold(f)
	}
	return values
}

// compare returns what differs from the expectation, or nothing.
func (v *vectorSpec) compare(h *Hit) remark.Remark {
	if v.why != "" && v.why != h.Why {
		return say("expected {key} {want}, got {found}", "key", key("why"), "want", strconv.Quote(v.why), "found", strconv.Quote(h.Why))
	}
	want, got := v.effects.plain(), h.Effects.plain()
	keys := slices.Clone(v.keys)
	slices.Sort(keys)
	for _, k := range keys {
		if want[k] != got[k] {
			return say("expected {key} {want}, got {found}", "key", key(k), "want", orNothing(want[k]), "found", orNothing(got[k]))
		}
	}
	return none
}

// orNothing is a value that may be missing.
func orNothing(value string) remark.Remark {
	if value == "" {
		return say("nothing")
	}
	return remark.Verbatim(value)
}

// plain writes effects as one text for each key of the rule file.
func (e *Effects) plain() map[string]string {
	labels, notify := slices.Sorted(slices.Values(e.Labels)), slices.Sorted(slices.Values(e.Notify))
	out := map[string]string{
		"labels": fmt.Sprint(labels), "priority": e.Priority.String(), "queue": e.Queue, "typology": string(e.Typology),
		"open_case": strconv.FormatBool(e.OpenCase), "notify": fmt.Sprint(notify), "verdict": string(e.Verdict),
	}
	if s := e.Signal; s != nil {
		maps.Copy(out, map[string]string{"family": string(s.Family), "strength": fmt.Sprint(s.Strength), "hard": strconv.FormatBool(s.Hard), "reason": s.Reason})
	}
	if f := e.Friction; f != nil {
		out["friction"] = fmt.Sprintf("%s for %s on %s", f.Action, formatSpan(f.For), f.On)
	}
	return out
}
