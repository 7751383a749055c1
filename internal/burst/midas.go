// Package burst scores how sudden an edge of a stream of edges is: MIDAS and its two successors, in constant memory and with a
// constant cost an edge (a tick that ends costs nothing). It finds bursts (many like edges in a short time), not slow fan-out. It knows neither accounts nor
// events; anyone in haris may import it.
//
// Source: S. Bhatia, R. Liu, B. Hooi, M. Yoon, K. Shin, C. Faloutsos, "Real-time anomaly detection in edge streams", ACM TKDD
// 16(4), 2022 (MIDAS: AAAI 2020), written from the paper.
package burst

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/zeebo/xxh3"
)

// Kind chooses the algorithm.
type Kind uint8

// The kinds.
const (
	Plain      Kind = iota + 1 // MIDAS: the edge alone, counts begin anew at each tick
	Relational                 // MIDAS-R: edge, source and destination, counts decay from tick to tick
	Filtering                  // MIDAS-F: as Relational, and what looks like a burst does not enter what is ordinary
)

// Config sets a Stream up. The zero values of all but Kind mean the paper's.
type Config struct {
	Kind      Kind
	Rows      int     // of each count-min sketch; 2
	Columns   int     // of each count-min sketch; 1024
	Decay     float64 // what is left of a current count at the next tick, 0 to 1; the paper's 0.5. Plain keeps nothing.
	Threshold float64 // Filtering: a score from here on is not ordinary; 1000
	Seed      uint64  // of the hashes; keep it secret where somebody may choose keys to collide
}

// Stream scores edges in the order in which they come. It is not safe for several goroutines at once.
type Stream struct {
	cfg   Config
	tick  uint32 // the tick that stands open; 0 before the first edge
	edge  counts
	nodes [2]counts // source, destination
}

// New returns a stream that has seen nothing.
func New(c Config) (*Stream, error) {
	if c.Kind < Plain || c.Kind > Filtering {
		return nil, fmt.Errorf("burst: kind %d: want Plain, Relational or Filtering", c.Kind)
	}
	c.Rows, c.Columns = or(c.Rows, 2), or(c.Columns, 1024)
	if c.Decay == 0 {
		c.Decay = .5
	}
	if c.Threshold == 0 {
		c.Threshold = 1000
	}
	if c.Rows < 1 || c.Rows > maxRows || c.Columns < 1 || c.Columns > 1<<24 {
		return nil, fmt.Errorf("burst: %d × %d counters: want 1 to %d rows of 1 to 16777216", c.Rows, c.Columns, maxRows)
	}
	if !(c.Decay > 0 && c.Decay < 1) || !(c.Threshold > 0) {
		return nil, fmt.Errorf("burst: decay %g, threshold %g: want 0 < decay < 1 and 0 < threshold", c.Decay, c.Threshold)
	}
	s := &Stream{cfg: c, edge: newCounts(c)}
	if c.Kind != Plain {
		s.nodes = [2]counts{newCounts(c), newCounts(c)}
	}
	return s, nil
}

func or(v, standard int) int {
	if v == 0 {
		return standard
	}
	return v
}

// Bytes is what the counters take, whatever was seen.
func (s *Stream) Bytes() int {
	return (len(s.edge.cells) + len(s.nodes[0].cells) + len(s.nodes[1].cells)) * int(unsafe.Sizeof(cell{}))
}

// Add takes in an edge at a tick (counted from 1 to 2³²−1; a tick before the open one counts as the open one) and returns its
// score: a χ² statistic with one degree of freedom of the count now against the mean of all ticks, the greatest over edge,
// source and destination. It is at least 0 and finite.
func (s *Stream) Add(source, destination uint64, tick int64) float64 {
	s.tick = max(s.tick, uint32(min(max(tick, 1), math.MaxUint32))) //nolint:gosec // bounded
	score := s.edge.add(pair(source, destination), s.tick)
	if s.cfg.Kind == Plain {
		return score
	}
	return max(score, s.nodes[0].add(source, s.tick), s.nodes[1].add(destination, s.tick))
}

// pair hashes an edge; (a, b) and (b, a) are two.
func pair(a, b uint64) uint64 {
	var buf [16]byte
	for i := range 8 {
		buf[i], buf[8+i] = byte(a>>(8*i)), byte(b>>(8*i))
	}
	return xxh3.Hash(buf[:])
}
