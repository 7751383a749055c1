// Package decide joins what is known about one subject into a decision: the standing signals, fused by family, give the
// priority; rules add labels, queues and effects. It is pure. Opening cases and asking for actions follow from the decision and
// live elsewhere.
package decide

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// Standing is what stands about one account: the newest signal of each detector, the labels, and what was decided last.
type Standing struct {
	Signals []detect.Signal `json:"signals,omitempty"`
	Labels  []string        `json:"labels,omitempty"`
	Told    []Told          `json:"told,omitempty"`
	// Peaks is the greatest strength that each detector has ever spoken with, in tenths.
	Peaks map[string]int `json:"peaks,omitempty"`
}

// Told is what the last decision about a typology said; a new one is made only when something has changed.
type Told struct {
	Typology taxonomy.Typology `json:"typology"`
	Priority taxonomy.Priority `json:"priority"`
	Total    float64           `json:"total"`
	Times    int               `json:"times,omitempty"` // of the hard facts together
	Parts    string            `json:"parts"`           // detectors that took part, sorted, joined by a space
	At       time.Time         `json:"at"`
	Counted  int               `json:"counted,omitempty"` // one more than the place in the ledger; 0 for none
}

// Bounds of a standing.
const (
	maxSignals = 24
	maxLabels  = 24
)

// Lifetime is how long a signal stands after it was spoken.
const Lifetime = 30 * 24 * time.Hour

// Take replaces the detector's signal by the newer one. A signal of strength 0 takes the old one back; a signal that says
// "unscanned" stands beside the others with no weight. It reports whether anything changed.
func (s *Standing) Take(sig detect.Signal) bool {
	i := slices.IndexFunc(s.Signals, func(t detect.Signal) bool { return t.Detector == sig.Detector })
	gone := sig.Strength == 0 && !sig.Hard && sig.Unscanned == ""
	switch {
	case i >= 0 && gone:
		s.Signals = slices.Delete(s.Signals, i, i+1)
	case i >= 0:
		s.Signals[i] = sig
	case gone:
		return false
	default:
		if len(s.Signals) == maxSignals {
			s.Signals = slices.Delete(s.Signals, weakest(s.Signals), weakest(s.Signals)+1)
		}
		s.Signals = append(s.Signals, sig)
	}
	return true
}

func weakest(list []detect.Signal) int {
	w := 0
	for i, t := range list {
		if t.Strength < list[w].Strength {
			w = i
		}
	}
	return w
}

// Label adds a label and reports whether it is new.
func (s *Standing) Label(l string) bool {
	if slices.Contains(s.Labels, l) || len(s.Labels) == maxLabels {
		return false
	}
	s.Labels = append(s.Labels, strings.Clone(l))
	slices.Sort(s.Labels)
	return true
}

// Peak notes a strength and returns the tenths that it rose through: from, not included, to, included; the same when it is no peak.
func (s *Standing) Peak(sig *detect.Signal) (from, to int) {
	from, to = s.Peaks[sig.Detector], step(sig.Strength)
	if to <= from || sig.Unscanned != "" {
		return from, from
	}
	if s.Peaks == nil {
		s.Peaks = map[string]int{}
	}
	s.Peaks[sig.Detector] = to
	return from, to
}

// Expire forgets signals that have stood for their lifetime.
func (s *Standing) Expire(now time.Time) {
	s.Signals = slices.DeleteFunc(s.Signals, func(t detect.Signal) bool { return now.Sub(t.At) > Lifetime })
}

// Empty reports whether there is nothing to remember.
func (s *Standing) Empty() bool {
	return len(s.Signals) == 0 && len(s.Labels) == 0 && len(s.Told) == 0 && len(s.Peaks) == 0
}

// Append appends the encoding: a length and JSON. A standing is rare, so its size matters less than that it can be read.
func (s *Standing) Append(b []byte) ([]byte, error) {
	j, err := json.Marshal(s)
	if err != nil {
		return b, err
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(j)))
	return append(b, j...), nil
}

// DecodeStanding reads what Append wrote after the length.
func DecodeStanding(j []byte) (*Standing, error) {
	s := &Standing{}
	if err := json.Unmarshal(j, s); err != nil {
		return nil, detect.ErrState
	}
	return s, nil
}

// round cuts a strength to hundredths, so that a decision does not hang on the last bit of a sum.
func round(v float64) float64 { return math.Round(v*100) / 100 }
