package process

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"haris/internal/audit"
	"haris/internal/evidence"
	"haris/internal/job"
	"haris/internal/parcel"
)

// Service is what people do with legal process. Every field is required but Wake. Safe for concurrent use.
type Service struct {
	Keeper   Keeper
	Vault    Vault
	Source   Source
	Key      parcel.Key
	Provider string // the name of the platform, as a production names who made it
	Now      func() time.Time
	Wake     func() // tells the runner that jobs were queued; may be nil
}

// Act says who does something to which process. Seen is Request.Events as the person has seen it.
type Act struct {
	Who     string
	Process string
	Seen    int
}

func (s *Service) at() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

// Document is the process itself as it came, a file. Body is read once.
type Document struct {
	Name      string
	MediaType string
	Body      []byte
}

// Receive writes down a process that came in. From then on the evidence of the accounts and cases that it is about is held, and
// when it says so nobody is told. ErrInvalid.
func (s *Service) Receive(ctx context.Context, who string, in Intake, doc *Document) (r Request, err error) {
	now := s.at()
	if in, err = in.normal(now); err != nil {
		return r, err
	}
	var id string
	if err := s.Keeper.Write(ctx, func(tx Tx) error { id, err = tx.NewID(); return err }); err != nil {
		return r, err
	}
	e := Event{Process: id, N: 1, At: now, Who: who, Kind: WasReceived, Body: Body{Intake: &in}}
	if doc != nil {
		item, err := s.Vault.Seal(ctx, evidence.New{
			Case: id, Kind: evidence.KindReport, Name: doc.Name, MediaType: doc.MediaType, Who: who, Why: "the legal process as it came", Body: bytes.NewReader(doc.Body),
		})
		if err != nil {
			return r, err
		}
		e.Body.Document = item.ID
	}
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		if err := note(ctx, tx, e, map[string]string{"kind": string(in.Kind)}); err != nil {
			return err
		}
		if r, err = tx.Append(ctx, e); err != nil {
			return err
		}
		return hold(ctx, tx, now, who, &r)
	})
	return r, err
}

// View returns a process with its history; that it was read is written down.
func (s *Service) View(ctx context.Context, who, id string) (r Request, history []Event, err error) {
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		if r, err = tx.Get(ctx, id); err != nil {
			return err
		}
		if history, err = tx.History(ctx, id); err != nil {
			return err
		}
		_, err = tx.Audit.Append(ctx, audit.Entry{At: s.at(), Who: who, Act: "legal.viewed", Object: object(id)})
		return err
	})
	return r, history, err
}

// List returns processes, newest first; that the list was read is written down.
func (s *Service) List(ctx context.Context, who string, f Filter) (list []Request, err error) {
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		if list, err = tx.List(ctx, f); err != nil {
			return err
		}
		_, err = tx.Audit.Append(ctx, audit.Entry{At: s.at(), Who: who, Act: "legal.listed", Object: "process"})
		return err
	})
	return list, err
}

// Rescope changes what the process covers, wider or narrower: it must be reviewed and approved again, and what was produced is no
// longer its production.
func (s *Service) Rescope(ctx context.Context, a Act, scope Scope, why string) (Request, error) {
	scope = scope.normal()
	return s.do(ctx, a, WasRescoped, Body{Scope: &scope, Words: why}, func(tx Tx, now time.Time, old, r *Request) error {
		if err := release(ctx, tx, now, a.Who, old, "the scope was changed"); err != nil {
			return err
		}
		return hold(ctx, tx, now, a.Who, r)
	})
}

// Review says that a person of the legal team has read the process and found its scope right, with a note why.
func (s *Service) Review(ctx context.Context, a Act, words string) (Request, error) {
	return s.do(ctx, a, WasReviewed, Body{Words: words}, nil)
}

// Approve is the second person's consent to exactly the scope with this digest. It fixes of what a production is made. ErrFourEyes,
// ErrScope.
func (s *Service) Approve(ctx context.Context, a Act, digest string) (Request, error) {
	end, err := s.Source.End(ctx)
	if err != nil {
		return Request{}, fmt.Errorf("process: end of the log: %w", err)
	}
	r, err := s.do(ctx, a, WasApproved, Body{Digest: digest, Through: end}, func(tx Tx, now time.Time, _, r *Request) error {
		if r.Kind != Preservation {
			return hold(ctx, tx, now, a.Who, r) // cases that were opened since it came
		}
		p, err := json.Marshal(JobPayload{Process: r.ID})
		if err != nil {
			return err
		}
		_, _, err = tx.Jobs.Enqueue(ctx, job.New{Kind: JobPreserve, Key: fmt.Sprintf("%s/%s/%d", JobPreserve, r.ID, r.Events), Payload: p, RunAt: now})
		return err
	})
	if err == nil && s.Wake != nil {
		s.Wake()
	}
	return r, err
}

// Refuse ends a process with a reason; what it held is released.
func (s *Service) Refuse(ctx context.Context, a Act, why string) (Request, error) {
	return s.do(ctx, a, WasRefused, Body{Words: why}, func(tx Tx, now time.Time, _, r *Request) error {
		return release(ctx, tx, now, a.Who, r, "the legal process was refused")
	})
}

// do carries out one act in a transaction of its own: the audit entry, the event, and what follows.
func (s *Service) do(ctx context.Context, a Act, k EventKind, b Body, then func(tx Tx, now time.Time, old, r *Request) error) (r Request, err error) {
	if a.Seen <= 0 {
		return r, fmt.Errorf("%w: say what was seen", ErrStale)
	}
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		now := s.at()
		e := Event{Process: a.Process, N: a.Seen + 1, At: now, Who: a.Who, Kind: k, Body: b}
		old, err := tx.Get(ctx, a.Process)
		if err != nil {
			return err
		}
		if k == WasApproved {
			e.Body.AuditSize = 1 // stands for the size that the entry below gives
		}
		if _, err := old.Apply(e); err != nil {
			return err
		}
		index, err := entry(ctx, tx, e, nil)
		if err != nil {
			return err
		}
		if k == WasApproved {
			e.Body.AuditSize = index + 1
		}
		if r, err = tx.Append(ctx, e); err != nil || then == nil {
			return err
		}
		return then(tx, now, &old, &r)
	})
	return r, err
}

// object names a process in the audit log.
func object(id string) string { return "process/" + id }

// note writes the audit entry of an event. It names the act; what the process asks for is in the process.
func note(ctx context.Context, tx Tx, e Event, detail map[string]string) error {
	_, err := entry(ctx, tx, e, detail)
	return err
}

func entry(ctx context.Context, tx Tx, e Event, detail map[string]string) (int64, error) {
	if e.Body.Digest != "" {
		detail = map[string]string{"scope": e.Body.Digest}
	}
	index, err := tx.Audit.Append(ctx, audit.Entry{At: e.At, Who: e.Who, Act: "legal." + string(e.Kind), Object: object(e.Process), Detail: detail})
	if err != nil {
		return 0, fmt.Errorf("process: audit: %w", err)
	}
	return index, nil
}

// cases returns the ids of the cases that a process is about.
func cases(ctx context.Context, tx Tx, r *Request) ([]string, error) {
	out := append([]string(nil), r.Scope.Cases...)
	for _, a := range r.Scope.Accounts {
		list, err := tx.CasesOf(ctx, a)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			if !known(out, c) {
				out = append(out, c)
			}
		}
	}
	return out, nil
}

// hold keeps what a process is about from being destroyed until it is over. The process's own vault is held besides, and carries
// the order that nobody is told.
func hold(ctx context.Context, tx Tx, now time.Time, who string, r *Request) error {
	own := evidence.HoldOrder{Who: who, Why: why(r), Case: r.ID, Kind: evidence.LegalHold, Source: r.ID}
	if r.NoNotice {
		own.Notice = &evidence.Notice{Forbidden: true, Until: r.NoticeUntil}
	}
	if err := evidence.SetHold(ctx, tx.Evidence, now, own); err != nil {
		return err
	}
	return each(ctx, tx, now, who, r, why(r), time.Time{})
}

// release lets go of the cases; the process's own vault stays held until a person releases it.
func release(ctx context.Context, tx Tx, now time.Time, who string, r *Request, why string) error {
	return each(ctx, tx, now, who, r, why, now)
}

// each sets the hold of a process on every case that it is about. A case whose evidence is destroyed has nothing to hold.
func each(ctx context.Context, tx Tx, now time.Time, who string, r *Request, why string, until time.Time) error {
	list, err := cases(ctx, tx, r)
	if err != nil {
		return err
	}
	for _, c := range list {
		o := evidence.HoldOrder{Who: who, Why: why, Case: c, Kind: evidence.LegalHold, Source: r.ID, Until: until}
		if err := evidence.SetHold(ctx, tx.Evidence, now, o); err != nil && !errors.Is(err, evidence.ErrDestroyed) {
			return err
		}
	}
	return nil
}

// why is the reason of a hold.
func why(r *Request) string { return fmt.Sprintf("%s %s of %s", r.Kind, r.Number, r.Agency) }
