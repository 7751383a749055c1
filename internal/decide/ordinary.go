package decide

import (
	"math"

	"haris/internal/detect"
	"haris/internal/measure"
)

// Ordinary is what the platform itself shows of a detector's strengths: of Of accounts of the same kind that it follows, Hits others have
// reached a strength at least as great. Both fade, so they are no whole numbers.
type Ordinary struct {
	Hits float64 `json:"hits"`
	Of   float64 `json:"of"`
}

// Compare says what is ordinary for a signal.
type Compare func(*detect.Signal) Ordinary

// Cut is a signal that counts less than it says, because the platform contradicts it.
type Cut struct {
	Detector string
	Most     float64 // that it counts
	Ordinary Ordinary
}

// leastFollowed is how many accounts a detector must follow before their strengths say anything.
const leastFollowed = 200

// Most is the greatest strength that can be believed. A strength of s says that one account in 10^s looks so. The share of accounts that do is at
// least the lower bound of Wilson's score interval (1927; one-sided, 95 %); when that is more than tolerance times what the strength says, the
// detector's law does not hold here, and the strength that the platform itself supports is taken: −log₁₀(bound / tolerance). It is a conformal
// p-value with a margin: those we look for stand among the accounts too, and must not hide each other. +Inf while too few are followed.
func (o Ordinary) Most(tolerance float64) float64 {
	if o.Of < leastFollowed || o.Hits <= 0 || tolerance <= 0 {
		return math.Inf(1)
	}
	const z = 1.6448536269514722 // one-sided, 95 %
	low, _ := measure.Wilson(math.Min(o.Hits/o.Of, 1), o.Of, z)
	if low <= 0 {
		return math.Inf(1)
	}
	return math.Max(0, -math.Log10(low/tolerance))
}

// believed is what a signal counts, before the limits of its family.
func (p *Policy) believed(sig *detect.Signal, compare Compare) (float64, *Cut) {
	e := sig.Strength
	if compare != nil && e > 0 && !sig.Hard {
		o := compare(sig)
		if most := round(o.Most(p.Tolerance)); most < e {
			return most * p.Of(sig.Detector).Weight, &Cut{sig.Detector, most, o}
		}
	}
	return e * p.Of(sig.Detector).Weight, nil
}
