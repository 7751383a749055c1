package stage_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/detecttest"
	"haris/internal/detect/stage"
	"haris/internal/taxonomy"
)

func contract(d detect.Detector, number string) detecttest.Contract {
	return detecttest.Contract{
		Detector: d, Account: detecttest.Adult(), Limit: 3, Number: number, Silent: taxonomy.Age25up,
		Platform: func() *detecttest.Cohort { return detecttest.Platform(.2, .5) },
		Fill: func(t *rapid.T, f *detect.Fact) {
			f.Reason = rapid.SampledFrom([]string{"D1", "D3", "D5"}).Draw(t, "detector")
			if f.Kind != detect.Scored || rapid.IntRange(0, 9).Draw(t, "read") == 0 {
				return
			}
			f.By = rapid.SampledFrom([]detect.Scorer{{}, {Model: "seed", Seed: true}, {Model: "a model", Digest: strings.Repeat("0f", 32)}}).Draw(t, "by")
			f.Scores = new(detect.Scores)
			for i := range f.Scores {
				f.Scores[i] = rapid.SampledFrom([]float32{-4, -2, -1, 0, 1, 2, 5, float32(math.NaN())}).Draw(t, "nats")
			}
		},
	}
}

func TestProgressionKeepsTheContract(t *testing.T) { contract(stage.Progression{}, "stages").Run(t) }

func TestRecurrenceKeepsTheContract(t *testing.T) { contract(stage.Recurrence{}, "recurring").Run(t) }

func FuzzProgressionDecode(f *testing.F) {
	c := contract(stage.Progression{}, "stages")
	for _, b := range c.Seeds() {
		f.Add(b)
	}
	f.Fuzz(c.Decode)
}

func FuzzRecurrenceDecode(f *testing.F) {
	c := contract(stage.Recurrence{}, "recurring")
	for _, b := range c.Seeds() {
		f.Add(b)
	}
	f.Fuzz(c.Decode)
}

// story is what one adult writes, message by message; "" is a message of no stage.
type story struct {
	d    detect.Detector
	c    *detecttest.Cohort
	who  *detect.Profile
	st   detect.State
	at   time.Time
	seq  int
	last detect.Signal
	said int
}

func newStory(d detect.Detector) *story {
	return &story{d: d, c: detecttest.Platform(.3, .4), who: detecttest.Adult(), at: detecttest.Start}
}

func (s *story) fold(f *detect.Fact) {
	var sig detect.Signal
	var ok bool
	if s.st, sig, ok = s.d.Fold(s.st, f, s.c); ok {
		s.last, s.said = sig, s.said+1
	}
}

func (s *story) write(child int, band taxonomy.AgeBand, stages ...string) {
	for _, name := range stages {
		s.at, s.seq = s.at.Add(time.Hour), s.seq+1
		f := detecttest.Fact(detect.Scored, s.who, detecttest.Person(child, band), s.at, s.seq)
		f.Scores = new(detect.Scores)
		for i, n := range taxonomy.Stages() {
			f.Scores[i] = -1
			if n == name {
				f.Scores[i] = 4
			}
		}
		s.fold(f)
	}
}

func times(n int, name string) (out []string) {
	for range n {
		out = append(out, name)
	}
	return out
}

func TestProgression(t *testing.T) {
	chain := []string{"", "S3", "S3", "", "S4", "S4", "S5", "S5", "S8", "S8"}
	tests := []struct {
		name     string
		who      taxonomy.AgeBand
		child    taxonomy.AgeBand
		messages []string
		lo, hi   float64
		typology taxonomy.Typology
	}{
		{"ordinary messages", taxonomy.Age25up, taxonomy.Age13to15, times(200, ""), 0, 0, ""},
		{"one stage a hundred times", taxonomy.Age25up, taxonomy.Age13to15, times(100, "S5"), 0, 0, ""},
		{"four stages in order", taxonomy.Age25up, taxonomy.Age13to15, chain, 3, 3, taxonomy.TypologyGrooming},
		{"four stages, an adult of 18 to 24 and a child of 13 to 15", taxonomy.Age18to24, taxonomy.Age13to15, chain, 2, 2.4, taxonomy.TypologyGrooming},
		{"four stages between neighbours in age", taxonomy.Age18to24, taxonomy.Age16to17, chain, .9, 1.1, taxonomy.TypologyGrooming},
		{"two stages in order", taxonomy.Age25up, taxonomy.Age13to15, []string{"S4", "S4", "S5", "S5"}, 1.3, 1.4, taxonomy.TypologyGrooming},
		{"the same two the other way round", taxonomy.Age25up, taxonomy.Age13to15, []string{"S5", "S5", "S4", "S4"}, 1.15, 1.25, taxonomy.TypologyGrooming},
		{"stages of trafficking", taxonomy.Age25up, taxonomy.Age13to15, []string{"T1", "T1", "T3", "T3", "T4", "T4"}, 2, 2.2, taxonomy.TypologyTrafficking},
		{"among a thousand others they fade", taxonomy.Age25up, taxonomy.Age13to15, append(append([]string{}, chain...), times(1000, "")...), 0, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStory(stage.Progression{})
			s.who = &detect.Profile{ID: "grown", Band: tt.who}
			s.write(1, tt.child, tt.messages...)
			e := s.last.Strength
			if e < tt.lo || e > tt.hi || tt.typology != "" && s.last.Typology != tt.typology {
				t.Errorf("strength %.2f, typology %s, want %.2f to %.2f, %s: %+v", e, s.last.Typology, tt.lo, tt.hi, tt.typology, s.last.Figures)
			}
		})
	}
}

// TestStagesOfDifferentChildrenAreNotAdded: one stage with each of four children is no progression.
func TestStagesOfDifferentChildrenAreNotAdded(t *testing.T) {
	s := newStory(stage.Progression{})
	for i, name := range []string{"S3", "S4", "S5", "S8"} {
		s.write(i, taxonomy.Age13to15, name, name, name)
	}
	if s.said > 0 {
		t.Errorf("%+v", s.last)
	}
}

// TestNineChildren: of more than eight the one of longest ago is forgotten, and comes back as if new.
func TestNineChildren(t *testing.T) {
	s := newStory(stage.Progression{})
	s.write(0, taxonomy.Age13to15, "S4", "S4")
	for i := 1; i <= 8; i++ {
		s.write(i, taxonomy.Age13to15, "")
	}
	s.write(0, taxonomy.Age13to15, "S5", "S5")
	if s.said > 0 {
		t.Errorf("%+v", s.last)
	}
}

// TestNothingScoredIsUnscanned: it is said once, when another detector speaks, and never where something was scored.
func TestNothingScoredIsUnscanned(t *testing.T) {
	spoke := func(s *story) {
		f := detecttest.Fact(detect.Spoke, s.who, &detect.Profile{}, s.at, s.seq)
		f.Reason, f.Value = "D1", 2
		s.fold(f)
	}
	s := newStory(stage.Progression{})
	for i := range 3 {
		s.fold(detecttest.Fact(detect.Scored, s.who, detecttest.Person(i, taxonomy.Age13to15), s.at, i+1))
	}
	if s.said > 0 {
		t.Fatalf("spoke before anybody asked: %+v", s.last)
	}
	spoke(s)
	spoke(s)
	u, _ := s.last.Figure("unread")
	if s.said != 1 || s.last.Unscanned == "" || s.last.Strength != 0 || u.Observed != 3 {
		t.Errorf("said %d: %+v", s.said, s.last)
	}
	if e := (stage.Progression{}).Explain(&s.last, "en"); !strings.Contains(e.Why, "Not looked at") {
		t.Error(e.Why)
	}
	read := newStory(stage.Progression{})
	read.write(1, taxonomy.Age13to15, "")
	if spoke(read); read.said > 0 {
		t.Errorf("%+v", read.last)
	}
}

func TestRecurrence(t *testing.T) {
	for _, tt := range []struct {
		name            string
		children, clean int
		stages          []string
		lo, hi          float64
	}{
		{"two stages with one", 1, 0, []string{"S4", "S5"}, 0, 0},
		{"one stage with five", 5, 0, []string{"S5", "S5"}, 0, 0},
		{"the same two with two of two", 2, 0, []string{"S4", "S5"}, 2.2, 2.7},
		{"with five of five", 5, 0, []string{"S4", "S5"}, 3, 3},
		{"with two of twenty", 2, 18, []string{"S4", "S5"}, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStory(stage.Recurrence{})
			for i := range tt.clean {
				s.write(100+i, taxonomy.Age13to15, "")
			}
			for i := range tt.children {
				s.write(i, taxonomy.Age13to15, tt.stages...)
			}
			if e := s.last.Strength; e < tt.lo || e > tt.hi {
				t.Errorf("strength %.2f, want %.2f to %.2f: %+v", e, tt.lo, tt.hi, s.last.Figures)
			}
		})
	}
}

// TestCounterfactuals: with as many children as named it would have been silent, and without the strongest stage it weighs what is said.
func TestCounterfactuals(t *testing.T) {
	s := newStory(stage.Recurrence{})
	for i := range 5 {
		s.write(i, taxonomy.Age13to15, "S4", "S5")
	}
	e := (stage.Recurrence{}).Explain(&s.last, "en")
	var quiet int
	if _, err := fmt.Sscanf(e.Counterfactual, "With %d such minors", &quiet); err != nil {
		t.Fatal(e.Counterfactual)
	}
	less := newStory(stage.Recurrence{})
	for i := range 5 {
		if i < quiet {
			less.write(i, taxonomy.Age13to15, "S4", "S5")
		} else {
			less.write(i, taxonomy.Age13to15, "S4")
		}
	}
	if less.last.Strength > 0 {
		t.Errorf("%q, and with %d it speaks: %+v", e.Counterfactual, quiet, less.last)
	}
	if !strings.Contains(e.Why, "secrecy and moving elsewhere") {
		t.Error(e.Why)
	}
	p := newStory(stage.Progression{})
	p.write(1, taxonomy.Age13to15, "S4", "S4", "S8", "S8")
	if got := (stage.Progression{}).Explain(&p.last, "en").Counterfactual; !strings.Contains(got, "would not have been worth saying") {
		t.Error(got)
	}
	p.write(1, taxonomy.Age13to15, "S6", "S6", "S2", "S2")
	if got := (stage.Progression{}).Explain(&p.last, "en").Counterfactual; !strings.Contains(got, "instead of 3.") && !strings.Contains(got, "instead of 2.") {
		t.Error(got)
	}
}

func BenchmarkProgression(b *testing.B) {
	contract(stage.Progression{}, "stages").Benchmark(b, func(i int) *detect.Fact {
		f := detecttest.Fact(detect.Scored, detecttest.Adult(), detecttest.Person(i%5, taxonomy.Age13to15), detecttest.Start.Add(time.Duration(i)*time.Minute), i+1)
		f.Scores = new(detect.Scores)
		f.Scores[i%13] = 2
		return f
	})
}
