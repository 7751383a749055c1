package evaluate

import (
	"slices"

	"haris/internal/detect"
	"haris/internal/pipeline"
	"haris/internal/state"
)

// sizes folds the facts of a stream once more, into states of its own, to measure how many bytes each detector keeps of a key. A nil
// sizes measures nothing.
type sizes struct {
	detectors []detect.Detector
	states    []map[detect.Key]detect.State
	cohort    *state.Cohort
}

// Size is what one detector keeps, in bytes of encoded state.
type Size struct {
	Detector string `json:"detector"`
	Keys     int    `json:"keys"`
	Mean     int    `json:"mean"`
	Median   int    `json:"median"`
	P99      int    `json:"p99"`
	Greatest int    `json:"greatest"`
	Bound    int    `json:"bound"`
}

func newSizes() *sizes {
	s := &sizes{detectors: pipeline.Detectors(), cohort: state.NewCohort()}
	for range s.detectors {
		s.states = append(s.states, map[detect.Key]detect.State{})
	}
	return s
}

func (s *sizes) take(facts []detect.Fact) {
	if s == nil {
		return
	}
	delta := s.cohort.Delta()
	for i := range facts {
		f := &facts[i]
		for j, d := range s.detectors {
			if !slices.Contains(d.Info().Facts, f.Kind) {
				continue
			}
			if next, _, _ := d.Fold(s.states[j][f.Key], f, delta); next != nil {
				s.states[j][f.Key] = next
			}
		}
	}
	s.cohort.Merge(delta)
}

func (s *sizes) list() []Size {
	if s == nil {
		return nil
	}
	var out []Size
	for j, d := range s.detectors {
		var all []int
		sum := 0
		for _, st := range s.states[j] {
			n := len(st.Append(nil))
			all = append(all, n)
			sum += n
		}
		one := Size{Detector: d.Info().Name, Keys: len(all), Bound: d.Info().MaxBytes}
		if len(all) > 0 {
			slices.Sort(all)
			one.Mean, one.Median = sum/len(all), all[len(all)/2]
			one.P99, one.Greatest = all[len(all)*99/100], all[len(all)-1]
		}
		out = append(out, one)
	}
	return out
}
