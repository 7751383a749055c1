package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/internal/casefile"
)

// SecondPerson says when a second person must approve what will be filed.
type SecondPerson string

// The policies.
const (
	SecondNever      SecondPerson = "never"
	SecondBelowFloor SecondPerson = "below_floor" // when the score of the report is below the floor
	SecondAlways     SecondPerson = "always"
)

// SecondPersons lists the policies.
func SecondPersons() []SecondPerson {
	return []SecondPerson{SecondNever, SecondBelowFloor, SecondAlways}
}

// Policy is what the operator asks of a report before it is filed.
type Policy struct {
	Floor  int          // a score, 0 to 100
	Second SecondPerson // empty means SecondNever
}

// asks reports whether a report with this score needs a second person.
func (p Policy) asks(score int) bool {
	return p.Second == SecondAlways || p.Second == SecondBelowFloor && score < p.Floor
}

// UnapprovedError says that a second person must approve a report first.
type UnapprovedError struct {
	Score  int
	Policy Policy
	Why    string // why an approval that there is does not count; empty when there is none
}

// Error says what is missing.
func (e *UnapprovedError) Error() string {
	text := "report: a second person must approve it before it is filed"
	if e.Policy.Second == SecondBelowFloor {
		text += fmt.Sprintf(" (its score is %d, the floor is %d)", e.Score, e.Policy.Floor)
	}
	if e.Why != "" {
		text += ": " + e.Why
	}
	return text
}

// ErrAuthor refuses an approval by who has written on the report. It is strict on purpose: somebody whose words were all taken out again
// has still had a part in what was chosen and what was left out, and no comparison of documents can tell whose thought a sentence was.
var ErrAuthor = errors.New("report: who has written on a report does not approve it")

// approved returns nil when the policy asks for nobody, or when another person than who submits, who has not written on the report, has
// approved exactly these documents.
func (p Policy) approved(r *Report, score int, who, sha256 string) error {
	if !p.asks(score) {
		return nil
	}
	e := &UnapprovedError{Score: score, Policy: p}
	switch {
	case r.Approval == nil:
	case r.Approval.Who == who:
		e.Why = "who approved it does not submit it too"
	case r.Approval.SHA256 != sha256:
		e.Why = "what was approved is not what would be sent now"
	default:
		return nil
	}
	return e
}

// Review is a second person's word about a draft.
type Review struct {
	Act
	SHA256 string // of the preview that the person has read
	Why    string // in their words; required when they do not approve
}

// Approve notes that a second person has read exactly these documents and that they should be sent. Any later save voids it.
// ErrNotFound, ErrPerson, ErrAuthor, ErrStale, ErrTransition.
func (s *Service) Approve(ctx context.Context, v Review) (Report, error) {
	return s.review(ctx, v, WasApproved, "approved")
}

// Disapprove notes that a second person has read the documents and why they should not be sent as they are. It voids an approval.
// ErrNotFound, ErrPerson, ErrAuthor, ErrStale, ErrTransition, ErrInvalid without a reason.
func (s *Service) Disapprove(ctx context.Context, v Review) (Report, error) {
	if strings.TrimSpace(v.Why) == "" {
		return Report{}, fmt.Errorf("%w: reason: expected words", ErrInvalid)
	}
	return s.review(ctx, v, WasDisapproved, "disapproved")
}

func (s *Service) review(ctx context.Context, v Review, kind EventKind, act string) (r Report, err error) {
	if !casefile.IsPerson(v.Who) {
		return Report{}, fmt.Errorf("%w: not %q", ErrPerson, v.Who)
	}
	now := s.at()
	old, err := s.Get(ctx, v.Report)
	if err != nil {
		return Report{}, err
	}
	docs, _, _, err := s.check(ctx, &old)
	if err != nil {
		return Report{}, err
	}
	if docs.SHA256() != v.SHA256 {
		return Report{}, fmt.Errorf("%w: what would be sent is not what the preview showed", ErrStale)
	}
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		old, err := tx.Get(ctx, v.Report)
		if err != nil {
			return err
		}
		if err := seen(&old, v.Act); err != nil {
			return err
		}
		written, err := writtenOf(ctx, tx, v.Report)
		if err != nil {
			return err
		}
		if last, wrote := newestBy(written, v.Who); wrote {
			return fmt.Errorf("%w: version %d of %s is theirs", ErrAuthor, last.N, last.At.UTC().Format(time.RFC3339))
		}
		r, err = tx.Append(ctx, Event{Report: v.Report, N: v.Seen + 1, At: now, Who: v.Who, Kind: kind, Why: strings.TrimSpace(v.Why), Digest: v.SHA256})
		if err != nil {
			return err
		}
		return note(ctx, tx, &r, v.Who, now, act, map[string]string{"sha256": v.SHA256})
	})
	if err != nil {
		return Report{}, err
	}
	return r, nil
}

// writtenOf lists the versions of the draft, oldest first: who has drafted or saved it, and when.
func writtenOf(ctx context.Context, tx Tx, id string) (out []Version, err error) {
	history, err := tx.History(ctx, id)
	for _, e := range history {
		if e.Kind == WasDrafted || e.Kind == WasSaved {
			out = append(out, Version{N: e.N, At: e.At, Who: e.Who})
		}
	}
	return out, err
}

// newestBy returns the newest version that a person has written; ok is false when they have written none.
func newestBy(list []Version, who string) (v Version, ok bool) {
	for i := range slices.Backward(list) {
		if list[i].Who == who {
			return list[i], true
		}
	}
	return Version{}, false
}

// WrittenBy returns the newest version that a person has written, for which they cannot be the second person; ok is false when they have
// written none.
func (p *Preview) WrittenBy(who string) (v Version, ok bool) { return newestBy(p.Written, who) }
