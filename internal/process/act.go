package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"haris/internal/disclosure"
	"haris/internal/evidence"
	"haris/internal/job"
	"haris/internal/parcel"
)

// Produce makes the production of an approved process and seals it in the vault of the process. Producing again gives the same
// bytes, because nothing that came after the approval gets into it. ErrTransition, ErrKind.
func (s *Service) Produce(ctx context.Context, a Act) (Request, error) {
	r, err := s.get(ctx, a.Process)
	if err != nil {
		return r, err
	}
	if err := r.Allowed(WasProduced, a.Who); err != nil {
		return r, err
	}
	if a.Seen != r.Events {
		return r, ErrStale
	}
	p, err := s.seal(ctx, &r, a.Who, s.Vault.Export)
	if err != nil {
		return r, err
	}
	return s.do(ctx, a, WasProduced, Body{Package: p}, nil)
}

func (s *Service) get(ctx context.Context, id string) (r Request, err error) {
	err = s.Keeper.Read(ctx, func(tx Tx) error {
		r, err = tx.Get(ctx, id)
		return err
	})
	return r, err
}

// opener opens an item of the vault.
type opener = func(ctx context.Context, who, why, item string) (evidence.Item, io.ReadCloser, error)

// seal makes the package and seals it as it is made: it is never whole in memory, and never in the clear on a disk.
func (s *Service) seal(ctx context.Context, r *Request, who string, open opener) (*Package, error) {
	pr, pw := io.Pipe()
	m := &maker{s: s, r: r, who: who, open: open}
	var p Package
	made := make(chan error, 1)
	go func() {
		var err error
		p, err = m.write(ctx, pw)
		pw.CloseWithError(err)
		made <- err
	}()
	item, err := s.Vault.Seal(ctx, evidence.New{
		Case: r.ID, Kind: evidence.KindReport, Name: fileName(r), MediaType: "application/zip", Who: who, Why: "what the legal process covers", Body: pr,
	})
	if err != nil {
		pr.CloseWithError(err)
	}
	if err := errors.Join(<-made, err); err != nil {
		return nil, err
	}
	p.Item, p.SHA256, p.Bytes, p.At, p.By = item.ID, item.SHA256, item.Size, s.at(), who
	return &p, nil
}

// fileName is the name of a package: it tells nothing of whom it is about.
func fileName(r *Request) string { return "production-" + r.ID + ".zip" }

// Outgoing says how a package leaves the house.
type Outgoing struct {
	Who, Process string
	Encrypt      bool // to the officer's key
}

// Export writes the package of a process to w: it leaves the house, which custody and the log of disclosures say. With Encrypt it is
// encrypted to the officer's key. ErrTransition when there is none, ErrInvalid when there is no key, ErrKind for a preserved copy.
func (s *Service) Export(ctx context.Context, o Outgoing, w io.Writer) (r Request, err error) {
	if r, err = s.get(ctx, o.Process); err != nil {
		return r, err
	}
	switch {
	case !r.Kind.Produces():
		return r, fmt.Errorf("%w: %s", ErrKind, r.Kind)
	case r.Package == nil || r.Status != Produced && r.Status != Delivered:
		return r, fmt.Errorf("%w: nothing was produced", ErrTransition)
	case o.Encrypt && r.Recipient == "":
		return r, invalid("recipient", "the officer's age public key")
	}
	how := "taken out as a file, to be delivered"
	if o.Encrypt {
		how += ", encrypted to " + r.Recipient
	}
	err = s.Keeper.Write(ctx, func(tx Tx) error { return s.disclose(ctx, tx, &r, o.Who, how) })
	if err != nil {
		return r, err
	}
	_, body, err := s.Vault.Export(ctx, o.Who, "production for legal process "+r.ID, r.Package.Item)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	to := ""
	if o.Encrypt {
		to = r.Recipient
	}
	return r, parcel.Send(w, body, to)
}

// disclose writes the line of a package in the log of disclosures.
func (s *Service) disclose(ctx context.Context, tx Tx, r *Request, who, how string) error {
	_, err := disclosure.Write(ctx, tx.Disclosures, tx.Audit, disclosure.Entry{
		At: s.at(), Who: who, To: disclosure.LawEnforcement, Recipient: r.Agency + ", " + r.Officer, Under: disclosure.Process, Number: r.Number, Process: r.ID,
		Items: []disclosure.Item{{Name: fileName(r), SHA256: r.Package.SHA256, Bytes: r.Package.Bytes, Evidence: r.Package.Item}},
		Scope: r.Scope.Words(), How: how,
	})
	return err
}

// Deliver says that the package was handed over, and how. What the process held is released.
func (s *Service) Deliver(ctx context.Context, a Act, how string) (Request, error) {
	return s.do(ctx, a, WasDelivered, Body{Words: how}, func(tx Tx, now time.Time, _, r *Request) error {
		if err := s.disclose(ctx, tx, r, a.Who, how); err != nil {
			return err
		}
		return release(ctx, tx, now, a.Who, r, "the legal process was answered")
	})
}

// Destroy carries out an approved request of law enforcement to destroy the evidence of the cases in its scope
// (18 U.S.C. 2258B(c)), and returns the certificates. Another hold than the statutory preservation stops it.
func (s *Service) Destroy(ctx context.Context, a Act) (r Request, certificates []evidence.Certificate, err error) {
	if r, err = s.get(ctx, a.Process); err != nil {
		return r, nil, err
	}
	if err := r.Allowed(WasDestroyed, a.Who); err != nil {
		return r, nil, err
	}
	if a.Seen != r.Events {
		return r, nil, ErrStale
	}
	why := "18 U.S.C. 2258B(c): " + why(&r)
	for _, c := range r.Scope.Cases {
		o := evidence.DestroyOrder{Who: a.Who, Why: why, Case: c, Ground: evidence.Requested, Process: r.ID}
		if err := s.Vault.DestroyFor(ctx, o); err != nil {
			return r, certificates, fmt.Errorf("process: case %s: %w", c, err)
		}
		made, err := s.Vault.Certify(ctx, c)
		if err != nil {
			return r, certificates, fmt.Errorf("process: certificate of case %s: %w", c, err)
		}
		certificates = append(certificates, made)
	}
	r, err = s.do(ctx, a, WasDestroyed, Body{}, nil)
	return r, certificates, err
}

// Handle is the job.Handler of JobPreserve: it seals a copy of what the scope covers, and holds it and the cases until the end that
// the request names. It may be run again: the copy has the same bytes.
func (s *Service) Handle(ctx context.Context, j job.Job) (job.Outcome, error) {
	id, err := decodePayload(j.Payload)
	if err != nil {
		return job.Outcome{State: job.Dead, Error: err.Error()}, nil
	}
	r, err := s.get(ctx, id)
	switch {
	case errors.Is(err, ErrNotFound):
		return job.Outcome{State: job.Dead, Error: err.Error()}, nil
	case err != nil:
		return job.Outcome{}, err
	case r.Status != Approved || r.Kind != Preservation:
		return job.Outcome{State: job.Done}, nil // it was changed or refused meanwhile
	}
	p, err := s.seal(ctx, &r, evidence.Software, s.Vault.Open)
	if err != nil {
		return job.Outcome{}, err
	}
	a := Act{Who: evidence.Software, Process: id, Seen: r.Events}
	_, err = s.do(ctx, a, WasPreserved, Body{Package: p}, func(tx Tx, now time.Time, _, r *Request) error {
		own := evidence.HoldOrder{Who: r.ApprovedBy, Why: why(r), Case: r.ID, Kind: evidence.LegalHold, Source: r.ID, Until: r.KeepUntil}
		if err := evidence.SetHold(ctx, tx.Evidence, now, own); err != nil {
			return err
		}
		return each(ctx, tx, now, r.ApprovedBy, r, why(r), r.KeepUntil)
	})
	if errors.Is(err, ErrStale) || errors.Is(err, ErrTransition) {
		return job.Outcome{State: job.Queued, RunAt: s.at(), Snooze: true, Error: "it has changed; looked at again"}, nil
	}
	return job.Outcome{State: job.Done}, err
}

// ParseData reads kinds of data with commas between them.
func ParseData(s string) (out []Data, err error) {
	for w := range strings.SplitSeq(s, ",") {
		d := Data(strings.TrimSpace(w))
		if d == "" {
			continue
		}
		if !slices.Contains(AllData(), d) {
			return nil, invalid("data", fmt.Sprintf("kinds out of %v, got %q", AllData(), d))
		}
		out = append(out, d)
	}
	return out, nil
}
