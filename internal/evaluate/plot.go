package evaluate

import (
	"fmt"
	"math"
	"strings"
)

// The size of a plot and of its margins, in the units of its viewBox.
const (
	plotWidth, plotHeight   = 640.0, 300.0
	left, right, top, below = 56.0, 14.0, 12.0, 28.0
)

// axis maps values to a length; a logarithmic one takes values above 0.
type axis struct {
	low, high float64
	log       bool
}

// at is where a value lies, 0 to 1, kept inside.
func (a axis) at(v float64) float64 {
	low, high := a.low, a.high
	if a.log {
		v, low, high = math.Log10(max(v, a.low)), math.Log10(a.low), math.Log10(a.high)
	}
	if high == low {
		return 0
	}
	return min(max((v-low)/(high-low), 0), 1)
}

// tick is a mark on an axis with its word.
type tick struct {
	Pos  float64
	Word string
}

// line is a drawn line.
type line struct {
	Path, Class, Title string
}

// dot is a drawn point.
type dot struct {
	X, Y                float64
	Class, Title, Label string
}

// plot is a picture with two axes; coordinates are those of its viewBox.
type plot struct {
	Title, XLabel, YLabel    string
	Width, Height            float64
	Left, Right, Top, Bottom float64
	XTicks, YTicks           []tick
	Lines                    []line
	Dots                     []dot
	x, y                     axis
}

// plots are those of a page; one without anything to draw is nil.
type plots struct {
	Recall, Messages, Tails *plot
	Bars                    []bar
}

// bar is one bar of the ablation, from the middle to either side.
type bar struct {
	Name        string
	Y, X, Width float64
	Word        string
	Worse       bool // recall falls without the detector: it is of use
}

func newPlot(title, xlabel, ylabel string, x, y axis) *plot {
	return &plot{
		Title: title, XLabel: xlabel, YLabel: ylabel, Width: plotWidth, Height: plotHeight,
		Left: left, Right: plotWidth - right, Top: top, Bottom: plotHeight - below, x: x, y: y,
	}
}

func (p *plot) px(v float64) float64 { return round1(p.Left + p.x.at(v)*(p.Right-p.Left)) }
func (p *plot) py(v float64) float64 { return round1(p.Bottom - p.y.at(v)*(p.Bottom-p.Top)) }

func round1(v float64) float64 { return math.Round(v*10) / 10 }

func (p *plot) xtick(v float64, word string) { p.XTicks = append(p.XTicks, tick{p.px(v), word}) }
func (p *plot) ytick(v float64, word string) { p.YTicks = append(p.YTicks, tick{p.py(v), word}) }

// shares puts ticks of 0 to 1 on the vertical axis.
func (p *plot) shares() {
	for _, v := range []float64{0, .25, .5, .75, 1} {
		p.ytick(v, fmt.Sprintf("%.2f", v))
	}
}

// path joins points; stairs go sideways first.
func (p *plot) path(points [][2]float64, stairs bool) string {
	var b strings.Builder
	for i, q := range points {
		x, y := p.px(q[0]), p.py(q[1])
		switch {
		case i == 0:
			fmt.Fprintf(&b, "M%g %g", x, y)
		case stairs:
			fmt.Fprintf(&b, "H%gV%g", x, y)
		default:
			fmt.Fprintf(&b, "L%g %g", x, y)
		}
	}
	return b.String()
}

// plots draws what there is to draw.
func (r *Result) plots() (out plots) {
	if len(r.Curve) > 0 {
		out.Recall = r.recallPlot()
	}
	if len(r.All.Messages.all) > 0 {
		out.Messages = r.messagesPlot()
	}
	out.Tails = r.tailsPlot()
	out.Bars = r.bars()
	return out
}

// recallPlot is recall against the false-positive rate, which begins at one harmless account.
func (r *Result) recallPlot() *plot {
	least := math.Pow(10, math.Floor(math.Log10(1/float64(r.Negatives))))
	p := newPlot("Recall against false positives", "share of harmless accounts at or above the threshold (logarithmic; the left edge stands for none)", "recall", axis{least, 1, true}, axis{0, 1, false})
	p.shares()
	for v := least; v < 1.01; v *= 10 {
		p.xtick(v, power(v))
	}
	points := [][2]float64{{least, r.Curve[0].Recall}}
	for _, c := range r.Curve {
		points = append(points, [2]float64{c.FPR, c.Recall})
	}
	points = append(points, [2]float64{1, points[len(points)-1][1]})
	p.Lines = append(p.Lines, line{p.path(points, true), "one", "recall"})
	for _, a := range r.Recalls {
		if a.OK {
			p.Dots = append(p.Dots, dot{X: p.px(a.FPR), Y: p.py(a.Recall), Class: "one", Title: fmt.Sprintf("%.3f at %s", a.Recall, power(a.FPR))})
		}
	}
	return p
}

// messagesPlot is the share of all matters found after so many messages.
func (r *Result) messagesPlot() *plot {
	all := r.All.Messages.all
	high := math.Pow(10, math.Ceil(math.Log10(max(all[len(all)-1], 9)+1)))
	p := newPlot("Messages to the alert", "messages and requests of the accounts of a matter, from its start (logarithmic)", "share of matters found", axis{1, high, true}, axis{0, 1, false})
	p.shares()
	for v := 1.0; v <= high; v *= 10 {
		p.xtick(v, fmt.Sprintf("%g", v))
	}
	points := [][2]float64{{1, 0}}
	for i, m := range all {
		points = append(points, [2]float64{max(m, 1), float64(i+1) / float64(r.Matters)})
	}
	points = append(points, [2]float64{high, points[len(points)-1][1]})
	p.Lines = append(p.Lines, line{p.path(points, true), "one", "found"})
	return p
}

// tailsPlot is how often harmless accounts reach a strength, a line for each detector that spoke of any, against what the strength promises.
func (r *Result) tailsPlot() *plot {
	p := newPlot("What strengths promise", "strength, −log₁₀ p", "harmless accounts that reach it", axis{0, 3, false}, axis{1e-5, 1, true})
	for v := 1e-5; v < 1.1; v *= 10 {
		p.ytick(v, power(v))
	}
	for v := 0.0; v <= 3; v += .5 {
		p.xtick(v, fmt.Sprintf("%g", v))
	}
	for _, d := range r.Detectors {
		var points [][2]float64
		for _, x := range d.Tails {
			if x.Observed.Part > 0 {
				points = append(points, [2]float64{x.Strength, x.Observed.Rate})
				class := "two"
				if !x.Honest {
					class = "bad"
				}
				p.Dots = append(p.Dots, dot{
					X: p.px(x.Strength), Y: p.py(x.Observed.Rate), Class: class,
					Title: fmt.Sprintf("%s: %d of %d reach %g", d.Name, x.Observed.Part, x.Observed.Of, x.Strength),
				})
			}
		}
		if len(points) > 0 {
			p.Dots[len(p.Dots)-1].Label = d.Name
			p.Lines = append(p.Lines, line{p.path(points, false), "two", d.Name})
		}
	}
	if len(p.Lines) == 0 {
		return nil
	}
	p.mergeLabels()
	p.Lines = append(p.Lines, line{p.path([][2]float64{{0, 1}, {3, 1e-3}}, false), "promise", "promised"})
	return p
}

// mergeLabels writes labels that would lie on each other as one.
func (p *plot) mergeLabels() {
	first := map[[2]float64]int{}
	for i := range p.Dots {
		d := &p.Dots[i]
		at, seen := first[[2]float64{d.X, d.Y}]
		switch {
		case d.Label == "":
		case seen:
			p.Dots[at].Label += ", " + d.Label
			d.Label = ""
		default:
			first[[2]float64{d.X, d.Y}] = i
		}
	}
}

// bars are the changes of recall at the budget without each detector; the widest fills its half.
func (r *Result) bars() (out []bar) {
	widest := .05
	for _, a := range r.Ablation {
		widest = max(widest, math.Abs(a.Budget))
	}
	const half, middle = 220.0, 320.0
	for i, a := range r.Ablation {
		b := bar{Name: a.Without, Y: float64(i) * 22, Width: round1(math.Abs(a.Budget) / widest * half), Word: fmt.Sprintf("%+.3f", a.Budget), Worse: a.Budget < 0, X: middle}
		if b.Worse {
			b.X = middle - b.Width
		}
		out = append(out, b)
	}
	return out
}
