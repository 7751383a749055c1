package lead

import (
	"cmp"
	"math"
	"slices"

	"haris/internal/casefile"
	"haris/internal/measure"
)

// Agreement is how often two people came to the same finding, and how much more often than by chance.
type Agreement struct {
	Same  measure.Share
	OK    bool    // false when Kappa says nothing: none, or both always say the same one thing
	Kappa float64 // Cohen's
	Low   float64 // interval of 95 %
	High  float64
}

// Cohen computes J. Cohen's kappa (1960) of a two-by-two table, n[first][second] for cleared (0) and confirmed (1): κ = (p₀ − pₑ)/(1 − pₑ), with the
// large-sample interval κ ± 1.96·√(p₀(1 − p₀)/(N(1 − pₑ)²)).
func Cohen(n [2][2]int) (a Agreement) {
	all := n[0][0] + n[0][1] + n[1][0] + n[1][1]
	a.Same = measure.NewShare(n[0][0]+n[1][1], all)
	if all == 0 {
		return a
	}
	of := float64(all)
	first, second := float64(n[1][0]+n[1][1])/of, float64(n[0][1]+n[1][1])/of
	by := first*second + (1-first)*(1-second)
	if by >= 1 {
		return a
	}
	same := a.Same.Rate
	half := 1.959963984540054 * math.Sqrt(same*(1-same)/(of*(1-by)*(1-by)))
	a.OK, a.Kappa = true, (same-by)/(1-by)
	a.Low, a.High = math.Max(-1, a.Kappa-half), math.Min(1, a.Kappa+half)
	return a
}

// Between is the agreement of one group of looks.
type Between struct {
	A, B string // two people in order, or a typology in A; both empty for all
	Agreement
}

// Agreements are over all looks, then by typology of the first finding, then by pair of people, each in order.
func Agreements(looks []Look) (all Between, typologies, pairs []Between) {
	type key struct{ a, b string }
	tables := [3]map[key]*[2][2]int{{}, {}, {}}
	for i := range looks {
		l := &looks[i]
		if !l.Done() {
			continue
		}
		two := []string{l.First, l.Second.Who}
		slices.Sort(two)
		for at, k := range []key{{}, {string(l.Typology), ""}, {two[0], two[1]}} {
			if at == 1 && l.Typology == "" {
				continue
			}
			if tables[at][k] == nil {
				tables[at][k] = &[2][2]int{}
			}
			tables[at][k][confirmed(l.Finding)][confirmed(l.Second.Finding)]++
		}
	}
	list := func(m map[key]*[2][2]int) (out []Between) {
		for k, n := range m {
			out = append(out, Between{k.a, k.b, Cohen(*n)})
		}
		slices.SortFunc(out, func(a, b Between) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
		return out
	}
	if n := tables[0][key{}]; n != nil {
		all.Agreement = Cohen(*n)
	} else {
		all.Agreement = Cohen([2][2]int{})
	}
	return all, list(tables[1]), list(tables[2])
}

func confirmed(f casefile.Finding) int {
	if f == casefile.FindingConfirmed {
		return 1
	}
	return 0
}
