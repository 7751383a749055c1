package pipeline

import (
	"slices"

	"haris/internal/state"
)

// Without takes detectors out, by name: they fold nothing and say nothing. It is for evaluations of empty knowledge, before the first
// event; names that are no detector's are passed over.
func (k *Knowledge) Without(names ...string) {
	for kind, list := range k.wants {
		k.wants[kind] = slices.DeleteFunc(list, func(i int) bool { return slices.Contains(names, k.detectors[i].Info().Name) })
	}
}

// Weigh says how many bytes the state of each table has, as a checkpoint writes it. It encodes everything and takes its time.
func (k *Knowledge) Weigh() (out []state.Weight) {
	for _, t := range k.tables() {
		if w := t.Weigh(); w.Keys > 0 {
			out = append(out, w)
		}
	}
	return out
}
