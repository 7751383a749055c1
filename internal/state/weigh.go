package state

import (
	"slices"

	"haris/internal/detect"
)

// Weight is how many bytes the values of a table have when they are encoded; keys are 16 bytes each and not counted.
type Weight struct {
	Table    string `json:"table"`
	Keys     int    `json:"keys"`
	Bytes    int64  `json:"bytes"`
	Median   int    `json:"median"` // of one key
	P99      int    `json:"p99"`
	Greatest int    `json:"greatest"`
}

// Weigh encodes every value once.
func (t *Table[V]) Weigh() Weight {
	w := Weight{Table: t.name}
	var sizes []int
	var b []byte
	t.Each(func(_ detect.Key, v V) bool {
		b = t.codec.Append(b[:0], v)
		sizes = append(sizes, len(b))
		w.Bytes += int64(len(b))
		return true
	})
	if w.Keys = len(sizes); w.Keys > 0 {
		slices.Sort(sizes)
		w.Median, w.P99, w.Greatest = sizes[w.Keys/2], sizes[w.Keys*99/100], sizes[w.Keys-1]
	}
	return w
}
