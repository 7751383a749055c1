package stage

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// knot is a point of a rising staircase.
type knot struct {
	Score float64 `json:"score"` // raw
	Nats  float64 `json:"nats"`  // log-likelihood ratio
}

// pool is a run of neighbouring scores that have one share.
type pool struct {
	sum      float64 // of scores
	n, truly float64
}

func (p pool) share() float64 { return p.truly / p.n }

// pools joins neighbours until their shares rise: the pool-adjacent-violators algorithm (M. Ayer and others, Annals of Mathematical
// Statistics 26, 1955), which gives the least squares fit among all that never fall.
func pools(scores []float64, truth []bool) (out []pool) {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[a], scores[b]) })
	for i, at := range order {
		p := pool{sum: scores[at], n: 1}
		if truth[at] {
			p.truly = 1
		}
		if i > 0 && scores[at] == scores[order[i-1]] { // equal scores have one share
			last := &out[len(out)-1]
			*last = pool{last.sum + p.sum, last.n + 1, last.truly + p.truly}
		} else {
			out = append(out, p)
		}
		for len(out) > 1 && out[len(out)-2].share() >= out[len(out)-1].share() {
			a, b := out[len(out)-2], out[len(out)-1]
			out = append(out[:len(out)-2], pool{a.sum + b.sum, a.n + b.n, a.truly + b.truly})
		}
	}
	return out
}

// isotonic makes knots of pools: at the mean score of each the log-odds of its share, with half an example added on either side so
// that none is infinite, less the log-odds of all.
func isotonic(scores []float64, truth []bool) (out []knot) {
	pos := 0.0
	for _, y := range truth {
		if y {
			pos++
		}
	}
	prior := math.Log((pos + .5) / (float64(len(truth)) - pos + .5))
	for _, p := range pools(scores, truth) {
		k := knot{p.sum / p.n, math.Log((p.truly+.5)/(p.n-p.truly+.5)) - prior}
		for len(out) > 0 && out[len(out)-1].Nats >= k.Nats { // small pools at the ends are drawn to the middle
			k.Nats = out[len(out)-1].Nats
			if out[len(out)-1].Score < k.Score {
				break
			}
			out = out[:len(out)-1]
		}
		out = append(out, k)
	}
	return out
}

// between interpolates; outside the knots it is as at the nearest.
func between(list []knot, score float64) float64 {
	i := sort.Search(len(list), func(i int) bool { return list[i].Score >= score })
	switch {
	case i == 0:
		return list[0].Nats
	case i == len(list):
		return list[i-1].Nats
	}
	a, b := list[i-1], list[i]
	return a.Nats + (b.Nats-a.Nats)*(score-a.Score)/(b.Score-a.Score)
}

// rising reports whether knots are finite and in order.
func rising(list []knot) bool {
	for i, k := range list {
		if math.IsNaN(k.Score+k.Nats) || math.IsInf(k.Score, 0) || math.IsInf(k.Nats, 0) || i > 0 && (k.Score <= list[i-1].Score || k.Nats < list[i-1].Nats) {
			return false
		}
	}
	return true
}
