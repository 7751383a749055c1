package review

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"haris/internal/casefile"
)

// ErrAccount says that an account is none that such a thing may be asked about in this case.
var ErrAccount = errors.New("review: the case has no such account to ask this about")

// Asking is what a person asks of the platform, as far as the case is concerned.
type Asking struct {
	Account string
	Firm    bool // it needs the claim while the case waits for people, as a finding does
	Anyone  bool // it may be about those who were approached, too
}

// MayAsk reports why who may not ask this about the case at the given time, or nil. It is asked while the case waits for people or is confirmed.
// casefile.ErrTransition, casefile.ErrNotClaimed, casefile.ErrClaimed, ErrAccount.
func MayAsk(c *casefile.Case, q Asking, who string, at time.Time) error {
	if !c.Status.IsOpen() && c.Status != casefile.Confirmed {
		return fmt.Errorf("%w: asking the platform while the case is %s", casefile.ErrTransition, c.Status)
	}
	if err := casefile.Allowed(c, casefile.ActionAsked, who, at); err != nil {
		return err
	}
	if holder := c.Holder(at); q.Firm && c.Status.IsOpen() && holder != who {
		if holder == "" {
			return casefile.ErrNotClaimed
		}
		return fmt.Errorf("%w: %s", casefile.ErrClaimed, holder)
	}
	if !slices.Contains(c.Subjects, q.Account) && (!q.Anyone || !slices.Contains(c.Victims, q.Account)) {
		return fmt.Errorf("%w: %s", ErrAccount, q.Account)
	}
	return nil
}

// Ask has something asked of the platform and writes that into the case, in one transaction: ask carries it out, and says what was asked and
// whether that is new; what was asked before is not written twice. Errors as MayAsk and ask, casefile.ErrStale, ErrSeen.
func (s *Service) Ask(
	ctx context.Context, a Act, q Asking, ask func(ctx context.Context, tx Tx, now time.Time) (body casefile.ActionBody, added bool, err error),
) (c casefile.Case, err error) {
	if a.Seen <= 0 {
		return casefile.Case{}, ErrSeen
	}
	err = s.Write(ctx, func(tx Tx) error {
		now := s.Now()
		if c, err = tx.Cases().Get(ctx, a.Case); err != nil {
			return err
		}
		body, added, err := ask(ctx, tx, now)
		if err != nil || !added {
			return err
		}
		if err := MayAsk(&c, q, a.Who, now); err != nil {
			return err
		}
		c, err = s.write(ctx, tx, now, deed{
			Act: a, kind: casefile.ActionAsked, body: fixed(body), detail: map[string]string{"action": body.Action, "kind": body.Verb},
		})
		return err
	})
	if err != nil {
		return casefile.Case{}, err
	}
	return c, nil
}
