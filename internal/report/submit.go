package report

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/job"
)

// The kinds of jobs. Their payload is JobPayload.
const (
	JobStep     = "report.step"     // one call of a submitted report; the job goes on until the report is filed or held
	JobPreserve = "report.preserve" // what the law asks for once a report is filed
)

// JobKinds lists the kinds of jobs that a Filer works off.
func JobKinds() []string { return []string{JobStep, JobPreserve} }

// JobPayload is the payload of every job of this package.
type JobPayload struct {
	Report string `json:"report"`
}

// Submission is a person's order to file a report.
type Submission struct {
	Act
	// Environment is the one that the person has read and confirmed; it must be the report's and the configured one.
	Environment cybertip.Environment
	// SHA256 is that of the preview which the person has read.
	SHA256 string
	// FollowUp says what is new, in the person's words, when NCMEC is to get the same once more on purpose. It stands in the history.
	FollowUp string
}

// why is what the history says of the submission.
func (o *Submission) why() string {
	if o.FollowUp == "" {
		return string(o.Environment)
	}
	return string(o.Environment) + "; follow-up: " + o.FollowUp
}

// IncompleteError says why a report cannot be submitted as it is.
type IncompleteError struct {
	Items    []Item             // required and missing
	Findings []cybertip.Finding // for which NCMEC would refuse it
}

// Error names what is missing or wrong.
func (e *IncompleteError) Error() string {
	var parts []string
	for _, i := range e.Items {
		parts = append(parts, i.Key+" is missing")
	}
	for _, f := range e.Findings {
		parts = append(parts, f.Path+": "+f.Message)
	}
	return "report: cannot be submitted: " + strings.Join(parts, "; ")
}

// Submit begins the filing of a report. Only a person may, about a case that a person has confirmed, to the environment that
// configuration names, and exactly what the preview showed. Evidence is sealed before anything leaves. It returns once the filing
// and its job are stored; the calls are made by the Filer.
// ErrNotFound, ErrPerson, ErrStale, ErrTransition, ErrEnvironment, ErrUnconfirmed, *IncompleteError, *UnapprovedError, *DuplicateError, and the
// errors of the vault.
func (s *Service) Submit(ctx context.Context, o Submission) (Report, error) {
	r, c, err := s.ready(ctx, o)
	if err != nil {
		return Report{}, err
	}
	if err := s.ensureSealed(ctx, o.Who, c); err != nil {
		return Report{}, err
	}
	now := s.at()
	docs, complete, findings, err := s.check(ctx, &r)
	if err != nil {
		return Report{}, err
	}
	if items, findings := Blocking(complete.Items), cybertip.Blocking(findings); len(items) > 0 || len(findings) > 0 {
		return Report{}, &IncompleteError{Items: items, Findings: findings}
	}
	if docs.SHA256() != o.SHA256 {
		return Report{}, fmt.Errorf("%w: what would be sent is not what the preview showed", ErrStale)
	}
	// The history has not grown since r was read when the report is begun, so an approval that counts here counts there.
	if err := s.Policy.approved(&r, complete.Score, o.Who, o.SHA256); err != nil {
		return Report{}, err
	}
	filing, err := cybertip.NewFiling(docs.Spec, now)
	if err != nil {
		return Report{}, fmt.Errorf("report: %w", err)
	}
	filing.Environment = r.Environment
	return s.begin(ctx, o, filing, now)
}

// ready checks everything that does not depend on the contents.
func (s *Service) ready(ctx context.Context, o Submission) (r Report, c casefile.Case, err error) {
	err = s.Keeper.Read(ctx, func(tx Tx) error {
		if r, err = tx.Get(ctx, o.Report); err != nil {
			return err
		}
		if c, err = tx.Cases.Get(ctx, r.Case); err != nil {
			return err
		}
		return s.maySubmit(&r, &c, o)
	})
	return r, c, err
}

// maySubmit is looked at before the documents are made, and again in the transaction that submits.
func (s *Service) maySubmit(r *Report, c *casefile.Case, o Submission) error {
	if err := seen(r, o.Act); err != nil {
		return err
	}
	if err := Allowed(r, WasSubmitted, o.Who); err != nil {
		return err
	}
	switch {
	case s.Environment == "":
		return fmt.Errorf("%w: no environment is configured", ErrEnvironment)
	case r.Environment != s.Environment:
		return fmt.Errorf("%w: the draft was made for %q, configured is %q; make a new draft", ErrEnvironment, r.Environment, s.Environment)
	case o.Environment != r.Environment:
		return fmt.Errorf("%w: confirmed was %q, the report goes to %q", ErrEnvironment, o.Environment, r.Environment)
	}
	return confirmed(c)
}

// confirmed requires that a person has confirmed the case.
func confirmed(c *casefile.Case) error {
	if c.Status != casefile.Confirmed || c.Disposal == nil || c.Disposal.Finding != casefile.FindingConfirmed || !casefile.IsPerson(c.Disposal.Who) {
		return fmt.Errorf("%w: case %s is %s", ErrUnconfirmed, c.ID, c.Status)
	}
	return nil
}

// ensureSealed seals what the draft rests on, when it is not sealed since the draft was made. Nothing is added to the report by it.
func (s *Service) ensureSealed(ctx context.Context, who string, c casefile.Case) error {
	talks, err := s.Source.Conversation(ctx, c)
	if err != nil {
		return fmt.Errorf("report: read the conversations of case %s: %w", c.ID, err)
	}
	if err := s.sealTranscripts(ctx, who, c.ID, Material{Case: c, Events: talks.Events, Left: talks.Left}); err != nil {
		return err
	}
	return s.Keeper.Read(ctx, func(tx Tx) error {
		ok, err := tx.Evidence.Sealed(ctx, c.ID)
		if err == nil && !ok && len(conversationsOf(talks.Events)) == 0 && restsOnEvents(&c) {
			err = ErrNoEvidence
		}
		return err
	})
}

// restsOnEvents reports whether a signal of the case names events.
func restsOnEvents(c *casefile.Case) bool {
	for _, s := range c.Signals {
		if len(s.Events) > 0 {
			return true
		}
	}
	return false
}

// begin stores the filing with its job.
func (s *Service) begin(ctx context.Context, o Submission, filing cybertip.Filing, now time.Time) (r Report, err error) {
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		old, err := tx.Get(ctx, o.Report)
		if err != nil {
			return err
		}
		c, err := tx.Cases.Get(ctx, old.Case)
		if err != nil {
			return err
		}
		if err := s.maySubmit(&old, &c, o); err != nil {
			return err
		}
		if o.FollowUp = strings.TrimSpace(o.FollowUp); o.FollowUp == "" {
			if err := again(ctx, tx, &old, &filing); err != nil {
				return err
			}
		}
		r, err = tx.Append(ctx, Event{Report: o.Report, N: o.Seen + 1, At: now, Who: o.Who, Kind: WasSubmitted, Why: o.why(), Filing: &filing})
		if err != nil {
			return err
		}
		if err := tellCase(ctx, tx, &r, o.Who, now, casefile.ReportSubmitted); err != nil {
			return err
		}
		if err := queue(ctx, tx, &r, now); err != nil {
			return err
		}
		return note(ctx, tx, &r, o.Who, now, "submitted", map[string]string{"sha256": o.SHA256, "follow_up": strconv.FormatBool(o.FollowUp != "")})
	})
	if err != nil {
		return Report{}, err
	}
	s.wake()
	return r, nil
}

func (s *Service) wake() {
	if s.Wake != nil {
		s.Wake()
	}
}

// queue writes the job that takes the report on from its newest event, so that a report which a person has resumed gets a job of
// its own.
func queue(ctx context.Context, tx Tx, r *Report, now time.Time) error {
	_, err := enqueue(ctx, tx, JobStep, stepKey(r.ID, r.Events), r.ID, now)
	return err
}

// stepKey is the key of the job that was queued with event n of a report.
func stepKey(id string, n int) string { return fmt.Sprintf("%s/%s/%d", JobStep, id, n) }

// enqueue writes a job unless one of its key exists, and returns its id.
func enqueue(ctx context.Context, tx Tx, kind, key, report string, now time.Time) (id string, err error) {
	p, err := json.Marshal(JobPayload{Report: report})
	if err != nil {
		return "", fmt.Errorf("report: enqueue: %w", err)
	}
	limit := 0
	if kind == JobStep {
		limit = stepAttempts
	}
	if id, _, err = tx.Jobs.Enqueue(ctx, job.New{Kind: kind, Key: key, Payload: p, RunAt: now, Max: limit}); err != nil {
		return "", fmt.Errorf("report: enqueue %s: %w", kind, err)
	}
	return id, nil
}
