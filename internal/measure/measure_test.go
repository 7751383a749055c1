package measure_test

import (
	"math"
	"reflect"
	"testing"
	"time"

	"haris/internal/measure"
)

func near(a, b float64) bool { return math.Abs(a-b) < 5e-5 }

// Ten negatives score 9, 8, … 0.
func TestAt(t *testing.T) {
	var negative []float64
	for i := range 10 {
		negative = append(negative, float64(i))
	}
	r := measure.NewRanking([]float64{9.5, 8, 7.5, 0}, negative)
	for name, tt := range map[string]struct {
		fpr          float64
		ok           bool
		found, wrong int
		threshold    float64
	}{
		"one in ten":             {.1, true, 1, 1, 8}, // 9 is above 8; the positive of 8 is tied with a negative and stays below
		"two in ten":             {.2, true, 3, 2, 7},
		"all":                    {1, true, 3, 9, 0}, // a score of 0 is never above
		"fewer than 1/FPR":       {.01, false, 0, 0, 0},
		"0.3 of 10 is 3, not 2":  {.3, true, 3, 3, 6},
		"between two takes less": {.29, true, 3, 2, 7},
	} {
		t.Run(name, func(t *testing.T) {
			got := r.At(tt.fpr)
			if got.OK != tt.ok || got.Found != tt.found || got.False != tt.wrong || got.Threshold != tt.threshold {
				t.Errorf("%+v", got)
			}
			if got.OK && got.Recall != float64(tt.found)/4 {
				t.Errorf("recall %v", got.Recall)
			}
		})
	}
	if got := measure.NewRanking(nil, negative).At(.1); got.OK {
		t.Errorf("nothing to find gives %+v", got)
	}
	ties := measure.NewRanking([]float64{2}, []float64{2, 2, 2, 0, 0, 0, 0, 0, 0, 0})
	if got := ties.At(.1); got.Found != 0 || got.False != 0 || got.Threshold != 2 {
		t.Errorf("three that are tied at one in ten: %+v", got)
	}
}

func TestCurve(t *testing.T) {
	got := measure.NewRanking([]float64{3, 1, 0}, []float64{2, 0, 0, 0}).Curve()
	want := []measure.Point{{0, 1. / 3}, {.25, 2. / 3}, {.25, 2. / 3}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := measure.NewRanking(nil, []float64{1}).Curve(); got != nil {
		t.Errorf("of nothing: %v", got)
	}
}

// 1 of 10: p = .1, z² = 3.84146; mid = .1 + .192073, half = 1.95996·√(.009 + .00960365) = .267329; over 1.384146.
func TestShare(t *testing.T) {
	for _, tt := range []struct {
		part, of        int
		rate, low, high float64
	}{{1, 10, .1, .01788, .40415}, {0, 10, 0, 0, .27753}, {10, 10, 1, .72247, 1}, {0, 0, 0, 0, 1}, {5, 10, .5, .23659, .76341}} {
		s := measure.NewShare(tt.part, tt.of)
		if !near(s.Rate, tt.rate) || !near(s.Low, tt.low) || !near(s.High, tt.high) {
			t.Errorf("%d of %d: %+v", tt.part, tt.of, s)
		}
	}
}

func TestSpread(t *testing.T) {
	for name, tt := range map[string]struct {
		groups map[string]measure.Share
		want   measure.Spread
	}{
		"twice":      {map[string]measure.Share{"a": measure.NewShare(2, 100), "b": measure.NewShare(1, 100), "few": measure.NewShare(3, 3)}, measure.Spread{OK: true, Ratio: 2, Max: "a", Min: "b"}},
		"apart":      {map[string]measure.Share{"a": measure.NewShare(50, 100), "b": measure.NewShare(10, 100)}, measure.Spread{OK: true, Ratio: 5, Max: "a", Min: "b", Apart: true}},
		"none below": {map[string]measure.Share{"a": measure.NewShare(1, 100), "b": measure.NewShare(0, 100)}, measure.Spread{Max: "a", Min: "b"}},
		"one group":  {map[string]measure.Share{"a": measure.NewShare(1, 100)}, measure.Spread{}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := measure.NewSpread(tt.groups, 10); got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestQuantile(t *testing.T) {
	list := []float64{5, 1, 4, 2, 3}
	for q, want := range map[float64]float64{.5: 3, .9: 5, 0: 1, 1: 5, .2: 1, .21: 2} {
		if got := measure.Quantile(list, q); got != want {
			t.Errorf("%v: %v, want %v", q, got, want)
		}
	}
	if got := measure.Quantile(nil, .5); got != 0 {
		t.Errorf("of none: %v", got)
	}
}

// Of 1,000 tested, 30 reach 1 (100 were expected) and 20 reach 2 (10 were expected; Wilson from .01298).
func TestTails(t *testing.T) {
	var s []float64
	for range 20 {
		s = append(s, 2.5)
	}
	for range 10 {
		s = append(s, 1)
	}
	got := measure.Tails(s, 1000, 1, 2, 3)
	if got[0].Observed.Part != 30 || !got[0].Honest || !near(got[0].Expected, .1) {
		t.Errorf("%+v", got[0])
	}
	if got[1].Observed.Part != 20 || got[1].Honest || !near(got[1].Observed.Low, .01298) {
		t.Errorf("%+v", got[1])
	}
	if got[2].Observed.Part != 0 || !got[2].Honest {
		t.Errorf("%+v", got[2])
	}
	if got := measure.Tails(s, 5, 1); got[0].Observed.Of != 30 {
		t.Errorf("fewer tested than spoken of: %+v", got)
	}
}

func TestForecasts(t *testing.T) {
	list := []measure.Forecast{{.9, true}, {.8, false}, {.1, false}, {.2, true}}
	// (.01 + .64 + .01 + .64) / 4; two bins of two: |1.7 − 1| and |.3 − 1| over 4
	if got := measure.Brier(list); !near(got, .325) {
		t.Errorf("Brier %v", got)
	}
	if got := measure.ECE(list, 2); !near(got, .35) {
		t.Errorf("ECE %v", got)
	}
	if got := measure.ECE([]measure.Forecast{{1, true}}, 10); got != 0 {
		t.Errorf("sure and right: %v", got)
	}
	if measure.Brier(nil) != 0 || measure.ECE(nil, 10) != 0 {
		t.Error("of none")
	}
}

// A team of one sees the more urgent first, what waits on the days after, and what grows takes its new place.
func TestSeen(t *testing.T) {
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	at := func(d int, name string, priority int, sum float64) measure.Raised {
		return measure.Raised{Case: name, At: day.AddDate(0, 0, d).Add(12 * time.Hour), Priority: priority, Sum: sum}
	}
	for name, tt := range map[string]struct {
		list   []measure.Raised
		perDay int
		want   map[string]int // the day at whose end it is seen
	}{
		"urgent first":          {[]measure.Raised{at(0, "a", 2, 9), at(0, "b", 3, 4), at(4, "c", 2, 3)}, 1, map[string]int{"b": 1, "a": 2, "c": 5}},
		"greater sum first":     {[]measure.Raised{at(0, "a", 2, 3), at(0, "b", 2, 4)}, 1, map[string]int{"b": 1}},
		"the stream ends":       {[]measure.Raised{at(0, "a", 2, 3), at(0, "b", 2, 4)}, 2, map[string]int{"a": 1, "b": 1}},
		"what grows moves up":   {[]measure.Raised{at(0, "a", 2, 5), at(0, "b", 2, 4), at(1, "b", 2, 6), at(0, "c", 2, 4.5)}, 1, map[string]int{"a": 1, "b": 2}},
		"what was seen is seen": {[]measure.Raised{at(0, "a", 2, 5), at(1, "a", 3, 6), at(1, "b", 2, 3)}, 1, map[string]int{"a": 1, "b": 2}},
		"nobody looks":          {[]measure.Raised{at(0, "a", 2, 5), at(3, "b", 2, 5)}, 0, map[string]int{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := map[string]int{}
			for c, when := range measure.Seen(tt.list, tt.perDay) {
				got[c] = int(when.Sub(day) / (24 * time.Hour))
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}
