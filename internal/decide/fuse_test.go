package decide_test

import (
	"testing"
	"time"

	"haris/internal/decide"
	"haris/internal/detect"
	"haris/internal/taxonomy"
)

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func sig(name string, f taxonomy.Family, e float64, typ taxonomy.Typology) detect.Signal {
	return detect.Signal{Detector: name, Family: f, Strength: e, Typology: typ, At: at}
}

func TestFuse(t *testing.T) {
	const g, tr = taxonomy.TypologyGrooming, taxonomy.TypologyTrafficking
	hard := sig("D3", taxonomy.FamilyFeedback, 0.2, g)
	hard.Hard = true
	blind := sig("D2", taxonomy.FamilyContact, 3, g)
	blind.Unscanned = "no ages"
	teacher := &detect.Profile{ID: "a", Role: "teacher"}
	tests := []struct {
		name    string
		who     *detect.Profile
		signals []detect.Signal
		typ     taxonomy.Typology
		want    taxonomy.Priority
		total   float64
	}{
		{"nothing", nil, nil, g, taxonomy.PriorityNone, 0},
		{"one family is capped", nil, []detect.Signal{sig("D1", taxonomy.FamilyContact, 9, g)}, g, taxonomy.P2, 3},
		{"the strongest of a family counts", nil, []detect.Signal{sig("D1", taxonomy.FamilyContact, 2, g), sig("D2", taxonomy.FamilyContact, 1.5, g)}, g, taxonomy.P3, 2},
		{"two families make P1", nil, []detect.Signal{sig("D1", taxonomy.FamilyContact, 3, g), sig("D3", taxonomy.FamilyFeedback, 1, g)}, g, taxonomy.P1, 4},
		{"two weak families do not", nil, []detect.Signal{sig("D1", taxonomy.FamilyContact, 2, g), sig("D3", taxonomy.FamilyFeedback, 1.9, g)}, g, taxonomy.P2, 3.9},
		{"typologies are not added", nil, []detect.Signal{sig("D1", taxonomy.FamilyContact, 3, g), sig("D12", taxonomy.FamilyInbound, 3, tr)}, tr, taxonomy.P2, 3},
		{"a hard fact makes P1", nil, []detect.Signal{hard}, g, taxonomy.P1, 0.2},
		{"a role lowers", teacher, []detect.Signal{sig("D1", taxonomy.FamilyContact, 3, g)}, g, taxonomy.P3, 3},
		{"a role does not lower a hard fact", teacher, []detect.Signal{hard}, g, taxonomy.P1, 0.2},
		{"a role does not lower trafficking", teacher, []detect.Signal{sig("D12", taxonomy.FamilyInbound, 3, tr)}, tr, taxonomy.P2, 3},
		{"unscanned weighs nothing", nil, []detect.Signal{blind}, g, taxonomy.PriorityNone, 0},
		{"outside models are capped", nil, []detect.Signal{sig("D17", taxonomy.FamilyExternal, 6, g)}, g, taxonomy.P3, 1.5},
		{"all that is outside together is capped", nil, []detect.Signal{
			sig("D16", taxonomy.FamilyExternal, 1.5, taxonomy.TypologyUnknown), sig("D17", taxonomy.FamilyExternal, 1.5, g), sig("a-rule", taxonomy.FamilyExternal, 3, g),
		}, g, taxonomy.P3, 1.5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &decide.Standing{Signals: tt.signals}
			f := decide.Default().Fuse(s, tt.typ, tt.who, at.Add(time.Hour))
			if f.Priority != tt.want || f.Total != tt.total {
				t.Errorf("priority %v total %v, want %v and %v", f.Priority, f.Total, tt.want, tt.total)
			}
			if late := decide.Default().Fuse(s, tt.typ, tt.who, at.Add(decide.Lifetime+time.Hour)); late.Priority != taxonomy.PriorityNone {
				t.Errorf("still %v after the lifetime", late.Priority)
			}
		})
	}
}

// TestNobodyOutsideMakesP1: even where an operator has set every threshold as low as a file of weights may.
func TestNobodyOutsideMakesP1(t *testing.T) {
	low, err := decide.Read([]byte("thresholds: {p1: 0.5, p2: 0.5, p3: 0.5, external: 0.5}\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &decide.Standing{Signals: []detect.Signal{sig("D17", taxonomy.FamilyExternal, 1.5, taxonomy.TypologyGrooming), sig("D16", taxonomy.FamilyExternal, 1.5, taxonomy.TypologyUnknown)}}
	if f := low.Fuse(s, taxonomy.TypologyGrooming, nil, at); f.Priority != taxonomy.P2 || f.Hard {
		t.Errorf("%v of %.1f", f.Priority, f.Total)
	}
}

func TestTakeReplacesAndTakesBack(t *testing.T) {
	s := &decide.Standing{}
	if !s.Take(sig("D1", taxonomy.FamilyContact, 2, "grooming")) || !s.Take(sig("D1", taxonomy.FamilyContact, 3, "grooming")) || len(s.Signals) != 1 {
		t.Fatalf("%+v", s.Signals)
	}
	if s.Signals[0].Strength != 3 {
		t.Error("the newer signal must stand")
	}
	if !s.Take(sig("D1", taxonomy.FamilyContact, 0, "grooming")) || len(s.Signals) != 0 {
		t.Error("strength 0 must take the signal back")
	}
}

func TestNewsOnlyWhenSomethingChanged(t *testing.T) {
	p, s := decide.Default(), &decide.Standing{}
	say := func(total float64, pr taxonomy.Priority, names ...string) bool {
		f := decide.Fusion{Typology: taxonomy.TypologyGrooming, Total: total, Priority: pr}
		for _, n := range names {
			f.Signals = append(f.Signals, detect.Signal{Detector: n})
		}
		return p.News(s, f, at)
	}
	for i, tt := range []struct {
		got, want bool
	}{
		{say(3, taxonomy.P2, "D1"), true},
		{say(3.2, taxonomy.P2, "D1"), false},
		{say(3.5, taxonomy.P2, "D1"), true},
		{say(3.5, taxonomy.P2, "D1", "D3"), true},
		{say(3.6, taxonomy.P1, "D1", "D3"), true},
		{say(2, taxonomy.P3, "D1"), false},
	} {
		if tt.got != tt.want {
			t.Errorf("step %d: %v", i, tt.got)
		}
	}
}
