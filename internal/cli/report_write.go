package cli

import (
	"errors"
	"fmt"
	"strings"

	"haris/cybertip"
	"haris/internal/app"
	"haris/internal/report"
)

type reportCheckCommand struct {
	ID string `arg:"" help:"Id of the report."`
	As string `required:"" help:"Login of the person who reads it; the reading is written down."`
}

// Help is the example.
func (reportCheckCommand) Help() string {
	return "What an officer would miss, most useful first, with the reason of each gap; what NCMEC would say; and names in the narrative that are nearly\n" +
		"those of the case. Exit code 1 when it cannot be submitted as it is.\n\nExample: haris report check 01jxyz… --as amira"
}

// reportCheck is what is said of a draft.
type reportCheck struct {
	report.Completeness
	Findings []cybertip.Finding `json:"findings"`
	Slips    []report.Slip      `json:"slips"`
	Prompts  []report.Prompt    `json:"prompts"`
}

// Run says what is missing.
func (c reportCheckCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.person(core, c.As)
		if err != nil {
			return err
		}
		v, err := r.reports(core).View(r.ctx, who.ID, c.ID)
		if err != nil {
			return noReport(c.ID, err)
		}
		out := reportCheck{v.Completeness, v.Findings, report.Slips(v.Report.Draft), report.Prompts(v.Report.Draft)}
		if err := r.tell(out); err != nil {
			return err
		}
		if n := len(report.Blocking(v.Items)) + len(cybertip.Blocking(v.Findings)); n > 0 {
			return fmt.Errorf("the report cannot be submitted as it is: %d things are missing or would be refused", n)
		}
		return nil
	})
}

// tell prints a check.
func (r *run) tell(c reportCheck) error {
	if r.isJSON() {
		return r.json(c)
	}
	var rows [][]string
	for _, i := range c.Items {
		gap := strings.ReplaceAll(string(i.Gap), "_", " ")
		if i.Held > 0 {
			gap += fmt.Sprintf(" (%d)", i.Held)
		}
		if len(i.Lacks) > 0 {
			gap += ": " + strings.Join(i.Lacks, ", ")
		}
		rows = append(rows, []string{i.Key, string(i.State), gap})
	}
	if err := r.table([]string{"what", "state", "gap"}, rows); err != nil {
		return err
	}
	for _, f := range c.Findings {
		r.say("%s: %s %s", f.Path, f.Message, f.Fix)
	}
	for _, s := range c.Slips {
		r.say("%q is nearly the name %q of account %s", s.Word, s.Name, s.Account)
	}
	r.say("score %d of 100", c.Score)
	return nil
}

type reportDiffCommand struct {
	ID   string `arg:"" help:"Id of the report."`
	As   string `required:"" help:"Login of the person who reads it; the reading is written down."`
	From int    `help:"Number of the older version, as the history has it; without it the one before the newer."`
	To   int    `help:"Number of the newer version; without it the newest."`
}

// Help is the example.
func (reportDiffCommand) Help() string {
	return "What has changed between two saved versions of a draft.\n\nExample: haris report diff 01jxyz… --as amira --from 2 --to 5"
}

// Run lists the differences.
func (c reportDiffCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.person(core, c.As)
		if err != nil {
			return err
		}
		d, err := r.reports(core).Compare(r.ctx, who.ID, c.ID, c.From, c.To)
		if err != nil {
			return noReport(c.ID, err)
		}
		if r.isJSON() {
			return r.json(d)
		}
		for _, x := range d.Changes {
			r.say("%s", strings.Join(strings.Fields(x.Part+" "+x.Of+" "+x.Field), " "))
			if x.Old != "" {
				fmt.Fprintf(r.Stdout, "- %s\n", strings.ReplaceAll(x.Old, "\n", "\n  "))
			}
			if x.New != "" {
				fmt.Fprintf(r.Stdout, "+ %s\n", strings.ReplaceAll(x.New, "\n", "\n  "))
			}
		}
		r.say("%d changes from version %d to version %d", len(d.Changes), d.From.N, d.To.N)
		return nil
	})
}

type reportDryRunCommand struct {
	ID string `arg:"" help:"Id of the report."`
	As string `required:"" help:"Login of the person who asks for it; it stands in the audit log, and in the custody of each file."`
}

// Help is the example.
func (reportDryRunCommand) Help() string {
	return "Files exactly what the preview shows against the strict stand-in for NCMEC inside of this process: every document is checked by it and every\n" +
		"file is read to its end. Nothing leaves this machine and nothing is filed. Exit code 1 when it would not go through.\n\n" +
		"Example: haris report dry-run 01jxyz… --as amira"
}

// Run makes the dry run.
func (c reportDryRunCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.person(core, c.As)
		if err != nil {
			return err
		}
		d, err := r.reports(core).DryRun(r.ctx, who.ID, c.ID)
		if err != nil {
			return noReport(c.ID, err)
		}
		if r.isJSON() {
			if err := r.json(d); err != nil {
				return err
			}
		} else {
			var rows [][]string
			for _, x := range d.Calls {
				rows = append(rows, []string{string(x.Endpoint), fmt.Sprint(int(x.Code)), fmt.Sprint(x.Bytes)})
			}
			if err := r.table([]string{"call", "code", "bytes"}, rows); err != nil {
				return err
			}
			for _, f := range d.Findings {
				r.say("%s: %s %s", f.Path, f.Message, f.Fix)
			}
		}
		if !d.Accepted {
			return fmt.Errorf("it would not go through: %s", d.Error)
		}
		r.say("It would go through. Nothing was sent.")
		return nil
	})
}

type reportApproveCommand struct {
	ID     string `arg:"" help:"Id of the report."`
	As     string `required:"" help:"Login of the second person; it stands in the history and in the audit log."`
	SHA256 string `required:"" name:"sha256" help:"Digest of what was read with report show."`
	Refuse string `placeholder:"TEXT" help:"Do not approve it, and say why."`
}

// Help is the example.
func (reportApproveCommand) Help() string {
	return "A second person, who has not written on the report and does not submit it, has read exactly these documents. Any later save voids it.\n\n" +
		"Example: haris report approve 01jxyz… --as lina --sha256 9f86d0…"
}

// Run notes the second person's word.
func (c reportApproveCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.person(core, c.As)
		if err != nil {
			return err
		}
		s := r.reports(core)
		now, err := s.Get(r.ctx, c.ID)
		if err != nil {
			return noReport(c.ID, err)
		}
		v := report.Review{Act: report.Act{Who: who.ID, Report: c.ID, Seen: now.Events}, SHA256: c.SHA256, Why: c.Refuse}
		act, word := s.Approve, "Approved"
		if c.Refuse != "" {
			act, word = s.Disapprove, "Not approved"
		}
		done, err := act(r.ctx, v)
		if errors.Is(err, report.ErrStale) {
			return fmt.Errorf("%w: read it again with haris report show", err)
		}
		if err != nil {
			return err
		}
		if r.isJSON() {
			return r.json(statusOf(&done))
		}
		r.say("%s.", word)
		return nil
	})
}
