package casefile

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"haris/internal/taxonomy"
)

func TestFoldRefusesGapsAndStrangers(t *testing.T) {
	c := aCase(t, Open)
	for name, change := range map[string]func(*Event){
		"a gap":    func(e *Event) { e.N++ },
		"a repeat": func(e *Event) { e.N-- },
	} {
		e := event(t, &c, 1, "ada", Noted, bodyOf(Noted))
		change(&e)
		if _, err := Fold(c, e); !errors.Is(err, ErrStale) {
			t.Errorf("%s: %v", name, err)
		}
	}
	e := event(t, &c, 1, "ada", Noted, bodyOf(Noted))
	e.Case = "c2"
	if _, err := Fold(c, e); !errors.Is(err, ErrTransition) {
		t.Errorf("an event of another case: %v", err)
	}
	e = event(t, &c, 1, "ada", "made up", nil)
	if _, err := Fold(c, e); !errors.Is(err, ErrTransition) {
		t.Errorf("a kind made up: %v", err)
	}
}

func TestSecondPersonCloses(t *testing.T) {
	c := foldOne(t, aCase(t, SecondPerson), 2, "bea", Agreed, nil)
	want := &Disposition{
		Finding: FindingConfirmed, Typology: taxonomy.TypologyGrooming, Reason: "x", Who: "ada", At: at(0), Second: "bea", SecondAt: at(2),
	}
	if d := cmp.Diff(want, c.Disposal); d != "" {
		t.Error(d)
	}
}

func TestADispositionCannotClaimASecondPerson(t *testing.T) {
	c := aCase(t, Open)
	c = foldOne(t, c, 1, "ada", Disposed, DisposedBody{Disposition{
		Finding: FindingCleared, Reason: "x", Who: "somebody else", At: at(-500), Second: "bea", SecondAt: at(-400),
	}})
	if d := c.Disposal; d.Who != "ada" || !d.At.Equal(at(1)) || d.Second != "" || !d.SecondAt.IsZero() {
		t.Errorf("%+v", d)
	}
}

func TestEscalationMovesTheQueue(t *testing.T) {
	c := foldOne(t, aCase(t, Open), 1, "ada", Escalate, EscalatedBody{To: "leads", Reason: "x"})
	if c.Queue != "leads" {
		t.Errorf("queue %q", c.Queue)
	}
	m := aMatter(taxonomy.P0, 2)
	m.Queue = "urgent"
	if c = foldOne(t, c, 2, Haris, Grown, GrownBody{m}); c.Queue != "leads" || c.Priority != taxonomy.P0 {
		t.Errorf("software moved an escalated case to %q", c.Queue)
	}
}

func TestDeadlines(t *testing.T) {
	for p, want := range map[taxonomy.Priority]time.Time{taxonomy.P0: at(15), taxonomy.P1: at(240), taxonomy.P2: at(1440), taxonomy.P3: {}} {
		c := foldOne(t, Case{}, 0, Haris, Opened, OpenedBody{Matter: aMatter(p, -1000)})
		if !c.Deadline.Equal(want) {
			t.Errorf("%s: %s, want %s", p, c.Deadline, want)
		}
	}
	grow := func(c Case, minute int, p taxonomy.Priority) Case {
		return foldOne(t, c, minute, Haris, Grown, GrownBody{aMatter(p, minute)})
	}
	watch := foldOne(t, Case{}, 0, Haris, Opened, OpenedBody{Matter: aMatter(taxonomy.P3, 0)})
	if c := grow(watch, 10, taxonomy.P2); !c.Deadline.Equal(at(10 + 1440)) {
		t.Errorf("a watched case that rises: %s", c.Deadline)
	}
	p1 := foldOne(t, Case{}, 0, Haris, Opened, OpenedBody{Matter: aMatter(taxonomy.P1, 0)})
	for _, tt := range []struct {
		name   string
		minute int
		p      taxonomy.Priority
		want   int
	}{
		{"same priority", 100, taxonomy.P1, 240},
		{"lower priority", 100, taxonomy.P2, 240},
		{"higher priority", 100, taxonomy.P0, 115},
		{"higher priority near the end", 239, taxonomy.P0, 240},
	} {
		if c := grow(p1, tt.minute, tt.p); !c.Deadline.Equal(at(tt.want)) {
			t.Errorf("%s: %s, want %s", tt.name, c.Deadline, at(tt.want))
		}
	}
	again := foldOne(t, aCase(t, Cleared), 1000, "ada", Reopened, ReasonBody{Reason: "x"})
	if !again.Deadline.Equal(at(1240)) || again.Disposal != nil {
		t.Errorf("reopened: %s, %+v", again.Deadline, again.Disposal)
	}
}

// TestFoldKeepsItsInput walks random histories: a fold never changes the case it was given, never goes down in priority, and only a
// person closes a case.
func TestFoldKeepsItsInput(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var c Case
		for i := range rapid.IntRange(1, 40).Draw(rt, "events") {
			kind := rapid.SampledFrom(Kinds()).Draw(rt, "kind")
			who := rapid.SampledFrom([]string{Haris, "ada", "bea", "key:1"}).Draw(rt, "who")
			body := bodyOf(kind)
			if g, ok := body.(GrownBody); ok {
				g.Matter.Priority = rapid.SampledFrom([]taxonomy.Priority{taxonomy.P3, taxonomy.P2, taxonomy.P1, taxonomy.P0}).Draw(rt, "p")
				g.Matter.Victims = []string{rapid.StringMatching(`v[0-9]`).Draw(rt, "victim")}
				body = g
			}
			if kind == Claimed {
				body = ClaimedBody{Ends: at(i + 5)}
			}
			before := snapshot(t, c)
			next, err := Fold(c, event(t, &c, i, who, kind, body))
			if snapshot(t, c) != before {
				rt.Fatalf("%s changed the case it was given", kind)
			}
			if err != nil {
				continue
			}
			if next.Priority < c.Priority {
				rt.Fatalf("priority fell from %s to %s", c.Priority, next.Priority)
			}
			if c.Status.IsOpen() && !next.Status.IsOpen() && (!IsPerson(who) || (next.Disposal == nil) != (next.Status == Merged)) {
				rt.Fatalf("%s by %s closed the case", kind, who)
			}
			if next.Priority == taxonomy.P0 && next.Rests(at(i)) {
				rt.Fatalf("%s left a case of P0 put off", kind)
			}
			if (next.Status == Merged) != (next.Into != "") {
				rt.Fatalf("%s, merged into %q", next.Status, next.Into)
			}
			if (next.Status == Confirmed || next.Status == Cleared) != (next.Disposal != nil && next.Status == Status(next.Disposal.Finding)) {
				rt.Fatalf("%s with the disposition %+v", next.Status, next.Disposal)
			}
			c = next
		}
	})
}

func snapshot(t testing.TB, c Case) string {
	t.Helper()
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func FuzzFold(f *testing.F) {
	for _, kind := range Kinds() {
		b, err := json.Marshal(bodyOf(kind))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(kind), "ada", b)
	}
	f.Fuzz(func(t *testing.T, kind, who string, body []byte) {
		for _, s := range []Status{"", Open, SecondPerson, Confirmed} {
			var c Case
			if s != "" {
				c = aCase(t, s)
			}
			next, err := Fold(c, Event{Case: "c1", N: c.Events + 1, At: at(1), Who: who, Kind: EventKind(kind), Body: body})
			if err == nil && next.Events != c.Events+1 {
				t.Errorf("%+v", next)
			}
		}
	})
}

// TestElements says what a finding may hold of the elements of trafficking: forms that they have, on events that the case rests on.
func TestElements(t *testing.T) {
	c := aCase(t, Open)
	c.Signals[0].Events = []uint64{4, 9}
	type elements = map[taxonomy.Element]Element
	good := elements{taxonomy.Act: {Kinds: []taxonomy.ElementKind{"recruit", "advertise"}, Events: []uint64{9}}, taxonomy.Means: {Events: []uint64{4}}}
	for name, x := range map[string]struct {
		typology taxonomy.Typology
		elements elements
		wrong    bool
	}{
		"none":              {taxonomy.TypologyTrafficking, nil, false},
		"with evidence":     {taxonomy.TypologyTrafficking, good, false},
		"of grooming":       {taxonomy.TypologyGrooming, good, true},
		"a fourth element":  {taxonomy.TypologyTrafficking, elements{"motive": {}}, true},
		"of another":        {taxonomy.TypologyTrafficking, elements{taxonomy.Act: {Kinds: []taxonomy.ElementKind{"threat"}}}, true},
		"rests on nothing":  {taxonomy.TypologyTrafficking, elements{taxonomy.Act: {Events: []uint64{5}}}, true},
		"not in the log":    {taxonomy.TypologyTrafficking, elements{taxonomy.Act: {Events: []uint64{0}}}, true},
		"more than may be":  {taxonomy.TypologyTrafficking, elements{taxonomy.Act: {Events: slices.Repeat([]uint64{4}, maxElementEvents+1)}}, true},
		"the means, a kind": {taxonomy.TypologyTrafficking, elements{taxonomy.Means: {Kinds: []taxonomy.ElementKind{"threat"}}}, false},
	} {
		e := event(t, &c, 1, "ada", Disposed, DisposedBody{Disposition{Finding: FindingConfirmed, Typology: x.typology, Reason: "x", Elements: x.elements}})
		after, err := Fold(c, e)
		if errors.Is(err, ErrBody) != x.wrong || !x.wrong && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			if d := cmp.Diff(x.elements, after.Disposal.Elements); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		}
	}
}

// TestAppeal: an appeal remembers what it is against, waits, and ends with the next finding that closes the case, also by two people.
func TestAppeal(t *testing.T) {
	c := aCase(t, Cleared)
	c = foldOne(t, c, 1, "cleo", Reopened, ReasonBody{Reason: "the mother says more", Appeal: true})
	want := Appeal{At: at(1), Who: "cleo", Text: "the mother says more", Was: FindingCleared, First: "ada"}
	if d := cmp.Diff([]Appeal{want}, c.Appeals); d != "" || !c.Appeals[0].Waits() {
		t.Error(d)
	}
	c = foldOne(t, c, 2, "bea", Claimed, ClaimedBody{Ends: at(60)})
	c = foldOne(t, c, 3, "bea", Disposed, DisposedBody{Disposition{Finding: FindingNeedsSecond, Proposed: FindingConfirmed, Typology: taxonomy.TypologyGrooming, Reason: "x"}})
	if !c.Appeals[0].Waits() {
		t.Error("what was only proposed answers the appeal")
	}
	c = foldOne(t, c, 4, "cleo", Claimed, ClaimedBody{Ends: at(60)})
	c = foldOne(t, c, 5, "cleo", Agreed, nil)
	want.Became, want.By, want.EndAt = FindingConfirmed, "cleo", at(5)
	if d := cmp.Diff([]Appeal{want}, c.Appeals); d != "" {
		t.Error(d)
	}
	c = foldOne(t, c, 6, "cleo", Reopened, ReasonBody{Reason: "looked at the wrong account"})
	if len(c.Appeals) != 1 || c.Appeals[0].Waits() {
		t.Errorf("a case that is opened again by itself has an appeal: %+v", c.Appeals)
	}
	c = aCase(t, SecondPerson)
	e := event(t, &c, 1, "bea", Disagreed, ReasonBody{Reason: "x", Appeal: true})
	if _, err := Fold(c, e); !errors.Is(err, ErrBody) {
		t.Errorf("an appeal against what was only proposed: %v", err)
	}
}
