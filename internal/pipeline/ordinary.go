package pipeline

import (
	"time"

	"haris/internal/decide"
	"haris/internal/detect"
)

// seasoned is the age from which an account is compared with other old ones: new accounts behave otherwise.
const seasoned = 60 * 24 * time.Hour

// kindOf is the group of accounts that an account is compared with: those of its age band that are as new, or as old.
func kindOf(who *detect.Profile, at time.Time) uint16 {
	if who == nil {
		return 0
	}
	kind := uint16(who.Band) << 1
	if !who.CreatedAt.IsZero() && at.Sub(who.CreatedAt) >= seasoned {
		kind |= 1
	}
	return kind << 8
}

// follow counts that a detector follows one account more.
func follow(detector int, f *detect.Fact, c detect.Cohort) {
	c.Add(detect.CohortKey{What: detect.CountFollowed, A: uint16(detector), B: kindOf(f.Account, f.Time())}, 0, 1) //nolint:gosec // few detectors
}

// peaked counts a signal among what is ordinary, once for each account and tenth of strength. An account that the platform has acted upon
// is no ordinary one.
func (k *Knowledge) peaked(s *decide.Standing, sig *detect.Signal, who *detect.Profile) {
	from, to := s.Peak(sig)
	i, ok := k.place[sig.Detector]
	if !ok || who != nil && who.Acted {
		return
	}
	kind := kindOf(who, sig.At)
	for tenth := from + 1; tenth <= to; tenth++ {
		k.pending[0].Add(detect.CohortKey{What: detect.CountSaid, A: i, B: kind | uint16(tenth)}, 1, 0) //nolint:gosec // at most 80
	}
}

// ordinary compares signals about an account with those about others of its kind. The account itself is not counted.
func (k *Knowledge) ordinary(who *detect.Profile) decide.Compare {
	return func(sig *detect.Signal) decide.Ordinary {
		i, ok := k.place[sig.Detector]
		if !ok {
			return decide.Ordinary{}
		}
		kind := kindOf(who, sig.At)
		_, of := k.pending[0].Count(detect.CohortKey{What: detect.CountFollowed, A: i, B: kind})
		hits, _ := k.pending[0].Count(detect.CohortKey{What: detect.CountSaid, A: i, B: kind | decide.Tenth(sig.Strength)})
		return decide.Ordinary{Hits: hits - 1, Of: of}
	}
}
