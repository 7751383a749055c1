package exposure

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/internal/audit"
)

// reached reports whether the limit of the day stands in the way of one more.
func (l Limits) reached(c Count) bool {
	if c.Lifted {
		return false
	}
	return l.Items > 0 && c.Items >= l.Items || l.Time > 0 && c.Time >= l.Time
}

// Day is how much a person was shown today, and whether that is the limit.
type Day struct {
	Count
	Limits  Limits // the lowest of the configuration's, the team's and the person's
	Reached bool
	Rest    *Rest // while the person rests, the one that is over last
	Pause   Pause // a limit that was lifted for the day lifts breaks too: they are only proposed
}

// Open reports whether something clear can be shown: no limit is reached, no break is due, and the person does not rest.
func (d *Day) Open() bool { return !d.Reached && d.Rest == nil && d.Pause.Until.IsZero() }

// Today says how much a person was shown today.
func (s *Service) Today(ctx context.Context, who string) (d Day, err error) {
	err = s.Keeper.Read(ctx, func(tx Tx) error {
		d, err = s.today(ctx, tx, who, s.at())
		return err
	})
	return d, err
}

// Everyone says for each person who was shown something today how much it was.
func (s *Service) Everyone(ctx context.Context) (out []Day, err error) {
	now := s.at()
	err = s.Keeper.Read(ctx, func(tx Tx) error {
		// A day can have begun a day and a half ago somewhere.
		all, err := tx.Between(ctx, "", now.Add(-36*time.Hour), now.Add(time.Millisecond))
		if err != nil {
			return err
		}
		for _, who := range People(all) {
			d, err := s.today(ctx, tx, who, now)
			if err != nil {
				return err
			}
			if d.Items > 0 || d.Lifted {
				out = append(out, d)
			}
		}
		return nil
	})
	return out, err
}

// today counts a person's day within a transaction. A limit that was set after one was lifted counts.
func (s *Service) today(ctx context.Context, tx Tx, who string, now time.Time) (d Day, err error) {
	midnight, before := s.midnight(who, now), now.Add(-pauseWithin)
	if midnight.Before(before) {
		before = midnight
	}
	all, err := tx.Between(ctx, who, before, now.Add(time.Millisecond))
	if err != nil {
		return Day{}, fmt.Errorf("exposure: count the day: %w", err)
	}
	d.Pause = PauseOf(who, all, s.Breaks, now)
	all = slices.DeleteFunc(all, func(e Entry) bool { return e.At.Before(midnight) })
	bounds, err := tx.Bounds(ctx, who)
	if err != nil {
		return Day{}, err
	}
	rests, err := tx.Rests(ctx, who, now)
	if err != nil {
		return Day{}, err
	}
	d.Count, d.Rest = Tally(who, all, now), longest(rests)
	var newest time.Time
	d.Limits, newest = under(s.Limits, bounds)
	d.Lifted = d.Lifted && slices.ContainsFunc(all, func(e Entry) bool { return e.Act == Lifted && !e.At.Before(newest) })
	d.Reached = d.Limits.reached(d.Count)
	if d.Lifted {
		d.Pause.Until = time.Time{}
	}
	return d, nil
}

// midnight is when the person's day began.
func (s *Service) midnight(who string, now time.Time) time.Time {
	zone := time.UTC
	if s.Zone != nil {
		if z := s.Zone(who); z != nil {
			zone = z
		}
	}
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// Lift takes the limit off a person until their day ends. by says why. ErrSelf, ErrInvalid.
func (s *Service) Lift(ctx context.Context, who, by, why string) error {
	switch {
	case strings.TrimSpace(who) == "" || strings.TrimSpace(by) == "" || strings.TrimSpace(why) == "":
		return fmt.Errorf("%w: whose limit, who lifts it and why are needed", ErrInvalid)
	case who == by:
		return ErrSelf
	}
	now := s.at()
	return s.Keeper.Write(ctx, func(tx Tx) error {
		_, err := tx.Audit.Append(ctx, audit.Entry{
			At: now, Who: by, Act: "exposure." + string(Lifted), Object: "person/" + who, Detail: map[string]string{"why": why},
		})
		if err != nil {
			return fmt.Errorf("exposure: audit: %w", err)
		}
		_, err = tx.Add(ctx, Entry{Who: who, Act: Lifted, At: now, Until: now, By: by, Why: why})
		return err
	})
}
