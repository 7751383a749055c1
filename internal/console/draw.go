package console

import (
	"math"
	"strconv"
	"strings"

	"haris/internal/detect"
)

// fullStrength is the strength at which the bar is full: one ordinary account in a hundred million.
const fullStrength = 8

// share writes a part of a whole as an SVG width, between 0 and 100 per cent.
func share(x, whole float64) string {
	if whole <= 0 || math.IsNaN(x) {
		return "0%"
	}
	return strconv.FormatFloat(100*math.Min(1, math.Max(0, x/whole)), 'f', 1, 64) + "%"
}

// scale is the number that fills the bars of a figure.
func scale(f detect.Figure) float64 { return math.Max(f.Of, math.Max(f.Observed, f.Expected)) }

// drawn reports whether a figure has an expectation on the scale of what was observed, so that two bars say something.
func drawn(f detect.Figure) bool { return f.Of > 0 || (f.Expected >= 1 && f.Observed >= 0) }

// figureNumber writes an observed or expected number: counts whole, shares as percentages, the rest with one decimal.
func (c *catalogue) figureNumber(x, of float64) string {
	if of == 0 && x > 0 && x < 1 {
		return c.Percent(x)
	}
	if x >= 100 {
		return c.Number(int(math.Round(x)))
	}
	return c.Decimal(x, 1)
}

// rarity says a strength as "1 in n" ordinary accounts, n with two leading digits.
func (c *catalogue) rarity(strength float64) string {
	n := math.Pow(10, math.Min(strength, 12))
	unit := math.Pow(10, math.Max(0, math.Floor(math.Log10(n))-1))
	return c.T("signal.rarity", "n", c.print.Sprint(int64(math.Round(n/unit)*unit)))
}

// figureName is the name of a figure; one that the catalogue does not have is shown with its underscores as spaces.
func (v *view) figureName(name string) string {
	return strings.ReplaceAll(v.word("figure", name), "_", " ")
}
