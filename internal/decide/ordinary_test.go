package decide_test

import (
	"math"
	"testing"
	"time"

	"haris/internal/decide"
	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// The bounds are those of Wilson's interval, computed by hand: 50 of 1,000 have a lower bound of .0398 and 30 of 560 of .0400.
func TestMost(t *testing.T) {
	for _, tt := range []struct {
		o         decide.Ordinary
		tolerance float64
		want      float64
	}{
		{decide.Ordinary{Hits: 50, Of: 1000}, 1, 1.40},
		{decide.Ordinary{Hits: 50, Of: 1000}, 10, 2.40},
		{decide.Ordinary{Hits: 30, Of: 560}, 1, 1.398},
		{decide.Ordinary{Hits: 900, Of: 1000}, 10, 1.05},
		{decide.Ordinary{Hits: 0, Of: 1000}, 1, math.Inf(1)},
		{decide.Ordinary{Hits: 50, Of: 199}, 1, math.Inf(1)},
		{decide.Ordinary{Hits: 50, Of: 1000}, 0, math.Inf(1)},
	} {
		if got := tt.o.Most(tt.tolerance); math.Abs(got-tt.want) > .005 && got != tt.want {
			t.Errorf("%+v, %v: %.3f, want %.3f", tt.o, tt.tolerance, got, tt.want)
		}
	}
}

func TestAStrengthThatThePlatformContradictsIsCut(t *testing.T) {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	sig := detect.Signal{Detector: "D1", Family: taxonomy.FamilyContact, Typology: taxonomy.TypologyGrooming, Strength: 3, At: at}
	s := &decide.Standing{Signals: []detect.Signal{sig}}
	many := func(*detect.Signal) decide.Ordinary { return decide.Ordinary{Hits: 100, Of: 1000} }
	p := decide.Default()
	f := p.FuseAgainst(s, taxonomy.TypologyGrooming, nil, at, many)
	if f.Priority != taxonomy.P3 || f.Total > 2.1 || len(f.Cuts) != 1 || f.Cuts[0].Detector != "D1" || f.Signals[0].Strength != 3 {
		t.Errorf("%+v", f)
	}
	s.Signals[0].Hard = true
	if f := p.FuseAgainst(s, taxonomy.TypologyGrooming, nil, at, many); f.Priority != taxonomy.P1 || len(f.Cuts) != 0 {
		t.Errorf("a hard fact: %+v", f)
	}
	s.Signals[0].Hard = false
	few := func(*detect.Signal) decide.Ordinary { return decide.Ordinary{Hits: 3, Of: 1000} }
	if f := p.FuseAgainst(s, taxonomy.TypologyGrooming, nil, at, few); f.Total != 3 || len(f.Cuts) != 0 {
		t.Errorf("three of a thousand: %+v", f)
	}
}
