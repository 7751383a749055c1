package rule

import (
	"encoding/json"
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
	m, ok := r.mapping(n, say("a test"), testKeys())
	if !ok {
		return v
	}
	for _, e := range m.entries {
		switch e.key {
		case "name":
			v.name = r.text(e.val, say("the test's name")).s
		case "given":
			r.given(e.val, &v)
		case "fires":
			v.fires = r.yes(e.val, key("fires"))
		case "why":
			v.why = r.text(e.val, key("why")).s
		case "effects":
			v.effects = r.effects(e.val)
			if em, ok := r.mapping(e.val, key("effects"), effectKeys()); ok {
				for _, x := range em.entries {
					v.keys = append(v.keys, x.key)
				}
			}
		}
	}
	r.require(m, say("a test"), "name", "given", "fires")
	if !v.fires && (v.why != "" || len(v.keys) > 0) {
		r.problem(v.at, say("a test that does not fire expects neither why nor effects"), none, nil)
	}
	return v
}

func (r *reader) given(n ast.Node, v *vectorSpec) {
	m, ok := r.mapping(n, key("given"), givenKeys())
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
				v.labels = append(v.labels, r.text(x, say("a label")).s)
			}
		case "counters":
			if cm, ok := r.mapping(e.val, key("counters"), nil); ok {
				for _, x := range cm.entries {
					v.counters = append(v.counters, givenCounter{text{s: x.key, at: x.at}, r.number(x.val, key(x.key), 0, 1e9)})
				}
			}
		}
	}
	if len(v.events) == 0 {
		r.problem(m.at, say("a test gives at least one event"), none, nil)
	}
}

func (r *reader) standings(list string, n ast.Node, v *vectorSpec) {
	m, ok := r.mapping(n, key(list), nil)
	if !ok {
		return
	}
	for _, x := range m.entries {
		st := Standing{Strength: r.number(x.val, key(x.key), 0, 300)}
		if list == "signals" {
			st.Detector = x.key
		} else {
			st.Family = taxonomy.Family(x.key)
		}
		v.signals = append(v.signals, st)
	}
}

// accounts reads what is known of accounts. One that is not listed is an account of which nothing is known.
func (r *reader) accounts(n ast.Node, v *vectorSpec) {
	m, ok := r.mapping(n, key("accounts"), nil)
	if !ok {
		return
	}
	for _, e := range m.entries {
		p := detect.Profile{ID: e.key, Known: true}
		am, ok := r.mapping(e.val, say("an account"), []string{"age_band", "role", "region", "lang", "verified", "age_days"})
		if !ok {
			continue
		}
		for _, x := range am.entries {
			switch x.key {
			case "age_band":
				p.Band, _ = taxonomy.ParseAgeBand(r.word(x.val, key("age_band"), taxonomy.AgeBands()))
			case "role":
				p.Role = r.text(x.val, key("role")).s
			case "region":
				p.Region = r.text(x.val, key("region")).s
			case "lang":
				p.Lang = r.text(x.val, key("lang")).s
			case "verified":
				p.Verified = r.yes(x.val, key("verified"))
			case "age_days":
				p.CreatedAt = vectorStart().Add(-time.Duration(r.number(x.val, key("age_days"), 0, 40000) * float64(24*time.Hour)))
			}
		}
		v.accounts[e.key] = p
	}
}

// event reads one event: type, after (since the event before it, one minute when it is left out) and the data fields of the
// wire format. It goes through the decoder that real events go through.
func (r *reader) event(n ast.Node, i int, at time.Time, v *vectorSpec) time.Time {
	m, ok := r.mapping(n, say("an event"), nil)
	if !ok {
		return at
	}
	after := time.Minute
	kind, data := text{at: m.at}, map[string]any{}
	for _, e := range m.entries {
		switch e.key {
		case "type":
			kind = r.text(e.val, say("an event type"))
		case "after":
			after = r.span(e.val, key("after"), 0, 400*24*time.Hour)
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
			r.problem(m.at, say("{what} has no field {field}", "what", kind.s, "field", strconv.Quote(k)), didYouMean(k, fieldsOf(types[0])), fieldsOf(types[0]))
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
		r.problem(m.at, say("this event cannot be written as JSON: {why}", "why", err), none, nil)
		return at
	}
	e, bad := event.Decode(string(body), 1, event.Limits{})
	if bad != nil {
		msg, hint := unreadable(bad)
		r.problem(m.at, msg, hint, nil)
		return at
	}
	v.events = append(v.events, e)
	return at
}

// plain turns a YAML value into what JSON can say.
func (r *reader) plain(n ast.Node, depth int) any {
	if depth > maxDepth {
		r.problem(nodePos(n), say("this is nested too deeply"), none, nil)
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
		if m, ok := r.mapping(n, say("an object"), nil); ok {
			for _, e := range m.entries {
				out[e.key] = r.plain(e.val, depth+1)
			}
		}
		return out
	default:
		return r.text(n, say("a value")).s
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
				r.problem(g.name.at, say("unknown counter {name}", "name", strconv.Quote(g.name.s)), didYouMean(g.name.s, c.dict.under("counter")), c.dict.under("counter"))
			}
		}
		for _, st := range v.signals {
			if st.Detector != "" && c.dict.find("signal."+st.Detector) == nil {
				r.problem(v.at, say("unknown detector {name}", "name", strconv.Quote(st.Detector)), didYouMean(st.Detector, c.dict.under("signal")), c.dict.under("signal"))
			}
			if st.Family != "" && c.dict.find("family."+string(st.Family)) == nil {
				r.problem(v.at, say("unknown family {name}", "name", strconv.Quote(string(st.Family))), didYouMean(string(st.Family), c.dict.under("family")), c.dict.under("family"))
			}
		}
	}
	if s.mode == taxonomy.ModeEnforce && (fires == 0 || silent == 0) {
		r.problem(s.id.at, say("a rule that enforces has at least one test that fires ({fires}) and one that does not ({silent})", "fires", fires, "silent", silent),
			say("add them, or start in mode shadow"), nil)
	}
}
