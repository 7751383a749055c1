package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/cybertip"
	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/detect"
	"haris/internal/report"
)

type reportCommand struct {
	Show   reportShowCommand   `cmd:"" help:"Show a report as it would be sent, what is missing, and the digest that submit asks for."`
	Check  reportCheckCommand  `cmd:"" help:"Say what an officer would miss, why, and what NCMEC would say."`
	Diff   reportDiffCommand   `cmd:"" help:"Say what has changed between two saved versions of a draft."`
	DryRun reportDryRunCommand `cmd:"" name:"dry-run" help:"File it against a strict stand-in inside of this process; nothing is sent."`

	Approve reportApproveCommand `cmd:"" help:"Approve, as a second person, exactly what will be filed; or say why not."`
	Submit  reportSubmitCommand  `cmd:"" help:"Submit a report that a person has written. A running haris files it."`
	Status  reportStatusCommand  `cmd:"" aliases:"list" help:"Say where reports stand, with their receipts."`

	Retract      reportRetractCommand      `cmd:"" help:"Take back a report that is on its way or waits, or give up a draft."`
	Calls        reportCallsCommand        `cmd:"" help:"List the exchanges with NCMEC about a report: when, what, how it was answered, digests."`
	HoldRestored reportHoldRestoredCommand `cmd:"" help:"Hold every report that was on its way when the database was dumped, after restoring it with PostgreSQL's own tools."`
	Handover     reportHandoverCommand     `cmd:"" help:"Hand a report to an authority that takes none by an API, as a signed package, JSON or PDF; or list what was handed over."`
	Schema       reportSchemaCommand       `cmd:"" help:"Print the JSON Schema of the form in which reports are handed over."`
	Pdf          reportPDFCommand          `cmd:"" help:"Write a report as a PDF file: what would be sent, or was, element by element."`
}

// reports opens the service of reports. Drafts are made on the pages; here they are read and submitted.
func (r *run) reports(core *app.Core) *report.Service {
	return core.Reports(func(id string) (detect.Profile, error) { return detect.Profile{ID: id}, nil })
}

// person finds who acts: a person who may submit reports, by login.
func (r *run) person(core *app.Core, login string) (auth.Person, error) {
	people, err := core.Auth.People(r.ctx)
	if err != nil {
		return auth.Person{}, err
	}
	for _, p := range people {
		if p.Login != auth.NormalLogin(login) {
			continue
		}
		if p.Disabled() || !p.Can(auth.ReportSubmit) {
			return auth.Person{}, fmt.Errorf("%s may not submit reports: a reviewer or lead may", p.Login)
		}
		return p, r.under(core, &p)
	}
	return auth.Person{}, fmt.Errorf("nobody signs in as %q: haris person list shows everyone", login)
}

type reportShowCommand struct {
	ID string `arg:"" help:"Id of the report."`
	As string `required:"" help:"Login of the person who reads it; the reading is written down."`
}

// Help is the example.
func (reportShowCommand) Help() string { return "Example: haris report show 01jxyz… --as amira" }

// Run shows the report.
func (c reportShowCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.person(core, c.As)
		if err != nil {
			return err
		}
		p, err := r.reports(core).Preview(r.ctx, who.ID, c.ID)
		if err != nil {
			return c.explain(err)
		}
		if r.isJSON() {
			return r.json(struct {
				Report              report.Report `json:"report"`
				XML                 string        `json:"xml"`
				SHA256              string        `json:"sha256"`
				report.Completeness `json:"completeness"`
				Findings            []cybertip.Finding `json:"findings"`
			}{p.Report, string(p.Documents.XML), p.SHA256, p.Completeness, p.Findings})
		}
		fmt.Fprintf(r.Stdout, "%s\n", p.Documents.XML)
		for _, f := range p.Findings {
			r.say("%s: %s", f.Path, f.Message)
		}
		r.say("status %s, environment %s, sha256 %s", p.Report.Status, p.Report.Environment, p.SHA256)
		return nil
	})
}

func (c reportShowCommand) explain(err error) error {
	if errors.Is(err, report.ErrNotFound) {
		return fmt.Errorf("no report %q: haris report status shows them all", c.ID)
	}
	return err
}

type reportSubmitCommand struct {
	ID          string `arg:"" help:"Id of the report."`
	As          string `required:"" help:"Login of the person who submits; it stands in the audit log."`
	Environment string `required:"" help:"Where it goes, as a confirmation: local, test or production."`
	SHA256      string `required:"" name:"sha256" help:"Digest of what was read with report show."`
	FollowUp    string `placeholder:"TEXT" help:"What is new, when an earlier report of the case says the same and it is to be sent on purpose. It stands in the history."`
}

// Help is the example.
func (reportSubmitCommand) Help() string {
	return "Example: haris report submit 01jxyz… --as amira --environment test --sha256 9f86d0…"
}

// Run submits the report.
func (c reportSubmitCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.person(core, c.As)
		if err != nil {
			return err
		}
		s := r.reports(core)
		now, err := s.Get(r.ctx, c.ID)
		if errors.Is(err, report.ErrNotFound) {
			return fmt.Errorf("no report %q: haris report status shows them all", c.ID)
		}
		if err != nil {
			return err
		}
		done, err := s.Submit(r.ctx, report.Submission{
			Act: report.Act{Who: who.ID, Report: c.ID, Seen: now.Events}, Environment: cybertip.Environment(c.Environment), SHA256: c.SHA256, FollowUp: c.FollowUp,
		})
		var twice *report.DuplicateError
		var second *report.UnapprovedError
		if errors.As(err, &second) {
			return fmt.Errorf("%w: haris report approve is how", err)
		}
		if errors.As(err, &twice) {
			return fmt.Errorf("%w: --follow-up says so", err)
		}
		if err != nil {
			return err
		}
		if r.isJSON() {
			return r.json(statusOf(&done))
		}
		r.say("Submitted to %s. A running haris files it; haris report status %s says how far it is.", done.Environment, done.ID)
		return nil
	})
}

type reportStatusCommand struct {
	ID     string `arg:"" optional:"" help:"Id of one report; without it the newest reports."`
	Case   string `placeholder:"ID" help:"Only those of a case."`
	Status string `help:"Only those in this status: drafted, submitting, held, failed, filed or cancelled."`
	By     string `placeholder:"LOGIN" help:"Only those that this person began or submitted."`
	Older  string `placeholder:"ID" help:"Go on after the last report of the list before."`
	Limit  int    `default:"500" help:"At most so many, newest first (up to 500)."`
}

// Help is the example.
func (reportStatusCommand) Help() string {
	return "Example: haris report status -o json\nExample: haris report status --status held\nExample: haris report status --older 01jxyz…"
}

// reportStatus is where a report stands.
type reportStatus struct {
	ID          string    `json:"id"`
	Case        string    `json:"case"`
	Subject     string    `json:"subject"`
	Status      string    `json:"status"`
	Environment string    `json:"environment"`
	Number      int64     `json:"number,omitempty"` // at NCMEC
	Why         string    `json:"why,omitempty"`
	SubmittedAt time.Time `json:"submitted_at,omitzero"`
	EndedAt     time.Time `json:"ended_at,omitzero"`
	Files       []string  `json:"files,omitempty"`
	ExpiresAt   time.Time `json:"expires_at,omitzero"` // NCMEC deletes it then unless it is finished
	Alert       string    `json:"alert,omitempty"`     // unfinished or overdue
}

// standing is where a report stands, and what is wrong with how long it waits.
func (r *run) standing(core *app.Core, x *report.Report) reportStatus {
	out := statusOf(x)
	p := report.Patience{Unfinished: core.Config.Reports.WarnBefore, Overdue: core.Config.Reports.Overdue}
	if a, ok := p.Alert(x, r.Now()); ok {
		out.Alert = string(a.Kind)
	}
	return out
}

// left says for a table how long NCMEC keeps an open report, and what is wrong with how long it waits.
func (s *reportStatus) left(now time.Time) string {
	text := "–"
	if !s.ExpiresAt.IsZero() {
		text = s.ExpiresAt.Sub(now).Truncate(time.Minute).String()
		text = strings.TrimSuffix(text, "0s")
	}
	if s.Alert != "" {
		text += " " + strings.ToUpper(s.Alert)
	}
	return text
}

func statusOf(x *report.Report) reportStatus {
	out := reportStatus{
		ID: x.ID, Case: x.Case, Subject: x.Subject, Status: string(x.Status), Environment: string(x.Environment), Number: x.Number,
		Why: x.Why, ExpiresAt: x.ExpiresAt(), SubmittedAt: x.SubmittedAt, EndedAt: x.EndedAt,
	}
	if rc := x.Receipt(); rc != nil {
		out.Files = rc.FileIDs
	}
	return out
}

// Run lists where reports stand.
func (c reportStatusCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		list, err := c.list(r, core)
		if err != nil {
			return err
		}
		var rows [][]string
		for i := range list {
			s := r.standing(core, &list[i])
			if r.isJSON() {
				if err := r.json(s); err != nil {
					return err
				}
				continue
			}
			number := "–"
			if s.Number != 0 {
				number = fmt.Sprint(s.Number)
			}
			rows = append(rows, []string{s.ID, s.Status, s.Environment, number, s.left(r.Now()), s.Subject, strings.Join(s.Files, " "), s.Why})
		}
		if r.isJSON() {
			return nil
		}
		switch {
		case len(rows) == 0 && (c.Case != "" || c.Status != "" || c.By != "" || c.Older != ""):
			r.say("No such report.")
			return nil
		case len(rows) == 0:
			r.say("No report yet: a person drafts one on the page of a case.")
			return nil
		}
		return r.table([]string{"id", "status", "environment", "number", "left", "subject", "files", "why"}, rows)
	})
}

func (c reportStatusCommand) list(r *run, core *app.Core) ([]report.Report, error) {
	s := r.reports(core)
	if c.ID == "" {
		f, err := c.filter(r, core)
		if err != nil {
			return nil, err
		}
		list, err := s.List(r.ctx, cliName, f)
		return list, noCase(err, c.Case)
	}
	if c.Case != "" || c.Status != "" || c.By != "" || c.Older != "" {
		return nil, &usageError{"one report by its id is not narrowed: leave --case, --status, --by and --older out"}
	}
	one, err := s.Get(r.ctx, c.ID)
	if errors.Is(err, report.ErrNotFound) {
		return nil, fmt.Errorf("no report %q: haris report status shows them all", c.ID)
	}
	return []report.Report{one}, err
}

// filter reads the flags.
func (c reportStatusCommand) filter(r *run, core *app.Core) (report.Filter, error) {
	f := report.Filter{Case: c.Case, Status: report.Status(c.Status), Older: c.Older, Limit: c.Limit}
	switch {
	case c.Status != "" && !slices.Contains(report.Statuses(), f.Status):
		return f, &usageError{fmt.Sprintf("--status %s: expected one of %v", c.Status, report.Statuses())}
	case c.Limit < 1 || c.Limit > 500:
		return f, &usageError{fmt.Sprintf("--limit %d: expected 1 to 500", c.Limit)}
	}
	if c.Older != "" { // a mistyped id must not read as the end of the list
		if _, err := r.reports(core).Get(r.ctx, c.Older); errors.Is(err, report.ErrNotFound) {
			return f, fmt.Errorf("no report %q: --older expects the id of the last report of the list before", c.Older)
		} else if err != nil {
			return f, err
		}
	}
	if c.By != "" {
		people, err := core.Auth.People(r.ctx) // also those who may no longer sign in: their reports are there
		if err != nil {
			return f, err
		}
		i := slices.IndexFunc(people, func(p auth.Person) bool { return p.Login == auth.NormalLogin(c.By) })
		if i < 0 {
			return f, fmt.Errorf("nobody signs in as %q: haris person list shows everyone", c.By)
		}
		f.Person = people[i].ID
	}
	return f, nil
}
