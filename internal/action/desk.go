package action

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"haris/internal/casefile"
	"haris/internal/review"
)

// FrictionFor is how long friction stands that a person asks for without an end.
const FrictionFor = 7 * 24 * time.Hour

// Desk asks for actions for people. Safe for concurrent use when Review is.
type Desk struct {
	Review *review.Service
	// Tx is a transaction of Review as actions see it.
	Tx func(review.Tx) (Tx, error)
	// Endpoint is the host that is told; empty when none is configured.
	Endpoint string
	// Wake has the runner of jobs look for work; it may be nil.
	Wake func()
}

// Outlook is what will become of a request.
type Outlook struct {
	Action
	Endpoint string // the host that is told; empty: none is configured, and the action waits
}

// Look says what Ask would do, and writes nothing. Errors as Ask, but for casefile.ErrStale.
func (d *Desk) Look(ctx context.Context, a review.Act, r Request) (Outlook, error) {
	out := Outlook{Endpoint: d.Endpoint}
	err := d.Review.Read(ctx, func(tx review.Tx) error {
		now := d.Review.Now()
		c, err := tx.Cases().Get(ctx, a.Case)
		if err != nil {
			return err
		}
		if err := review.MayAsk(&c, askingOf(r), a.Who, now); err != nil {
			return err
		}
		r, err := r.from(a, now)
		if err != nil {
			return err
		}
		own, err := d.Tx(tx)
		if err != nil {
			return err
		}
		out.Action, err = Try(ctx, own, now, r)
		return err
	})
	if err != nil {
		return Outlook{}, err
	}
	return out, nil
}

// Ask asks the platform for a person, in one transaction with the event of the case and the audit entries. The case, the asker and the key of
// the request follow from the act; asking again from the same state of the case is one action. Friction without an end ends after FrictionFor.
// casefile.ErrNotFound, casefile.ErrStale (also when something else was asked from this state), casefile.ErrTransition,
// casefile.ErrNotClaimed, casefile.ErrClaimed, review.ErrSeen, review.ErrAccount, ErrInvalid as a *FieldError, ErrNoEvidence, ErrNoNotice.
func (d *Desk) Ask(ctx context.Context, a review.Act, r Request) error {
	_, err := d.Review.Ask(ctx, a, askingOf(r), func(ctx context.Context, tx review.Tx, now time.Time) (casefile.ActionBody, bool, error) {
		r, err := r.from(a, now)
		if err != nil {
			return casefile.ActionBody{}, false, err
		}
		own, err := d.Tx(tx)
		if err != nil {
			return casefile.ActionBody{}, false, err
		}
		asked, added, err := Ask(ctx, own, now, r)
		if errors.Is(err, ErrKeyTaken) {
			err = fmt.Errorf("%w: %w", casefile.ErrStale, err)
		}
		return casefile.ActionBody{Action: asked.ID, Verb: string(asked.Kind), Account: asked.Subject, Reason: asked.Reason}, added, err
	})
	if err == nil && d.Wake != nil {
		d.Wake()
	}
	return err
}

// askingOf is a request as far as the case is concerned.
func askingOf(r Request) review.Asking {
	return review.Asking{Account: r.Subject, Firm: r.Kind.Firm(), Anyone: r.Kind.ForAnyone()}
}

// from is the request of a person who has seen a state of the case.
func (r Request) from(a review.Act, now time.Time) (Request, error) {
	r.Case, r.By, r.Key = a.Case, By{Person: a.Who}, "person/"+a.Case+"/"+a.Who+"/"+strconv.Itoa(a.Seen)
	switch {
	case !slices.Contains(DeskKinds(), r.Kind):
		return r, invalid("kind", fmt.Sprintf("one of %v, not %q", DeskKinds(), r.Kind))
	case !r.Kind.IsFriction():
	case r.ExpiresAt.IsZero():
		r.ExpiresAt = now.Add(FrictionFor)
	case r.ExpiresAt.Sub(now) > MaxFriction:
		return r, invalid("expires at", fmt.Sprintf("at most %d days ahead for friction", MaxFriction/(24*time.Hour)))
	}
	return r, nil
}
