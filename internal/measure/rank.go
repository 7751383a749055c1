// Package measure holds the arithmetic of evaluations: recall where false positives are rare, what a team of a given size would have
// seen, intervals of shares, quantiles, and whether a strength in −log₁₀ p is honest. It is pure and knows nothing of events, detectors or
// accounts; internal/early has the measures of warnings that come early. It decides nothing and is for evaluations only.
package measure

import (
	"math"
	"slices"
)

// Ranking holds the scores of what should be found and of what should not; a greater score is a stronger suspicion, 0 is none.
type Ranking struct {
	positive, negative []float64 // falling
}

// NewRanking sorts copies of the scores.
func NewRanking(positive, negative []float64) Ranking {
	down := func(list []float64) []float64 {
		out := slices.Clone(list)
		slices.SortFunc(out, func(a, b float64) int {
			switch {
			case a > b:
				return -1
			case a < b:
				return 1
			}
			return 0
		})
		return out
	}
	return Ranking{down(positive), down(negative)}
}

// Recall is what is found at one false-positive rate.
type Recall struct {
	FPR       float64 `json:"fpr"` // wanted: at most this share of negatives is above the threshold
	OK        bool    `json:"ok"`  // false when there are fewer than 1/FPR negatives, or nothing to find
	Negatives int     `json:"negatives"`
	Positives int     `json:"positives"`
	Found     int     `json:"found"`     // positives above the threshold
	False     int     `json:"false"`     // negatives above it
	Threshold float64 `json:"threshold"` // a score must be greater
	Recall    float64 `json:"recall"`
}

// At returns the recall at the lowest threshold that leaves at most fpr of the negatives above it. Equal scores stay together, and a score
// of 0 is never above. With fewer than 1/fpr negatives the rate cannot be told from 0, and OK is false.
func (r Ranking) At(fpr float64) Recall {
	out := Recall{FPR: fpr, Negatives: len(r.negative), Positives: len(r.positive)}
	k := int(math.Floor(fpr*float64(len(r.negative)) + 1e-9))
	if k < 1 || len(r.positive) == 0 {
		return out
	}
	out.OK = true
	if k < len(r.negative) {
		out.Threshold = max(r.negative[k], 0)
	}
	out.Found, out.False = above(r.positive, out.Threshold), above(r.negative, out.Threshold)
	out.Recall = float64(out.Found) / float64(out.Positives)
	return out
}

// above counts how many of a falling list are greater than x.
func above(list []float64, x float64) int {
	n, _ := slices.BinarySearchFunc(list, x, func(v, x float64) int {
		if v > x {
			return -1
		}
		return 1
	})
	return n
}

// Point is one point of the curve.
type Point struct {
	FPR    float64 `json:"fpr"`
	Recall float64 `json:"recall"`
}

// Curve returns the recall at each false-positive rate at which it changes, from the highest threshold to any score above 0.
func (r Ranking) Curve() (out []Point) {
	if len(r.positive) == 0 || len(r.negative) == 0 {
		return nil
	}
	var thresholds []float64
	for _, v := range append(slices.Clone(r.positive), 0) {
		if v >= 0 && !slices.Contains(thresholds, v) {
			thresholds = append(thresholds, v)
		}
	}
	slices.Sort(thresholds)
	slices.Reverse(thresholds)
	for _, t := range thresholds {
		least := func(list []float64) float64 { // how many reach t, or are above 0
			n, _ := slices.BinarySearchFunc(list, t, func(v, t float64) int {
				if v > 0 && v >= t {
					return -1
				}
				return 1
			})
			return float64(n) / float64(len(list))
		}
		out = append(out, Point{least(r.negative), least(r.positive)})
	}
	return out
}
