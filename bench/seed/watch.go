package main

import (
	"math"
	"slices"
	"time"

	"haris/internal/detect"
	dstage "haris/internal/detect/stage"
	"haris/internal/stage"
	"haris/internal/taxonomy"
)

// watch is D4 with one adult who writes to one child, a message a minute.
type watch struct {
	state    detect.State
	place    []int
	adult    detect.Profile
	child    detect.Profile
	seq      uint64
	strength float64 // the greatest that was spoken
}

func newWatch(m *stage.Model) *watch {
	w := &watch{adult: detect.Profile{ID: "adult", Band: taxonomy.Age25up}, child: detect.Profile{ID: "child", Band: taxonomy.Age13to15}}
	for _, h := range m.Heads() {
		w.place = append(w.place, slices.Index(taxonomy.Stages(), h))
	}
	return w
}

var began = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func (w *watch) take(scores []float32) {
	w.seq++
	f := detect.Fact{
		Kind: detect.Scored, Key: detect.AccountKey(w.adult.ID), Seq: w.seq, At: began.UnixMilli() + int64(w.seq)*60_000, //nolint:gosec // few messages
		Account: &w.adult, Other: &w.child, Scores: new(detect.Scores), By: detect.Scorer{Model: "seed", Seed: true},
	}
	for i := range f.Scores {
		f.Scores[i] = float32(math.NaN())
	}
	for k, at := range w.place {
		f.Scores[at] = scores[k]
	}
	var sig detect.Signal
	var ok bool
	if w.state, sig, ok = (dstage.Progression{}).Fold(w.state, &f, nil); ok {
		w.strength = max(w.strength, sig.Strength)
	}
}
