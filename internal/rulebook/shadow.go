package rulebook

import (
	"context"
	"errors"
	"strconv"
	"time"

	"haris/internal/audit"
)

// Shadow says that a proposed version is followed: it judges nothing, but what it would have raised since, and what it would not have, is worked
// out every day. Folding is the same whenever it is done, so a back-test over the days since is what the version would have done beside the one in
// force on each of them.
type Shadow struct {
	N       int64 // the version
	By      string
	Since   time.Time
	EndedBy string // empty while it runs; "haris" when the version was decided or the time was over
	EndedAt time.Time
}

// Runs reports whether the version is followed now.
func (s *Shadow) Runs() bool { return s.N > 0 && s.EndedBy == "" }

// ShadowStore keeps shadow runs within the caller's transaction.
type ShadowStore interface {
	// Put writes down the one of a version in the place of an earlier one.
	Put(ctx context.Context, s Shadow) error
	// Of returns the one of a version; ErrNoShadow.
	Of(ctx context.Context, n int64) (Shadow, error)
	// Running returns those that have not ended, by version.
	Running(ctx context.Context) ([]Shadow, error)
}

// software is who the software itself is in the audit log.
const software = "haris"

// What a shadow run is bounded by.
const (
	// MaxShadow is how long a version is followed at most.
	MaxShadow = 30 * 24 * time.Hour
	// ShadowEvery is how often it is worked out what a version would have raised; the first time after ShadowFirst.
	ShadowEvery = 24 * time.Hour
	ShadowFirst = time.Hour
	// MaxShadows is how many versions are followed at once: each costs a fold of the log a day.
	MaxShadows = 5
)

// What callers test for.
var (
	ErrNoShadow = errors.New("rulebook: the version is not followed")
	ErrFollowed = errors.New("rulebook: the version is followed already")
	ErrShadows  = errors.New("rulebook: " + strconv.Itoa(MaxShadows) + " versions are followed, the most that can be")
)

// Follow begins the shadow run of a proposed version. ErrNotFound, ErrDecided, ErrFollowed, ErrShadows, ErrClosed.
func (s *Service) Follow(ctx context.Context, who string, n int64) error {
	return s.act(ctx, audit.Entry{Who: who, Act: "rules.followed", Object: object(n)}, func(tx Tx) error {
		v, err := tx.Rules().Get(ctx, n)
		if err != nil {
			return err
		}
		if v.State != Proposed {
			return ErrDecided
		}
		list, err := tx.Shadows().Running(ctx)
		if err != nil {
			return err
		}
		for _, x := range list {
			if x.N == n {
				return ErrFollowed
			}
		}
		if len(list) >= MaxShadows {
			return ErrShadows
		}
		return tx.Shadows().Put(ctx, Shadow{N: n, By: who, Since: s.Now()})
	})
}

// Leave ends a shadow run. What came of it stays. ErrNoShadow, ErrClosed.
func (s *Service) Leave(ctx context.Context, who string, n int64) error {
	return s.act(ctx, audit.Entry{Who: who, Act: "rules.left", Object: object(n)}, func(tx Tx) error {
		return s.leave(ctx, tx, who, n)
	})
}

func (s *Service) leave(ctx context.Context, tx Tx, who string, n int64) error {
	x, err := tx.Shadows().Of(ctx, n)
	if err == nil && !x.Runs() {
		err = ErrNoShadow
	}
	if err != nil {
		return err
	}
	x.EndedBy, x.EndedAt = who, s.Now()
	return tx.Shadows().Put(ctx, x)
}

// Shadow returns the shadow run of a version and the newest comparison of it; without id when there is none.
func (s *Service) Shadow(ctx context.Context, v *Version) (x Shadow, t Trial, err error) {
	err = s.Read(ctx, func(tx Tx) error {
		if x, err = tx.Shadows().Of(ctx, v.N); errors.Is(err, ErrNoShadow) {
			return nil
		}
		if err != nil {
			return err
		}
		t, err = tx.Trials().Newest(ctx, v.Digest, true)
		if errors.Is(err, ErrNoTrial) || err == nil && !t.Since.Equal(x.Since) { // of an earlier run
			t, err = Trial{}, nil
		}
		t.Shadow = true
		return err
	})
	return x, t, err
}

// FollowUp asks for the comparisons that are due, and ends the shadow runs whose version was decided or whose time is over.
func (s *Service) FollowUp(ctx context.Context) error {
	if !s.Open {
		return nil
	}
	var list []Shadow
	err := s.Read(ctx, func(tx Tx) (err error) {
		list, err = tx.Shadows().Running(ctx)
		return err
	})
	for i := range list {
		err = errors.Join(err, s.followUp(ctx, &list[i]))
	}
	return err
}

func (s *Service) followUp(ctx context.Context, x *Shadow) error {
	v, t, err := s.Get(ctx, x.N)
	if err != nil {
		return err
	}
	now := s.Now()
	if v.State != Proposed || now.Sub(x.Since) >= MaxShadow {
		return s.act(ctx, audit.Entry{Who: software, Act: "rules.left", Object: object(x.N)}, func(tx Tx) error {
			err := s.leave(ctx, tx, software, x.N)
			if errors.Is(err, ErrNoShadow) {
				return nil
			}
			return err
		})
	}
	_, last, err := s.Shadow(ctx, &v)
	switch {
	case err != nil:
		return err
	case now.Sub(x.Since) < ShadowFirst, last.ID != "" && now.Sub(last.AskedAt) < ShadowEvery:
		return nil
	}
	_, err = s.try(ctx, Trial{By: x.By, Since: x.Since, Shadow: true}, t)
	return err
}
