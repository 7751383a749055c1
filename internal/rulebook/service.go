package rulebook

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"haris/internal/audit"
)

// Service is what people do with the book. Fields are required. Safe for concurrent use when Write and Read are.
type Service struct {
	Write func(ctx context.Context, f func(Tx) error) error
	Read  func(ctx context.Context, f func(Tx) error) error
	Now   func() time.Time
	// Files reads version 0, the files of the installation.
	Files func() (Text, error)
	// Detectors are the names that weights may name.
	Detectors []string
	// Open reports whether the book is in use; when it is not, nothing can be changed.
	Open bool
	// Published is called when a version was published, after its transaction.
	Published func(ctx context.Context)
}

// maxReason bounds what people write, in characters.
const maxReason = 4000

// InForce returns the version in force; the zero Version when nothing was published, or the book is not in use.
func (s *Service) InForce(ctx context.Context) (v Version, err error) {
	err = s.Read(ctx, func(tx Tx) error {
		v, err = s.inForce(ctx, tx)
		return err
	})
	return v, err
}

func (s *Service) inForce(ctx context.Context, tx Tx) (Version, error) {
	if !s.Open {
		return Version{}, nil
	}
	list, err := tx.Rules().List(ctx, Filter{State: Published, Limit: 1})
	if err != nil || len(list) == 0 {
		return Version{}, err
	}
	return list[0], nil
}

// Get returns a version with its text; of version 0 only the text. ErrNotFound.
func (s *Service) Get(ctx context.Context, n int64) (v Version, t Text, err error) {
	if n == 0 {
		t, err = s.Files()
		v.Digest = t.Digest()
		return v, t, err
	}
	err = s.Read(ctx, func(tx Tx) error {
		if v, err = tx.Rules().Get(ctx, n); err != nil {
			return err
		}
		t, err = tx.Rules().Text(ctx, v.Digest)
		return err
	})
	return v, t, err
}

// List returns versions, newest first.
func (s *Service) List(ctx context.Context, f Filter) (out []Version, err error) {
	err = s.Read(ctx, func(tx Tx) error {
		out, err = tx.Rules().List(ctx, f)
		return err
	})
	return out, err
}

// Draft returns what a person is writing; without a draft, what is in force, as one that was not saved yet.
func (s *Service) Draft(ctx context.Context, who string) (d Draft, saved bool, err error) {
	var now Version
	err = s.Read(ctx, func(tx Tx) error {
		d, err = tx.Rules().Draft(ctx, who)
		if !errors.Is(err, ErrNoDraft) {
			saved = err == nil
			return err
		}
		now, err = s.inForce(ctx, tx)
		return err
	})
	if err != nil || saved {
		return d, saved, err
	}
	_, text, err := s.Get(ctx, now.N)
	return Draft{Author: who, Base: now.N, Text: text}, false, err
}

// Save keeps what a person is writing, however wrong it is. was is the digest of the text that they began from: when another text was saved in
// between, it is ErrStale. ErrText, ErrClosed.
func (s *Service) Save(ctx context.Context, who string, t Text, was string) error {
	t.Sort()
	if err := t.Check(); err != nil {
		return err
	}
	begun, saved, err := s.Draft(ctx, who) // what is in force, unless one is saved
	if err != nil {
		return err
	}
	return s.act(ctx, audit.Entry{Who: who, Act: "rules.drafted", Object: "rules/draft", Detail: map[string]string{"digest": t.Digest()}}, func(tx Tx) error {
		before, err := tx.Rules().Draft(ctx, who)
		switch {
		case errors.Is(err, ErrNoDraft) && !saved:
			before = begun
		case err != nil:
			return err
		}
		if was != "" && before.Text.Digest() != was {
			return ErrStale
		}
		return tx.Rules().SaveDraft(ctx, Draft{Author: who, Base: before.Base, Text: t, SavedAt: s.Now()})
	})
}

// Discard throws away what a person is writing. ErrNoDraft, ErrClosed.
func (s *Service) Discard(ctx context.Context, who string) error {
	return s.act(ctx, audit.Entry{Who: who, Act: "rules.draft_discarded", Object: "rules/draft"}, func(tx Tx) error {
		if _, err := tx.Rules().Draft(ctx, who); err != nil {
			return err
		}
		return tx.Rules().SaveDraft(ctx, Draft{Author: who})
	})
}

// Propose makes a version of a text, which another person may then publish, and ends the draft of who. ErrText, ErrReason, ErrFaulty when the
// text has mistakes, ErrSame when it says what is in force, ErrClosed.
func (s *Service) Propose(ctx context.Context, who string, t Text, reason string) (v Version, err error) {
	return s.propose(ctx, who, t, reason, true)
}

// ProposeAgain is Propose for the text of another version: the draft of who stays as it is.
func (s *Service) ProposeAgain(ctx context.Context, who string, t Text, reason string) (Version, error) {
	return s.propose(ctx, who, t, reason, false)
}

func (s *Service) propose(ctx context.Context, who string, t Text, reason string, ends bool) (v Version, err error) {
	if reason, err = checkReason(reason); err != nil {
		return v, err
	}
	t.Sort()
	if err := t.Check(); err != nil {
		return v, err
	}
	if j := Judge(t, s.Detectors); !j.OK() {
		return v, j.Err()
	}
	_, files, err := s.Get(ctx, 0)
	if err != nil {
		return v, err
	}
	err = s.write(ctx, func(tx Tx) error {
		now, err := s.inForce(ctx, tx)
		if err != nil {
			return err
		}
		v = Version{State: Proposed, Base: now.N, Digest: t.Digest(), Author: who, Reason: reason, ProposedAt: s.Now()}
		if v.Digest == now.Digest || now.N == 0 && v.Digest == files.Digest() {
			return ErrSame
		}
		if ends {
			d, err := tx.Rules().Draft(ctx, who)
			if err == nil {
				v.Base = d.Base
			} else if !errors.Is(err, ErrNoDraft) {
				return err
			}
		}
		if v.N, err = tx.Rules().Add(ctx, v, t); err != nil {
			return err
		}
		if ends {
			if err := tx.Rules().SaveDraft(ctx, Draft{Author: who}); err != nil {
				return err
			}
		}
		return s.note(ctx, tx, audit.Entry{Who: who, Act: "rules.proposed", Object: object(v.N), Detail: map[string]string{"digest": v.Digest, "reason": reason}})
	})
	return v, err
}

// Publish brings a proposed version into force. seen is the number of the version that was in force when who looked at it: when another one is
// by now, what would change is not what they saw, and it is ErrStale. ErrNotFound, ErrDecided, ErrOwn, ErrFaulty when this program cannot run
// it, ErrClosed.
func (s *Service) Publish(ctx context.Context, who string, n, seen int64, words string) (v Version, err error) {
	_, t, err := s.Get(ctx, n)
	if err != nil {
		return v, err
	}
	if j := Judge(t, s.Detectors); !j.OK() {
		return v, j.Err()
	}
	v, err = s.decide(ctx, who, n, Published, words, func(tx Tx, v *Version) error {
		now, err := s.inForce(ctx, tx)
		switch {
		case err != nil:
			return err
		case v.Author == who:
			return ErrOwn
		case now.N != seen:
			return ErrStale
		}
		return nil
	})
	if err == nil && s.Published != nil {
		s.Published(ctx)
	}
	return v, err
}

// Refuse ends a proposed version with the reason of another person. ErrNotFound, ErrDecided, ErrOwn, ErrReason, ErrClosed.
func (s *Service) Refuse(ctx context.Context, who string, n int64, reason string) (Version, error) {
	reason, err := checkReason(reason)
	if err != nil {
		return Version{}, err
	}
	return s.decide(ctx, who, n, Refused, reason, func(_ Tx, v *Version) error {
		if v.Author == who {
			return ErrOwn
		}
		return nil
	})
}

// Withdraw ends a proposed version by its author. ErrNotFound, ErrDecided, ErrOther, ErrReason, ErrClosed.
func (s *Service) Withdraw(ctx context.Context, who string, n int64, reason string) (Version, error) {
	reason, err := checkReason(reason)
	if err != nil {
		return Version{}, err
	}
	return s.decide(ctx, who, n, Withdrawn, reason, func(_ Tx, v *Version) error {
		if v.Author != who {
			return ErrOther
		}
		return nil
	})
}

// decide ends a proposed version unless may refuses.
func (s *Service) decide(ctx context.Context, who string, n int64, to State, words string, may func(Tx, *Version) error) (v Version, err error) {
	words = strings.TrimSpace(words)
	if utf8.RuneCountInString(words) > maxReason {
		return v, ErrReason
	}
	err = s.write(ctx, func(tx Tx) error {
		if v, err = tx.Rules().Get(ctx, n); err != nil {
			return err
		}
		if v.State != Proposed {
			return ErrDecided
		}
		if err := may(tx, &v); err != nil {
			return err
		}
		// The entry comes first: two who publish at once meet at the end of the audit log, and one of them reads again.
		e := audit.Entry{Who: who, Act: "rules." + string(to), Object: object(n), Detail: map[string]string{"digest": v.Digest, "reason": words}}
		if err := s.note(ctx, tx, e); err != nil {
			return err
		}
		v.State, v.DecidedBy, v.Decision, v.DecidedAt = to, who, words, s.Now()
		return tx.Rules().Decide(ctx, v)
	})
	return v, err
}

func object(n int64) string { return "rules/" + strconv.FormatInt(n, 10) }

func checkReason(s string) (string, error) {
	if s = strings.TrimSpace(s); s == "" || utf8.RuneCountInString(s) > maxReason {
		return s, ErrReason
	}
	return s, nil
}

// act runs f and writes its audit entry in one transaction.
func (s *Service) act(ctx context.Context, e audit.Entry, f func(Tx) error) error {
	return s.write(ctx, func(tx Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return s.note(ctx, tx, e)
	})
}

func (s *Service) note(ctx context.Context, tx Tx, e audit.Entry) error {
	e.At = s.Now().UTC()
	if _, err := tx.Audit().Append(ctx, e); err != nil {
		return fmt.Errorf("rulebook: %w", err)
	}
	return nil
}

func (s *Service) write(ctx context.Context, f func(Tx) error) error {
	if !s.Open {
		return ErrClosed
	}
	return s.Write(ctx, f)
}
