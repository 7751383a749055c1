package stage

import (
	"math"
	"slices"
	"strings"
	"unicode"
)

// LeastPositives is how many positive examples of a language have to be held out before a head is calibrated there; with fewer it is
// not used in that language. With a fifth held out these are the 200 judged examples of the specification.
const LeastPositives = 40

// Isotonic is from how many positive examples on a head is calibrated by a rising staircase instead of a curve: with fewer it follows
// chance.
const Isotonic = 2000

// curve turns a raw score into a log-likelihood ratio: a·score + b, where b already lacks the log-odds of the examples; or, where there are
// knots, what lies between them.
type curve struct {
	a, b      float64
	knots     []knot
	positives int
	ok        bool
}

func (c curve) ratio(score float32) float32 {
	switch {
	case !c.ok:
		return float32(math.NaN())
	case len(c.knots) > 0:
		return float32(min(Highest, max(Lowest, between(c.knots, float64(score)))))
	}
	return float32(min(Highest, max(Lowest, c.a*float64(score)+c.b)))
}

// Language is the bucket that a message is calibrated in: the primary subtag of a language tag (BCP 47), or where there is none the
// script that most letters of the text have, as "latn".
func Language(tag, text string) string {
	primary, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	if len(primary) >= 2 && primary != "und" {
		return strings.Clone(primary)
	}
	var count [len(scripts) + 1]int
	for _, r := range text {
		if unicode.IsLetter(r) {
			count[scriptOf(r)]++
		}
	}
	best := 0
	for i, n := range count {
		if n > count[best] {
			best = i
		}
	}
	if best == len(scripts) || count[best] == 0 {
		return "zyyy"
	}
	return scripts[best].name
}

var scripts = [...]struct {
	name  string
	table *unicode.RangeTable
}{
	{"latn", unicode.Latin},
	{"arab", unicode.Arabic},
	{"cyrl", unicode.Cyrillic},
	{"hani", unicode.Han},
	{"deva", unicode.Devanagari},
	{"grek", unicode.Greek},
	{"hebr", unicode.Hebrew},
	{"thai", unicode.Thai},
	{"hang", unicode.Hangul},
	{"hira", unicode.Hiragana},
	{"beng", unicode.Bengali},
}

func scriptOf(r rune) int {
	for i, s := range scripts {
		if unicode.Is(s.table, r) {
			return i
		}
	}
	return len(scripts)
}

// sample is an example with the scores that a model gave it which had not learnt from it.
type sample struct {
	of  *Example
	raw []float32
}

// judged scores examples.
func (m *Model) judged(examples []Example, out []sample) []sample {
	var x Extractor
	for i := range examples {
		out = append(out, sample{&examples[i], m.Raw(x.Features(examples[i].Text), nil)})
	}
	return out
}

// calibrate fits a curve for each head and language from the samples. Every example counts for the bucket of its tag
// and, so that messages without a tag can be scored, for that of its script.
func (m *Model) calibrate(samples []sample, least int) {
	by := map[string][]sample{}
	for _, s := range samples {
		tag, script := Language(s.of.Lang, s.of.Text), Language("", s.of.Text)
		by[tag] = append(by[tag], s)
		if script != tag {
			by[script] = append(by[script], s)
		}
	}
	m.curves = map[string][]curve{}
	for lang, list := range by {
		curves := make([]curve, len(m.heads))
		for k, h := range m.heads {
			scores, truth := make([]float64, len(list)), make([]bool, len(list))
			for i, s := range list {
				scores[i], truth[i] = float64(s.raw[k]), slices.Contains(s.of.Stages, h)
			}
			if curves[k] = fitCurve(scores, truth, least); curves[k].ok && curves[k].positives >= Isotonic {
				curves[k].knots = isotonic(scores, truth)
			}
		}
		m.curves[lang] = curves
	}
}

// fitCurve is Platt's scaling as H.-T. Lin, C.-J. Lin and R. Weng put it ("A note on Platt's probabilistic outputs for support vector
// machines", 2007): Newton's method with back-tracking on targets (n₊+1)/(n₊+2) and 1/(n₋+2).
func fitCurve(scores []float64, truth []bool, least int) curve {
	pos := 0
	for _, y := range truth {
		if y {
			pos++
		}
	}
	neg := len(truth) - pos
	if pos < least || neg < least {
		return curve{positives: pos}
	}
	hi, lo := float64(pos+1)/float64(pos+2), 1/float64(neg+2)
	target := func(y bool) float64 {
		if y {
			return hi
		}
		return lo
	}
	loss := func(a, b float64) (sum float64) {
		for i, s := range scores {
			z := a*s + b
			sum += math.Max(z, 0) - z*target(truth[i]) + math.Log1p(math.Exp(-math.Abs(z)))
		}
		return sum
	}
	prior := math.Log(float64(pos+1) / float64(neg+1))
	a, b := 0.0, prior
	now := loss(a, b)
	for range 100 {
		var ga, gb float64
		haa, hab, hbb := 1e-12, 0.0, 1e-12
		for i, s := range scores {
			p := 1 / (1 + math.Exp(-(a*s + b)))
			d, w := p-target(truth[i]), p*(1-p)
			ga, gb = ga+d*s, gb+d
			haa, hab, hbb = haa+w*s*s, hab+w*s, hbb+w
		}
		if math.Abs(ga) < 1e-6 && math.Abs(gb) < 1e-6 {
			break
		}
		det := haa*hbb - hab*hab
		da, db := -(hbb*ga-hab*gb)/det, -(haa*gb-hab*ga)/det
		step := 1.0
		for ; step > 1e-10; step /= 2 {
			if next := loss(a+step*da, b+step*db); next < now {
				a, b, now = a+step*da, b+step*db, next
				break
			}
		}
		if step <= 1e-10 {
			break
		}
	}
	return curve{a: a, b: b - prior, positives: pos, ok: a > 0}
}
