// Package aggregate joins the scores of many messages into one. A score is a log-likelihood ratio of a stage: how much likelier the
// message is there than among ordinary ones. One message proves nothing; what counts is that several messages speak of different
// stages. GLR is what haris uses; the others stand beside it to be compared with, Sentinel among them. It is pure.
package aggregate

import "math"

// Rates are the shares of messages in a stage that are tried: one in a hundred to one in ten.
var Rates = [...]float64{.01, .02, .05, .10}

// Cap is the most that one stage may add, in nats: a lot of one stage is weaker than several stages.
const Cap = 2.0

// NRates is how many rates there are.
const NRates = len(Rates)

// Stage is what GLR knows of one stage: for each rate the log-likelihood ratio of "this share of the messages is in the stage"
// against "none is". The zero value has seen nothing.
type Stage [NRates]float32

// Bounds of one score, in nats.
const (
	lowest  = -4
	highest = 5
)

// miss is what a message that is not in a stage adds, for each rate: the stage could have had it with a fifth of the rate.
var miss = func() (out [NRates]float32) {
	for i, f := range Rates {
		out[i] = float32(math.Log(1 - .2*f))
	}
	return out
}()

// Hit takes in a message whose best stage is this one, with its score in nats.
func (s *Stage) Hit(score float64) {
	r := math.Exp(min(highest, max(lowest, score)))
	for i, f := range Rates {
		s[i] += float32(math.Log(1 - f + f*r))
	}
}

// Miss takes in n messages whose best stage is another.
func (s *Stage) Miss(n int) {
	for i := range s {
		s[i] += float32(n) * miss[i]
	}
}

// Fade forgets: keep is what is left, 0 to 1.
func (s *Stage) Fade(keep float64) {
	for i := range s {
		s[i] *= float32(keep)
	}
}

// Nats is the generalized log-likelihood ratio, the greatest over the rates; at least 0.
func (s *Stage) Nats() float64 {
	best := float32(0)
	for _, v := range s {
		best = max(best, v)
	}
	return float64(best)
}

// Joint joins stages: Σ min(Nats, Cap), less half of the greatest. So one stage alone never comes above 1, and k stages never above
// 2k − 1. It is the LOO-capped GLR of the specification (section 3.4).
func Joint(stages []Stage) float64 {
	sum, most := 0.0, 0.0
	for i := range stages {
		g := min(stages[i].Nats(), Cap)
		sum += g
		most = max(most, g)
	}
	return sum - most/2
}

// Uncapped is Joint without caps and without the discount: the plain sum. One harmless habit repeated often enough makes it as
// great as one likes, which is why haris does not use it.
func Uncapped(stages []Stage) float64 {
	sum := 0.0
	for i := range stages {
		sum += stages[i].Nats()
	}
	return sum
}

// GLR folds the scores of messages. A message is a score for each stage, in nats; NaN where there is none.
type GLR struct{ stages []Stage }

// NewGLR returns one that has seen nothing.
func NewGLR(stages int) *GLR { return &GLR{make([]Stage, stages)} }

// Add takes in a message.
func (g *GLR) Add(scores []float64) {
	best := Best(scores)
	for i := range g.stages {
		if i == best {
			g.stages[i].Hit(scores[i])
		} else {
			g.stages[i].Miss(1)
		}
	}
}

// Best is the stage of the greatest score, −1 when there is no score.
func Best(scores []float64) int {
	best := -1
	for i, v := range scores {
		if !math.IsNaN(v) && (best < 0 || v > scores[best]) {
			best = i
		}
	}
	return best
}

// Stages is what is known of each stage.
func (g *GLR) Stages() []Stage { return g.stages }
