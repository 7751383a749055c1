package stat_test

import (
	"math"
	"testing"

	"haris/internal/detect/stat"
)

// The figures of the specification's worked examples for D1, as powers of ten.
func TestBinomialTail(t *testing.T) {
	tests := []struct {
		n, k int
		q    float64
		want float64
	}{
		{8, 8, .25, -4.8}, {10, 6, .10, -3.8}, {100, 35, .25, -1.8}, {10, 9, .60, -1.3}, {10, 0, .5, 0},
	}
	for _, tt := range tests {
		if got := math.Log10(stat.BinomialTail(tt.n, tt.k, tt.q)); math.Abs(got-tt.want) > .06 {
			t.Errorf("P(X≥%d of %d, q=%g) = 10^%.2f, want 10^%.1f", tt.k, tt.n, tt.q, got, tt.want)
		}
	}
}

func TestBetaBinomialTail(t *testing.T) {
	if got, want := stat.BetaBinomialTail(8, 8, .3, 0), math.Pow(.3, 8); math.Abs(got/want-1) > 1e-9 {
		t.Errorf("without correlation %g, want the binomial %g", got, want)
	}
	// α=2.7, β=6.3: the product of (2.7+i)/(9+i), worked by hand.
	want := 1.0
	for i := range 8 {
		want *= (2.7 + float64(i)) / (9 + float64(i))
	}
	if got := stat.BetaBinomialTail(8, 8, .3, .1); math.Abs(got/want-1) > 1e-9 {
		t.Errorf("got %g, want %g", got, want)
	}
	if got := stat.BetaBinomialTail(20, 0, .3, .1); got != 1 {
		t.Errorf("P(X≥0) = %g", got)
	}
}

func TestGammaPoissonTail(t *testing.T) {
	// With shape 1 the tail is geometric: (μ/(1+μ))^k.
	for _, k := range []int{1, 3, 40} {
		want := math.Pow(.42/1.42, float64(k))
		if got := stat.GammaPoissonTail(k, 1, .42); math.Abs(got/want-1) > 1e-6 {
			t.Errorf("k=%d: got %g, want %g", k, got, want)
		}
	}
}

func TestFisher(t *testing.T) {
	if got := stat.Fisher(.03); math.Abs(got-.03) > 1e-12 {
		t.Errorf("one p-value must stay itself, got %g", got)
	}
	// χ² with 4 degrees of freedom at −2 ln(.05·.05) = 11.98: p = .0175.
	if got := stat.Fisher(.05, .05); math.Abs(got-.01748) > 1e-4 {
		t.Errorf("got %g", got)
	}
}

func TestStrength(t *testing.T) {
	for _, tt := range []struct{ p, want float64 }{{.001, 3}, {1e-9, 3}, {1, 0}, {0, 3}, {.1, 1}} {
		if got := stat.Strength(tt.p, 3); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("Strength(%g) = %g, want %g", tt.p, got, tt.want)
		}
	}
}
