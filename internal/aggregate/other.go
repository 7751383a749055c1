package aggregate

import (
	"math"
	"slices"

	"haris/internal/detect/stat"
)

// Sentinel is the default aggregation of Roblox' Sentinel 2.0: (mean − median) / standard deviation of the scores of the messages,
// each the greatest over stages, not below 0, and 0 below floor; 0 with fewer than ten messages. Its authors call it skewness. It knows
// neither how strong the hits are nor how many messages there were.
func Sentinel(scores []float64, floor float64) float64 {
	if len(scores) < 10 {
		return 0
	}
	list := slices.Clone(scores)
	sum := 0.0
	for i, v := range list {
		if v = max(v, 0); v < floor {
			v = 0
		}
		list[i] = v
		sum += v
	}
	n := float64(len(list))
	mean, square := sum/n, 0.0
	for _, v := range list {
		square += (v - mean) * (v - mean)
	}
	if square == 0 {
		return 0
	}
	slices.Sort(list)
	median := list[len(list)/2]
	if len(list)%2 == 0 {
		median = (median + list[len(list)/2-1]) / 2
	}
	return (mean - median) / math.Sqrt(square/n)
}

// Top is the mean of the k greatest scores, or of all when there are fewer; 0 of none.
func Top(scores []float64, k int) float64 {
	list := slices.Clone(scores)
	slices.Sort(list)
	list = list[max(0, len(list)-k):]
	if len(list) == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range list {
		sum += v
	}
	return sum / float64(len(list))
}

// Positive90 is the 90th percentile (nearest rank) of the scores above 0; 0 when there is none.
func Positive90(scores []float64) float64 {
	var list []float64
	for _, v := range scores {
		if v > 0 {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[int(math.Ceil(.9*float64(len(list))))-1]
}

// CUSUM is the greatest value of the cumulative sum C = max(0, C + min(5, score), and never less than −0.5 a message) (E. Page, 1954).
func CUSUM(scores []float64) float64 {
	c, most := 0.0, 0.0
	for _, v := range scores {
		c = max(0, c+max(-.5, min(highest, v)))
		most = max(most, c)
	}
	return most
}

// Tails is Σ over stages of the strength −log₁₀ p of its hits among n messages, when each message hits by chance with probability q, at
// most limit a stage.
func Tails(hits []int, n int, q, limit float64) float64 {
	sum := 0.0
	for _, k := range hits {
		if k > 0 {
			sum += stat.Strength(stat.BinomialTail(n, k, q), limit)
		}
	}
	return sum
}

// Windows is the alarm of the early-detection protocol of M. Vogt, U. Leser and A. Akbik (ACL 2021): the first window, counted from 1, at
// which at least need of the newest of (so many as of) windows were positive; 0 when there is none. Once raised it stands.
func Windows(positive []bool, need, of int) int {
	count := 0
	for i, p := range positive {
		if p {
			count++
		}
		if i >= of && positive[i-of] {
			count--
		}
		if count >= need {
			return i + 1
		}
	}
	return 0
}
