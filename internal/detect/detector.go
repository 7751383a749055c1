package detect

import (
	"time"

	"haris/internal/taxonomy"
)

// Info describes a detector.
type Info struct {
	Name     string
	Version  int
	Family   taxonomy.Family
	Typology taxonomy.Typology
	Title    string
	Facts    []FactKind // the kinds it folds
	MaxBytes int        // upper bound of one key's encoded state
}

// State is what a detector knows about one key. Only the detector that made it looks inside.
type State interface {
	// Append appends the state's encoding, at most Info.MaxBytes long, little-endian.
	Append(b []byte) []byte
}

// Cohort gives the numbers of ordinary life that a detector compares with, as they stood before the batch, and takes what
// the batch adds. Adding commutes, so the outcome does not depend on the order of keys.
type Cohort interface {
	// Count returns the two counters of a name: how many times something was so, and out of how many.
	Count(name CohortKey) (hits, total float64)
	// Add adds to the two counters.
	Add(name CohortKey, hits, total uint32)
}

// CohortKey names a pair of counters: what is counted, and for which group of accounts.
type CohortKey struct {
	What uint8  // one of the constants of the detector that owns the counter
	A, B uint16 // the group: surface, hour, histogram bucket…
	C    uint64 // a hashed word such as the region; 0 for all
}

// Detector folds facts about one key at a time and speaks signals. It holds no state of its own, reads no clock and does no
// input or output, so it may be called from several goroutines for different keys.
type Detector interface {
	// Info describes the detector; it is constant.
	Info() Info
	// Fold takes in one fact. s is nil for a key that has no state yet; the state returned may be s, changed. The signal is
	// spoken when ok.
	Fold(s State, f *Fact, c Cohort) (next State, sig Signal, ok bool)
	// Due returns when time alone could change the answer, zero when it cannot.
	Due(s State) time.Time
	// Tick tells the state that event time has come to now, which is not before Due.
	Tick(s State, key *Profile, now time.Time, c Cohort) (next State, sig Signal, ok bool)
	// Decode is the inverse of State.Append.
	Decode(b []byte) (State, error)
	// Explain puts a signal of this detector into words ("en" or "ar"; any other language gets English).
	Explain(s *Signal, lang string) Explanation
}

// New returns a signal of the detector with what every signal has.
func (i Info) New(subject string, at time.Time, window time.Duration) Signal {
	return Signal{
		Detector: i.Name, Version: i.Version, Family: i.Family, Typology: i.Typology,
		Subject: subject, At: at, From: at.Add(-window),
	}
}
