package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"haris/cybertip"
	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/evidence"
)

// Service carries out what people do with reports. Every act stands in one transaction with its audit entry; reading a report is
// an act too. Who may do what by role is checked by the caller. Fields without a comment are required. Safe for concurrent use.
type Service struct {
	Keeper  Keeper
	Vault   Vault
	Source  Source
	Company Company // as configured; new drafts take it over
	// Environment is where reports go, as configuration names it. Empty: drafts can be written and nothing can be submitted.
	Environment cybertip.Environment
	Profile     cybertip.Profile // of the client that files
	Policy      Policy           // what is asked of a report before it is filed
	Now         func() time.Time
	// Patience is how long reports may wait before Alerts tells of them.
	Patience Patience
	// Exposures is the log of what people were shown; nil when there is none, and then no report says that a file was viewed.
	Exposures Exposures
	// Wake is called after a job was queued; may be nil.
	Wake func()
}

// Act says who does something to which report. Seen is the length of the history that the person has seen (Report.Events); when the
// report has changed since, the act fails with ErrStale.
type Act struct {
	Who    string
	Report string
	Seen   int
}

// View is a report with everything that belongs to it.
type View struct {
	Report       Report `json:"report"`
	Completeness `json:"completeness"`
	Findings     []cybertip.Finding `json:"findings"` // what NCMEC would say of the draft
	History      []Event            `json:"history"`
	Calls        []Call             `json:"calls"`
	Alert        *Alert             `json:"alert,omitempty"` // it waits for too long
	Profile      cybertip.Profile   `json:"profile"`         // in which it would be sent now
}

// Preview is what would be sent, to the letter. SHA256 is what Submission names.
type Preview struct {
	Report    Report
	Documents Documents
	SHA256    string
	Completeness
	Findings []cybertip.Finding
	Written  []Version // who has written on it, oldest first
	Asks     bool      // the operator's policy asks for a second person
}

// at is the present moment as precisely as it is stored.
func (s *Service) at() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

// Create seals the transcripts of the case, so that they can be chosen, and makes a draft. A case can have any number of reports,
// and so can an account. casefile.ErrNotFound, casefile.ErrTransition when the case was cleared, ErrPerson.
func (s *Service) Create(ctx context.Context, who, caseID string) (Report, error) {
	if !casefile.IsPerson(who) {
		return Report{}, fmt.Errorf("%w: draft by %q", ErrPerson, who)
	}
	var c casefile.Case
	err := s.Keeper.Read(ctx, func(tx Tx) (err error) {
		if c, err = tx.Cases.Get(ctx, caseID); err != nil {
			return err
		}
		return casefile.Allowed(&c, casefile.ReportDrafted, who, s.at())
	})
	if err != nil {
		return Report{}, err
	}
	m, err := s.gather(ctx, who, c)
	if err != nil {
		return Report{}, err
	}
	draft := Assemble(m)
	draft.TypeReason = ownReason(who, &c)
	if err := s.view(ctx, &draft); err != nil {
		return Report{}, err
	}
	return s.add(ctx, who, c, draft)
}

// ownReason is what who begins a report has written themselves when they confirmed the case: why it is what it is. The words of
// another person are theirs to repeat.
func ownReason(who string, c *casefile.Case) string {
	if d := c.Disposal; d != nil && d.Who == who && d.Finding == casefile.FindingConfirmed {
		return d.Reason
	}
	return ""
}

// add stores a new draft.
func (s *Service) add(ctx context.Context, who string, c casefile.Case, draft Draft) (r Report, err error) {
	now := s.at()
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		r, err = tx.Add(ctx, Report{Case: c.ID, Subject: c.Subject, Environment: s.Environment, CreatedAt: now, CreatedBy: who},
			Event{N: 1, At: now, Who: who, Kind: WasDrafted, Draft: &draft})
		if err != nil {
			return err
		}
		if err := tellCase(ctx, tx, &r, who, now, casefile.ReportDrafted); err != nil {
			return err
		}
		return note(ctx, tx, &r, who, now, "drafted", nil)
	})
	if err != nil {
		return Report{}, err
	}
	return r, nil
}

// gather reads what a draft is made of.
func (s *Service) gather(ctx context.Context, who string, c casefile.Case) (Material, error) {
	m := Material{Case: c, Company: s.Company, Prior: map[string][]int64{}}
	talks, err := s.Source.Conversation(ctx, c)
	if err != nil {
		return m, fmt.Errorf("report: read the conversations of case %s: %w", c.ID, err)
	}
	m.Events, m.Left = talks.Events, talks.Left
	if err := s.sealTranscripts(ctx, who, c.ID, m); err != nil {
		return m, err
	}
	ids := accountsOf(&c)
	for _, id := range ids {
		var a Account
		if a.Profile, a.Events, err = s.Source.Account(ctx, id); err != nil {
			return m, fmt.Errorf("report: read an account of case %s: %w", c.ID, err)
		}
		m.Accounts = append(m.Accounts, a)
	}
	err = s.Keeper.Read(ctx, func(tx Tx) (err error) {
		if m.Items, err = tx.Evidence.Items(ctx, c.ID); err != nil {
			return err
		}
		// What a report left behind is no evidence for another one.
		m.Items = slices.DeleteFunc(m.Items, func(i evidence.Item) bool { return i.Kind == evidence.KindReport })
		for _, id := range ids {
			if m.Prior[id], err = s.prior(ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	return m, err
}

// prior lists the numbers of the reports that were filed about an account in the same environment, oldest first. Numbers of
// another environment mean nothing there.
func (s *Service) prior(ctx context.Context, tx Tx, account string) (out []int64, err error) {
	list, err := tx.List(ctx, Filter{Subject: account, Environment: s.Environment, Status: Filed})
	if err != nil || s.Environment == "" {
		return nil, err
	}
	for i := len(list) - 1; i >= 0; i-- {
		out = append(out, list[i].Number)
	}
	return out, nil
}

// view fills in the records of what people were shown.
func (s *Service) view(ctx context.Context, d *Draft) error {
	d.Files = slices.Clone(d.Files)
	for i := range d.Files {
		d.Files[i].Viewed, d.Files[i].MetadataViewed = nil, nil
		if s.Exposures == nil {
			continue
		}
		v, err := s.Exposures.Views(ctx, d.Files[i].Item)
		if err != nil {
			return fmt.Errorf("report: read who viewed a file: %w", err)
		}
		d.Files[i].Viewed, d.Files[i].MetadataViewed = v.Entire, v.Metadata
	}
	return nil
}

// List returns the reports of a filter, newest first, and writes down that who asked. casefile.ErrNotFound when the filter names a case that
// is not there.
func (s *Service) List(ctx context.Context, who string, f Filter) (out []Report, err error) {
	object := "report"
	if f.Case != "" {
		object = "case/" + f.Case
	}
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		if f.Case != "" {
			if _, err := tx.Cases.Get(ctx, f.Case); err != nil {
				return err
			}
		}
		if out, err = tx.List(ctx, f); err != nil {
			return err
		}
		_, err = tx.Audit.Append(ctx, audit.Entry{At: s.at(), Who: who, Act: "report.listed", Object: object})
		return err
	})
	return out, err
}

// Get returns one report as it is stored, without a trace, for what shows no content of it. ErrNotFound.
func (s *Service) Get(ctx context.Context, id string) (r Report, err error) {
	err = s.Keeper.Read(ctx, func(tx Tx) error {
		r, err = tx.Get(ctx, id)
		return err
	})
	return r, err
}

// View returns a report with its history, its exchanges, what is missing and what NCMEC would say, and writes down that who read
// it. ErrNotFound.
func (s *Service) View(ctx context.Context, who, id string) (v View, err error) {
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		if v.Report, err = tx.Get(ctx, id); err != nil {
			return err
		}
		if v.History, err = tx.History(ctx, id); err != nil {
			return err
		}
		if v.Calls, err = tx.Calls(ctx, id); err != nil {
			return err
		}
		return note(ctx, tx, &v.Report, who, s.at(), "viewed", nil)
	})
	if err != nil {
		return View{}, err
	}
	v.Profile = s.Profile
	if a, ok := s.Patience.Alert(&v.Report, s.at()); ok {
		v.Alert = &a
	}
	_, v.Completeness, v.Findings, err = s.check(ctx, &v.Report)
	return v, err
}

// Check returns what an officer would miss in a report's draft and what NCMEC would say of it. ErrNotFound.
func (s *Service) Check(ctx context.Context, id string) (Completeness, []cybertip.Finding, error) {
	r, err := s.Get(ctx, id)
	if err != nil {
		return Completeness{}, nil, err
	}
	_, complete, findings, err := s.check(ctx, &r)
	return complete, findings, err
}

// check looks at the draft as it would be sent now. The draft of a report that was submitted stands as it was.
func (s *Service) check(ctx context.Context, r *Report) (Documents, Completeness, []cybertip.Finding, error) {
	if r.Status == Drafted {
		if err := s.view(ctx, &r.Draft); err != nil {
			return Documents{}, Completeness{}, nil, err
		}
	}
	var sent Sent
	err := s.Keeper.Read(ctx, func(tx Tx) (err error) {
		sent, err = tx.Memory.Sent(ctx)
		return err
	})
	if err != nil {
		return Documents{}, Completeness{}, nil, fmt.Errorf("report: read what the platform has ever sent: %w", err)
	}
	if r.Filing != nil { // what was sent stands, whatever the draft would give now; of destroyed evidence nothing stands
		docs, err := sentDocuments(r.Filing)
		return docs, Assess(r.Draft, sent), nil, err
	}
	complete := Assess(r.Draft, sent)
	docs, findings := NCMEC{s.Profile}.Write(r, complete, s.at())
	return docs, complete, findings, nil
}

// Preview returns what would be sent, and writes down that who read it. ErrNotFound.
func (s *Service) Preview(ctx context.Context, who, id string) (p Preview, err error) {
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		if p.Report, err = tx.Get(ctx, id); err != nil {
			return err
		}
		if p.Written, err = writtenOf(ctx, tx, id); err != nil {
			return err
		}
		return note(ctx, tx, &p.Report, who, s.at(), "previewed", nil)
	})
	if err != nil {
		return Preview{}, err
	}
	if p.Documents, p.Completeness, p.Findings, err = s.check(ctx, &p.Report); err != nil {
		return Preview{}, err
	}
	p.SHA256, p.Asks = p.Documents.SHA256(), s.Policy.asks(p.Score)
	return p, nil
}

// Save takes over what a person has written. ErrNotFound, ErrStale, ErrTransition once it was submitted, ErrPerson, ErrInvalid.
func (s *Service) Save(ctx context.Context, a Act, e Edit) (r Report, err error) {
	now := s.at()
	read, err := s.readFor(ctx, a, e)
	if err != nil {
		return Report{}, err
	}
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		old, err := tx.Get(ctx, a.Report)
		if err != nil {
			return err
		}
		if err := seen(&old, a); err != nil {
			return err
		}
		draft, err := old.Draft.Edited(e)
		if err != nil {
			return err
		}
		draft.told(read)
		r, err = tx.Append(ctx, Event{Report: a.Report, N: a.Seen + 1, At: now, Who: a.Who, Kind: WasSaved, Draft: &draft})
		if err != nil {
			return err
		}
		return note(ctx, tx, &r, a.Who, now, "saved", nil)
	})
	if err != nil {
		return Report{}, err
	}
	return r, nil
}

// seen requires that the person has seen the report as it is.
func seen(r *Report, a Act) error {
	switch {
	case !casefile.IsPerson(a.Who):
		return fmt.Errorf("%w: not %q", ErrPerson, a.Who)
	case a.Seen != r.Events:
		return fmt.Errorf("%w: %d events were seen, there are %d", ErrStale, a.Seen, r.Events)
	}
	return nil
}

// tellCase writes the step into the case's history.
func tellCase(ctx context.Context, tx Tx, r *Report, who string, now time.Time, kind casefile.EventKind) error {
	body := casefile.ReportBody{Report: r.ID, Environment: string(r.Environment)}
	if r.Number != 0 {
		body.Receipt = strconv.FormatInt(r.Number, 10)
	}
	e, err := casefile.NewEvent(r.Case, now, who, kind, body)
	if err != nil {
		return err
	}
	_, err = tx.Cases.Append(ctx, e)
	return err
}

// note writes the audit entry of an act. It names the act and never what a person wrote.
func note(ctx context.Context, tx Tx, r *Report, who string, now time.Time, act string, detail map[string]string) error {
	d := map[string]string{"case": r.Case, "n": strconv.Itoa(r.Events)}
	if r.Environment != "" {
		d["environment"] = string(r.Environment)
	}
	for k, v := range detail {
		d[k] = v
	}
	_, err := tx.Audit.Append(ctx, audit.Entry{At: now, Who: who, Act: "report." + act, Object: "report/" + r.ID, Detail: d})
	if err != nil {
		return fmt.Errorf("report: audit: %w", err)
	}
	return nil
}

// DigestOf is the digest of what an event leaves behind, for the history: of its filing, or of its draft; without either it is the
// one that the event brings.
func DigestOf(e *Event) (string, error) {
	var v any
	switch {
	case e.Filing != nil:
		v = e.Filing
	case e.Draft != nil:
		v = e.Draft
	default:
		return e.Digest, nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("report: digest of event %d: %w", e.N, err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}
