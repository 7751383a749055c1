package casefile

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

func TestCheckMatter(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Matter)
		ok     bool
	}{
		"complete":              {func(*Matter) {}, true},
		"no key":                {func(m *Matter) { m.Key = "" }, false},
		"no subject":            {func(m *Matter) { m.Subject = "" }, false},
		"no typology":           {func(m *Matter) { m.Typology = "" }, false},
		"a typology made up":    {func(m *Matter) { m.Typology = "bad" }, false},
		"no priority":           {func(m *Matter) { m.Priority = taxonomy.PriorityNone }, false},
		"a priority too high":   {func(m *Matter) { m.Priority = taxonomy.P0 + 1 }, false},
		"no time":               {func(m *Matter) { m.At = time.Time{} }, false},
		"a subject with a zero": {func(m *Matter) { m.Subject = "u\x00" }, false},
		"a victim not in UTF-8": {func(m *Matter) { m.Victims = []string{"\xff"} }, false},
		"a queue with a zero":   {func(m *Matter) { m.Queue = "\x00" }, false},
	} {
		m := aMatter(taxonomy.P2, 0)
		tt.change(&m)
		if err := m.Check(); (err == nil) != tt.ok || (err != nil && !errors.Is(err, ErrMatter)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMerge(t *testing.T) {
	c := Case{Subject: "u1", Subjects: []string{"u1"}}
	c = Merge(c, Matter{
		Priority: taxonomy.P2, Queue: "main", At: at(5), Linked: []string{"u2", "u1"}, Victims: []string{"v1"}, Labels: []string{"a"},
		Reasons: []string{"r1", "r2"}, Signals: []detect.Signal{signal("D1", taxonomy.FamilyContact, 2, 5), signal("D2", taxonomy.FamilyContact, 1, 5)},
	})
	c = Merge(c, Matter{
		Priority: taxonomy.P3, Queue: "later", At: at(3), Victims: []string{"v2", "v1"}, Labels: []string{"b", "a"}, Reasons: []string{"r1"},
		Signals: []detect.Signal{signal("D1", taxonomy.FamilyContact, 9, 3), signal("D2", taxonomy.FamilyContact, 0.5, 5)},
	})
	want := Case{
		Subject: "u1", Subjects: []string{"u1", "u2"}, Victims: []string{"v1", "v2"}, Priority: taxonomy.P2, Queue: "main", RaisedAt: at(5),
		EventAt: at(5), Labels: []string{"a", "b"}, Reasons: []string{"r2", "r1"}, Count: 2,
		Signals: []detect.Signal{signal("D1", taxonomy.FamilyContact, 2, 5), signal("D2", taxonomy.FamilyContact, 0.5, 5)},
	}
	if d := cmp.Diff(want, c); d != "" {
		t.Error(d)
	}
	c = Merge(c, Matter{Priority: taxonomy.P0, Queue: "urgent", At: at(4)})
	if c.Priority != taxonomy.P0 || !c.RaisedAt.Equal(at(4)) || !c.EventAt.Equal(at(5)) || c.Queue != "urgent" {
		t.Errorf("raised: %+v", c)
	}
	if c = Merge(c, Matter{Priority: taxonomy.P0, At: at(9)}); !c.RaisedAt.Equal(at(4)) || !c.EventAt.Equal(at(9)) {
		t.Errorf("the same priority again: raised at %s", c.RaisedAt)
	}
}

// TestMergeOfAGroup: what one detector says of two accounts are two signals; what it says again of one is the newer one.
func TestMergeOfAGroup(t *testing.T) {
	of := func(subject string, strength float64, hour int) Matter {
		s := signal("D13", taxonomy.FamilyTemplate, strength, hour)
		s.Subject = subject
		return Matter{Subject: subject, Typology: taxonomy.TypologyTrafficking, Priority: taxonomy.P2, At: at(hour), Linked: []string{"u1"}, Signals: []detect.Signal{s}}
	}
	c := Case{Subject: "u1", Subjects: []string{"u1"}, Typology: taxonomy.TypologyTrafficking}
	for _, m := range []Matter{of("u1", 2, 1), of("u2", 3, 2), of("u1", 2.5, 3)} {
		if !c.Belongs(&m) {
			t.Errorf("%s does not belong to %v", m.Subject, c.Subjects)
		}
		c = Merge(c, m)
	}
	if len(c.Signals) != 2 || c.Signals[0].Strength != 2.5 || c.Signals[1].Subject != "u2" {
		t.Errorf("%+v", c.Signals)
	}
	stranger := of("u9", 3, 4)
	stranger.Linked = nil
	if c.Belongs(&stranger) {
		t.Error("an account of no group belongs to it")
	}
	trimmed := c
	if trimmed.Trimmed = true; !trimmed.Belongs(&stranger) {
		t.Error("of a trimmed case the history knows who belongs")
	}
	other := of("u2", 3, 4)
	other.Typology = taxonomy.TypologyGrooming
	if c.Belongs(&other) {
		t.Error("another typology belongs to it")
	}
}

// TestEvidenceStays: what a case rested on it goes on resting on when the detector speaks again, within a bound.
func TestEvidenceStays(t *testing.T) {
	about := func(hour int, other string, events ...uint64) Matter {
		s := signal("D3", taxonomy.FamilyFeedback, 3, hour)
		s.Events, s.Others = events, []string{other}
		return Matter{At: at(hour), Signals: []detect.Signal{s}}
	}
	c := Merge(Merge(Case{}, about(1, "kid-a", 7)), about(2, "kid-b", 9, 7))
	if d := cmp.Diff([]uint64{7, 9}, c.Signals[0].Events); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"kid-b", "kid-a"}, c.Signals[0].Others); d != "" {
		t.Error(d)
	}
	for i := range 300 {
		c = Merge(c, about(3, "kid-b", uint64(100+i)))
	}
	if e := c.Signals[0].Events; len(e) != maxEvidence || e[0] != 7 || e[len(e)-1] != 399 {
		t.Errorf("%d events, from %d to %d", len(e), e[0], e[len(e)-1])
	}
}

func TestMergeIsBounded(t *testing.T) {
	var many []string
	for i := range MaxAccounts + 5 {
		many = append(many, fmt.Sprintf("v%d", i))
	}
	c := Merge(Case{Subjects: []string{"u1"}}, Matter{Victims: many[:MaxAccounts], Labels: many, Reasons: many})
	if len(c.Victims) != MaxAccounts || c.Trimmed {
		t.Errorf("%d victims, trimmed %v", len(c.Victims), c.Trimmed)
	}
	c = Merge(c, Matter{Victims: many})
	if len(c.Victims) != MaxAccounts || !c.Trimmed {
		t.Errorf("%d victims, trimmed %v", len(c.Victims), c.Trimmed)
	}
	if len(c.Labels) != MaxLabels || len(c.Reasons) != MaxReasons || c.Reasons[MaxReasons-1] != many[len(many)-1] {
		t.Errorf("%d labels, %d reasons", len(c.Labels), len(c.Reasons))
	}
}

func TestShouldOpen(t *testing.T) {
	contact := func(strength float64) detect.Signal { return signal("D1", taxonomy.FamilyContact, strength, 0) }
	stage := func(strength float64) detect.Signal { return signal("D7", taxonomy.FamilyStage, strength, 0) }
	hard := func(others ...string) detect.Signal {
		s := signal("D3", taxonomy.FamilyFeedback, 0, 0)
		s.Hard, s.Others = true, others
		return s
	}
	known := func(times int, pictures ...string) detect.Signal {
		s := signal("D18", taxonomy.FamilyMedia, 3, 0)
		s.Hard, s.Times = true, times
		for _, p := range pictures {
			s.Matches = append(s.Matches, detect.Match{Picture: p})
		}
		return s
	}
	unscanned := stage(3)
	unscanned.Unscanned = "no model"
	for _, tt := range []struct {
		name   string
		prev   Case
		signal []detect.Signal
		want   bool
	}{
		{"the same again", Case{Signals: []detect.Signal{contact(2)}}, []detect.Signal{contact(2)}, false},
		{"somewhat stronger", Case{Signals: []detect.Signal{contact(1.5)}}, []detect.Signal{contact(2.4)}, false},
		{"ten times rarer", Case{Signals: []detect.Signal{contact(1.5)}}, []detect.Signal{contact(2.5)}, true},
		{"stronger beyond the cap", Case{Signals: []detect.Signal{contact(3)}}, []detect.Signal{contact(9)}, false},
		{"another detector of the family", Case{Signals: []detect.Signal{contact(2)}}, []detect.Signal{signal("D2", taxonomy.FamilyContact, 2.5, 0)}, false},
		{"another family", Case{Signals: []detect.Signal{contact(3)}}, []detect.Signal{stage(0.5)}, true},
		{"another family that was unscanned", Case{Signals: []detect.Signal{contact(3)}}, []detect.Signal{unscanned}, false},
		{"a family that was unscanned before", Case{Signals: []detect.Signal{contact(3), unscanned}}, []detect.Signal{stage(0.5)}, true},
		{"a hard signal", Case{Signals: []detect.Signal{contact(3), signal("D3", taxonomy.FamilyFeedback, 3, 0)}}, []detect.Signal{hard("v1")}, true},
		{"the same hard signal", Case{Signals: []detect.Signal{contact(3), hard("v1")}}, []detect.Signal{hard("v1")}, false},
		{"a hard signal by another child", Case{Signals: []detect.Signal{hard("v1")}}, []detect.Signal{hard("v1", "v2")}, true},
		{"a hard signal by a known victim", Case{Victims: []string{"v2"}, Signals: []detect.Signal{hard("v1")}}, []detect.Signal{hard("v1", "v2")}, false},
		{"judged in the case before", Case{Judged: []detect.Signal{stage(3)}, Signals: []detect.Signal{contact(2)}}, []detect.Signal{stage(3)}, false},
		{"the same picture", Case{Status: Cleared, Signals: []detect.Signal{known(3, "p1", "p2")}}, []detect.Signal{known(9, "p2")}, false},
		{"another picture", Case{Status: Cleared, Signals: []detect.Signal{known(3, "p1")}}, []detect.Signal{known(4, "p1", "p2")}, true},
		{"the same picture that was confirmed, again", Case{Status: Confirmed, Signals: []detect.Signal{known(3, "p1")}}, []detect.Signal{known(4, "p1")}, true},
		{"the same picture that was confirmed, as often", Case{Status: Confirmed, Signals: []detect.Signal{known(3, "p1")}}, []detect.Signal{known(3, "p1")}, false},
		{"nothing but words", Case{Signals: []detect.Signal{contact(2)}}, nil, false},
		{"after a case without signals", Case{}, []detect.Signal{contact(0.1)}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ShouldOpen(&tt.prev, Matter{Signals: tt.signal}); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func TestJudgedByKeepsTheStrongest(t *testing.T) {
	weakHard := signal("D3", taxonomy.FamilyFeedback, 1, 0)
	weakHard.Hard = true
	c := Case{
		Judged:  []detect.Signal{signal("D1", taxonomy.FamilyContact, 3, 0), weakHard, signal("D2", taxonomy.FamilyContact, 1, 0)},
		Signals: []detect.Signal{signal("D1", taxonomy.FamilyContact, 2, 9), signal("D3", taxonomy.FamilyFeedback, 3, 9), signal("D2", taxonomy.FamilyContact, 2, 9)},
	}
	want := []detect.Signal{signal("D1", taxonomy.FamilyContact, 3, 0), weakHard, signal("D2", taxonomy.FamilyContact, 2, 9)}
	if d := cmp.Diff(want, JudgedBy(&c)); d != "" {
		t.Error(d)
	}
	if c.Judged[2].Strength != 1 {
		t.Error("the case was changed")
	}
}

func TestStrength(t *testing.T) {
	got := Strength([]detect.Signal{
		signal("D1", taxonomy.FamilyContact, 2, 0), signal("D2", taxonomy.FamilyContact, 2.5, 0), signal("D7", taxonomy.FamilyStage, 8, 0),
	})
	if math.Abs(got-5.5) > 1e-12 {
		t.Errorf("%g, want 5.5", got)
	}
}

func TestKindsAndStatuses(t *testing.T) {
	for _, s := range Statuses() {
		if s.bit() == 0 || s.IsOpen() != slices.Contains(OpenStatuses(), s) {
			t.Errorf("%s", s)
		}
	}
	if Status("made up").bit() != 0 {
		t.Error("a status made up has a place in the table")
	}
	for who, want := range map[string]bool{"ada": true, "": false, Haris: false, "key:1": false, strings.ToUpper(Haris): true} {
		if IsPerson(who) != want {
			t.Errorf("%q", who)
		}
	}
}

// A detector that has spoken of several accounts of a group has spoken once, with the strongest; one that could not look has not.
func TestSpoken(t *testing.T) {
	blind := signal("D4", taxonomy.FamilyContact, 0, 3)
	blind.Unscanned = "no scores"
	c := Case{Signals: []detect.Signal{
		signal("D13", taxonomy.FamilyTemplate, 1, 1), blind, signal("D1", taxonomy.FamilyContact, 2, 1), signal("D13", taxonomy.FamilyTemplate, 3, 2), signal("D13", taxonomy.FamilyTemplate, 2, 3),
	}}
	want := []detect.Signal{c.Signals[3], c.Signals[2]}
	if d := cmp.Diff(want, c.Spoken()); d != "" {
		t.Error(d)
	}
}
