package measure

import (
	"math"
	"slices"
)

// z is the quantile of the normal distribution for intervals of 95 %.
const z = 1.959963984540054

// Share is a part of a whole with its interval.
type Share struct {
	Part int     `json:"part"`
	Of   int     `json:"of"`
	Rate float64 `json:"rate"` // 0 of none
	Low  float64 `json:"low"`  // Wilson's interval of 95 %; 0 to 1 of none
	High float64 `json:"high"`
}

// Wilson is the score interval of a share p of n (E. B. Wilson, 1927): (p + z²/2n ± z√(p(1−p)/n + z²/4n²)) / (1 + z²/n), within 0 and 1.
func Wilson(p, n, z float64) (low, high float64) {
	mid, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, (mid-half)/(1+z*z/n)), min(1, (mid+half)/(1+z*z/n))
}

// NewShare computes the rate and Wilson's interval.
func NewShare(part, of int) Share {
	s := Share{Part: part, Of: of, High: 1}
	if of == 0 {
		return s
	}
	s.Rate = float64(part) / float64(of)
	s.Low, s.High = Wilson(s.Rate, float64(of), z)
	if part == 0 { // the two terms are equal; what is left is rounding
		s.Low = 0
	}
	if part == of {
		s.High = 1
	}
	return s
}

// Spread compares the rates of groups.
type Spread struct {
	OK    bool    `json:"ok"`    // false with fewer than two groups that are large enough, or when the lowest rate is 0
	Ratio float64 `json:"ratio"` // highest rate over lowest
	Max   string  `json:"max,omitempty"`
	Min   string  `json:"min,omitempty"`
	// Apart says that the interval of the highest lies above that of the lowest: chance alone does not explain the difference.
	Apart bool `json:"apart"`
}

// NewSpread compares the groups of at least least members. Of equal rates the name that comes first counts.
func NewSpread(groups map[string]Share, least int) (s Spread) {
	var names []string
	for name, g := range groups {
		if g.Of >= least {
			names = append(names, name)
		}
	}
	if len(names) < 2 {
		return s
	}
	slices.Sort(names)
	s.Max, s.Min = names[0], names[0]
	for _, n := range names {
		if groups[n].Rate > groups[s.Max].Rate {
			s.Max = n
		}
		if groups[n].Rate < groups[s.Min].Rate {
			s.Min = n
		}
	}
	high, low := groups[s.Max], groups[s.Min]
	s.Apart = high.Low > low.High
	if low.Rate > 0 {
		s.OK, s.Ratio = true, high.Rate/low.Rate
	}
	return s
}

// Quantile is the q-quantile of values (nearest rank: the smallest value that at least q of them do not exceed), 0 of none.
func Quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	s := slices.Clone(values)
	slices.Sort(s)
	i := int(math.Ceil(q*float64(len(s))-1e-9)) - 1
	return s[min(max(i, 0), len(s)-1)]
}
