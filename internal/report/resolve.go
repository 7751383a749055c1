package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/cybertip"
	"haris/internal/job"
)

// Way is what a person wants of a report that cannot go on by itself.
type Way string

// The ways. A draft can only be cancelled.
const (
	Release Way = "release" // try the same step again
	Redo    Way = "redo"    // withdraw what is open at NCMEC and start with a new report
	Cancel  Way = "cancel"  // withdraw what is open and file nothing
)

// Ways lists the ways.
func Ways() []Way { return []Way{Release, Redo, Cancel} }

// Resolution is a person's answer to a report that waits, or the end of a draft.
type Resolution struct {
	Act
	Way    Way
	Reason string // in the person's words, required
}

// Resolve answers a held or failed report, gives up a draft, or takes back with Cancel what is on its way. What is open at NCMEC is
// retracted at the next step; a finish that is out already wins. ErrNotFound, ErrPerson, ErrStale, ErrTransition, ErrInvalid.
func (s *Service) Resolve(ctx context.Context, o Resolution) (r Report, err error) {
	switch {
	case !slices.Contains(Ways(), o.Way):
		return Report{}, fmt.Errorf("%w: way %q: expected one of %v", ErrInvalid, o.Way, Ways())
	case strings.TrimSpace(o.Reason) == "":
		return Report{}, fmt.Errorf("%w: reason: expected words", ErrInvalid)
	}
	now := s.at()
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		old, err := tx.Get(ctx, o.Report)
		if err != nil {
			return err
		}
		if old.Status == Submitting && o.Seen <= old.Events {
			o.Seen = old.Events // every call adds to the history, and none changes what is wanted back
		}
		if err := seen(&old, o.Act); err != nil {
			return err
		}
		switch {
		case old.Status == Drafted && o.Way == Cancel:
			r, err = tx.Append(ctx, Event{Report: o.Report, N: o.Seen + 1, At: now, Who: o.Who, Kind: WasCancelled, Why: o.Reason})
		case o.Way == Cancel:
			r, err = withdraw(ctx, tx, &old, o, now)
		default:
			r, err = resume(ctx, tx, &old, o, now)
		}
		if err != nil {
			return err
		}
		return note(ctx, tx, &r, o.Who, now, "resolved", map[string]string{"way": string(o.Way)})
	})
	if err != nil {
		return Report{}, err
	}
	s.wake()
	return r, nil
}

// resume takes a held or failed report on with a job of its own.
func resume(ctx context.Context, tx Tx, old *Report, o Resolution, now time.Time) (Report, error) {
	if err := Allowed(old, WasResumed, o.Who); err != nil {
		return Report{}, err
	}
	filing := answer(*old.Filing, o.Way)
	e := Event{Report: o.Report, N: o.Seen + 1, At: now, Who: o.Who, Kind: WasResumed, Why: string(o.Way) + ": " + o.Reason, Filing: &filing}
	r, err := tx.Append(ctx, e)
	if err != nil {
		return Report{}, err
	}
	return r, queue(ctx, tx, &r, now)
}

// withdraw takes back a report that is on its way or waits.
func withdraw(ctx context.Context, tx Tx, old *Report, o Resolution, now time.Time) (Report, error) {
	if old.Status == Filed {
		return Report{}, fmt.Errorf("%w: it was handed in as report %d and cannot be taken back; a follow-up report can correct it", ErrTransition, old.Number)
	}
	if f := old.Filing; old.Status == Submitting && (f.Withdraw == cybertip.WithdrawToCancel || f.State == cybertip.FilingRetracted) {
		return Report{}, fmt.Errorf("%w: it is being taken back already", ErrTransition)
	}
	if err := Allowed(old, WasWithdrawn, o.Who); err != nil {
		return Report{}, err
	}
	filing := answer(*old.Filing, Cancel)
	r, err := tx.Append(ctx, Event{Report: o.Report, N: o.Seen + 1, At: now, Who: o.Who, Kind: WasWithdrawn, Why: o.Reason, Filing: &filing})
	if err != nil {
		return Report{}, err
	}
	if old.Status != Submitting {
		return r, queue(ctx, tx, &r, now)
	}
	return r, hasten(ctx, tx, &r, now)
}

// hasten lets the job of a report that is on its way run now. There is always one, and never two.
func hasten(ctx context.Context, tx Tx, r *Report, now time.Time) error {
	history, err := tx.History(ctx, r.ID)
	if err != nil {
		return err
	}
	n, waiting := 0, true
	for _, e := range history {
		switch e.Kind {
		case WasHeld, GaveUp:
			waiting = true
		case WasSubmitted, WasResumed, WasWithdrawn:
			if waiting {
				n, waiting = e.N, false // it was queued with this one
			}
		}
	}
	id, err := enqueue(ctx, tx, JobStep, stepKey(r.ID, n), r.ID, now)
	if err != nil {
		return err
	}
	if err := tx.Jobs.Hasten(ctx, now, id); !errors.Is(err, job.ErrEnded) {
		return err
	}
	return queue(ctx, tx, r, now) // a person has ended the job by hand
}

// answer changes the filing as the person wants. Failures start anew, or the next one would be the last.
func answer(f cybertip.Filing, w Way) cybertip.Filing {
	switch w {
	case Redo:
		f = cybertip.Redo(f)
	case Cancel:
		f = cybertip.Cancel(f)
	default:
		f = cybertip.Release(f)
	}
	f.Failures = 0
	return f
}
