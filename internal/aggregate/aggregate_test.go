package aggregate_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"haris/internal/aggregate"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-5 }

func TestStageByHand(t *testing.T) {
	var s aggregate.Stage
	s.Hit(math.Log(11)) // the ratio is 11: ln(1 + 10 f)
	s.Miss(2)
	for i, f := range aggregate.Rates {
		if want := math.Log(1+10*f) + 2*math.Log(1-.2*f); !near(float64(s[i]), want) {
			t.Errorf("rate %g: %g, want %g", f, s[i], want)
		}
	}
	if want := math.Log(2) + 2*math.Log(.98); !near(s.Nats(), want) {
		t.Errorf("%g nats, want %g", s.Nats(), want)
	}
	s.Fade(.5)
	if want := (math.Log(2) + 2*math.Log(.98)) / 2; !near(s.Nats(), want) {
		t.Errorf("%g nats after fading, want %g", s.Nats(), want)
	}
}

func TestJoint(t *testing.T) {
	strong := aggregate.Stage{9, 9, 9, 9}
	weak := aggregate.Stage{.5, .4, .3, -1}
	for _, tt := range []struct {
		name   string
		stages []aggregate.Stage
		want   float64
	}{
		{"nothing", []aggregate.Stage{{}, {}}, 0},
		{"one stage, however strong", []aggregate.Stage{strong, {}}, 1},
		{"two", []aggregate.Stage{strong, strong}, 3},
		{"three", []aggregate.Stage{strong, strong, strong}, 5},
		{"weak ones add", []aggregate.Stage{weak, weak, {-3, -3, -3, -3}}, .75},
	} {
		if got := aggregate.Joint(tt.stages); !near(got, tt.want) {
			t.Errorf("%s: %g, want %g", tt.name, got, tt.want)
		}
	}
}

func TestOthersByHand(t *testing.T) {
	ten := []float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 3} // one hit of ten: √(k/(n−k)) = 1/3, whatever its strength
	for _, tt := range []struct {
		name      string
		got, want float64
	}{
		{"Sentinel, one of ten", aggregate.Sentinel(ten, .1), 1. / 3},
		{"Sentinel, ten of two hundred", aggregate.Sentinel(append(make([]float64, 190), ten[9], 3, 3, 3, 3, 3, 3, 3, 3, 3), .1), math.Sqrt(10. / 190)},
		{"Sentinel, nine messages", aggregate.Sentinel(ten[1:], .1), 0},
		{"Sentinel, below the floor", aggregate.Sentinel([]float64{0, 0, 0, 0, 0, 0, 0, 0, 0, .05}, .1), 0},
		{"Sentinel, negative is nothing", aggregate.Sentinel([]float64{-9, -1, 0, -2, 0, 0, 0, 0, 0, 3}, .1), 1. / 3},
		{"top three", aggregate.Top([]float64{1, 5, 3, 4}, 3), 4},
		{"top three of two", aggregate.Top([]float64{1, 5}, 3), 3},
		{"top of none", aggregate.Top(nil, 3), 0},
		{"90th percentile", aggregate.Positive90([]float64{-1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}), 9},
		{"90th percentile of none", aggregate.Positive90([]float64{-1}), 0},
		{"CUSUM", aggregate.CUSUM([]float64{1, -9, 2, 9, -9}), 7.5},
		{"tails", aggregate.Tails([]int{1, 0, 2}, 2, .1, 9), -math.Log10(.19) + 2},
		{"alarm at the fifth of ten", float64(aggregate.Windows([]bool{true, false, true, true, true, true}, 5, 10)), 6},
		{"old windows count no more", float64(aggregate.Windows([]bool{true, false, false, true}, 2, 3)), 0},
		{"alarm at once", float64(aggregate.Windows([]bool{true}, 1, 10)), 1},
	} {
		if !near(tt.got, tt.want) {
			t.Errorf("%s: %g, want %g", tt.name, tt.got, tt.want)
		}
	}
}

// Whatever the messages: the joint score lies between 0 and 2k − 1, one more hit never lowers its stage, and the order of messages does
// not matter.
func TestGLR(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k := rapid.IntRange(1, 13).Draw(rt, "stages")
		score := rapid.OneOf(rapid.Float64Range(-20, 20), rapid.Just(math.NaN()))
		messages := rapid.SliceOfN(rapid.SliceOfN(score, k, k), 0, 60).Draw(rt, "messages")
		a, b := aggregate.NewGLR(k), aggregate.NewGLR(k)
		for i := range messages {
			a.Add(messages[i])
			b.Add(messages[len(messages)-1-i])
		}
		x, y := aggregate.Joint(a.Stages()), aggregate.Joint(b.Stages())
		if x < 0 || x > aggregate.Cap*float64(k)-1+1e-9 || math.Abs(x-y) > 1e-3 || aggregate.Uncapped(a.Stages()) < x-1e-9 {
			rt.Errorf("%g forwards, %g backwards, uncapped %g", x, y, aggregate.Uncapped(a.Stages()))
		}
		s := a.Stages()[0]
		before := s.Nats()
		if s.Hit(1); s.Nats() < before {
			rt.Errorf("%g nats before a hit, %g after", before, s.Nats())
		}
	})
}

func BenchmarkGLR(b *testing.B) {
	g, scores := aggregate.NewGLR(13), make([]float64, 13)
	scores[4] = 2
	b.ReportAllocs()
	for b.Loop() {
		g.Add(scores)
	}
}
