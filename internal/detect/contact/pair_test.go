package contact_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/contact"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

// step is one act in a test: from does something to to, that many hours after the start.
type step struct {
	typ      event.Type
	from, to string
	hours    int
	relation taxonomy.Relation
	surface  taxonomy.Surface
	reason   string
	nats     float64
}

func act(typ event.Type, from, to string, hours int) step {
	return step{typ: typ, from: from, to: to, hours: hours, relation: taxonomy.RelationNone, surface: taxonomy.SurfaceDM}
}

func ask(from, to string, hours int) step  { return act(event.ContactRequested, from, to, hours) }
func say(from, to string, hours int) step  { return act(event.MessageSent, from, to, hours) }
func take(from, to string, hours int) step { return act(event.ContactAccepted, from, to, hours) }
func deny(from, to string, hours int) step { return act(event.ContactDeclined, from, to, hours) }
func shut(from, to string, hours int) step { return act(event.AccountBlocked, from, to, hours) }

func tell(from, to, reason string, hours int) step {
	s := act(event.AccountReported, from, to, hours)
	s.reason = reason
	return s
}

func (s step) as(r taxonomy.Relation) step { s.relation = r; return s }
func (s step) on(v taxonomy.Surface) step  { s.surface = v; return s }

func (s step) scored(nats float64) step { s.nats = nats; return s }

// cast are the people of the tests: a and b are adults, c and k children, u of unknown age.
func cast() map[string]*detect.Profile {
	return map[string]*detect.Profile{
		"a": {ID: "a", Band: taxonomy.Age25up}, "b": {ID: "b", Band: taxonomy.Age18to24},
		"c": {ID: "c", Band: taxonomy.Age13to15}, "k": {ID: "k", Band: taxonomy.Age16to17}, "u": {ID: "u"},
	}
}

func (s step) touch(people map[string]*detect.Profile) contact.Touch {
	e := &event.Event{Type: s.typ, Seq: uint64(s.hours + 1), Time: start.Add(time.Duration(s.hours) * time.Hour)}
	e.Data.Relation, e.Data.Surface, e.Data.Reason = s.relation, s.surface, s.reason
	if s.nats != 0 {
		e.Data.StageScores = map[string]float64{"S3": s.nats / 2, "S4": s.nats}
	}
	_, low := detect.PairKey(s.from, s.to)
	return contact.Touch{Event: e, From: people[s.from], To: people[s.to], FromLow: low}
}

var kindNames = map[detect.FactKind]string{
	detect.Approached: "approached", detect.Welcomed: "welcomed", detect.Refused: "refused", detect.Written: "written",
	detect.Blocked: "blocked", detect.Reported: "reported", detect.Staged: "staged", detect.Met: "met",
}

// play folds the steps into one pair and writes each fact as "account kind other", with N, reason and value where they matter.
func play(t testing.TB, steps []step) (p contact.Pair, facts []string) {
	for _, s := range steps {
		for _, f := range p.Fold(s.touch(cast()), nil) {
			if f.Kind == detect.Scored || f.Kind == detect.Opened { // have tests of their own
				continue
			}
			text := fmt.Sprintf("%s %s %s", f.Account.ID, kindNames[f.Kind], f.Other.ID)
			if f.Key == detect.AccountKey(f.Account.ID) && f.Kind == detect.Wrote {
				continue // TestPairsTellOfPressing has it
			}
			if f.N > 0 {
				text += fmt.Sprintf(" %d", f.N)
			}
			if f.Reason != "" {
				text += " " + f.Reason
			}
			if f.Value != 0 {
				text += fmt.Sprintf(" %.1f", f.Value)
			}
			if f.Key != detect.AccountKey(f.Account.ID) || f.Seq != uint64(s.hours+1) || f.At != start.Add(time.Duration(s.hours)*time.Hour).UnixMilli() {
				t.Errorf("%s: wrongly addressed: %+v", text, f)
			}
			facts = append(facts, text)
		}
	}
	return p, facts
}

func TestPairFold(t *testing.T) {
	const mutual, oneWay, family = taxonomy.RelationMutual, taxonomy.RelationOneWay, taxonomy.RelationFamily
	tests := []struct {
		name  string
		steps []step
		want  []string // without "met", which has its own test
	}{
		{"an adult asks a child", []step{ask("a", "c", 0)}, []string{"a approached c"}},
		{"a first message is an approach and a message", []step{say("a", "c", 0)}, []string{"a approached c", "c written a 1"}},
		{
			"only the first contact is an approach",
			[]step{ask("a", "c", 0), ask("a", "c", 9), say("a", "c", 10)},
			[]string{"a approached c", "c written a 1"},
		},
		{"whoever answers did not approach", []step{say("c", "a", 0), say("a", "c", 1)}, nil},
		{"a child approaches an adult: nothing is waited for", []step{ask("c", "a", 0), take("a", "c", 1)}, nil},
		{"accepted", []step{ask("a", "c", 0), take("c", "a", 1)}, []string{"a approached c", "a welcomed c"}},
		{"answered by writing", []step{ask("a", "c", 0), say("c", "a", 1)}, []string{"a approached c", "a welcomed c"}},
		{"answered in public", []step{ask("a", "c", 0), say("c", "a", 1).on(taxonomy.SurfaceComment)}, []string{"a approached c", "a welcomed c"}},
		{"declined", []step{ask("a", "c", 0), deny("c", "a", 1)}, []string{"a approached c", "a refused c"}},
		{"passed over", []step{ask("a", "c", 0), act(event.ContactIgnored, "c", "a", 72)}, []string{"a approached c", "a refused c"}},
		{
			"an approach is answered once",
			[]step{ask("a", "c", 0), deny("c", "a", 1), say("c", "a", 2), take("c", "a", 3)},
			[]string{"a approached c", "a refused c"},
		},
		{
			"nobody answers their own approach",
			[]step{ask("a", "c", 0), say("a", "c", 1), take("a", "c", 2)},
			[]string{"a approached c", "c written a 1"},
		},
		{"an adult approaches an adult", []step{ask("a", "b", 0), take("b", "a", 1), say("a", "b", 2)}, []string{"a approached b", "a welcomed b"}},
		{"of unknown age approaches", []step{say("u", "c", 0), say("c", "u", 1)}, []string{"u approached c", "c written u 1", "u welcomed c"}},
		{"a child writes to a child: the first message counts strangers", []step{say("k", "c", 0), say("k", "c", 1)}, []string{"c written k 1"}},
		{"a call is a message", []step{act(event.CallStarted, "a", "c", 0)}, []string{"a approached c", "c written a 1"}},
		{
			"every message of an adult stranger is counted",
			[]step{say("a", "c", 0), say("a", "c", 1), say("c", "a", 2), say("a", "c", 3)},
			[]string{"a approached c", "c written a 1", "c written a 2", "a welcomed c", "c written a 3"},
		},
		{
			"strangers who became friends began as strangers",
			[]step{ask("a", "c", 0), take("c", "a", 1), say("a", "c", 2).as(mutual)},
			[]string{"a approached c", "a welcomed c", "c written a 1"},
		},
		{"friends", []step{say("a", "c", 0).as(mutual), say("c", "a", 1).as(mutual), say("a", "c", 2)}, nil},
		{"a follower", []step{say("a", "c", 0).as(oneWay)}, nil},
		{"family", []step{say("a", "c", 0).as(family), say("a", "c", 1), shut("c", "a", 2), tell("c", "a", "other", 3)}, nil},
		{"family said later", []step{say("a", "c", 0), say("a", "c", 1).as(family)}, []string{"a approached c", "c written a 1"}},
		{
			"a child reports family for its safety",
			[]step{say("a", "c", 0).as(family), tell("c", "a", "minor_safety", 1)},
			[]string{"a reported c 1 minor_safety"},
		},
		{
			"a comment neither counts nor hides the message after it",
			[]step{say("a", "c", 0).on(taxonomy.SurfaceComment), say("a", "c", 1)},
			[]string{"a approached c", "c written a 1"},
		},
		{"in a game", []step{say("a", "c", 0).on(taxonomy.SurfaceGame)}, []string{"a approached c", "c written a 1"}},
		{
			"a block answers and is counted once",
			[]step{ask("a", "c", 0), shut("c", "a", 1), shut("c", "a", 2), act(event.AccountMuted, "c", "a", 3)},
			[]string{"a approached c", "a refused c", "a blocked c 1"},
		},
		{"an adult's block of a child says nothing", []step{shut("a", "c", 0), tell("a", "c", "grooming", 1)}, nil},
		{
			"one child is one child",
			[]step{shut("c", "a", 0), tell("c", "a", "other", 1), tell("c", "a", "other", 2), tell("c", "a", "grooming", 3), tell("c", "a", "sextortion", 4)},
			[]string{"a blocked c 1", "a reported c 2 other", "a reported c 3 grooming"},
		},
		{
			"spam is no complaint",
			[]step{tell("c", "a", "spam", 0), tell("c", "a", "spam", 1), shut("c", "a", 2)},
			[]string{"a reported c spam", "a blocked c 1 "},
		},
		{"both sides complain", []step{shut("a", "b", 0), shut("b", "a", 1)}, []string{"b blocked a 1", "a blocked b 1"}},
		{
			"stage scores: the strongest counts, whoever began",
			[]step{say("c", "a", 0), say("a", "c", 1).scored(1.5), say("c", "a", 2).scored(2)},
			[]string{"a staged c 1.5"},
		},
		{"stage scores among friends", []step{say("a", "c", 0).as(mutual).scored(2)}, []string{"a staged c 2.0"}},
		{"stage scores below zero and among adults", []step{say("a", "c", 0).scored(-1), say("a", "b", 0).scored(3)}, []string{"a approached c", "c written a 1"}},
		{
			"late: an answer that arrives after a later one changes nothing",
			[]step{ask("a", "c", 10), take("c", "a", 12), deny("c", "a", 11)},
			[]string{"a approached c", "a welcomed c"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, facts := play(t, tt.steps)
			var got []string
			for _, f := range facts {
				if !strings.Contains(f, " met ") {
					got = append(got, f)
				}
			}
			for i := range tt.want {
				tt.want[i] = strings.TrimSpace(tt.want[i])
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Who has to do with whom is said once in two weeks of contact, before what else follows from the act.
func TestPairMet(t *testing.T) {
	const day = 24
	tests := []struct {
		name  string
		steps []step
		want  []string
	}{
		{"the adult is told of the child", []step{say("a", "c", 0)}, []string{"a met c", "a approached c", "c written a 1"}},
		{"whoever began", []step{say("c", "a", 0)}, []string{"a met c"}},
		{"a block by somebody never met", []step{shut("c", "a", 0)}, []string{"a met c", "a blocked c 1"}},
		{"adults are told of each other", []step{say("a", "b", 0)}, []string{"a met b", "b met a", "a approached b"}},
		{"children are not", []step{ask("k", "c", 0)}, nil},
		{"family is not", []step{say("a", "c", 0).as(taxonomy.RelationFamily)}, nil},
		{"again after two weeks", []step{say("c", "a", 0), say("c", "a", 5), say("c", "a", 15*day), say("c", "a", 15*day+1)}, []string{"a met c", "a met c"}},
		{"late: what arrives late is not met again", []step{say("c", "a", 40*day), say("c", "a", 0)}, []string{"a met c"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, got := play(t, tt.steps)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A pair that is stored between any two acts goes on as if it had not been.
func TestPairComesBack(t *testing.T) {
	types := []event.Type{
		event.ContactRequested, event.ContactAccepted, event.ContactDeclined, event.MessageSent, event.CallStarted,
		event.AccountBlocked, event.AccountReported, event.ContentReported,
	}
	rapid.Check(t, func(rt *rapid.T) {
		var whole, stored contact.Pair
		hours := 0
		for range rapid.IntRange(0, 30).Draw(rt, "acts") {
			hours += rapid.IntRange(-5, 200).Draw(rt, "hours")
			s := act(rapid.SampledFrom(types).Draw(rt, "type"), "a", "c", max(hours, 0))
			if rapid.Bool().Draw(rt, "turned") {
				s.from, s.to = s.to, s.from
			}
			s.relation = taxonomy.Relation(rapid.IntRange(0, 4).Draw(rt, "relation"))
			s.surface = taxonomy.Surface(rapid.IntRange(0, 8).Draw(rt, "surface"))
			s.reason = rapid.SampledFrom([]string{"", "spam", "grooming", "other"}).Draw(rt, "reason")
			people := cast()
			a, b := whole.Fold(s.touch(people), nil), stored.Fold(s.touch(people), nil)
			if diff := cmp.Diff(a, b); diff != "" {
				rt.Fatal(diff)
			}
			body := stored.Append(nil)
			var err error
			if stored, err = contact.DecodePair(body); err != nil || len(body) != contact.PairBytes || stored != whole {
				rt.Fatalf("%v: %+v came back as %+v", err, whole, stored)
			}
		}
	})
}

func TestDecodePairRefuses(t *testing.T) {
	good := (&contact.Pair{}).Append(nil)
	for name, spoil := range map[string]func([]byte) []byte{
		"cut off":         func(b []byte) []byte { return b[:len(b)-1] },
		"too long":        func(b []byte) []byte { return append(b, 0) },
		"no such side":    func(b []byte) []byte { b[8] = 3; return b },
		"no such outcome": func(b []byte) []byte { b[9] = 3; return b },
		"no such flag":    func(b []byte) []byte { b[11] = 0x80; return b },
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := contact.DecodePair(spoil(append([]byte(nil), good...))); err == nil {
				t.Error("was read")
			}
		})
	}
}

// TestScored: a message to a minor says what is known of the stages; that nothing is known is said once a pair.
func TestScored(t *testing.T) {
	var p contact.Pair
	people := cast()
	var got []string
	for i, nats := range []float64{0, 0, 2, -1} {
		s := step{hours: i, typ: event.MessageSent, from: "a", to: "c", surface: taxonomy.SurfaceDM, relation: taxonomy.RelationNone, nats: nats}
		for _, f := range p.Fold(s.touch(people), nil) {
			if f.Kind != detect.Scored {
				continue
			}
			if f.Scores == nil {
				got = append(got, fmt.Sprint(i, " unknown"))
				continue
			}
			got = append(got, fmt.Sprint(i, " ", f.Scores[2], f.Scores[3], f.Scores[4] != f.Scores[4]))
		}
	}
	if want := "[0 unknown 2 1 2 true 3 -0.5 -1 true]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}

// TestOpened: the first private message to a minor says what it was like, a later one and one where others look on say nothing.
func TestOpened(t *testing.T) {
	var p contact.Pair
	people := cast()
	var got []string
	for i, m := range []struct {
		surface taxonomy.Surface
		text    string
	}{{taxonomy.SurfaceComment, "nice"}, {taxonomy.SurfaceDM, "hello how are you"}, {taxonomy.SurfaceDM, "and today"}} {
		s := step{hours: i, typ: event.MessageSent, from: "a", to: "c", surface: m.surface, relation: taxonomy.RelationNone}
		touch := s.touch(people)
		touch.Event.Data.Text = m.text
		for _, f := range p.Fold(touch, nil) {
			if f.Kind == detect.Opened {
				got = append(got, fmt.Sprint(i, " ", f.Sketch.Words))
			}
		}
	}
	if fmt.Sprint(got) != "[1 4]" {
		t.Errorf("%v", got)
	}
	var silent contact.Pair
	s := step{typ: event.MessageSent, from: "a", to: "c", surface: taxonomy.SurfaceDM}
	for _, f := range silent.Fold(s.touch(people), nil) {
		if f.Kind == detect.Opened && f.Sketch != nil {
			t.Error("a message without text has a sketch")
		}
	}
}
