package rule

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

// vectorSpec is one test that a rule carries: what is given, and whether the rule fires on the last event.
type vectorSpec struct {
	name     string
	at       pos
	accounts map[string]detect.Profile
	events   []event.Event
	signals  []Standing
	labels   []string
	counters []givenCounter
	fires    bool
	why      string // expected; empty when the author does not care
	effects  Effects
	keys     []string // which effects are expected
}

type givenCounter struct {
	name text
	n    float64
}

// vectorStart is the time of the first event of a vector, a Monday at noon, so that rules about hours and days can be tested.
func vectorStart() time.Time { return time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC) }

func (r *reader) vector(n ast.Node) vectorSpec {
	v := vectorSpec{at: nodePos(n), accounts: map[string]detect.Profile{}}
	m, ok := r.mapping(n, "a test", []string{"name", "given", "fires", "why", "effects"})
	if !ok {
		return v
	}
	for _, e := range m.entries {
		switch e.key {
		case "name":
			v.name = r.text(e.val, "the test's name").s
		case "given":
			r.given(e.val, &v)
		case "fires":
			v.fires = r.yes(e.val, "fires")
		case "why":
			v.why = r.text(e.val, "why").s
		case "effects":
			v.effects = r.effects(e.val)
			if em, ok := r.mapping(e.val, "effects", effectKeys()); ok {
				for _, x := range em.entries {
					v.keys = append(v.keys, x.key)
				}
			}
		}
	}
	r.require(m, "a test", "name", "given", "fires")
	if !v.fires && (v.why != "" || len(v.keys) > 0) {
		r.problem(v.at, "a test that does not fire expects neither why nor effects", "", nil)
	}
	return v
}

func (r *reader) given(n ast.Node, v *vectorSpec) {
	m, ok := r.mapping(n, "given", []string{"accounts", "events", "signals", "families", "labels", "counters"})
	if !ok {
		return
	}
	for _, e := range m.entries {
		switch e.key {
		case "accounts":
			r.accounts(e.val, v)
		case "events":
			at := vectorStart()
			for i, x := range r.list(e.val) {
				at = r.event(x, i, at, v)
			}
		case "signals", "families":
			r.standings(e.key, e.val, v)
		case "labels":
			v.labels = []string{}
			for _, x := range r.list(e.val) {
				v.labels = append(v.labels, r.text(x, "a label").s)
			}
		case "counters":
			if cm, ok := r.mapping(e.val, "counters", nil); ok {
				for _, x := range cm.entries {
					v.counters = append(v.counters, givenCounter{text{s: x.key, at: x.at}, r.number(x.val, x.key, 0, 1e9)})
				}
			}
		}
	}
	if len(v.events) == 0 {
		r.problem(m.at, "a test gives at least one event", "", nil)
	}
}

func (r *reader) standings(key string, n ast.Node, v *vectorSpec) {
	m, ok := r.mapping(n, key, nil)
	if !ok {
		return
	}
	for _, x := range m.entries {
		st := Standing{Strength: r.number(x.val, x.key, 0, 300)}
		if key == "signals" {
			st.Detector = x.key
		} else {
			st.Family = taxonomy.Family(x.key)
		}
		v.signals = append(v.signals, st)
	}
}

// accounts reads what is known of accounts. One that is not listed is an account of which nothing is known.
func (r *reader) accounts(n ast.Node, v *vectorSpec) {
	m, ok := r.mapping(n, "accounts", nil)
	if !ok {
		return
	}
	for _, e := range m.entries {
		p := detect.Profile{ID: e.key, Known: true}
		am, ok := r.mapping(e.val, "an account", []string{"age_band", "role", "region", "lang", "verified", "age_days"})
		if !ok {
			continue
		}
		for _, x := range am.entries {
			switch x.key {
			case "age_band":
				p.Band, _ = taxonomy.ParseAgeBand(r.word(x.val, "age band", taxonomy.AgeBands()))
			case "role":
				p.Role = r.text(x.val, "the role").s
			case "region":
				p.Region = r.text(x.val, "the region").s
			case "lang":
				p.Lang = r.text(x.val, "the language").s
			case "verified":
				p.Verified = r.yes(x.val, "verified")
			case "age_days":
				p.CreatedAt = vectorStart().Add(-time.Duration(r.number(x.val, "age_days", 0, 40000) * float64(24*time.Hour)))
			}
		}
		v.accounts[e.key] = p
	}
}

// event reads one event: type, after (since the event before it, one minute when it is left out) and the data fields of the
// wire format. It goes through the decoder that real events go through.
func (r *reader) event(n ast.Node, i int, at time.Time, v *vectorSpec) time.Time {
	m, ok := r.mapping(n, "an event", nil)
	if !ok {
		return at
	}
	after := time.Minute
	kind, data := text{at: m.at}, map[string]any{}
	for _, e := range m.entries {
		switch e.key {
		case "type":
			kind = r.text(e.val, "an event type")
		case "after":
			after = r.span(e.val, "after", 0, 400*24*time.Hour)
		default:
			data[e.key] = r.plain(e.val, 0)
		}
	}
	if i > 0 {
		at = at.Add(after)
	}
	types := r.types([]text{kind})
	if len(types) == 0 {
		return at
	}
	for k := range data {
		if !slices.Contains(fieldsOf(types[0]), k) && k != "price" {
			r.problem(m.at, kind.s+" has no field "+strconv.Quote(k), didYouMean(k, fieldsOf(types[0])), fieldsOf(types[0]))
			return at
		}
	}
	if one, ok := data["to"].(string); ok && slices.Contains([]event.Type{event.MessageSent, event.CallStarted, event.LocationShared}, types[0]) {
		data["to"] = []string{one}
	}
	body, err := json.Marshal(map[string]any{
		"specversion": "1.0", "id": strconv.Itoa(i), "source": "/test", "type": types[0], "time": at.Format(time.RFC3339), "data": data,
	})
	if err != nil {
		r.problem(m.at, "this event cannot be written as JSON: "+err.Error(), "", nil)
		return at
	}
	e, bad := event.Decode(string(body), 1, event.Limits{})
	if bad != nil {
		r.problem(m.at, "this event cannot be read: "+string(bad.Reason)+" "+bad.Pointer, "expected "+bad.Want, nil)
		return at
	}
	v.events = append(v.events, e)
	return at
}

// plain turns a YAML value into what JSON can say.
func (r *reader) plain(n ast.Node, depth int) any {
	if depth > maxDepth {
		r.problem(nodePos(n), "this is nested too deeply", "", nil)
		return nil
	}
	switch v := n.(type) {
	case *ast.NullNode:
		return nil
	case *ast.BoolNode:
		return v.Value
	case *ast.IntegerNode:
		return v.Value
	case *ast.FloatNode:
		return v.Value
	case *ast.SequenceNode:
		out := []any{}
		for _, x := range v.Values {
			out = append(out, r.plain(x, depth+1))
		}
		return out
	case *ast.MappingNode, *ast.MappingValueNode:
		out := map[string]any{}
		if m, ok := r.mapping(n, "an object", nil); ok {
			for _, e := range m.entries {
				out[e.key] = r.plain(e.val, depth+1)
			}
		}
		return out
	default:
		return r.text(n, "a value").s
	}
}

// checkVectors checks the names that the vectors of a rule use, and that a rule which enforces is tested both ways.
func (c *compiler) checkVectors(r *reader, s *ruleSpec) {
	fires, silent := 0, 0
	for i := range s.tests {
		v := &s.tests[i]
		if v.fires {
			fires++
		} else {
			silent++
		}
		for _, g := range v.counters {
			if c.dict.find("counter."+g.name.s) == nil {
				r.problem(g.name.at, "unknown counter "+strconv.Quote(g.name.s), didYouMean(g.name.s, c.dict.under("counter")), c.dict.under("counter"))
			}
		}
		for _, st := range v.signals {
			if st.Detector != "" && c.dict.find("signal."+st.Detector) == nil {
				r.problem(v.at, "unknown detector "+strconv.Quote(st.Detector), didYouMean(st.Detector, c.dict.under("signal")), c.dict.under("signal"))
			}
			if st.Family != "" && c.dict.find("family."+string(st.Family)) == nil {
				r.problem(v.at, "unknown family "+strconv.Quote(string(st.Family)), didYouMean(string(st.Family), c.dict.under("family")), c.dict.under("family"))
			}
		}
	}
	if s.mode == taxonomy.ModeEnforce && (fires == 0 || silent == 0) {
		r.problem(s.id.at, fmt.Sprintf("a rule that enforces has at least one test that fires (%d) and one that does not (%d)", fires, silent), "add them, or start in mode shadow", nil)
	}
}

// VectorResult is the outcome of one test vector.
type VectorResult struct {
	Rule, Pack, File string
	Line             int
	Name             string
	OK               bool
	Detail           string // what was expected and what came; empty when OK
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
			res.OK = res.Detail == ""
			out = append(out, res)
		}
	}
	return out
}

func (s *Set) runVector(r *running, v *vectorSpec) string {
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
		return "expected to fire, but the condition is unknown"
	case v.fires && len(hits) == 0:
		return "expected to fire, but the condition is false"
	case !v.fires && len(hits) > 0:
		return "expected not to fire, but it fired: " + hits[0].Why
	case !v.fires:
		return ""
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
func (v *vectorSpec) compare(h *Hit) string {
	if v.why != "" && v.why != h.Why {
		return fmt.Sprintf("expected why %q, got %q", v.why, h.Why)
	}
	want, got := v.effects.plain(), h.Effects.plain()
	keys := slices.Clone(v.keys)
	slices.Sort(keys)
	for _, k := range keys {
		if want[k] != got[k] {
			return fmt.Sprintf("expected %s %s, got %s", k, want[k], got[k])
		}
	}
	return ""
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
