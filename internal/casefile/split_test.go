package casefile

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// said is a signal about an account that names somebody of the other side.
func said(detector, subject, other string, strength float64, minute int) detect.Signal {
	s := signal(detector, taxonomy.FamilyContact, strength, minute)
	s.Subject, s.Others, s.Events = subject, []string{other}, []uint64{uint64(minute)}
	return s
}

// aGroup is an open case about u1 and three accounts that belong to it, with its history.
func aGroup(t testing.TB) (Case, []Event) {
	t.Helper()
	child := said("D3", "u3", "kid-3", 1, 4)
	child.Hard = true
	m := aMatter(taxonomy.P1, 5, said("D1", "u1", "kid-1", 3, 2), said("D1", "u2", "kid-2", 4, 3), child)
	m.Linked, m.Victims, m.Labels = []string{"u2", "u3", "u4"}, []string{"kid-1", "kid-2", "kid-3"}, []string{"minor-contact"}
	e := event(t, &Case{}, 0, Haris, Opened, OpenedBody{Matter: m})
	c, err := Fold(Case{}, e)
	if err != nil {
		t.Fatal(err)
	}
	return c, []Event{e}
}

// split splits accounts off a case into one called id.
func split(t testing.TB, c Case, history []Event, id string, accounts ...string) (stays, goes Case) {
	t.Helper()
	body, err := Part(&c, history, accounts, "another man")
	if err != nil {
		t.Fatal(err)
	}
	e := event(t, &Case{}, 30, "ada", SplitFrom, body)
	e.Case = id
	if goes, err = Fold(Case{}, e); err != nil {
		t.Fatal(err)
	}
	e = event(t, &c, 30, "ada", SplitOff, SplitOffBody{Into: id, Accounts: accounts, Reason: "another man"})
	e.Case = c.ID
	if stays, err = Fold(c, e); err != nil {
		t.Fatal(err)
	}
	return stays, goes
}

func TestSplit(t *testing.T) {
	c, history := aGroup(t)
	stays, goes := split(t, c, history, "c2", "u2", "u3")
	want := c
	want.Subjects, want.Signals, want.Apart, want.SplitInto = []string{"u1", "u4"}, c.Signals[:1], []string{"u2", "u3"}, []string{"c2"}
	want.Events, want.UpdatedAt = 2, at(30)
	if d := cmp.Diff(want, stays); d != "" {
		t.Errorf("what stays: %s", d)
	}
	want = Case{
		ID: "c2", Subject: "u3", Subjects: []string{"u3", "u2"}, Victims: []string{"kid-2", "kid-3"}, Typology: c.Typology, Priority: c.Priority, Queue: c.Queue,
		Status: Open, Signals: c.Signals[1:], Labels: c.Labels, Count: 1, OpenedAt: at(30), UpdatedAt: at(30), RaisedAt: at(4), EventAt: at(4), Deadline: c.Deadline,
		Events: 1, From: "c1", Apart: []string{"u1", "u4"},
	}
	if d := cmp.Diff(want, goes, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("what goes: %s", d)
	}
	_, silent := split(t, c, history, "c2", "u4")
	if d := cmp.Diff(c.Victims, silent.Victims); d != "" || silent.Subject != "u4" || len(silent.Signals) != 0 || !silent.EventAt.Equal(c.EventAt) {
		t.Errorf("about whom nothing was found: %+v", silent)
	}
	late := c
	late.Deadline = at(1000) // as if it had been given more time
	if _, got := split(t, late, history, "c2", "u4"); !got.Deadline.Equal(at(30 + 240)) {
		t.Errorf("a split bought time: %s", got.Deadline)
	}
	watched := c
	watched.Priority, watched.Deadline = taxonomy.P3, at(100)
	if _, got := split(t, watched, history, "c2", "u4"); !got.Deadline.IsZero() {
		t.Errorf("what is watched has a deadline: %s", got.Deadline)
	}
}

func TestWhatCannotBeSplit(t *testing.T) {
	c, history := aGroup(t)
	off := func(into, reason string, accounts ...string) SplitOffBody {
		return SplitOffBody{into, accounts, reason}
	}
	for name, body := range map[string]SplitOffBody{
		"nobody": off("c2", "x"), "the subject": off("c2", "x", "u1"), "a stranger": off("c2", "x", "u2", "u9"), "somebody twice": off("c2", "x", "u2", "u2"),
		"for no reason": off("c2", " ", "u2"), "into nothing": off("", "x", "u2"), "into itself": off("c1", "x", "u2"),
	} {
		if _, err := Fold(c, event(t, &c, 1, "ada", SplitOff, body)); !errors.Is(err, ErrBody) {
			t.Errorf("%s: %v", name, err)
		}
	}
	good, err := Part(&c, history, []string{"u2"}, "x")
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*SplitFromBody){
		"from nothing": func(b *SplitFromBody) { b.From = "" }, "from itself": func(b *SplitFromBody) { b.From = "c1" }, "for no reason": func(b *SplitFromBody) { b.Reason = "" },
	} {
		b := good
		change(&b)
		if _, err := Fold(Case{}, event(t, &Case{}, 1, "ada", SplitFrom, b)); !errors.Is(err, ErrBody) {
			t.Errorf("%s: %v", name, err)
		}
	}
	stays, _ := split(t, c, history, "c2", "u2")
	again := event(t, &stays, 31, "ada", SplitOff, off("c2", "x", "u3"))
	if _, err := Fold(stays, again); !errors.Is(err, ErrBody) {
		t.Errorf("twice into one case: %v", err)
	}
	full := c
	for i := range MaxSplits {
		full.SplitInto = append(full.SplitInto, fmt.Sprint(i))
	}
	wide := c
	for i := range MaxAccounts {
		wide.Apart = append(wide.Apart, fmt.Sprint(i))
	}
	for _, k := range []Case{full, wide} {
		if err := CanSplit(&k, []string{"u2"}); !errors.Is(err, ErrBody) {
			t.Errorf("without end: %v", err)
		}
	}
}

// TestLaterMatters: what is found later goes where its account went, and brings nobody back.
func TestLaterMatters(t *testing.T) {
	c, history := aGroup(t)
	stays, goes := split(t, c, history, "c2", "u2", "u3")
	for _, tt := range []struct {
		name       string
		subject    string
		linked     []string
		stay, went bool
		group      []string // after it, of the case where it belongs
	}{
		{name: "the subject, with who went", subject: "u1", linked: []string{"u2", "u9"}, stay: true, group: []string{"u1", "u4", "u9"}},
		{name: "who stayed", subject: "u4", linked: []string{"u1", "u3"}, stay: true, group: []string{"u1", "u4"}},
		{name: "the new subject, with who stayed", subject: "u3", linked: []string{"u1", "u4"}, went: true, group: []string{"u3", "u2"}},
		{name: "another who went", subject: "u2", linked: []string{"u1"}, went: true, group: []string{"u3", "u2"}},
		{name: "somebody new with both", subject: "u9", linked: []string{"u1", "u3"}, stay: true, went: true, group: []string{"u1", "u4", "u9"}},
	} {
		m := aMatter(taxonomy.P1, 40)
		m.Subject, m.Linked = tt.subject, tt.linked
		if s, g := stays.Belongs(&m), goes.Belongs(&m); s != tt.stay || g != tt.went {
			t.Errorf("%s: belongs to what stays %v, to what went %v", tt.name, s, g)
		}
		to := stays
		if !tt.stay {
			to = goes
		}
		next := Merge(to, m)
		if d := cmp.Diff(tt.group, next.Subjects); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
	trimmed := stays
	trimmed.Trimmed = true
	if m := (Matter{Subject: "u2", Typology: c.Typology}); trimmed.Belongs(&m) {
		t.Error("a trimmed case takes back who was taken apart")
	}
}

// TestMergingTakesASplitBack merges what was split, and what was split with something else.
func TestMergingTakesASplitBack(t *testing.T) {
	c, history := aGroup(t)
	stays, goes := split(t, c, history, "c2", "u2", "u3")
	whole := foldOne(t, stays, 40, "ada", Absorbed, AbsorbedBody{From: "c2", Reason: "one man after all", Matter: Summary(&goes), Apart: goes.Apart})
	if len(whole.Apart) != 0 || len(whole.Signals) != len(c.Signals) || len(whole.Subjects) != len(c.Subjects) {
		t.Errorf("%+v", whole)
	}
	other := aMatter(taxonomy.P1, 1)
	other.Subject, other.Linked = "v1", []string{"u4"}
	k := foldOne(t, Case{}, 1, Haris, Opened, OpenedBody{Matter: other})
	k = foldOne(t, k, 41, "ada", Absorbed, AbsorbedBody{From: "c2", Reason: "x", Matter: Summary(&goes), Apart: goes.Apart})
	if d := cmp.Diff([]string{"u1"}, k.Apart); d != "" { // u4 is here: who merges says so
		t.Errorf("apart after a merge with another: %s", d)
	}
	next := foldOne(t, Case{}, 50, Haris, Opened, OpenedBody{Earlier: "c1", Apart: []string{"u2", "u1"}, Matter: Matter{
		Key: "k", Subject: "u1", Linked: []string{"u2", "u5"}, Typology: c.Typology, Priority: taxonomy.P2, At: at(50),
	}})
	if d := cmp.Diff([]string{"u1", "u5"}, next.Subjects); d != "" || !slices.Equal(next.Apart, []string{"u2"}) {
		t.Errorf("the case after it: %s, apart %v", d, next.Apart)
	}
}

// TestMatchesGoWithTheirAccount: what an account posted is told by the history of the case where it is.
func TestMatchesGoWithTheirAccount(t *testing.T) {
	match := func(media string) detect.Match { return detect.Match{Bank: "b", Media: media, Entry: 1} }
	var c Case
	var history []Event
	add := func(who string, kind EventKind, body any) {
		t.Helper()
		e := event(t, &c, len(history), who, kind, body)
		next, err := Fold(c, e)
		if err != nil {
			t.Fatal(err)
		}
		c, history = next, append(history, e)
	}
	found := func(subject string, media ...string) Matter {
		m := aMatter(taxonomy.P1, len(history), said("D9", subject, "", 1, len(history)))
		m.Subject, m.Linked = subject, []string{"u1", "u2"}
		for _, id := range media {
			m.Signals[0].Matches = append(m.Signals[0].Matches, match(id))
		}
		return m
	}
	media := func(history []Event) (out []string) {
		t.Helper()
		list, err := Matches(history)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			out = append(out, m.Media)
		}
		return out
	}
	add(Haris, Opened, OpenedBody{Matter: found("u1", "a1")})
	add(Haris, Grown, GrownBody{found("u2", "b1", "b2")})
	add(Haris, Grown, GrownBody{found("u2", "b2", "b3")}) // b1 is older than what the signal still shows
	if d := cmp.Diff([]string{"a1", "b1", "b2", "b3"}, media(history)); d != "" {
		t.Errorf("before: %s", d)
	}
	part, err := Part(&c, history, []string{"u2"}, "x")
	if err != nil {
		t.Fatal(err)
	}
	begin := event(t, &Case{}, 9, "ada", SplitFrom, part)
	add("ada", SplitOff, SplitOffBody{Into: "c2", Accounts: []string{"u2"}, Reason: "x"})
	if d := cmp.Diff([]string{"a1"}, media(history)); d != "" {
		t.Errorf("what stays: %s", d)
	}
	if d := cmp.Diff([]string{"b1", "b2", "b3"}, media([]Event{begin})); d != "" {
		t.Errorf("what goes: %s", d)
	}
	begin.Case = "c2"
	goes, err := Fold(Case{}, begin)
	if err != nil {
		t.Fatal(err)
	}
	matched, err := Matched([]Event{begin})
	if err != nil {
		t.Fatal(err)
	}
	add("ada", Absorbed, AbsorbedBody{From: "c2", Reason: "x", Matter: Summary(&goes), Matched: matched})
	if d := cmp.Diff([]string{"a1", "b1", "b2", "b3"}, media(history)); d != "" {
		t.Errorf("merged back: %s", d)
	}
}

// TestSplittingLosesNobody splits a group again and again: every account and signal is in exactly one case, and what is found later about an
// account belongs to that case alone.
func TestSplittingLosesNobody(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var all []string
		m := aMatter(taxonomy.P1, 1)
		for i := range rapid.IntRange(2, 8).Draw(rt, "accounts") {
			all = append(all, fmt.Sprintf("u%d", i+1))
			if rapid.Bool().Draw(rt, "spoken") {
				m.Signals = append(m.Signals, said("D1", all[i], "kid", rapid.Float64Range(0, 4).Draw(rt, "strength"), i+1))
			}
		}
		m.Linked = all[1:]
		cases := []Case{foldOne(t, Case{}, 0, Haris, Opened, OpenedBody{Matter: m})}
		for n := range rapid.IntRange(1, 4).Draw(rt, "splits") {
			i := rapid.IntRange(0, len(cases)-1).Draw(rt, "which")
			going := slices.DeleteFunc(slices.Clone(cases[i].Subjects[1:]), func(string) bool { return rapid.Bool().Draw(rt, "stays") })
			if len(going) == 0 {
				continue
			}
			stays, goes := split(t, cases[i], nil, fmt.Sprintf("s%d", n), going...)
			if stays.Subject != cases[i].Subject || goes.Deadline.After(cases[i].Deadline) || goes.Priority != cases[i].Priority {
				rt.Fatalf("%+v and %+v", stays, goes)
			}
			cases[i] = stays
			cases = append(cases, goes)
		}
		var accounts []string
		signals := 0
		for i := range cases {
			c := &cases[i]
			accounts, signals = append(accounts, c.Subjects...), signals+len(c.Signals)
			if slices.ContainsFunc(c.Signals, func(s detect.Signal) bool { return !slices.Contains(c.Subjects, s.Subject) }) || slices.Contains(c.Apart, c.Subject) {
				rt.Fatalf("%+v", c)
			}
			for _, a := range all {
				later := aMatter(taxonomy.P1, 50)
				later.Subject, later.Linked = a, without(all, []string{a})
				if here := slices.Contains(c.Subjects, a); c.Belongs(&later) != here {
					rt.Fatalf("what is found about %s belongs to %+v: %v", a, c, !here)
				}
				if slices.Contains(c.Subjects, a) && len(Merge(*c, later).Subjects) != len(c.Subjects) {
					rt.Fatalf("what is found about %s brings somebody into %+v", a, c)
				}
			}
		}
		slices.Sort(accounts)
		if !slices.Equal(accounts, all) || signals != len(m.Signals) {
			rt.Fatalf("%v of %v, %d signals of %d", accounts, all, signals, len(m.Signals))
		}
	})
}
