package main

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestFigures(t *testing.T) {
	benign := make([]float64, 1000)
	for i := range benign {
		benign[i] = float64(i)
	}
	for _, tt := range []struct {
		name     string
		positive []float64
		want     cell
	}{
		{"all above", []float64{2000, 3000}, cell{1, 1, 1}},
		{"all below", []float64{-1, -2}, cell{0, 0, 0}},
		{"ten may be above, one may be above", []float64{990.5, 998.5, 500.5, 998}, cell{(.991 + .999 + .501 + .9985) / 4, .75, .25}},
	} {
		got := figures(benign, tt.positive)
		if math.Abs(got.auc-tt.want.auc) > 1e-9 || got.hundred != tt.want.hundred || got.thousand != tt.want.thousand {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// TestMeasure: with messages that are told apart without fault, several stages are found, and one harmless habit hides them from the
// uncapped sum more than from the capped one.
func TestMeasure(t *testing.T) {
	var m messages
	m.off = [][]float64{{-3, -3, -3, -3, -3}}
	for k := range m.on {
		one := []float64{-3, -3, -3, -3, -3}
		one[k] = 3
		m.on[k] = [][]float64{one}
	}
	got := people{benign: 1000, positive: 100}.measure(m, rand.New(rand.NewPCG(1, 1)))
	capped, uncapped, sentinel := got[len(ways)-1], got[len(ways)-2], got[0]
	if capped[2].thousand < .6 || sentinel[2].thousand > capped[2].thousand-.1 {
		t.Errorf("capped %+v, Sentinel %+v", capped[2], sentinel[2])
	}
	if capped[5].thousand < uncapped[5].thousand+.2 {
		t.Errorf("with habits: capped %+v, uncapped %+v", capped[5], uncapped[5])
	}
}
