package feedback_test

import (
	"testing"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/detecttest"
	"haris/internal/detect/feedback"
	"haris/internal/taxonomy"
)

func contract() detecttest.Contract {
	return detecttest.Contract{
		Detector: feedback.Minors{}, Account: detecttest.Adult(), Limit: 3, Number: "complaints", Silent: taxonomy.Age25up,
		Platform: func() *detecttest.Cohort { return detecttest.Platform(.2, .5) },
	}
}

// story is what befalls one account.
type story struct {
	t     testing.TB
	c     *detecttest.Cohort
	st    detect.State
	at    time.Time
	seq   int
	last  detect.Signal
	said  int
	spoke bool // whether the newest fact made it speak
}

func newStory(t testing.TB) *story {
	return &story{t: t, c: detecttest.Platform(.2, .5), at: detecttest.Start}
}

func (s *story) fold(k detect.FactKind, n int, b taxonomy.AgeBand, change func(f *detect.Fact)) {
	s.seq++
	f := detecttest.Fact(k, detecttest.Adult(), detecttest.Person(n, b), s.at, s.seq)
	if change != nil {
		change(f)
	}
	next, sig, ok := feedback.Minors{}.Fold(s.st, f, s.c)
	s.st, s.spoke = next, ok
	if ok {
		s.last = sig
		s.said++
	}
}

// meet makes the account meet people numbered from first on.
func (s *story) meet(first, n int, b taxonomy.AgeBand) {
	for i := range n {
		s.fold(detect.Met, first+i, b, nil)
	}
}

func (s *story) block(n int, b taxonomy.AgeBand) { s.fold(detect.Blocked, n, b, nil) }

// report is a first complaint unless times says otherwise.
func (s *story) report(n int, b taxonomy.AgeBand, reason string, times int) {
	s.fold(detect.Reported, n, b, func(f *detect.Fact) { f.Reason, f.N = reason, times })
}

func (s *story) stage(n int, b taxonomy.AgeBand, nats float64) {
	s.fold(detect.Staged, n, b, func(f *detect.Fact) { f.Value = nats })
}

func (s *story) wait(d time.Duration) { s.at = s.at.Add(d) }
