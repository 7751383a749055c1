package rule

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"haris/internal/event"
	"haris/internal/taxonomy"
)

const countersPack = `name: p
version: 1
counters:
  - {name: sent, on: message.sent, count: events, over: 7d, group: from.account}
  - {name: reached, on: message.sent, when: to.minor, distinct: to.account, over: 7d, group: from.account}
  - name: talk
    on: message.sent
    count: events
    over: 1d
    group: [event.conversation, from.account]
    cancel: {on: account.blocked, group: [event.content, from.account]}
  - name: asked
    on: contact.requested
    distinct: to.account
    over: 7d
    group: from.account
    cancel: {on: contact.declined, distinct: from.account, group: to.account}
rules:
  - {id: many, title: t, mode: shadow, on: message.sent, when: counter.sent >= 3, why: "{counter.sent}", effects: {labels: [x]}, tests: []}
  - {id: wide, title: t, mode: shadow, on: message.sent, when: counter.reached >= 2 && to.minor, why: "{counter.reached}", effects: {labels: [x]}, tests: []}
  - {id: asks, title: t, mode: shadow, on: [payment.sent, contact.requested], when: counter.asked >= 1, why: "{counter.asked}", effects: {labels: [x]}, tests: []}
`

func message(at float64, from string, to ...string) *event.Event {
	e := &event.Event{Type: event.MessageSent, ID: "1", Source: "/chat", Time: day(at)}
	e.Data.From, e.Data.To, e.Data.Conversation = from, to, "k"
	e.Data.Set(event.HasFrom | event.HasTo | event.HasConversation)
	return e
}

func TestCounts(t *testing.T) {
	s := load(t, strings.Replace(countersPack, "cancel: {on: account.blocked, group: [event.content, from.account]}", "cancel: {on: message.unsent, group: [event.conversation, from.account]}", 1))
	names := s.Counters()
	describe := func(facts []CounterFact) (out []string) {
		for _, f := range facts {
			out = append(out, names[f.Counter]+" "+[]string{"", "read", "feed", "cancel"}[f.Op])
		}
		return out
	}
	a, child, adult := account("a", taxonomy.Age25up), account("b", taxonomy.Age13to15), account("c", taxonomy.Age25up)
	other := func(kind event.Type) *event.Event {
		e := &event.Event{Type: kind, ID: "1", Time: day(0)}
		e.Data.From, e.Data.To = "a", []string{"b"}
		e.Data.Account, e.Data.Conversation = "a", "k"
		e.Data.Set(event.HasFrom | event.HasTo | event.HasAccount | event.HasConversation)
		return e
	}
	for _, c := range []struct {
		name   string
		in     Input
		want   []string
		missed uint64
	}{
		{"the first target feeds everything", Input{Event: message(0, "a", "b", "c"), From: a, To: child}, []string{"sent feed", "reached feed", "talk feed"}, 0},
		{"a later target feeds only what looks at targets, and reads the rest", Input{Event: message(0, "a", "c", "b"), From: a, To: child, Target: 1}, []string{"sent read", "reached feed"}, 0},
		{"a condition that is false feeds not, but is read", Input{Event: message(0, "a", "c"), From: a, To: adult}, []string{"sent feed", "reached read", "talk feed"}, 0},
		{"a condition that is unknown feeds not, and is missed", Input{Event: message(0, "a", "x"), From: a, To: account("x", 0)}, []string{"sent feed", "reached read", "talk feed"}, 1},
		{"an unknown group feeds nothing and reads nothing", Input{Event: message(0, "", "b"), To: child}, nil, 3},
		{"a cancellation", Input{Event: other(event.MessageUnsent), From: a}, []string{"talk cancel"}, 0},
		{"reading alone", Input{Event: payment(day(0)), From: a, To: child}, []string{"asked read"}, 0},
		{"a type that concerns no counter", Input{Event: other(event.LocationShared), From: a, To: child}, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := s.Stats().Missed
			got := s.Counts(&c.in, nil)
			if d := cmp.Diff(c.want, describe(got)); d != "" {
				t.Error(d)
			}
			if missed := s.Stats().Missed - before; missed != c.missed {
				t.Errorf("missed %d, want %d", missed, c.missed)
			}
			again := s.Counts(&c.in, got[:0:0])
			if d := cmp.Diff(got, again); d != "" {
				t.Errorf("the facts of one event differ from call to call: %s", d)
			}
		})
	}
	t.Run("groups", func(t *testing.T) {
		group := func(e *event.Event, from string, counter int) [16]byte {
			for _, f := range s.Counts(&Input{Event: e, From: account(from, taxonomy.Age25up), To: child}, nil) {
				if f.Counter == counter {
					return f.Group
				}
			}
			t.Fatal("no fact")
			return [16]byte{}
		}
		x, y := message(0, "a", "b"), message(0, "ka", "b")
		x.Data.Conversation, y.Data.Conversation = "kk", "k"
		if group(x, "a", 2) == group(y, "ka", 2) {
			t.Error("(kk, a) and (k, ka) share a key")
		}
		if group(x, "a", 0) != group(y, "a", 0) {
			t.Error("a key depends on what is not part of the group")
		}
		if group(x, "a", 0) == group(x, "a", 1) {
			t.Error("two counters share a key")
		}
	})
}

func TestCancelOneMember(t *testing.T) {
	s := load(t, strings.Replace(countersPack, "cancel: {on: account.blocked, group: [event.content, from.account]}", "", 1))
	states := map[[16]byte]*CounterState{}
	contact := func(kind event.Type, at float64, from, to string) Value {
		e := &event.Event{Type: kind, ID: "1", Time: day(at)}
		e.Data.From, e.Data.To = from, []string{to}
		e.Data.Set(event.HasFrom | event.HasTo)
		values := s.fold(&Input{Event: e, From: account(from, 0), To: account(to, 0)}, states)
		return values[slices.Index(s.Counters(), "asked")]
	}
	contact(event.ContactRequested, 0, "a", "b")
	if v := contact(event.ContactRequested, 1, "a", "c"); v != Known(2) {
		t.Fatalf("asked two, read %v", v)
	}
	contact(event.ContactDeclined, 2, "b", "a")
	if v := contact(event.ContactRequested, 3, "a", "d"); v != Known(2) {
		t.Errorf("one of three declined, read %v", v)
	}
}

// TestCounterMeaning changes a counter step by step: state that meant something else must not be found again.
func TestCounterMeaning(t *testing.T) {
	src := func(edit ...string) string {
		base := "name: p\nversion: 1\ncounters:\n  - {name: c, on: payment.sent, when: event.amount > 5, count: events, over: 7d, group: from.account}\nrules:\n  - {id: r, title: t, mode: shadow, on: payment.sent, when: counter.c >= 1, why: w, effects: {labels: [x]}, tests: []}\n"
		return strings.NewReplacer(edit...).Replace(base)
	}
	key := func(src string) [16]byte {
		e := payment(day(0))
		e.Data.Amount = 50
		e.Data.Set(event.HasAmount)
		facts := load(t, src).Counts(&Input{Event: e, From: account("a", 0), To: account("b", 0)}, nil)
		if len(facts) != 1 {
			t.Fatalf("%d facts", len(facts))
		}
		return facts[0].Group
	}
	base := key(src())
	if key(src("event.amount > 5", "event.amount   >  5.0", "version: 1", "version: 2")) != base {
		t.Error("another spelling is another counter")
	}
	for _, edit := range [][]string{{"7d", "8d"}, {"> 5", "> 6"}, {"group: from.account", "group: to.account"}, {"count: events", "distinct: to.account"}, {"name: c,", "name: d,", "counter.c", "counter.d"}} {
		if key(src(edit...)) == base {
			t.Errorf("%v keeps the old state", edit)
		}
	}
}

// TestShards runs the same events through one shard and through several, with the facts of each key kept in order, and wants the
// same hits: which worker computes facts, folds a key or evaluates an event must not matter.
func TestShards(t *testing.T) {
	s, err := Load(fstest.MapFS{"p.yaml": {Data: []byte(strings.Replace(countersPack, "cancel: {on: account.blocked, group: [event.content, from.account]}", "", 1))}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	var inputs []Input
	for i := range 400 {
		from, to := string(rune('a'+rnd.IntN(4))), string(rune('p'+rnd.IntN(6)))
		bandOf := taxonomy.AgeBand(to[0] % 6)
		inputs = append(inputs, Input{Event: message(float64(i)/24, from, to), From: account(from, taxonomy.Age25up), To: account(to, bandOf)})
	}
	want := sharded(s, inputs, 1)
	if len(want) < 100 {
		t.Fatalf("only %d hits: the test sees nothing", len(want))
	}
	for _, shards := range []int{2, 3, 8} {
		if d := cmp.Diff(want, sharded(s, inputs, shards)); d != "" {
			t.Errorf("%d shards: %s", shards, d)
		}
	}
}

// sharded is a small bulk-synchronous step: facts by event, folds by key, rules by event.
func sharded(s *Set, inputs []Input, n int) []string {
	type place struct{ input, fact int }
	facts := make([][]CounterFact, len(inputs))
	values := make([][]Value, len(inputs))
	byShard := make([][]place, n)
	for i := range inputs {
		facts[i] = s.Counts(&inputs[i], nil)
		values[i] = make([]Value, len(s.Counters()))
		for j, f := range facts[i] {
			k := int(f.Group[0]) % n
			byShard[k] = append(byShard[k], place{i, j})
		}
	}
	done := make(chan bool)
	for _, places := range byShard {
		go func() {
			states := map[[16]byte]*CounterState{}
			for _, p := range places {
				f := facts[p.input][p.fact]
				if states[f.Group] == nil {
					states[f.Group] = &CounterState{}
				}
				values[p.input][f.Counter] = states[f.Group].Fold(f)
			}
			done <- true
		}()
	}
	for range byShard {
		<-done
	}
	hits := make([][]string, len(inputs))
	for k := range n {
		go func() {
			for i := k; i < len(inputs); i += n {
				for _, h := range s.Eval(&inputs[i], values[i]) {
					hits[i] = append(hits[i], h.Rule+" "+h.Subject+" "+h.Why)
				}
			}
			done <- true
		}()
	}
	for range n {
		<-done
	}
	return slices.Concat(hits...)
}
