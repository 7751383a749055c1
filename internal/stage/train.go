package stage

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/zeebo/xxh3"
)

// Example is one message with what people found in it.
type Example struct {
	Text   string   `json:"text"`
	Lang   string   `json:"lang,omitempty"`  // as events have it; empty: the script is taken
	Stages []string `json:"stages"`          // empty: none of them
	Group  string   `json:"group,omitempty"` // conversation or author: a group is never cut between training and calibration
}

// Options of training. The zero values are sensible.
type Options struct {
	Heads    []string            // what to learn; all stages that occur when empty
	Epochs   int                 // times that every example is looked at; 8
	Rate     float64             // step of AdaGrad; 0.5
	L2       float64             // shrinks the weights; 1e-7
	Positive float64             // weight of positive examples; 3
	HeldOut  float64             // share of groups kept for calibration, 0 to 0.5. With none, and no Judge, nothing is calibrated
	Judge    []Example           // to calibrate with instead of examples held out
	Folds    int                 // where there are few: learn so many times from all groups but a part, calibrate with the parts, then learn from all
	Least    int                 // positive examples that a head needs in a language to be calibrated there; LeastPositives
	Seed     uint64              // of the order of examples
	Progress func(done, all int) // called after every epoch
}

func (o Options) filled() Options {
	if o.Epochs == 0 {
		o.Epochs = 8
	}
	if o.Rate == 0 {
		o.Rate = .5
	}
	if o.L2 == 0 {
		o.L2 = 1e-7
	}
	if o.Least == 0 {
		o.Least = LeastPositives
	}
	if o.Positive == 0 {
		o.Positive = 3
	}
	return o
}

// ErrExamples says that there is nothing to learn from.
var ErrExamples = errors.New("stage: no examples to learn from")

// Train learns a linear model for every head by logistic regression: AdaGrad (J. Duchi, E. Hazan, Y. Singer, JMLR 12, 2011) on
// hashed n-grams, one head independent of another. The same examples, options and seed give the same model.
func Train(examples []Example, o Options) (*Model, error) {
	o = o.filled()
	if !(o.HeldOut >= 0 && o.HeldOut <= .5) || o.Epochs < 1 || !(o.Rate > 0) {
		return nil, fmt.Errorf("stage: held out %g, epochs %d, rate %g: want 0 to 0.5, at least 1, above 0", o.HeldOut, o.Epochs, o.Rate)
	}
	heads := o.Heads
	if len(heads) == 0 {
		heads = occurring(examples)
	}
	if len(examples) == 0 || len(heads) == 0 {
		return nil, ErrExamples
	}
	if o.Folds > 1 {
		return folded(examples, heads, o), nil
	}
	m, held := learn(examples, heads, o, func(e Example) bool { return deal(e, o.Seed) < o.HeldOut })
	m.calibrate(m.judged(append(held, o.Judge...), nil), o.Least)
	return m, nil
}

// learn learns from all examples but those held out, which it returns.
func learn(examples []Example, heads []string, o Options, hold func(Example) bool) (m *Model, held []Example) {
	t := newTrainer(examples, heads, o, hold)
	t.run()
	for i, h := range t.held {
		if h {
			held = append(held, examples[i])
		}
	}
	return t.model(), held
}

// folded calibrates with scores of models that had not seen the examples, each with its part held out, and learns from all.
func folded(examples []Example, heads []string, o Options) *Model {
	var samples []sample
	tell := o.Progress
	after := func(folds int) {
		if tell != nil {
			o.Progress = func(done, all int) { tell(folds*all+done, (o.Folds+1)*all) }
		}
	}
	for f := range o.Folds {
		after(f)
		m, held := learn(examples, heads, o, func(e Example) bool { return int(deal(e, o.Seed)*float64(o.Folds)) == f })
		samples = m.judged(held, samples)
	}
	after(o.Folds)
	m, _ := learn(examples, heads, o, func(Example) bool { return false })
	m.calibrate(samples, o.Least)
	return m
}

func occurring(examples []Example) (out []string) {
	for _, e := range examples {
		for _, s := range e.Stages {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	slices.Sort(out)
	return out
}

type trainer struct {
	o      Options
	heads  []string
	rows   []int32 // bucket → row, −1 for a bucket that no example has
	n      int     // rows
	weight []float32
	square []float32 // AdaGrad's sums of squares
	bias   []float32
	biasSq []float32
	x      [][]Feature // Bucket is the row
	y      [][]bool
	held   []bool
}

func newTrainer(examples []Example, heads []string, o Options, hold func(Example) bool) *trainer {
	t := &trainer{o: o, heads: heads, rows: make([]int32, Buckets), held: make([]bool, len(examples))}
	for i := range t.rows {
		t.rows[i] = -1
	}
	var ex Extractor
	for i, e := range examples {
		if t.held[i] = hold(e); t.held[i] {
			continue
		}
		fs := slices.Clone(ex.Features(e.Text))
		for k := range fs {
			at := &t.rows[fs[k].Bucket]
			if *at < 0 {
				*at = int32(t.n) //nolint:gosec // at most 2¹⁸
				t.n++
			}
			fs[k].Bucket = uint32(*at) //nolint:gosec // at least 0
		}
		y := make([]bool, len(heads))
		for k, h := range heads {
			y[k] = slices.Contains(e.Stages, h)
		}
		t.x, t.y = append(t.x, fs), append(t.y, y)
	}
	t.weight, t.square = make([]float32, t.n*len(heads)), make([]float32, t.n*len(heads))
	t.bias, t.biasSq = make([]float32, len(heads)), make([]float32, len(heads))
	return t
}

// deal gives groups a number from 0 to 1 by their hash; an example without a group is a group of its own.
func deal(e Example, seed uint64) float64 {
	g := e.Group
	if g == "" {
		g = e.Text
	}
	return float64(xxh3.HashStringSeed(g, seed)>>11) / (1 << 53)
}

func (t *trainer) run() {
	order := make([]int, len(t.x))
	for i := range order {
		order[i] = i
	}
	r := rand.New(rand.NewPCG(t.o.Seed, 1))
	score, grad := make([]float32, len(t.heads)), make([]float32, len(t.heads))
	for e := range t.o.Epochs {
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			t.step(t.x[i], t.y[i], score, grad)
		}
		if t.o.Progress != nil {
			t.o.Progress(e+1, t.o.Epochs)
		}
	}
}

// step takes one example in. Heads whose gradient is next to nothing are left alone.
func (t *trainer) step(x []Feature, y []bool, score, grad []float32) {
	h := len(t.heads)
	copy(score, t.bias)
	for _, f := range x {
		row := t.weight[int(f.Bucket)*h:][:h]
		for k, w := range row {
			score[k] += f.Value * w
		}
	}
	for k, s := range score {
		p := 1 / (1 + math.Exp(-float64(s)))
		if y[k] {
			grad[k] = float32((p - 1) * t.o.Positive)
		} else {
			grad[k] = float32(p)
		}
		if math.Abs(float64(grad[k])) < 1e-4 {
			grad[k] = 0
		}
	}
	rate, l2 := float32(t.o.Rate), float32(t.o.L2)
	for k, g := range grad {
		t.biasSq[k] += g * g
		t.bias[k] -= rate * g / (1e-3 + sqrt(t.biasSq[k]))
	}
	for _, f := range x {
		row, sq := t.weight[int(f.Bucket)*h:][:h], t.square[int(f.Bucket)*h:][:h]
		for k, g := range grad {
			if g == 0 {
				continue
			}
			d := g*f.Value + l2*row[k]
			sq[k] += d * d
			row[k] -= rate * d / (1e-3 + sqrt(sq[k]))
		}
	}
}

func sqrt(v float32) float32 { return float32(math.Sqrt(float64(v))) }

func (t *trainer) model() *Model {
	return &Model{heads: t.heads, rows: t.rows, weight: t.weight, bias: t.bias, Card: Card{Examples: len(t.x), Positive: t.o.Positive, Epochs: t.o.Epochs, Seed: t.o.Seed}}
}
