package stage

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPools(t *testing.T) {
	for _, tt := range []struct {
		name   string
		scores []float64
		truth  []bool
		want   []float64 // shares
	}{
		{"rising", []float64{1, 2, 3}, []bool{false, false, true}, []float64{0, 1}},
		{"one that falls is joined", []float64{1, 2, 3, 4}, []bool{false, true, false, true}, []float64{0, .5, 1}},
		{"all fall", []float64{1, 2, 3}, []bool{true, false, false}, []float64{1. / 3}},
		{"equal scores", []float64{2, 2, 1}, []bool{true, false, false}, []float64{0, .5}},
		{"in any order", []float64{3, 1, 2}, []bool{true, false, false}, []float64{0, 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []float64
			for _, p := range pools(tt.scores, tt.truth) {
				got = append(got, p.share())
			}
			if !cmp.Equal(got, tt.want) {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

// TestIsotonicIsHonest draws from two bells, of which the true ratio is known, and compares.
func TestIsotonicIsHonest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var scores []float64
	var truth []bool
	for i := range 40000 {
		y := i%10 == 0
		s := r.NormFloat64()
		if y {
			s += 2
		}
		scores, truth = append(scores, s), append(truth, y)
	}
	list := isotonic(scores, truth)
	if !rising(list) {
		t.Fatal("it does not rise")
	}
	for _, s := range []float64{0, .5, 1, 1.5, 2} {
		if want := 2*s - 2; math.Abs(between(list, s)-want) > .35 { // ln of the two densities
			t.Errorf("at %.1f: %.2f nats, want %.2f", s, between(list, s), want)
		}
	}
	if lo, hi := between(list, -100), between(list, 100); lo != list[0].Nats || hi != list[len(list)-1].Nats {
		t.Error(lo, hi)
	}
}

func TestIsotonicAlwaysRises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.Float64Range(-5, 5), 1, 60).Draw(t, "scores")
		truth := rapid.SliceOfN(rapid.Bool(), len(scores), len(scores)).Draw(t, "truth")
		list := isotonic(scores, truth)
		if len(list) == 0 || !rising(list) {
			t.Errorf("%v", list)
		}
	})
}

func TestRising(t *testing.T) {
	for _, list := range [][]knot{{{1, 0}, {1, 1}}, {{1, 1}, {2, 0}}, {{math.NaN(), 0}}, {{0, math.Inf(1)}}} {
		if rising(list) {
			t.Errorf("%v", list)
		}
	}
}
