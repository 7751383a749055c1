package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"

	"haris/internal/aggregate"
)

// shares of the messages of positive people that are in the stages.
var shares = [...]float64{.02, .05, .10}

// background is the share of a benign person's messages that are in a stage.
const background = .002

// ways of joining scores, in the order of the table.
var ways = [...]struct {
	name string
	join func(list [][]float64, best []float64, threshold float64) float64
}{
	{"Sentinel (mean − median)/σ", func(_ [][]float64, best []float64, _ float64) float64 { return aggregate.Sentinel(best, .1) }},
	{"top 3 mean", func(_ [][]float64, best []float64, _ float64) float64 { return aggregate.Top(best, 3) }},
	{"90th percentile of positives", func(_ [][]float64, best []float64, _ float64) float64 { return aggregate.Positive90(best) }},
	{"greatest", func(_ [][]float64, best []float64, _ float64) float64 { return aggregate.Top(best, 1) }},
	{"CUSUM", func(_ [][]float64, best []float64, _ float64) float64 { return aggregate.CUSUM(best) }},
	{"binomial tails", tails},
	{"GLR, uncapped", func(list [][]float64, _ []float64, _ float64) float64 { return aggregate.Uncapped(glr(list)) }},
	{"LOO-capped GLR", func(list [][]float64, _ []float64, _ float64) float64 { return aggregate.Joint(glr(list)) }},
}

func glr(list [][]float64) []aggregate.Stage {
	g := aggregate.NewGLR(stages)
	for _, m := range list {
		g.Add(m)
	}
	return g.Stages()
}

// tails counts hits above the threshold that one message of no stage in a hundred reaches.
func tails(list [][]float64, _ []float64, threshold float64) float64 {
	hits := make([]int, stages)
	for _, m := range list {
		if k := aggregate.Best(m); m[k] > threshold {
			hits[k]++
		}
	}
	return aggregate.Tails(hits, len(list), .01/stages, 300)
}

type people struct{ benign, positive int }

// cell is what one way reaches for one share.
type cell struct{ auc, hundred, thousand float64 }

// table has a cell for each way, and for each share without and with people who harmlessly repeat one stage.
type table [len(ways)][2 * len(shares)]cell

func (p people) measure(m messages, r *rand.Rand) (out table) {
	threshold := hundredth(m.off)
	quiet := p.crowd(p.benign, m, threshold, r, func() []float64 { return spread(background) })
	for i, share := range shares {
		positive := p.crowd(p.positive, m, threshold, r, func() []float64 { return spread(share) })
		habit := p.crowd(p.benign/100, m, threshold, r, func() []float64 {
			one := spread(background)
			one[r.IntN(stages)] += share
			return one
		})
		for w := range ways {
			out[w][i] = figures(quiet[w], positive[w])
			mixed := append(slices.Clone(quiet[w][len(habit[w]):]), habit[w]...)
			out[w][len(shares)+i] = figures(mixed, positive[w])
		}
	}
	return out
}

func spread(share float64) []float64 {
	out := make([]float64, stages)
	for i := range out {
		out[i] = share / stages
	}
	return out
}

// hundredth is the best score that one message of no stage in a hundred exceeds.
func hundredth(off [][]float64) float64 {
	best := make([]float64, len(off))
	for i, m := range off {
		best[i] = m[aggregate.Best(m)]
	}
	slices.Sort(best)
	return best[len(best)*99/100]
}

// crowd makes people and joins their scores in every way. chances gives the share of each stage.
func (p people) crowd(n int, m messages, threshold float64, r *rand.Rand, chances func() []float64) (out [len(ways)][]float64) {
	for range n {
		c := chances()
		count := int(min(400, max(10, math.Exp(math.Log(40)+r.NormFloat64()*.9))))
		list, best := make([][]float64, count), make([]float64, count)
		for i := range list {
			list[i] = draw(m, c, r)
			best[i] = list[i][aggregate.Best(list[i])]
		}
		for w, way := range ways {
			out[w] = append(out[w], way.join(list, best, threshold))
		}
	}
	return out
}

func draw(m messages, chances []float64, r *rand.Rand) []float64 {
	u := r.Float64()
	for k, c := range chances {
		if u < c {
			return m.on[k][r.IntN(len(m.on[k]))]
		}
		u -= c
	}
	return m.off[r.IntN(len(m.off))]
}

// figures works out a cell. The recall counts positives above the score that the allowed number of benign people exceed.
func figures(benign, positive []float64) cell {
	slices.Sort(benign)
	at := func(rate float64) float64 {
		limit := benign[len(benign)-1-int(rate*float64(len(benign)))]
		n := 0
		for _, v := range positive {
			if v > limit {
				n++
			}
		}
		return float64(n) / float64(len(positive))
	}
	area := 0.0
	for _, v := range positive {
		low, _ := slices.BinarySearch(benign, v)
		high, _ := slices.BinarySearch(benign, math.Nextafter(v, math.Inf(1)))
		area += float64(low+high) / 2
	}
	return cell{area / float64(len(benign)) / float64(len(positive)), at(.01), at(.001)}
}

func (t *table) add(o table) {
	for w := range t {
		for i, c := range o[w] {
			t[w][i] = cell{t[w][i].auc + c.auc, t[w][i].hundred + c.hundred, t[w][i].thousand + c.thousand}
		}
	}
}

func (t *table) print(w io.Writer, n float64) {
	fmt.Fprintf(w, "%-30s", "AUC / recall at 1 % / at 0.1 %")
	for _, habit := range []string{"", ", habits"} {
		for _, s := range shares {
			fmt.Fprintf(w, " %18s", fmt.Sprintf("share %g%s", s, habit))
		}
	}
	fmt.Fprintln(w)
	for i, way := range ways {
		fmt.Fprintf(w, "%-30s", way.name)
		for _, c := range t[i] {
			fmt.Fprintf(w, " %18s", fmt.Sprintf("%.2f/%.3f/%.4f", c.auc/n, c.hundred/n, c.thousand/n))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, "LOO-capped GLR against Sentinel, recall at 0.1 %:")
	for i := range 2 * len(shares) {
		if s := t[0][i].thousand; s > 0 {
			fmt.Fprintf(w, "  × %.0f", t[len(ways)-1][i].thousand/s)
		} else {
			fmt.Fprint(w, "  (Sentinel 0)")
		}
	}
	fmt.Fprintln(w)
}
