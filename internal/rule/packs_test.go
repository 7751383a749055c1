package rule

import (
	"slices"
	"testing"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/taxonomy"
	"haris/packs"
)

func shipped(t testing.TB) *Set {
	t.Helper()
	s, err := Load(packs.FS, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestShippedPacks(t *testing.T) {
	for _, v := range Test(shipped(t)) {
		t.Run(v.Rule+"/"+v.Name, func(t *testing.T) {
			if !v.OK {
				t.Errorf("%s:%d: %s", v.File, v.Line, v.Detail)
			}
		})
	}
}

// TestShippedRulesNeedAges takes every vector that fires and forgets all ages: no shipped rule may fire on accounts of unknown age.
func TestShippedRulesNeedAges(t *testing.T) {
	s := shipped(t)
	for _, r := range s.rules {
		for _, v := range r.tests {
			if !v.fires {
				continue
			}
			accounts := map[string]detect.Profile{}
			for id, p := range v.accounts {
				p.Band = taxonomy.AgeUnknown
				accounts[id] = p
			}
			v.accounts, v.fires, v.why, v.keys = accounts, false, "", nil
			for i := range s.counters {
				v.counters = append(v.counters, givenCounter{text{s: s.counters[i].name}, 50})
			}
			if got := s.runVector(r, &v); !got.Empty() {
				t.Errorf("%s/%s: %s", r.id, v.name, got)
			}
		}
	}
}

// TestShippedPriorities is the list of shipped rules that put a case before a person. Adding to it is a decision.
func TestShippedPriorities(t *testing.T) {
	var got []string
	for _, r := range shipped(t).Rules() {
		if r.Effects.Priority > taxonomy.P3 || r.Effects.OpenCase {
			got = append(got, r.Effects.Priority.String()+" "+r.ID)
		}
		if r.Effects.Verdict != "" {
			t.Errorf("%s answers %s: shipped rules hold nothing back", r.ID, r.Effects.Verdict)
		}
		if r.Effects.Friction != nil && !slices.Contains(Frictions(), r.Effects.Friction.Action) {
			t.Errorf("%s: %v", r.ID, r.Effects.Friction)
		}
	}
	want := []string{"P2 child-reports-a-stranger", "P2 children-report-the-same-adult", "P2 payment-after-media", "P0 child-reports-trafficking", "P0 child-reports-sextortion"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestShippedRulesReadNoText: behaviour only, in conditions and in counters.
func TestShippedRulesReadNoText(t *testing.T) {
	specs := mustPackFile(t)
	dict, _ := dictionaryOf(specs, Options{})
	c, err := newCompiler(dict, DefaultCost)
	if err != nil {
		t.Fatal(err)
	}
	written := []string{"event.text", "event.note", "event.bio", "event.display_name", "event.screen_name", "event.stage_scores"}
	check := func(where string, x *expression) {
		for _, i := range x.reads {
			if slices.Contains(written, dict.vars[i].name) {
				t.Errorf("%s reads %s", where, dict.vars[i].name)
			}
		}
	}
	for i := range specs {
		for j := range specs[i].counters {
			k, _ := c.counter(&specs[i], &specs[i].counters[j])
			if k.feed.when != nil {
				check(k.spec.name.s, k.feed.when)
			}
		}
		for j := range specs[i].rules {
			k, _ := c.rule(&specs[i], &specs[i].rules[j])
			check(k.spec.id.s, &k.when)
		}
	}
}

func mustPackFile(t *testing.T) []packSpec {
	t.Helper()
	entries, err := packs.FS.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var out []packSpec
	for _, e := range entries {
		src, err := packs.FS.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, mustPack(t, string(src)))
	}
	return out
}

// BenchmarkShipped is what one private message from an adult to a child costs with the shipped rules: facts, folds and rules.
func BenchmarkShipped(b *testing.B) {
	s := shipped(b)
	e := message(0, "a", "b")
	e.Data.Relation = taxonomy.RelationNone
	e.Data.Set(event.HasRelation)
	in := &Input{Event: e, From: account("a", taxonomy.Age25up), To: account("b", taxonomy.Age13to15)}
	states := map[[16]byte]*CounterState{}
	values := make([]Value, len(s.Counters()))
	var facts []CounterFact
	b.ReportAllocs()
	for b.Loop() {
		facts = s.Counts(in, facts[:0])
		for _, f := range facts {
			st := states[f.Group]
			if st == nil {
				st = &CounterState{}
				states[f.Group] = st
			}
			values[f.Counter] = st.Fold(f)
		}
		s.Eval(in, values)
	}
	b.ReportMetric(float64(len(facts)), "facts/event")
}
