package burst

import (
	"math"

	"github.com/zeebo/xxh3"
)

const maxRows = 8

// cell is one counter of a sketch as it stood in its tick. What the ticks since have done to it is worked out when it is next
// looked at, so that closing a tick costs nothing.
type cell struct {
	current float32
	total   float32 // with Filtering without the open tick
	score   float32 // with Filtering the last score of a key in this cell
	tick    uint32
}

// counts is a count-min sketch of cells.
type counts struct {
	cfg   Config
	fades []float32 // what is left of a current count after so many ticks
	cells []cell
}

func newCounts(c Config) counts {
	out := counts{cfg: c, cells: make([]cell, c.Rows*c.Columns)}
	if c.Kind != Plain {
		for f := 1.0; f > 1e-30 && len(out.fades) < 1<<12; f *= c.Decay {
			out.fades = append(out.fades, float32(f))
		}
	}
	return out
}

// fade is what is left of a current count after so many ticks.
func (c *counts) fade(ticks uint32) float32 {
	if int64(ticks) < int64(len(c.fades)) {
		return c.fades[ticks]
	}
	return 0
}

// places are the cells of a key, one a row, by double hashing with an odd step.
func (c *counts) places(key uint64, out *[maxRows]*cell) []*cell {
	h := xxh3.HashSeed(nil, key^c.cfg.Seed)
	x, step := uint32(h), uint32(h>>32)|1 //nolint:gosec // halves
	for r := range c.cfg.Rows {
		out[r] = &c.cells[r*c.cfg.Columns+int((uint64(x)*uint64(c.cfg.Columns))>>32)] //nolint:gosec // below rows × columns
		x = x*0x9e3779b1 + step
	}
	return out[:c.cfg.Rows]
}

// add counts one in the tick and returns the key's score.
func (c *counts) add(key uint64, tick uint32) float64 {
	var buf [maxRows]*cell
	cells := c.places(key, &buf)
	a, s := float32(math.MaxFloat32), float32(math.MaxFloat32)
	for _, at := range cells {
		c.forward(at, tick)
		at.current++
		if c.cfg.Kind != Filtering {
			at.total++
		}
		a, s = min(a, at.current), min(s, at.total)
	}
	if c.cfg.Kind != Filtering {
		return deviation(float64(a), float64(s), float64(tick))
	}
	score := late(float64(a), float64(s), float64(tick))
	for _, at := range cells {
		at.score = float32(score)
	}
	return score
}

// forward brings a cell to the tick. With Filtering each tick closed on the way gives its count c to the total s when the cell's score was
// ordinary: over d ticks c·(1 + f + … + f^(d−1)). Otherwise it gives the mean of the ticks before, s/(t−1), so that the mean stays
// as it was: s grows by the factor (t+d−1)/(t−1).
func (c *counts) forward(at *cell, tick uint32) {
	d := tick - at.tick
	if d == 0 {
		return
	}
	f := c.fade(d)
	if c.cfg.Kind == Filtering && at.tick > 0 {
		switch {
		case float64(at.score) < c.cfg.Threshold:
			at.total += at.current * (1 - f) / (1 - float32(c.cfg.Decay))
		case at.tick > 1:
			at.total *= float32(float64(tick-1) / float64(at.tick-1))
		}
	}
	at.current *= f
	at.tick = tick
}

// deviation is the χ² statistic of a events in the newest of t ticks, with s in all of them: (a − s/t)² t² / (s (t−1)).
func deviation(a, s, t float64) float64 {
	if s <= 0 || t <= 1 {
		return 0
	}
	d := a*t - s
	return d * d / (s * (t - 1))
}

// late is deviation where s does not hold the newest tick yet: (a + s − a·t)² / (s (t−1)).
func late(a, s, t float64) float64 {
	if s <= 0 || t <= 1 {
		return 0
	}
	d := a + s - a*t
	return d * d / (s * (t - 1))
}
