// Package early holds the published measures of finding grooming in conversations and of finding it early, and a reader of the PAN-12
// files, and of segments such as PANC has, for those who lawfully hold them. haris ships none of that data. It decides nothing and is for evaluations only.
package early

import (
	"math"
	"slices"
)

// rate of the penalty: it is one half after 90 messages (M. Vogt, U. Leser, A. Akbik, "Early detection of sexual predators in chats",
// ACL 2021, after F. Sadeque, D. Xu, S. Bethard, "Measuring the latency of depression detection in social media", WSDM 2018).
var rate = math.Log(3) / 89

// Penalty is what a warning after k messages (counted from 1) costs: −1 + 2/(1 + e^(−p(k−1))) with p = ln 3/89. It is 0 at the
// first message, exactly ½ at the 90th, and comes near 1. A k below 1 counts as 1.
func Penalty(k int) float64 { return -1 + 2/(1+math.Exp(-rate*float64(max(k, 1)-1))) }

// Speed is 1 − the median penalty of the true warnings; latencies are the messages (from 1) after which they came. 0 of none. The median
// of an even number is the mean of the two in the middle.
func Speed(latencies []int) float64 {
	if len(latencies) == 0 {
		return 0
	}
	p := make([]float64, len(latencies))
	for i, k := range latencies {
		p[i] = Penalty(k)
	}
	slices.Sort(p)
	mid := p[len(p)/2]
	if len(p)%2 == 0 {
		mid = (mid + p[len(p)/2-1]) / 2
	}
	return 1 - mid
}

// Counts are of true positives, false positives and false negatives.
type Counts struct{ TP, FP, FN int }

// Count compares what was found with the truth; both may hold repeats.
func Count(found, truth []string) (c Counts) {
	want := map[string]bool{}
	for _, t := range truth {
		want[t] = true
	}
	seen := map[string]bool{}
	for _, f := range found {
		switch {
		case seen[f]:
		case want[f]:
			c.TP++
		default:
			c.FP++
		}
		seen[f] = true
	}
	c.FN = len(want) - c.TP
	return c
}

// Precision is TP/(TP+FP), 0 when nothing was found.
func (c Counts) Precision() float64 { return part(c.TP, c.TP+c.FP) }

// Recall is TP/(TP+FN), 0 when there is nothing to find.
func (c Counts) Recall() float64 { return part(c.TP, c.TP+c.FN) }

func part(a, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(a) / float64(of)
}

// F is the weighted harmonic mean (1+β²)PR/(β²P+R): PAN-12 ranks predators by β = ½ and lines by β = 3. 0 when P and R are.
func (c Counts) F(beta float64) float64 {
	p, r, b := c.Precision(), c.Recall(), beta*beta
	if p+r == 0 {
		return 0
	}
	return (1 + b) * p * r / (b*p + r)
}

// Latency is F-latency: the F₁ of segments times the speed on whole conversations.
func (c Counts) Latency(latencies []int) float64 { return c.F(1) * Speed(latencies) }

// ERDE is the early risk detection error of a conversation (D. Losada, F. Crestani, 2016): a false warning costs the prevalence, a missed one
// 1, a true one after k messages 1 − 1/(1 + e^(k−o)), and silence where nothing was to be found 0.
func ERDE(truth, warned bool, k int, o, prevalence float64) float64 {
	switch {
	case warned && !truth:
		return prevalence
	case !warned && truth:
		return 1
	case warned:
		return 1 - 1/(1+math.Exp(float64(k)-o))
	}
	return 0
}
