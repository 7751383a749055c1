package exposure

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"haris/internal/audit"
)

// SetLimit sets a limit for a person, for the team or, where by is the person, for oneself; 0 and 0 take it away. It counts at once, also
// where a limit was lifted before. Own is read from Who and By. ErrInvalid, ErrAbove, ErrRaise.
func (s *Service) SetLimit(ctx context.Context, b Bound) error {
	b.Own, b.Why, b.At = b.Who == b.By, strings.TrimSpace(b.Why), s.at()
	switch {
	case strings.TrimSpace(b.By) == "" || !b.Own && b.Why == "":
		return fmt.Errorf("%w: who sets the limit and why are needed", ErrInvalid)
	case b.Items < 0 || b.Items > MaxItems || b.Time < 0 || b.Time > MaxMinutes*time.Minute || b.Time%time.Minute != 0:
		return fmt.Errorf("%w: a limit has at most %d items and %d whole minutes", ErrInvalid, MaxItems, MaxMinutes)
	case higher(b.Limits, s.Limits):
		return ErrAbove
	}
	return s.Keeper.Write(ctx, func(tx Tx) error {
		before, err := s.today(ctx, tx, b.By, b.At)
		if err != nil {
			return err
		}
		if err := tx.SetLimit(ctx, b); err != nil {
			return err
		}
		if err := s.raised(ctx, tx, b, before); err != nil {
			return err
		}
		return guarded(ctx, tx, b.At, b.By, "exposure.limit", b.Who, limitDetail(b))
	})
}

// higher reports whether a limit that is set is higher than the one of the configuration.
func higher(set, configured Limits) bool {
	return configured.Items > 0 && set.Items > configured.Items || configured.Time > 0 && set.Time > configured.Time
}

// raised refuses a bound that lets its author through further than before, on a day on which they were shown something.
func (s *Service) raised(ctx context.Context, tx Tx, b Bound, before Day) error {
	if before.Items == 0 || b.Who != "" && !b.Own {
		return nil
	}
	bounds, err := tx.Bounds(ctx, b.By)
	if err != nil {
		return err
	}
	if after, _ := under(s.Limits, bounds); after.above(before.Limits) {
		return ErrRaise
	}
	return nil
}

// limitDetail is what the audit log says of a limit. What somebody sets for themselves is for the leads alone, not for all who read the log.
func limitDetail(b Bound) map[string]string {
	if b.Own {
		return map[string]string{"own": "yes"}
	}
	return map[string]string{"items": strconv.Itoa(b.Items), "minutes": strconv.Itoa(int(b.Time / time.Minute)), "why": b.Why}
}

// SetRest takes a person off what is clear until a moment: a lead somebody else, or everybody themselves. Own is read from Who and By. Who rests
// longer by another's word does so. ErrInvalid, ErrUntil.
func (s *Service) SetRest(ctx context.Context, r Rest) error {
	r.Own, r.Why, r.At = r.Who == r.By, strings.TrimSpace(r.Why), s.at()
	r.Until = r.Until.UTC().Truncate(time.Millisecond)
	switch {
	case strings.TrimSpace(r.Who) == "" || strings.TrimSpace(r.By) == "" || r.Why == "":
		return fmt.Errorf("%w: who rests, who says so and why are needed", ErrInvalid)
	case !r.Until.After(r.At) || r.Until.After(s.midnight(r.Who, r.At).AddDate(0, 0, 1).Add(MaxRest)):
		return ErrUntil
	}
	return s.Keeper.Write(ctx, func(tx Tx) error {
		if err := tx.SetRest(ctx, r); err != nil {
			return err
		}
		detail := map[string]string{"until": r.Until.Format(time.RFC3339), "why": r.Why}
		if r.Own {
			detail = map[string]string{"own": "yes"}
		}
		return guarded(ctx, tx, r.At, r.By, "exposure.rest", r.Who, detail)
	})
}

// EndRest ends a rest before its time: everybody their own, a lead what a lead set for somebody else. ErrNoRest.
func (s *Service) EndRest(ctx context.Context, who, by string) error {
	if strings.TrimSpace(who) == "" || strings.TrimSpace(by) == "" {
		return fmt.Errorf("%w: who rests and who says so are needed", ErrInvalid)
	}
	return s.Keeper.Write(ctx, func(tx Tx) error {
		if err := tx.EndRest(ctx, who, who == by); err != nil {
			return err
		}
		return guarded(ctx, tx, s.at(), by, "exposure.rest_ended", who, nil)
	})
}

// guarded writes the audit entry of a limit or a rest.
func guarded(ctx context.Context, tx Tx, at time.Time, by, act, who string, detail map[string]string) error {
	object := "person/" + who
	if who == "" {
		object = "exposure/team"
	}
	if _, err := tx.Audit.Append(ctx, audit.Entry{At: at, Who: by, Act: act, Object: object, Detail: detail}); err != nil {
		return fmt.Errorf("exposure: audit: %w", err)
	}
	return nil
}

// Guarded lists what was set for whom: all bounds, and the rests that are not over. With who, what counts for that person.
func (s *Service) Guarded(ctx context.Context, who string) (bounds []Bound, rests []Rest, err error) {
	err = s.Keeper.Read(ctx, func(tx Tx) (err error) {
		if bounds, err = tx.Bounds(ctx, who); err != nil {
			return err
		}
		rests, err = tx.Rests(ctx, who, s.at())
		return err
	})
	return bounds, rests, err
}
