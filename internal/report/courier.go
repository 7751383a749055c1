package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/disclosure"
	"haris/internal/evidence"
	"haris/internal/parcel"
)

// ErrAuthority says that nobody of that name takes reports.
var ErrAuthority = errors.New("report: not an authority that the configuration names")

// Form is the shape in which a report is handed over.
type Form string

// The forms.
const (
	FormPackage Form = "package" // a signed zip file: the report as JSON and as PDF, its schema, the contents that may go, their custody
	FormJSON    Form = "json"
	FormPDF     Form = "pdf"
)

// Forms lists the forms.
func Forms() []Form { return []Form{FormPackage, FormJSON, FormPDF} }

// MediaType is that of the file.
func (f Form) MediaType() string {
	switch f {
	case FormJSON:
		return "application/json"
	case FormPDF:
		return "application/pdf"
	case FormPackage:
	}
	return "application/zip"
}

// ending is the end of the file's name.
func (f Form) ending() string {
	if f == FormPackage {
		return ".zip"
	}
	return "." + string(f)
}

// Courier hands reports to authorities that take none by an API. What it hands over is sealed as evidence first, so that there is always
// proof of it; then custody, the report's history, the log of disclosures and the audit log say so; and only then it is given out. Safe
// for concurrent use.
type Courier struct {
	Printer
	Key         parcel.Key
	Authorities []Other
}

// Offer is what an authority would get.
type Offer struct {
	Preview
	Authority Other
	Handed    []Handover // of this report, to whomever, oldest first
}

// Handing is a person's order to hand a report over.
type Handing struct {
	Act
	Authority string
	Form      Form
	Why       string // in the person's words; it stands in the history
	SHA256    string // of the offer that the person has read
}

// Handed is what was given out.
type Handed struct {
	Handover
	Report Report
	Name   string // of the file: it tells nothing of whom it is about
	Sealed bool   // it is encrypted to the authority's key
}

// Sink gives the writer for a file before its first byte.
type Sink func(h Handed) (io.Writer, error)

// Names lists the authorities.
func (c Courier) Names() (out []string) {
	for _, o := range c.Authorities {
		out = append(out, o.Title)
	}
	return out
}

// PublicKey is the key with which whoever gets a package checks it.
func (c Courier) PublicKey() string { return c.Key.Public }

// Handed returns a report and what was handed over of it, oldest first, and writes down that who asked. ErrNotFound.
func (c Courier) Handed(ctx context.Context, who, id string) (r Report, list []Handover, err error) {
	err = c.Service.Keeper.Write(ctx, func(tx Tx) error {
		if r, err = tx.Get(ctx, id); err != nil {
			return err
		}
		if list, err = tx.Handovers.List(ctx, id); err != nil {
			return err
		}
		return note(ctx, tx, &r, who, c.Service.at(), "viewed", nil)
	})
	return r, list, err
}

// Offer returns what an authority would get, and writes down that who read it. ErrNotFound, ErrAuthority.
func (c Courier) Offer(ctx context.Context, who, id, authority string) (o Offer, err error) {
	if o.Authority, err = other(c.Authorities, authority); err != nil {
		return o, err
	}
	s := c.Service
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		if o.Report, err = tx.Get(ctx, id); err != nil {
			return err
		}
		if o.Handed, err = tx.Handovers.List(ctx, id); err != nil {
			return err
		}
		return note(ctx, tx, &o.Report, who, s.at(), "offered", nil)
	})
	if err != nil {
		return o, err
	}
	if o.Documents, o.Completeness, o.Findings, err = s.written(ctx, &o.Report, o.Authority); err != nil {
		return o, err
	}
	o.SHA256, o.Asks = o.Documents.SHA256(), o.Report.Status == Drafted && s.Policy.asks(o.Score)
	return o, nil
}

// written is what an authority reads of a report as it stands, whatever NCMEC was sent.
func (s *Service) written(ctx context.Context, r *Report, a Authority) (Documents, Completeness, []cybertip.Finding, error) {
	_, complete, _, err := s.check(ctx, r)
	if err != nil {
		return Documents{}, complete, nil, err
	}
	if err := s.view(ctx, &r.Draft); err != nil { // that of a filed report is as old as its draft
		return Documents{}, complete, nil, err
	}
	docs, findings := a.Write(r, complete, s.at())
	return docs, complete, findings, nil
}

// Hand makes the file for an authority, seals it, and writes down that it is handed over. Take gives it out.
// ErrNotFound, ErrAuthority, ErrInvalid, ErrPerson, ErrStale, ErrUnconfirmed, *IncompleteError, *UnapprovedError, and the errors of the
// vault: of evidence that was destroyed nothing can be handed over.
func (c Courier) Hand(ctx context.Context, o Handing) (h Handed, err error) {
	to, err := other(c.Authorities, o.Authority)
	if err != nil {
		return h, err
	}
	if err := o.check(); err != nil {
		return h, err
	}
	p := pack{c: c, o: o, to: to}
	if p.r, err = c.ready(ctx, o); err != nil {
		return h, err
	}
	if p.docs, err = c.allowed(ctx, &p.r, o, to); err != nil {
		return h, err
	}
	item, err := p.seal(ctx)
	if err != nil {
		return h, err
	}
	return c.enter(ctx, &p, item)
}

// Taking asks for the file of a handover.
type Taking struct {
	Who    string
	Report string
	N      int // Handover.N
}

// Take gives out the file of a handover, encrypted when its authority has a key, as often as it is needed; each time stands in custody.
// ErrNotFound, ErrAuthority when the configuration does not name the authority any more, ErrPerson, and the errors of the vault.
func (c Courier) Take(ctx context.Context, t Taking, sink Sink) (h Handed, err error) {
	if !casefile.IsPerson(t.Who) {
		return h, fmt.Errorf("%w: not %q", ErrPerson, t.Who)
	}
	item, err := c.find(ctx, t, &h)
	if err != nil {
		return h, err
	}
	to, err := other(c.Authorities, h.Authority)
	if err != nil {
		return h, err
	}
	h.called(item.Name, to)
	_, body, err := c.Service.Vault.Export(ctx, t.Who, "handed to "+to.Title+" with report "+t.Report, item.ID)
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	w, err := sink(h)
	if err != nil {
		return h, err
	}
	return h, parcel.Send(w, body, to.Recipient)
}

// find reads a handover and the sealed item that is its file.
func (c Courier) find(ctx context.Context, t Taking, h *Handed) (item evidence.Item, err error) {
	err = c.Service.Keeper.Read(ctx, func(tx Tx) error {
		if h.Report, err = tx.Get(ctx, t.Report); err != nil {
			return err
		}
		list, err := tx.Handovers.List(ctx, t.Report)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(x Handover) bool { return x.N == t.N })
		if i < 0 {
			return fmt.Errorf("%w: handover %d", ErrNotFound, t.N)
		}
		h.Handover = list[i]
		items, err := tx.Evidence.Items(ctx, h.Report.Case)
		if err != nil {
			return err
		}
		i = slices.IndexFunc(items, func(x evidence.Item) bool { return x.Kind == evidence.KindReport && x.SHA256 == h.SHA256 })
		if i < 0 {
			return fmt.Errorf("%w: the sealed file of handover %d", ErrNotFound, t.N)
		}
		item = items[i]
		return nil
	})
	return item, err
}

// called says how the file is named, and whether it is encrypted.
func (h *Handed) called(name string, to Other) {
	h.Name, h.Sealed = name, to.Recipient != ""
	if h.Sealed {
		h.Name += ".age"
	}
}

// check looks at the order itself.
func (o *Handing) check() error {
	switch {
	case !slices.Contains(Forms(), o.Form):
		return fmt.Errorf("%w: form %q: expected one of %v", ErrInvalid, o.Form, Forms())
	case strings.TrimSpace(o.Why) == "":
		return fmt.Errorf("%w: reason: expected words", ErrInvalid)
	}
	return nil
}

// ready checks everything that does not depend on the contents.
func (c Courier) ready(ctx context.Context, o Handing) (r Report, err error) {
	err = c.Service.Keeper.Read(ctx, func(tx Tx) error {
		r, err = mayHandOver(ctx, tx, o)
		return err
	})
	return r, err
}

// mayHandOver is looked at before the file is made, and again in the transaction that hands over.
func mayHandOver(ctx context.Context, tx Tx, o Handing) (Report, error) {
	r, err := tx.Get(ctx, o.Report)
	if err != nil {
		return r, err
	}
	k, err := tx.Cases.Get(ctx, r.Case)
	if err != nil {
		return r, err
	}
	if err := seen(&r, o.Act); err != nil {
		return r, err
	}
	if err := Allowed(&r, WasHandedOver, o.Who); err != nil {
		return r, err
	}
	return r, confirmed(&k)
}

// allowed checks the contents: nothing that is required is missing, it is what the person has read, and a second person has approved
// a draft where the policy asks for one.
func (c Courier) allowed(ctx context.Context, r *Report, o Handing, to Other) (Documents, error) {
	s := c.Service
	docs, complete, findings, err := s.written(ctx, r, to)
	if err != nil {
		return docs, err
	}
	if items, findings := Blocking(complete.Items), cybertip.Blocking(findings); len(items) > 0 || len(findings) > 0 {
		return docs, &IncompleteError{Items: items, Findings: findings}
	}
	if docs.SHA256() != o.SHA256 {
		return docs, fmt.Errorf("%w: what would be handed over is not what was read", ErrStale)
	}
	if r.Status != Drafted {
		return docs, nil // it was approved, where that was asked for, when it was submitted
	}
	filed, _, _, err := s.check(ctx, r) // the approval names the documents for NCMEC, which say the same
	if err != nil {
		return docs, err
	}
	return docs, s.Policy.approved(r, complete.Score, o.Who, filed.SHA256())
}

// enter writes down that the file is handed over, in one transaction.
func (c Courier) enter(ctx context.Context, p *pack, item evidence.Item) (h Handed, err error) {
	s, o := c.Service, p.o
	h.called(item.Name, p.to)
	how := "taken out as a file, to be delivered"
	if h.Sealed {
		how += ", encrypted to " + p.to.Recipient
	}
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		old, err := mayHandOver(ctx, tx, o)
		if err != nil {
			return err
		}
		now := s.at()
		h.Report, err = tx.Append(ctx, Event{
			Report: o.Report, N: old.Events + 1, At: now, Who: o.Who, Kind: WasHandedOver, Why: fmt.Sprintf("%s, %s: %s", p.to.Title, o.Form, strings.TrimSpace(o.Why)), Digest: item.SHA256,
		})
		if err != nil {
			return err
		}
		h.Handover = Handover{
			Report: o.Report, N: h.Report.Events, At: now, Who: o.Who, Authority: p.to.Title, Form: string(o.Form), SHA256: item.SHA256, Bytes: item.Size, Why: strings.TrimSpace(o.Why),
		}
		if err := tx.Handovers.Add(ctx, h.Handover); err != nil {
			return err
		}
		if _, err := disclosure.Write(ctx, tx.Disclosures, tx.Audit, p.disclosure(&h, item, how)); err != nil {
			return fmt.Errorf("report: disclosure: %w", err)
		}
		return note(ctx, tx, &h.Report, o.Who, now, "handed_over", map[string]string{"form": string(o.Form), "sha256": item.SHA256})
	})
	return h, err
}
