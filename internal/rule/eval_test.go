package rule

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

const effectsPack = `name: p
version: 3
counters:
  - {name: paid, on: payment.sent, count: events, over: 30d, group: from.account}
rules:
  - id: full
    title: Everything at once
    mode: enforce
    on: payment.sent
    about: to
    when: event.amount > 5 && counter.paid >= 1
    why: "{from.account} paid {event.amount} {{x}} to {to.account}, {counter.paid} times, at {event.time}, verified {from.verified}, role {to.role}"
    effects:
      labels: [x, y]
      priority: P2
      queue: money
      typology: grooming
      family: contact
      strength: 1.5
      open_case: true
      friction: {action: hide_from_suggestions, minutes: 90, on: to}
      notify: [lead]
      verdict: hold
    quota: {max: 2, per: 24h, then: review}
    tests:
      - {name: a, given: {accounts: {}, events: {type: payment.sent, from: a, to: b, amount: 6}}, fires: true}
      - {name: b, given: {accounts: {}, events: {type: payment.sent, from: a, to: b, amount: 5}}, fires: false}
  - {id: silent, title: t, mode: shadow, on: payment.sent, when: event.amount > 5, why: w, effects: {family: media, strength: 1}, tests: []}
  - {id: sleeping, title: t, mode: off, on: payment.sent, when: event.amount > 5, why: w, effects: {labels: [x]}, tests: []}
`

func paidInput(amount float64) *Input {
	e := payment(day(0))
	e.Data.Amount = amount
	e.Data.Set(event.HasAmount)
	return &Input{Event: e, From: account("a", taxonomy.Age25up), To: account("b", taxonomy.Age13to15)}
}

func TestEval(t *testing.T) {
	s := load(t, effectsPack)
	hits := s.Eval(paidInput(12.345), []Value{Known(3)})
	if len(hits) != 2 || hits[0].Rule != "full" || hits[1].Rule != "silent" {
		t.Fatalf("got %v", hits)
	}
	h := hits[0]
	want := Hit{
		Rule: "full", Pack: "p", Version: 3, Title: "Everything at once", Mode: taxonomy.ModeEnforce, Subject: "b", Other: "a",
		Why: "a paid 12.35 {x} to b, 3 times, at 2026-03-02 10:00:00 UTC, verified no, role unknown",
		Effects: Effects{
			Labels: []string{"x", "y"}, Priority: taxonomy.P2, Queue: "money", Typology: taxonomy.TypologyGrooming,
			Signal: &SignalEffect{Family: taxonomy.FamilyContact, Strength: 1.5}, OpenCase: true, Notify: []string{"lead"},
			Friction: &Friction{Action: "hide_from_suggestions", For: 90 * time.Minute, On: SideTo}, Verdict: taxonomy.VerdictHold,
		},
		rule: h.rule,
	}
	if d := cmp.Diff(want, h, cmp.AllowUnexported(Hit{}), cmp.Comparer(func(a, b *running) bool { return a == b })); d != "" {
		t.Error(d)
	}
	if hits[1].Mode != taxonomy.ModeShadow {
		t.Errorf("mode %s", hits[1].Mode)
	}
	if got := s.Eval(paidInput(5), []Value{Known(3)}); got != nil {
		t.Errorf("fired below the bound: %v", got)
	}
	if got := s.Eval(&Input{Event: &event.Event{Type: "something.else"}}, nil); got != nil {
		t.Errorf("fired on a type it does not know: %v", got)
	}
	t.Run("statistics", func(t *testing.T) {
		s.Eval(paidInput(6), nil)
		want := []RuleStats{{"full", 1, 1}, {"silent", 2, 0}, {"sleeping", 0, 0}}
		if d := cmp.Diff(want, s.Stats().Rules); d != "" {
			t.Error(d)
		}
	})
	t.Run("vectors run whatever the mode", func(t *testing.T) {
		for _, v := range Test(s) {
			if !v.OK {
				t.Error(v)
			}
		}
	})
}

func TestTargets(t *testing.T) {
	s := load(t, rules("message.sent", `size(event.to) >= 2`, `to.minor`))
	var got []string
	for i, b := range []taxonomy.AgeBand{taxonomy.Age13to15, taxonomy.Age16to17, taxonomy.Age25up} {
		in := Input{Event: message(0, "a", "b", "c", "d"), From: account("a", 0), To: account(string(rune('b'+i)), b), Target: i}
		for _, h := range s.Eval(&in, nil) {
			got = append(got, h.Rule+h.Other)
		}
	}
	if d := cmp.Diff([]string{"rab", "rbb", "rbc"}, got); d != "" {
		t.Error(d)
	}
}

func TestSignalOfHit(t *testing.T) {
	s := load(t, effectsPack)
	in := paidInput(6)
	hits := s.Eval(in, []Value{Known(1)})
	got, ok := hits[0].Signal(in.Event)
	want := detect.Signal{
		Detector: "full", Version: 3, Family: taxonomy.FamilyContact, Typology: taxonomy.TypologyGrooming, Subject: "b", Others: []string{"a"},
		Strength: 1.5, At: in.Event.Time, From: in.Event.Time.AddDate(0, 0, -30), Events: []uint64{7}, Says: hits[0].Why,
	}
	if d := cmp.Diff(want, got); !ok || d != "" {
		t.Errorf("%v %s", ok, d)
	}
	if s, ok := hits[1].Signal(in.Event); ok {
		t.Errorf("a shadow hit joins the fusion: %v", s)
	}
}

func TestQuota(t *testing.T) {
	s := load(t, effectsPack)
	var state CounterState
	var over []bool
	for _, at := range []float64{0, 0.4, 0.8, 1.5} {
		in := paidInput(6)
		in.Event.Time = day(at)
		hit := s.Eval(in, []Value{Known(1)})[0]
		f, ok := hit.Quota(in.Event.Time)
		if !ok || f.Counter != -1 {
			t.Fatalf("%v %v", f, ok)
		}
		over = append(over, hit.OverQuota(state.Fold(f)))
	}
	if d := cmp.Diff([]bool{false, false, true, false}, over); d != "" {
		t.Errorf("two in a day: %s", d)
	}
	hits := s.Eval(paidInput(6), []Value{Known(1)})
	if !hits[0].OverQuota(Value{}) {
		t.Error("an unknown count still enforces")
	}
	if _, ok := hits[1].Quota(day(0)); ok || hits[1].OverQuota(Known(1e9)) {
		t.Error("a rule without quota has one")
	}
	d := hits[0].Degraded().Effects
	if d.Friction != nil || d.Verdict != "" || !d.OpenCase || !d.Degraded || d.Priority != taxonomy.P2 {
		t.Errorf("degraded to %+v", d)
	}
	if hits[0].Effects.Friction == nil {
		t.Error("degrading changed the rule itself")
	}
}

// TestSharedClauses counts the clauses that are run: equal ones once an event, however they are spelt.
func TestSharedClauses(t *testing.T) {
	s := load(t, rules("payment.sent",
		`event.amount > 5 && from.adult`,
		`from.adult && (event.amount) > 5.0 && to.minor`,
		`event.amount>5 && !(to.minor)`,
		`event.price.amount > 5 && count.paid >= 0 && counter.paid >= 0`,
	))
	if n := len(s.clauses); n != 5 {
		t.Errorf("%d clauses planned, want 5", n)
	}
	in := paidInput(6)
	x := s.borrow(in, []Value{Known(0)})
	for _, r := range s.rules {
		x.decide(r.clauses)
	}
	if x.runs != 5 {
		t.Errorf("%d clauses run, want 5", x.runs)
	}
	s.give(x)
	if got := len(s.Eval(paidInput(6), []Value{Known(0)})); got != 3 {
		t.Errorf("%d rules fire, want 3", got)
	}
	if got := len(s.Eval(paidInput(4), []Value{Known(0)})); got != 0 {
		t.Errorf("%d rules fire: an outcome was kept from the event before", got)
	}
}

// TestCostLimitAtRunTime lets a rule pass the estimate with a generous limit and meters it with a small one.
func TestCostLimitAtRunTime(t *testing.T) {
	src := rules("payment.sent", `labels.exists(l, l == "zz") || event.amount > 5`)
	s := load(t, src)
	labels := make([]string, 500)
	in := paidInput(1)
	in.Labels = labels
	if got := fires(s, in); got != no {
		t.Fatalf("with the usual limit: %v", got)
	}
	p := mustPack(t, src)
	dict, first := dictionaryOf([]packSpec{p}, Options{})
	c, err := newCompiler(dict, DefaultCost)
	if err != nil {
		t.Fatal(err)
	}
	k, ok := c.rule(&p, &p.rules[0])
	counter, counterOK := c.counter(&p, &p.counters[0])
	if !ok || !counterOK {
		t.Fatal(p.r.out)
	}
	c.cost = 200
	small, err := link(c, []packSpec{p}, []compiledRule{k}, []compiledCounter{counter}, first)
	if err != nil {
		t.Fatal(err)
	}
	if got := fires(small, in); got != unknown || small.Stats().Stopped != 1 {
		t.Errorf("over the limit: %v, %d stopped", got, small.Stats().Stopped)
	}
	in.Labels = labels[:3]
	if got := fires(small, in); got != no || small.Stats().Stopped != 1 {
		t.Errorf("under the limit: %v, %d stopped", got, small.Stats().Stopped)
	}
}

func mustPack(t *testing.T, src string) packSpec {
	t.Helper()
	out := &Problems{}
	p, ok := readPack("p.yaml", []byte(src), out)
	if !ok || len(out.List) > 0 {
		t.Fatal(out)
	}
	return p
}

func TestFunctions(t *testing.T) {
	saturday := time.Date(2026, 3, 7, 23, 30, 0, 0, time.UTC)
	in := &Input{Event: payment(saturday), From: account("a", 0), To: account("b", 0)}
	in.Event.Data.Note, in.Event.Data.Instrument = "Meet me at the STATION, café 7", "card"
	in.Event.Data.Set(event.HasNote | event.HasInstrument)
	for _, c := range []struct {
		when string
		want truth
	}{
		{`age_days(timestamp("2026-03-06T23:30:00Z")) == 1`, yes},
		{`age_days(timestamp("2026-03-08T23:30:00Z")) == -1`, yes},
		{`days_between(event.time, timestamp("2026-03-08T11:30:00Z")) == 0.5`, yes},
		{`one_of(event.instrument, "card", "wallet")`, yes},
		{`one_of(event.instrument, "wallet")`, no},
		{`hour(event.time) == 23`, yes},
		{`hour(timestamp("2026-03-07T23:30:00+02:00")) == 21`, yes},
		{`is_weekend(event.time)`, yes},
		{`is_weekend(timestamp("2026-03-06T12:00:00Z"))`, no},
		{`contains_word(event.note, "station")`, yes},
		{`contains_word(event.note, "Café")`, yes},
		{`contains_word(event.note, "stat")`, no},
		{`contains_word(event.note, "")`, no},
		{`contains_word(event.note, "7")`, yes},
		{`pair(from.account, to.account) == pair(to.account, from.account)`, yes},
		{`pair("ab", "c") == pair("a", "bc")`, no},
		{`size(event.note) > 10 && event.note.startsWith("Meet") && event.note.endsWith("7") && event.note.contains("me at")`, yes},
		{`event.time - timestamp("2026-03-07T23:00:00Z") == duration("30m")`, yes},
		{`event.to.all(x, x == "b") && event.to.exists_one(x, x != "z")`, yes},
	} {
		t.Run(c.when, func(t *testing.T) {
			if got := fires(load(t, one(c.when)), in); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// TestFunctionsAreDocumented compiles the example of every function in the list.
func TestFunctionsAreDocumented(t *testing.T) {
	on := strings.Join(typeWords(), ", ")
	for _, f := range Functions() {
		t.Run(f.Name, func(t *testing.T) {
			if f.Signature == "" || f.Doc == "" || !strings.Contains(f.Example, f.Name) {
				t.Errorf("incomplete: %+v", f)
			}
			if f.Name == "pair" { // the one that is no condition: it names a group
				f.Example += ` != ""`
			}
			load(t, rules(on, f.Example))
		})
	}
}

// TestEveryVariable loads a rule on each variable of the vocabulary and reads it from an event that has everything.
func TestEveryVariable(t *testing.T) {
	e := &event.Event{Type: event.PaymentSent, ID: "1", Source: "/x", Time: day(0)}
	e.Data.Set(^event.Fields(0))
	e.Data.CreatedAt = day(-1)
	e.Data.Surface, e.Data.Relation, e.Data.AgeBand = taxonomy.SurfaceDM, taxonomy.RelationMutual, taxonomy.Age13to15
	e.Data.What, e.Data.Auth, e.Data.Instrument, e.Data.Precision, e.Data.AgeSource = "email", "oauth", "card", "city", "declared"
	full := detect.Profile{ID: "a", Band: taxonomy.Age25up, Role: "coach", Region: "US", Lang: "en", Known: true, CreatedAt: day(-9)}
	in := &Input{Event: e, From: &full, To: &full, Labels: []string{}}
	for _, f := range taxonomy.Families() {
		in.Signals = append(in.Signals, Standing{Family: f, Strength: 1})
	}
	for i := 1; i <= detectorCount; i++ {
		in.Signals = append(in.Signals, Standing{Detector: fmt.Sprintf("D%d", i), Strength: 1})
	}
	s := load(t, one("true"))
	x := s.borrow(in, []Value{Known(1)})
	defer s.give(x)
	bare := s.borrow(&Input{Event: &event.Event{}}, nil)
	defer s.give(bare)
	for i, v := range s.dict.vars {
		if x.box(i) == nil {
			t.Errorf("%s is unknown although it was given", v.name)
		}
		if got := bare.box(i); got != nil {
			t.Errorf("%s is %v although nothing was given", v.name, got)
		}
		if v.kind == kindBool && x.truth(i) == unknown {
			t.Errorf("%s is not a truth", v.name)
		}
	}
}

// TestFieldsOfTypes holds the table of fields to the vocabulary: every field belongs to a type and every type's fields exist.
func TestFieldsOfTypes(t *testing.T) {
	var named []string
	for _, v := range eventFields() {
		named = append(named, v.name)
		if len(typesWith(v.name)) == 0 {
			t.Errorf("no type of event has %s", v.name)
		}
	}
	for _, k := range event.Types() {
		if len(fieldsOf(k)) == 0 {
			t.Errorf("%s has no fields", k)
		}
		for _, f := range fieldsOf(k) {
			if !slices.Contains(named, f) {
				t.Errorf("%s has the unknown field %s", k, f)
			}
		}
	}
}

func TestReload(t *testing.T) {
	dir := fstest.MapFS{"p.yaml": {Data: []byte(one("event.amount > 5"))}, "README.md": {Data: []byte("not a pack")}}
	first, err := Load(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	same, err := Load(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir["p.yaml"].Data = []byte(one("event.amount > 6"))
	second, err := Load(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if first.Digest() != same.Digest() || first.Digest() == second.Digest() || len(first.Digest()) != 64 {
		t.Errorf("digests %s %s %s", first.Digest(), same.Digest(), second.Digest())
	}
	if fires(first, paidInput(6)) != yes || fires(second, paidInput(6)) != no {
		t.Error("the first set changed with the second")
	}
	want := []Pack{{Name: "p", File: "p.yaml", Version: 1, Rules: 1, Counters: 1}}
	if d := cmp.Diff(want, first.Packs()); d != "" {
		t.Error(d)
	}
}
