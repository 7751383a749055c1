package stat_test

import (
	"math"
	"math/rand/v2"
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

// Ordinary accounts, each with a share of its own, are looked at after every trial.
func TestLooks(t *testing.T) {
	const accounts, trials, least = 20_000, 300, 4
	for _, q := range []float64{.1, .3, .6} {
		for _, rho := range []float64{.005, .05} {
			tails := map[[2]int]float64{}
			r := rand.New(rand.NewPCG(3, uint64(q*1e3+rho*1e6)))
			seen := map[float64]int{.3: 0, .1: 0, .02: 0}
			for range accounts {
				own, k, best := share(r, q, rho), 0, 1.0
				for n := 1; n <= trials; n++ {
					if r.Float64() < own {
						k++
					}
					if k < least || float64(k) < q*float64(n) {
						continue
					}
					tail, ok := tails[[2]int{n, k}]
					if !ok {
						tail = stat.BetaBinomialTail(n, k, q, rho)
						tails[[2]int{n, k}] = tail
					}
					best = math.Min(best, tail*stat.Looks(n))
				}
				for alpha := range seen {
					if best <= alpha {
						seen[alpha]++
					}
				}
			}
			for alpha, n := range seen {
				if want := alpha * accounts; float64(n) > want+3*math.Sqrt(want) {
					t.Errorf("q %g ρ %g: %d of %d accounts reached %g, at most %.0f promised", q, rho, n, accounts, alpha, want)
				}
			}
		}
	}
}

// share draws an account's own share from the beta law with mean q and intra-class correlation rho.
func share(r *rand.Rand, q, rho float64) float64 {
	x, y := gamma(r, q*(1-rho)/rho), gamma(r, (1-q)*(1-rho)/rho)
	return x / (x + y)
}

// gamma draws from the gamma law of the shape (Marsaglia and Tsang 2000).
func gamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(r, shape+1) * math.Pow(r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v *= v * v
		if math.Log(1-r.Float64()) < .5*x*x+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// Every tail is one minus the sum of what lies below, whichever side it is summed from.
func TestTailsAddUp(t *testing.T) {
	for _, rho := range []float64{0, .01, .35} {
		for _, q := range []float64{.02, .3, .9} {
			for n := 1; n <= 60; n += 7 {
				before := 1.0
				for k := range n + 2 {
					p := stat.BetaBinomialTail(n, k, q, rho)
					if p < 0 || p > before+1e-12 {
						t.Errorf("P(X≥%d of %d, q=%g, ρ=%g) = %g after %g", k, n, q, rho, p, before)
					}
					before = p
				}
				if before != 0 {
					t.Errorf("P(X>n) = %g", before)
				}
			}
		}
	}
	// Deep tails keep their digits: q^n exactly.
	if got, want := stat.BinomialTail(200, 200, .05), math.Pow(.05, 200); math.Abs(got/want-1) > 1e-6 {
		t.Errorf("got %g, want %g", got, want)
	}
}

// The tail is the sum of the chances, which count the draws.
func TestHypergeometricTail(t *testing.T) {
	for _, tt := range []struct {
		population, marked, n, k int
		want                     float64
	}{
		{50, 5, 10, 4, 0.004086}, // Σ of C(5,i)·C(45,10−i)/C(50,10) for i = 4, 5
		{10, 5, 5, 5, 1.0 / 252},
		{10, 5, 5, 0, 1},
		{10, 8, 5, 3, 1}, // at least three of any five are marked
		{10, 5, 3, 4, 0},
		{5000, 20, 20, 4, 8.662e-07},
	} {
		got := stat.HypergeometricTail(tt.population, tt.marked, tt.n, tt.k)
		if math.Abs(got-tt.want) > .02*tt.want+1e-12 {
			t.Errorf("%+v: %.7f", tt, got)
		}
		if turned := stat.HypergeometricTail(tt.population, tt.n, tt.marked, tt.k); math.Abs(turned-got) > 1e-9 {
			t.Errorf("%+v: %.7f the other way round", tt, turned)
		}
	}
}
