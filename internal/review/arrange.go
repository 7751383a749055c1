package review

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"haris/internal/audit"
	"haris/internal/casefile"
)

// ErrAssignee says that a case cannot be given to this person.
var ErrAssignee = errors.New("review: this person may not decide cases")

// ErrUnseen says that a case cannot be given to this person because it is hidden from them.
var ErrUnseen = errors.New("review: this person does not see the case: it is in a compartment that they do not have")

// Assign gives the case to a person who may decide, or with an empty "to" back to everybody. The reason may be empty. It needs no claim;
// the claim of another person ends. ErrAssignee, ErrUnseen; casefile.ErrBody when the case is theirs already.
func (s *Service) Assign(ctx context.Context, a Act, to, reason string) (casefile.Case, error) {
	if to != "" {
		ok := false
		if s.Decides != nil {
			var err error
			if ok, err = s.Decides(ctx, to); err != nil {
				return casefile.Case{}, fmt.Errorf("review: look up %q: %w", to, err)
			}
		}
		if !ok {
			return casefile.Case{}, fmt.Errorf("%w: %q", ErrAssignee, to)
		}
		if err := s.seen(ctx, a.Case, to); err != nil {
			return casefile.Case{}, err
		}
	}
	detail := map[string]string{"to": to}
	return s.do(ctx, deed{Act: a, kind: casefile.Assigned, detail: detail, body: fixed(casefile.AssignedBody{To: to, Reason: reason})})
}

// seen refuses a person from whom the case is hidden. ErrUnseen, casefile.ErrNotFound.
func (s *Service) seen(ctx context.Context, id, person string) error {
	if s.Scope == nil {
		return nil
	}
	scope, err := s.Scope(ctx, person)
	if err != nil {
		return fmt.Errorf("review: what %q sees: %w", person, err)
	}
	return s.Write(ctx, func(tx Tx) error {
		c, err := tx.Cases().Get(ctx, id)
		if err == nil && !scope.Sees(&c) {
			err = fmt.Errorf("%w: %q", ErrUnseen, person)
		}
		return err
	})
}

// Snooze puts the case off: it leaves the lists of what waits until the time has come, it grows or somebody takes it up. A reason is
// required. casefile.ErrUrgent for P0, casefile.ErrBody for a time beyond casefile.MaxRest, casefile.ErrClaimed.
func (s *Service) Snooze(ctx context.Context, a Act, until time.Time, reason string) (casefile.Case, error) {
	return s.rest(ctx, a, casefile.Snoozed, until, reason)
}

// Park puts the case off because it waits for something outside; it stays with whom it is assigned to, or else with who parks it. Errors
// as Snooze.
func (s *Service) Park(ctx context.Context, a Act, until time.Time, reason string) (casefile.Case, error) {
	return s.rest(ctx, a, casefile.Parked, until, reason)
}

func (s *Service) rest(ctx context.Context, a Act, kind casefile.EventKind, until time.Time, reason string) (casefile.Case, error) {
	detail := map[string]string{"until": until.UTC().Format(time.RFC3339)}
	return s.do(ctx, deed{Act: a, kind: kind, detail: detail, body: fixed(casefile.RestBody{Until: until.UTC(), Reason: reason})})
}

// Wake takes up a case that is put off. casefile.ErrTransition when it is not.
func (s *Service) Wake(ctx context.Context, a Act) (casefile.Case, error) {
	return s.do(ctx, deed{Act: a, kind: casefile.Woken})
}

// Merge closes the case of the act because it goes on in another of the same typology, which takes in its accounts, signals, labels and
// reasons. Both histories say so, in one transaction; reopening the first takes it back. A reason is required. It returns the case that
// goes on. casefile.ErrBody for cases that never merge; ErrSeen and the errors of Dispose.
func (s *Service) Merge(ctx context.Context, a Act, into, reason string) (casefile.Case, error) {
	if a.Seen <= 0 {
		return casefile.Case{}, ErrSeen
	}
	var out casefile.Case
	err := s.Write(ctx, func(tx Tx) error {
		from, err := tx.Cases().Get(ctx, a.Case)
		if err != nil {
			return err
		}
		to, err := tx.Cases().Get(ctx, into)
		if err != nil {
			return err
		}
		if err := casefile.CanAbsorb(&to, &from); err != nil {
			return err
		}
		now := s.Now()
		history, err := tx.Cases().History(ctx, a.Case)
		if err != nil {
			return err
		}
		matched, err := casefile.Matched(history)
		if err != nil {
			return err
		}
		_, err = s.write(ctx, tx, now, deed{
			Act: a, kind: casefile.MergedInto, detail: map[string]string{"into": into},
			body: fixed(casefile.MergedBody{Into: into, Reason: reason}),
		})
		if err != nil {
			return err
		}
		out, err = s.write(ctx, tx, now, deed{
			Act: Act{Who: a.Who, Case: into}, kind: casefile.Absorbed, detail: map[string]string{"from": a.Case},
			body: fixed(casefile.AbsorbedBody{From: a.Case, Reason: reason, Matter: casefile.Summary(&from), Apart: from.Apart, Matched: matched}),
		})
		return err
	})
	if err != nil {
		return casefile.Case{}, err
	}
	return out, nil
}

// Split takes accounts that are linked with the subject of the act's case, and do not belong to the matter, into a case of their own of the
// same typology, with the signals about them. Both histories say so, in one transaction; merging the two takes it back. A reason is required.
// It returns the new case. casefile.ErrBody for accounts that cannot be split off, casefile.ErrOtherOpen when a case about the account of which
// most was found is open already; ErrSeen and the errors of Dispose.
func (s *Service) Split(ctx context.Context, a Act, accounts []string, reason string) (casefile.Case, error) {
	if a.Seen <= 0 {
		return casefile.Case{}, ErrSeen
	}
	var out casefile.Case
	err := s.Write(ctx, func(tx Tx) error {
		body, err := part(ctx, tx, a, accounts, reason)
		if err != nil {
			return err
		}
		now, n := s.Now(), strconv.Itoa(len(accounts))
		out, err = s.write(ctx, tx, now, deed{
			Act: Act{Who: a.Who}, kind: casefile.SplitFrom, detail: map[string]string{"from": a.Case, "accounts": n}, body: fixed(body),
		})
		if err != nil {
			return err
		}
		_, err = s.write(ctx, tx, now, deed{
			Act: a, kind: casefile.SplitOff, detail: map[string]string{"into": out.ID, "accounts": n},
			body: fixed(casefile.SplitOffBody{Into: out.ID, Accounts: accounts, Reason: reason}),
		})
		return err
	})
	if err != nil {
		return casefile.Case{}, err
	}
	return out, nil
}

// part is what goes into the new case of a split, as the case of the act was seen.
func part(ctx context.Context, tx Tx, a Act, accounts []string, reason string) (casefile.SplitFromBody, error) {
	c, err := tx.Cases().Get(ctx, a.Case)
	if err != nil {
		return casefile.SplitFromBody{}, err
	}
	if c.Events != a.Seen {
		return casefile.SplitFromBody{}, fmt.Errorf("%w: %d events were seen, there are %d", casefile.ErrStale, a.Seen, c.Events)
	}
	if err := casefile.CanSplit(&c, accounts); err != nil {
		return casefile.SplitFromBody{}, err
	}
	history, err := tx.Cases().History(ctx, a.Case)
	if err != nil {
		return casefile.SplitFromBody{}, err
	}
	return casefile.Part(&c, history, accounts, reason)
}

// Mute keeps a detector or rule from opening or growing cases about a subject until a time; see casefile.Mute for what it never holds
// back. casefile.ErrBody, casefile.ErrMuted.
func (s *Service) Mute(ctx context.Context, m casefile.Mute) (casefile.Mute, error) {
	err := s.Write(ctx, func(tx Tx) error {
		m.ID, m.At = "", s.Now().UTC()
		var err error
		if m, err = tx.Mutes().Add(ctx, m); err != nil {
			return err
		}
		_, err = tx.Audit().Append(ctx, audit.Entry{
			At: m.At, Who: m.Owner, Act: "mute.added", Object: "mute/" + m.ID,
			Detail: map[string]string{"subject": m.Subject, "detector": m.Detector, "ends": m.Ends.UTC().Format(time.RFC3339)},
		})
		return err
	})
	return m, err
}

// EndMute ends a mute that is in force; casefile.ErrNoMute.
func (s *Service) EndMute(ctx context.Context, who, id string) error {
	return s.Write(ctx, func(tx Tx) error {
		now := s.Now().UTC()
		if _, err := tx.Mutes().End(ctx, id, who, now); err != nil {
			return err
		}
		_, err := tx.Audit().Append(ctx, audit.Entry{At: now, Who: who, Act: "mute.ended", Object: "mute/" + id})
		return err
	})
}

// Mutes lists mutes, newest first, those with an id below before.
func (s *Service) Mutes(ctx context.Context, before string, limit int) (out []casefile.Mute, err error) {
	err = s.Read(ctx, func(tx Tx) error {
		out, err = tx.Mutes().List(ctx, before, limit)
		return err
	})
	return out, err
}

// Together writes into the audit log that a person does one act on several cases together, before the first of them; each act has its own entry
// besides.
func (s *Service) Together(ctx context.Context, who, act string, ids []string) error {
	return s.Write(ctx, func(tx Tx) error {
		_, err := tx.Audit().Append(ctx, audit.Entry{
			At: s.Now().UTC(), Who: who, Act: "case.together", Object: "queue", Detail: map[string]string{"act": act, "cases": strings.Join(ids, " "), "count": strconv.Itoa(len(ids))},
		})
		return err
	})
}
