package casefile

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/taxonomy"
)

func TestRest(t *testing.T) {
	c := foldOne(t, aCase(t, Open), 1, "ada", Snoozed, RestBody{Until: at(100), Reason: "her shift begins then"})
	if !c.Rests(at(99)) || c.Rests(at(100)) || c.Holder(at(2)) != "" || c.Assignee != "" {
		t.Errorf("snoozed: %+v, claim %+v, assignee %q", c.Rest, c.Claim, c.Assignee)
	}
	if !c.Deadline.Equal(at(240)) {
		t.Errorf("the deadline moved to %s", c.Deadline)
	}
	for name, wakes := range map[string]func() Case{
		"a person": func() Case { return foldOne(t, c, 2, "bea", Woken, nil) },
		"a claim":  func() Case { return foldOne(t, c, 2, "bea", Claimed, ClaimedBody{Ends: at(60)}) },
		"growth":   func() Case { return foldOne(t, c, 2, Haris, Grown, GrownBody{aMatter(taxonomy.P3, 2)}) },
		"a merged case": func() Case {
			return foldOne(t, c, 2, "bea", Absorbed, AbsorbedBody{From: "c2", Reason: "x", Matter: aMatter(taxonomy.P3, 2)})
		},
	} {
		if got := wakes(); got.Rests(at(3)) {
			t.Errorf("%s did not wake the case", name)
		}
	}
	if _, err := Fold(c, event(t, &c, 100, "bea", Woken, nil)); !errors.Is(err, ErrTransition) {
		t.Errorf("woken after its time: %v", err)
	}
	c = foldOne(t, aCase(t, Open), 1, "ada", Parked, RestBody{Until: at(100), Reason: "waits for the school"})
	if c.Rest.Kind != Parked || c.Assignee != "ada" {
		t.Errorf("parked: %+v of %q", c.Rest, c.Assignee)
	}
}

func TestRestIsBounded(t *testing.T) {
	c := aCase(t, Open)
	for name, b := range map[string]RestBody{
		"no reason": {Until: at(9)}, "the past": {Until: at(1), Reason: "x"}, "too long": {Until: at(1).Add(MaxRest + 1), Reason: "x"},
	} {
		if _, err := Fold(c, event(t, &c, 1, "ada", Snoozed, b)); !errors.Is(err, ErrBody) {
			t.Errorf("%s: %v", name, err)
		}
	}
	urgent := foldOne(t, c, 1, Haris, Grown, GrownBody{aMatter(taxonomy.P0, 1)})
	for _, kind := range []EventKind{Snoozed, Parked} {
		if _, err := Fold(urgent, event(t, &urgent, 2, "ada", kind, RestBody{Until: at(9), Reason: "x"})); !errors.Is(err, ErrUrgent) {
			t.Errorf("%s of P0: %v", kind, err)
		}
	}
}

func TestAssignmentTakesTheClaim(t *testing.T) {
	c := foldOne(t, aCase(t, Open), 1, "lead", Assigned, AssignedBody{To: "bea"})
	if c.Assignee != "bea" || c.Claim != nil {
		t.Errorf("assigned to %q, claim %+v", c.Assignee, c.Claim)
	}
	c = foldOne(t, aCase(t, Open), 1, "lead", Assigned, AssignedBody{To: "ada"})
	if c.Holder(at(2)) != "ada" {
		t.Error("who is given what they hold lost the claim")
	}
	if back := foldOne(t, c, 2, "ada", Assigned, AssignedBody{}); back.Assignee != "" || back.Holder(at(3)) != "ada" {
		t.Errorf("given back: %q, claim %+v", back.Assignee, back.Claim)
	}
	for _, to := range []string{"ada", Haris, "key:1"} {
		if _, err := Fold(c, event(t, &c, 2, "lead", Assigned, AssignedBody{To: to})); !errors.Is(err, ErrBody) {
			t.Errorf("to %s: %v", to, err)
		}
	}
}

func TestMerging(t *testing.T) {
	other := aMatter(taxonomy.P0, 3, signal("D3", taxonomy.FamilyFeedback, 2, 3))
	other.Subject, other.Linked, other.Victims = "u2", []string{"u2", "u9"}, []string{"kid"}
	c := foldOne(t, aCase(t, Open), 4, "ada", Absorbed, AbsorbedBody{From: "c2", Reason: "one person with two accounts", Matter: other})
	if d := cmp.Diff([]string{"u1", "u1b", "u2", "u9"}, c.Subjects); d != "" {
		t.Error(d)
	}
	if c.Subject != "u1" || c.Priority != taxonomy.P0 || !c.Deadline.Equal(at(4).Add(15*time.Minute)) || len(c.Signals) != 2 || len(c.Victims) != 1 {
		t.Errorf("%+v", c)
	}
	if d := cmp.Diff([]string{"c2"}, c.Absorbed); d != "" {
		t.Error(d)
	}
	if _, err := Fold(c, event(t, &c, 5, "ada", MergedInto, MergedBody{Into: "c3", Reason: "x"})); !errors.Is(err, ErrTransition) {
		t.Errorf("a chain: %v", err)
	}
	gone := aCase(t, Merged)
	if gone.Into != "c2" || gone.Disposal != nil || gone.Status.IsOpen() {
		t.Errorf("%+v", gone)
	}
	if back := foldOne(t, gone, 5, "lead", Reopened, ReasonBody{Reason: "two people"}); back.Into != "" || back.Status != Open {
		t.Errorf("reopened: %+v", back)
	}
	open := aCase(t, Open)
	for name, e := range map[string]Event{
		"another typology": event(t, &open, 1, "ada", Absorbed, AbsorbedBody{From: "c2", Reason: "x", Matter: Matter{
			Key: "k", Subject: "u", Typology: taxonomy.TypologyTrafficking, Priority: taxonomy.P2, At: at(1),
		}}),
		"itself":        event(t, &open, 1, "ada", Absorbed, AbsorbedBody{From: "c1", Reason: "x", Matter: aMatter(taxonomy.P2, 1)}),
		"into itself":   event(t, &open, 1, "ada", MergedInto, MergedBody{Into: "c1", Reason: "x"}),
		"into nothing":  event(t, &open, 1, "ada", MergedInto, MergedBody{Reason: "x"}),
		"for no reason": event(t, &open, 1, "ada", MergedInto, MergedBody{Into: "c2"}),
	} {
		if _, err := Fold(open, e); !errors.Is(err, ErrBody) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestMergedIsNotJudged says that a matter about a merged case's subject opens a case again once it is more than was there.
func TestMergedIsNotJudged(t *testing.T) {
	prev := aCase(t, Merged)
	same := aMatter(taxonomy.P1, 9, signal("D1", taxonomy.FamilyContact, 3.2, 9))
	if ShouldOpen(&prev, same) {
		t.Error("the same again opens a case")
	}
	worse := same
	worse.Priority = taxonomy.P0
	if !ShouldOpen(&prev, worse) {
		t.Error("a higher priority opens none")
	}
	cleared := aCase(t, Cleared)
	if ShouldOpen(&cleared, worse) {
		t.Error("priority alone opens a case that a person cleared")
	}
}

func TestMutes(t *testing.T) {
	mutes := []Mute{
		{ID: "m1", Subject: "u1", Detector: "D1", Ends: at(100)},
		{ID: "m2", Subject: "u1", Detector: "D3", Ends: at(100), EndedAt: at(5), EndedBy: "lead"},
	}
	held := func(p taxonomy.Priority, minute int, change func(*Matter)) []string {
		m := aMatter(p, minute, signal("D1", taxonomy.FamilyContact, 3, minute))
		if change != nil {
			change(&m)
		}
		return HeldBack(&m, mutes, at(minute))
	}
	if d := cmp.Diff([]string{"m1"}, held(taxonomy.P2, 1, nil)); d != "" {
		t.Error(d)
	}
	for name, got := range map[string][]string{
		"P1":               held(taxonomy.P1, 1, nil),
		"P0":               held(taxonomy.P0, 1, nil),
		"after its end":    held(taxonomy.P2, 100, nil),
		"a hard signal":    held(taxonomy.P2, 1, func(m *Matter) { m.Signals[0].Hard = true }),
		"another subject":  held(taxonomy.P2, 1, func(m *Matter) { m.Subject = "u2" }),
		"another detector": held(taxonomy.P2, 1, func(m *Matter) { m.Signals = append(m.Signals, signal("D2", taxonomy.FamilyStage, 1, 1)) }),
		"an ended mute":    held(taxonomy.P2, 9, func(m *Matter) { m.Signals = append(m.Signals, signal("D3", taxonomy.FamilyFeedback, 1, 9)) }),
		"no signal":        held(taxonomy.P2, 1, func(m *Matter) { m.Signals = nil }),
	} {
		if got != nil {
			t.Errorf("%s is held back by %v", name, got)
		}
	}
	good := Mute{Subject: "u1", Detector: "D1", Owner: "lead", Reason: "a coach", At: at(0), Ends: at(9)}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Mute){
		"no reason": func(m *Mute) { m.Reason = " " }, "for ever": func(m *Mute) { m.Ends = at(1).Add(MaxMute) },
		"by software": func(m *Mute) { m.Owner = Haris }, "no subject": func(m *Mute) { m.Subject = "" },
	} {
		m := good
		if change(&m); m.Check() == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
