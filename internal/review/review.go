// Package review is what people do with cases: every act of a person on a case goes through its Service, which writes the case
// event, the audit entry and whatever follows from the act in one transaction, so that nobody decides without a trace and no
// trace stands without its act. Reading a case is an act too. The rules of what is allowed stand in package casefile; who may
// sign in and which role may do what stands in auth and is checked by the caller.
package review

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/job"
)

// Tx is one transaction as review needs it; *store.Tx is one.
type Tx interface {
	Cases() casefile.Store
	Mutes() casefile.Mutes
	Queues() casefile.Queues
	Drafts() casefile.Drafts
	Jobs() job.Queue
	Audit() audit.Log
}

// DefaultClaim is how long a claim lasts when Service does not say.
const DefaultClaim = 30 * time.Minute

// Service carries out what people do. Read, Write and Now are required. Safe for concurrent use when Read and Write are.
type Service struct {
	// Read runs f in one transaction that sees one state and writes nothing.
	Read func(ctx context.Context, f func(Tx) error) error
	// Write runs f in one read-write transaction and may run it again when it lost a race.
	Write func(ctx context.Context, f func(Tx) error) error
	Now   func() time.Time
	// ClaimFor is how long a claim lasts; 0 means DefaultClaim.
	ClaimFor time.Duration
	// Then is called in the transaction of every act that changed a case, after it: what must follow, for example jobs, is
	// written there. An error undoes the act. May be nil.
	Then func(ctx context.Context, tx Tx, c casefile.Case, e casefile.Event) error
	// Decides reports whether a person may decide cases, so that none is given to who cannot; nil gives cases to nobody.
	Decides func(ctx context.Context, person string) (bool, error)
	// Scope is which cases a person may see, so that none is given to who cannot see it; nil lets everybody see every case.
	Scope func(ctx context.Context, person string) (casefile.Scope, error)
}

// Act says who does something to which case. Seen is the length of the history that the person has seen (Case.Events); when the
// case has changed since, the act fails with casefile.ErrStale. Acts that decide require it; 0 means "whatever it is now" and is
// taken only by Claim, Extend, Release and Note.
type Act struct {
	Who  string
	Case string
	Seen int
}

// ErrSeen says that a deciding act did not say what the person has seen.
var ErrSeen = errors.New("review: a decision must say how much of the case was seen")

// View returns a case with its history, and records that it was read. casefile.ErrNotFound. When the reading cannot be recorded
// nothing is returned.
func (s *Service) View(ctx context.Context, who, id string) (casefile.Case, []casefile.Event, error) {
	var c casefile.Case
	var history []casefile.Event
	err := s.Write(ctx, func(tx Tx) error {
		var err error
		if c, err = tx.Cases().Get(ctx, id); err != nil {
			return err
		}
		if history, err = tx.Cases().History(ctx, id); err != nil {
			return err
		}
		_, err = tx.Audit().Append(ctx, audit.Entry{At: s.Now(), Who: who, Act: "case.viewed", Object: "case/" + id})
		return err
	})
	if err != nil {
		return casefile.Case{}, nil, err
	}
	return c, history, nil
}

// Claim takes the case for a person, or lengthens the claim that the person holds. casefile.ErrClaimed while another holds it.
func (s *Service) Claim(ctx context.Context, a Act) (casefile.Case, error) {
	return s.do(ctx, deed{Act: a, kind: casefile.Claimed, body: s.claimBody})
}

// Extend is the heartbeat of a page that shows the case: it lengthens the person's claim once less than half of it is left, and
// otherwise changes nothing, so that an open page does not fill the history. casefile.ErrNotClaimed when the claim has ended,
// casefile.ErrClaimed when another person has it now.
func (s *Service) Extend(ctx context.Context, a Act) (casefile.Case, error) {
	var c casefile.Case
	err := s.Write(ctx, func(tx Tx) error {
		var err error
		if c, err = tx.Cases().Get(ctx, a.Case); err != nil {
			return err
		}
		now := s.Now()
		if err := casefile.Allowed(&c, casefile.Released, a.Who, now); err != nil {
			return err // who may not release it does not hold it
		}
		if c.Claim.Ends.Sub(now) >= s.claimFor()/2 {
			return nil
		}
		c, err = s.write(ctx, tx, now, deed{Act: a, kind: casefile.Claimed, body: s.claimBody})
		return err
	})
	if err != nil {
		return casefile.Case{}, err
	}
	return c, nil
}

// Release gives the case back. casefile.ErrNotClaimed, casefile.ErrClaimed.
func (s *Service) Release(ctx context.Context, a Act) (casefile.Case, error) {
	return s.do(ctx, deed{Act: a, kind: casefile.Released})
}

// Note adds a person's words to the case. It needs no claim. casefile.ErrBody when text is empty.
func (s *Service) Note(ctx context.Context, a Act, text string) (casefile.Case, error) {
	return s.do(ctx, deed{Act: a, kind: casefile.Noted, body: fixed(casefile.NotedBody{Text: text})})
}

// Mark records which stages a message of the case shows, in a person's view: casefile.NoStage alone for an ordinary one, none at all to take
// back what was said. It needs no claim. casefile.ErrBody.
func (s *Service) Mark(ctx context.Context, a Act, event uint64, stages []string) (casefile.Case, error) {
	return s.do(ctx, deed{
		Act: a, kind: casefile.Marked, detail: map[string]string{"event": strconv.FormatUint(event, 10), "stages": strings.Join(stages, " ")},
		body: fixed(casefile.MarkedBody{Event: event, Stages: stages}),
	})
}

// Dispose records a person's finding. It needs the claim, a reason, and for a confirmed case the typology that the person found;
// nothing is filled in for the person. casefile.ErrBody says what is missing; casefile.ErrNotClaimed, casefile.ErrClaimed,
// casefile.ErrStale, casefile.ErrTransition, ErrSeen.
func (s *Service) Dispose(ctx context.Context, a Act, d casefile.Disposition) (casefile.Case, error) {
	detail := map[string]string{"finding": string(d.Finding)}
	if d.Proposed != "" {
		detail["proposed"] = string(d.Proposed)
	}
	if d.Typology != "" {
		detail["typology"] = string(d.Typology)
	}
	return s.decide(ctx, deed{Act: a, kind: casefile.Disposed, detail: detail, body: fixed(casefile.DisposedBody{Disposition: d})})
}

// Agree is the second person's consent to what the first has proposed; it closes the case. Errors as Dispose, and
// casefile.ErrFourEyes when it is the same person.
func (s *Service) Agree(ctx context.Context, a Act, reason string) (casefile.Case, error) {
	return s.decide(ctx, deed{Act: a, kind: casefile.Agreed, body: fixed(casefile.ReasonBody{Reason: reason})})
}

// Disagree puts the case before a lead. A reason is required. Errors as Agree.
func (s *Service) Disagree(ctx context.Context, a Act, reason string) (casefile.Case, error) {
	return s.decide(ctx, deed{Act: a, kind: casefile.Disagreed, body: fixed(casefile.ReasonBody{Reason: reason})})
}

// Escalate puts the case before a lead or specialist, in the queue "to" when it is not empty. It needs the claim and a reason.
// Errors as Dispose.
func (s *Service) Escalate(ctx context.Context, a Act, to, reason string) (casefile.Case, error) {
	var detail map[string]string
	if to != "" {
		detail = map[string]string{"to": to}
	}
	return s.decide(ctx, deed{Act: a, kind: casefile.Escalate, detail: detail, body: fixed(casefile.EscalatedBody{To: to, Reason: reason})})
}

// Reopen opens a closed case again; a reason is required. Errors as Dispose, and casefile.ErrOtherOpen when a newer case about the
// same subject and typology is open.
func (s *Service) Reopen(ctx context.Context, a Act, reason string) (casefile.Case, error) {
	return s.decide(ctx, deed{Act: a, kind: casefile.Reopened, body: fixed(casefile.ReasonBody{Reason: reason})})
}

// Appeal opens a closed case again because somebody outside did not accept what was found; reason is what was said against it. The next finding
// that closes the case is the answer. Errors as Reopen.
func (s *Service) Appeal(ctx context.Context, a Act, reason string) (casefile.Case, error) {
	return s.decide(ctx, deed{
		Act: a, kind: casefile.Reopened, detail: map[string]string{"appeal": "yes"}, body: fixed(casefile.ReasonBody{Reason: reason, Appeal: true}),
	})
}

// deed is an act with what it writes.
type deed struct {
	Act
	kind   casefile.EventKind
	detail map[string]string       // for the audit entry
	body   func(now time.Time) any // of the case event; nil for none
}

// decide carries out an act that must say what was seen.
func (s *Service) decide(ctx context.Context, d deed) (casefile.Case, error) {
	if d.Seen <= 0 {
		return casefile.Case{}, ErrSeen
	}
	return s.do(ctx, d)
}

// do carries out one act in a transaction of its own.
func (s *Service) do(ctx context.Context, d deed) (casefile.Case, error) {
	var c casefile.Case
	err := s.Write(ctx, func(tx Tx) error {
		var err error
		c, err = s.write(ctx, tx, s.Now(), d)
		return err
	})
	if err != nil {
		return casefile.Case{}, err
	}
	return c, nil
}

// write adds the case event, the audit entry and what follows from them. The audit entry names the act and never what a person
// wrote: that is in the case.
func (s *Service) write(ctx context.Context, tx Tx, now time.Time, d deed) (casefile.Case, error) {
	var body any
	if d.body != nil {
		body = d.body(now)
	}
	e, err := casefile.NewEvent(d.Case, now, d.Who, d.kind, body)
	if err != nil {
		return casefile.Case{}, err
	}
	if d.Seen > 0 {
		e.N = d.Seen + 1
	}
	c, err := tx.Cases().Append(ctx, e)
	if err != nil {
		return casefile.Case{}, err
	}
	e.Case, e.N = c.ID, c.Events
	line := map[string]string{"n": strconv.Itoa(c.Events)}
	maps.Copy(line, d.detail)
	entry := audit.Entry{At: now, Who: d.Who, Act: "case." + string(d.kind), Object: "case/" + c.ID, Detail: line}
	if _, err := tx.Audit().Append(ctx, entry); err != nil {
		return casefile.Case{}, err
	}
	if form := casefile.FormOf(d.kind); form != "" {
		if _, err := tx.Drafts().Drop(ctx, d.Who, c.ID, form); err != nil {
			return casefile.Case{}, err
		}
	}
	if s.Then != nil {
		if err := s.Then(ctx, tx, c, e); err != nil {
			return casefile.Case{}, fmt.Errorf("review: what follows from %s: %w", d.kind, err)
		}
	}
	return c, nil
}

// fixed is a body that does not depend on the time.
func fixed(body any) func(time.Time) any { return func(time.Time) any { return body } }

// claimBody is the body of a claim made now.
func (s *Service) claimBody(now time.Time) any {
	return casefile.ClaimedBody{Ends: now.Add(s.claimFor())}
}

func (s *Service) claimFor() time.Duration {
	if s.ClaimFor > 0 {
		return s.ClaimFor
	}
	return DefaultClaim
}
