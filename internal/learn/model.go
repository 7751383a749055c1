package learn

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"haris/internal/measure"
	"haris/internal/stage"
)

// LeastPositives is how many messages of a stage people must have found in a language, beside those held out, before a head is used there
// (the specification, section 2).
const LeastPositives = 200

const (
	heldOut = .2 // share of groups that the card's measures come from
	folds   = 5
	bins    = 10
)

// Order says what a model is made from.
type Order struct {
	Name     string // as people call it
	At       time.Time
	Origin   string // whence the examples are
	Seed     uint64 // deals groups and orders examples; the same order and examples give the same model
	Progress func(done, all int)
}

// ErrFew says that there is too little to learn from.
var ErrFew = errors.New("learn: too few examples")

// Model learns a stage model. A fifth of the groups of authors is held out, and the card's measures come from it alone. The rest is learnt from,
// and calibrated by five folds of groups; a head with fewer than LeastPositives in a language is not calibrated there and never used.
// ErrFew when no head is calibrated in any language: such a model would score nothing.
func Model(list []Example, o Order) (*stage.Model, error) {
	examples, groups := forStage(list)
	var learnt, kept []stage.Example
	for _, e := range examples {
		if float64(xxh3.HashStringSeed(e.Group, o.Seed^0x5eed)>>11)/(1<<53) < heldOut {
			kept = append(kept, e)
		} else {
			learnt = append(learnt, e)
		}
	}
	m, err := stage.Train(learnt, stage.Options{Folds: folds, Least: LeastPositives, Seed: o.Seed, Progress: o.Progress})
	if err != nil {
		return nil, err
	}
	if !usable(m) {
		return nil, fmt.Errorf("%w: %s; want at least %d of a stage in a language beside the fifth that is held out, and as many others", ErrFew, counted(m), LeastPositives)
	}
	c := &m.Card
	c.Name, c.At, c.Origin, c.Authors, c.HeldOut = o.Name, o.At.UTC(), o.Origin, groups, len(kept)
	c.Measured = measured(m, kept)
	return m, nil
}

func usable(m *stage.Model) bool {
	for _, list := range m.Calibration() {
		if slices.ContainsFunc(list, func(n int) bool { return n > 0 }) {
			return true
		}
	}
	return false
}

// counted lists how many there are of each stage, in the bucket that has most.
func counted(m *stage.Model) string {
	var out []string
	for k, h := range m.Heads() {
		most, where := 0, ""
		for lang, list := range m.Calibration() {
			if n := max(list[k], -list[k]); n > most || n == most && lang < where {
				most, where = n, lang
			}
		}
		out = append(out, fmt.Sprintf("%s has %d in %s", h, most, where))
	}
	return strings.Join(out, ", ")
}

// Measure says how well a model tells examples apart that it has not learnt from, for each head and language with an example.
func Measure(m *stage.Model, list []Example) []stage.Measure {
	examples, _ := forStage(list)
	return measured(m, examples)
}

// heard is what a head said of the examples of one language.
type heard struct {
	ranks [2][]float64 // of negatives and positives, above 0 and rising with the score
	nats  []float64
	truth []bool
}

func measured(m *stage.Model, examples []stage.Example) (out []stage.Measure) {
	heads := m.Heads()
	by := map[string][]heard{}
	var x stage.Extractor
	for i := range examples {
		e := &examples[i]
		lang := stage.Language(e.Lang, e.Text)
		if by[lang] == nil {
			by[lang] = make([]heard, len(heads))
		}
		raw := m.Raw(x.Features(e.Text), nil)
		scores, err := m.Score(&x, e.Text, e.Lang, nil)
		for k, h := range heads {
			d, is := &by[lang][k], slices.Contains(e.Stages, h)
			side := 0
			if is {
				side = 1
			}
			d.ranks[side] = append(d.ranks[side], math.Exp(float64(raw[k])))
			if err == nil && scores[k] == scores[k] {
				d.nats, d.truth = append(d.nats, float64(scores[k])), append(d.truth, is)
			}
		}
	}
	langs := make([]string, 0, len(by))
	for lang := range by {
		langs = append(langs, lang)
	}
	slices.Sort(langs)
	for k, h := range heads {
		for _, lang := range langs {
			out = append(out, by[lang][k].measure(h, lang))
		}
	}
	return out
}

func (h *heard) measure(head, lang string) stage.Measure {
	out := stage.Measure{Head: head, Lang: lang, Positives: len(h.ranks[1]), Negatives: len(h.ranks[0]), Calibrated: len(h.nats) > 0}
	if out.Positives == 0 || out.Negatives == 0 {
		return out
	}
	a := area(h.ranks[1], h.ranks[0])
	out.AUC = &a
	r := measure.NewRanking(h.ranks[1], h.ranks[0])
	for fpr, at := range map[float64]**float64{1e-2: &out.At100, 1e-3: &out.At1000} {
		if found := r.At(fpr); found.OK {
			*at = &found.Recall
		}
	}
	if !out.Calibrated {
		return out
	}
	prior := math.Log(float64(out.Positives) / float64(out.Negatives))
	list := make([]measure.Forecast, len(h.nats))
	for i, v := range h.nats {
		list[i] = measure.Forecast{P: 1 / (1 + math.Exp(-v-prior)), So: h.truth[i]}
	}
	ece, brier := measure.ECE(list, bins), measure.Brier(list)
	out.ECE, out.Brier = &ece, &brier
	return out
}

// area is the chance that a positive is above a negative, half where they are equal (H. Mann and D. Whitney, 1947).
func area(positive, negative []float64) float64 {
	neg := slices.Sorted(slices.Values(negative))
	sum := 0.0
	for _, v := range positive {
		below, _ := slices.BinarySearch(neg, v)
		above, _ := slices.BinarySearch(neg, math.Nextafter(v, math.Inf(1)))
		sum += float64(below) + float64(above-below)/2
	}
	return sum / float64(len(positive)) / float64(len(negative))
}
