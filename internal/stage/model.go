// Package stage scores messages: for each stage of grooming and trafficking, how much likelier the message is in that stage than
// among ordinary ones, as a logarithm. Its models are linear over hashed n-grams, learnt from examples that people have judged, and
// calibrated for each language. It ships no model and no words, reads no clock and no disk. What follows from scores is decided
// elsewhere: one message proves nothing.
package stage

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"time"

	"haris/internal/normal"
)

// Bounds of a log-likelihood ratio, in nats.
const (
	Lowest  = -4
	Highest = 5
)

// Model scores messages. It is safe for several goroutines at once, each with its own Extractor.
type Model struct {
	Card   Card
	heads  []string
	rows   []int32 // bucket → row of weight, −1 for none
	weight []float32
	bias   []float32
	curves map[string][]curve // by language bucket, one for each head
	digest string             // of the file
}

// Card says what a model was made from.
type Card struct {
	Name     string    `json:"name,omitempty"`
	At       time.Time `json:"at,omitzero"` // when it was learnt
	Examples int       `json:"examples"`    // learnt from, without those held out
	Epochs   int       `json:"epochs"`
	Positive float64   `json:"positive_weight"`
	Seed     uint64    `json:"seed"`
	Notes    string    `json:"notes,omitempty"`
	Weak     bool      `json:"weak,omitempty"`     // learnt from the seed: what rests on it alone is worth little
	Limit    float64   `json:"limit,omitempty"`    // the most that a ratio may be, in nats, either way; 0 for Lowest to Highest
	Origin   string    `json:"origin,omitempty"`   // whence the examples are
	Authors  int       `json:"authors,omitempty"`  // groups of authors who wrote to each other
	HeldOut  int       `json:"held_out,omitempty"` // examples that it was measured on, and learnt nothing from
	Measured []Measure `json:"measured,omitempty"`
}

// Measure says how well one head tells messages apart in one language. What could not be measured is nil.
type Measure struct {
	Head       string   `json:"head"`
	Lang       string   `json:"lang"`
	Positives  int      `json:"positives"`
	Negatives  int      `json:"negatives"`
	Calibrated bool     `json:"calibrated"`               // else it is not used in the language
	AUC        *float64 `json:"auc,omitempty"`            // chance that a positive scores above a negative
	At100      *float64 `json:"recall_at_1e-2,omitempty"` // recall where one negative in 100 is above
	At1000     *float64 `json:"recall_at_1e-3,omitempty"`
	ECE        *float64 `json:"ece,omitempty"` // expected calibration error, of calibrated heads
	Brier      *float64 `json:"brier,omitempty"`
}

// Heads lists what the model scores, in the order of scores.
func (m *Model) Heads() []string { return slices.Clone(m.heads) }

// Raw writes the uncalibrated scores of features into out, one a head, and returns it.
func (m *Model) Raw(x []Feature, out []float32) []float32 {
	h := len(m.heads)
	out = append(out[:0], m.bias...)
	for _, f := range x {
		row := m.rows[f.Bucket]
		if row < 0 {
			continue
		}
		for k, w := range m.weight[int(row)*h:][:h] {
			out[k] += f.Value * w
		}
	}
	return out
}

// ErrLanguage says that a model was not calibrated for a language: its score there would mean nothing.
var ErrLanguage = errors.New("stage: the model is not calibrated for this language")

// Score writes the log-likelihood ratios of a message into out, in nats between Lowest and Highest, one a head; NaN for a
// head that is not calibrated in the language. When none is, ErrLanguage.
func (m *Model) Score(x *Extractor, text, lang string, out []float32) ([]float32, error) {
	t := normal.Of(text)
	return m.ScoreOf(x, &t, lang, out)
}

// ScoreOf is Score of a text that was brought into its forms already.
func (m *Model) ScoreOf(x *Extractor, t *normal.Text, lang string, out []float32) ([]float32, error) {
	curves := m.curves[Language(lang, t.Raw)]
	if !slices.ContainsFunc(curves, func(c curve) bool { return c.ok }) {
		return out[:0], ErrLanguage
	}
	limit := float32(math.MaxFloat32)
	if m.Card.Limit > 0 {
		limit = float32(m.Card.Limit)
	}
	out = m.Raw(x.FeaturesOf(t), out)
	for k, c := range curves {
		out[k] = max(-limit, min(limit, c.ratio(out[k])))
	}
	return out, nil
}

// Digest is the SHA-256 of the file that the model was read from, in hexadecimal digits; empty for one that was not read.
func (m *Model) Digest() string { return m.digest }

// Reason is an n-gram of a message and what it adds to a raw score.
type Reason struct {
	Gram   string
	Weight float64
}

// Why lists the n-grams that bear most on a head's score of a text, the strongest first, at most n. It is for a person's eyes and not
// for logs.
func (m *Model) Why(text string, head, n int) []Reason {
	x := Extractor{keep: true}
	h := len(m.heads)
	if head < 0 || head >= h {
		return nil
	}
	var out []Reason
	for i, f := range x.Features(text) {
		if row := m.rows[f.Bucket]; row >= 0 {
			if w := float64(f.Value * m.weight[int(row)*h+head]); w != 0 {
				out = append(out, Reason{x.names[i], w})
			}
		}
	}
	slices.SortFunc(out, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)), cmp.Compare(a.Gram, b.Gram))
	})
	return out[:min(n, len(out))]
}
