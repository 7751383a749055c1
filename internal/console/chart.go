package console

import (
	"strconv"
	"strings"

	"haris/internal/lead"
	"haris/internal/measure"
)

// The size of the chart of days, in the units of its view box. It is stretched to the width of the page and holds no words.
const (
	chartWidth  = 720.0
	chartHeight = 120.0
)

// column is one bar of a chart of days.
type column struct{ x, y, width, height string }

// flowChart is what came in on each day as columns, what was decided as a line, and what came in on the days before as another.
type flowChart struct {
	columns         []column
	decided, before string // points of lines
	most            int64  // the height of the chart
}

func newFlowChart(list []lead.DayFlow) (c flowChart) {
	n := len(list) / 2
	before, now := list[:n], list[n:]
	for _, d := range list {
		c.most = max(c.most, d.Opened, d.Decided)
	}
	step := chartWidth / float64(max(n, 1))
	height := func(v int64) float64 { return chartHeight * float64(v) / float64(max(c.most, 1)) }
	line := func(of func(lead.DayFlow) int64, days []lead.DayFlow) string {
		var b strings.Builder
		for i, d := range days {
			b.WriteString(coordinate(step*(float64(i)+.5)) + "," + coordinate(chartHeight-height(of(d))) + " ")
		}
		return strings.TrimSpace(b.String())
	}
	for i, d := range now {
		h := height(d.Opened)
		c.columns = append(c.columns, column{coordinate(step * (float64(i) + .1)), coordinate(chartHeight - h), coordinate(step * .8), coordinate(h)})
	}
	c.decided = line(func(d lead.DayFlow) int64 { return d.Decided }, now)
	c.before = line(func(d lead.DayFlow) int64 { return d.Opened }, before)
	return c
}

func coordinate(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// stretch is the size of a part in a bar of several: where it begins and how wide it is.
type stretch struct{ class, from, width string }

// stacked lays the open cases of one age beside each other, P0 first.
func stacked(row []int, most int) (out []stretch) {
	at := 0
	for i, n := range row {
		out = append(out, stretch{"P" + strconv.Itoa(i), share(float64(at), float64(most)), share(float64(n), float64(most))})
		at += n
	}
	return out
}

// between is where the interval of a share begins and how wide it is.
func between(s measure.Share) (from, width string) {
	return share(s.Low, 1), share(s.High-s.Low, 1)
}
