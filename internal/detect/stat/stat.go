// Package stat holds the tail probabilities that detectors compare with. All are exact sums in log space, one-sided, and
// return natural probabilities in [0, 1]; Strength turns one into −log₁₀ p.
package stat

import "math"

// BinomialTail is P(X ≥ k) for X ~ Binomial(n, q), 0 < q < 1.
func BinomialTail(n, k int, q float64) float64 {
	lq, lp := math.Log(q), math.Log1p(-q)
	odds := q / (1 - q)
	return law{
		n: n, mean: q * float64(n), thin: true,
		log:  func(i int) float64 { return choose(n, i) + float64(i)*lq + float64(n-i)*lp },
		next: func(i int) float64 { return float64(n-i) / float64(i+1) * odds },
	}.tail(k)
}

// BetaBinomialTail is P(X ≥ k) for X ~ BetaBinomial(n, mean q, intra-class correlation rho), 0 < q < 1, 0 ≤ rho < 1. The two
// shapes are α = q(1−ρ)/ρ and β = (1−q)(1−ρ)/ρ; with rho = 0 it is the binomial tail.
func BetaBinomialTail(n, k int, q, rho float64) float64 {
	if rho <= 1e-9 {
		return BinomialTail(n, k, q)
	}
	a, b := q*(1-rho)/rho, (1-q)*(1-rho)/rho
	norm := lbeta(a, b)
	return law{
		n: n, mean: q * float64(n), thin: b >= 1,
		log:  func(i int) float64 { return choose(n, i) + lbeta(float64(i)+a, float64(n-i)+b) - norm },
		next: func(i int) float64 { return float64(n-i) / float64(i+1) * (float64(i) + a) / (float64(n-i-1) + b) },
	}.tail(k)
}

// HypergeometricTail is P(X ≥ k) for X the number of marked among n drawn without replacement from a population of which marked are
// marked; 0 ≤ n, marked ≤ population.
func HypergeometricTail(population, marked, n, k int) float64 {
	if k <= max(0, n+marked-population) {
		return 1
	}
	sum := 0.0
	for i := k; i <= min(n, marked); i++ {
		t := math.Exp(choose(marked, i) + choose(population-marked, n-i) - choose(population, n))
		sum += t
		if t < sum*1e-14 {
			break
		}
	}
	return math.Min(1, sum)
}

// law is a distribution on 0…n.
type law struct {
	n    int
	mean float64
	thin bool                // above the mean, terms only fall
	log  func(i int) float64 // logarithm of P(X = i)
	next func(i int) float64 // P(X = i+1) / P(X = i)
}

// tail is P(X ≥ k). Each term follows from the one before, so that one logarithm is taken. A tail that begins below the mean is
// one minus the rest, which is the smaller part.
func (l law) tail(k int) float64 {
	switch {
	case k <= 0:
		return 1
	case k > l.n:
		return 0
	case float64(k) <= l.mean:
		return math.Max(0, 1-l.below(k))
	}
	t := math.Exp(l.log(k))
	s := t
	for i := k; i < l.n; i++ {
		t *= l.next(i)
		s += t
		if l.thin && t*float64(l.n-i) < s*1e-14 {
			break
		}
	}
	return math.Min(1, s)
}

func (l law) below(k int) float64 {
	t := math.Exp(l.log(k - 1))
	s := t
	for i := k - 1; i > 0 && t > 0; i-- {
		t /= l.next(i - 1)
		s += t
	}
	return s
}

// GammaPoissonTail is P(X ≥ k) when X is Poisson and its mean is Gamma with the given shape and mean mu > 0: the negative
// binomial tail.
func GammaPoissonTail(k int, shape, mu float64) float64 {
	if k <= 0 {
		return 1
	}
	p := shape / (shape + mu)
	lp, lq := math.Log(p), math.Log1p(-p)
	below := 0.0
	for i := range k {
		x, _ := math.Lgamma(float64(i) + shape)
		y, _ := math.Lgamma(shape)
		z, _ := math.Lgamma(float64(i) + 1)
		below += math.Exp(x - y - z + shape*lp + float64(i)*lq)
	}
	if t := 1 - below; t > 1e-9 {
		return math.Min(t, 1)
	}
	return gammaPoissonFar(k, shape, lp, lq)
}

// gammaPoissonFar sums the far tail directly, where 1 − (the rest) has lost its digits.
func gammaPoissonFar(k int, shape, lp, lq float64) float64 {
	s, y := 0.0, 0.0
	y, _ = math.Lgamma(shape)
	for i := k; i < k+10_000; i++ {
		x, _ := math.Lgamma(float64(i) + shape)
		z, _ := math.Lgamma(float64(i) + 1)
		t := math.Exp(x - y - z + shape*lp + float64(i)*lq)
		s += t
		if t < s*1e-12 {
			break
		}
	}
	return s
}

// Fisher combines independent one-sided p-values by Fisher's method: −2Σln p is χ² with 2m degrees of freedom.
func Fisher(ps ...float64) float64 {
	x := 0.0
	for _, p := range ps {
		x -= math.Log(math.Max(p, 1e-300))
	}
	// The χ² tail with an even number of degrees of freedom is a Poisson sum.
	term, s := 1.0, 0.0
	for i := range ps {
		if i > 0 {
			term *= x / float64(i)
		}
		s += term
	}
	return math.Min(1, math.Exp(-x)*s)
}

// Looks is what a tail costs that is computed anew at every trial, after n ≥ 1 of them: 1.5·log₂(n+1), at most 10. Under the beta-binomial law
// the chance that the tail times Looks ever falls to α while trials come in is then at most about α, for mean shares of 0.05 to 0.6, ρ ≥ 0.005,
// α ≥ 0.02 and 2,000 trials: it rises with each doubling of the trials until they are many times 1/ρ, when they teach nothing new. At α = 0.005
// and ρ = 0.005 it was 0.007 (share 0.3, 20,000 accounts); from ρ = 0.02 on 0.0055 at most. Found by simulation, which the test of that name
// repeats with fewer trials.
func Looks(n int) float64 {
	return math.Min(mostLooks, perDoubling*math.Log2(float64(max(n, 1)+1)))
}

const (
	perDoubling = 1.5
	mostLooks   = 10
)

// Strength is −log₁₀ p, at least 0 and at most limit.
func Strength(p, limit float64) float64 {
	if p <= 0 {
		return limit
	}
	return math.Max(0, math.Min(limit, -math.Log10(p)))
}

func choose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n) + 1)
	b, _ := math.Lgamma(float64(k) + 1)
	c, _ := math.Lgamma(float64(n-k) + 1)
	return a - b - c
}

func lbeta(a, b float64) float64 {
	x, _ := math.Lgamma(a)
	y, _ := math.Lgamma(b)
	z, _ := math.Lgamma(a + b)
	return x + y - z
}
