package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"haris/internal/app"
	"haris/internal/casefile"
	"haris/internal/detect/external"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

type caseCommand struct {
	List caseListCommand `cmd:"" help:"List cases, most urgent first."`
	Show caseShowCommand `cmd:"" help:"Show one case with its history. The reading is written down."`
}

type caseListCommand struct {
	Status   []string `help:"Only these statuses: open, escalated, second_person, confirmed, cleared (default: all)."`
	Priority string   `help:"At least this priority: P0, P1, P2 or P3."`
	Typology string   `help:"Only this typology."`
	Queue    string   `help:"Only this queue."`
	Subject  string   `help:"Only cases in which this account is a subject or a victim."`
	Limit    int      `default:"0" help:"At most this many; 0 lists all."`
}

// Help is the example.
func (caseListCommand) Help() string {
	return "Example: haris case list --status open --priority P2 -o json"
}

// caseRow is a case as case list prints it.
type caseRow struct {
	ID       string            `json:"id"`
	Subjects []string          `json:"subjects"`
	Victims  []string          `json:"victims,omitempty"`
	Priority taxonomy.Priority `json:"priority"`
	Typology taxonomy.Typology `json:"typology"`
	Queue    string            `json:"queue"`
	Status   casefile.Status   `json:"status"`
	OpenedAt time.Time         `json:"opened_at"`
	RaisedAt time.Time         `json:"raised_at"`
	Labels   []string          `json:"labels,omitempty"`
	Signals  []signalRow       `json:"signals"`
}

type signalRow struct {
	Detector  string          `json:"detector"`
	Family    taxonomy.Family `json:"family"`
	Strength  float64         `json:"strength"`
	Why       string          `json:"why"`
	Unscanned string          `json:"unscanned,omitempty"`
}

func rowOf(c *casefile.Case) caseRow {
	out := caseRow{
		ID: c.ID, Subjects: c.Subjects, Victims: c.Victims, Priority: c.Priority, Typology: c.Typology, Queue: c.Queue, Status: c.Status,
		OpenedAt: c.OpenedAt.UTC(), RaisedAt: c.RaisedAt.UTC(), Labels: c.Labels, Signals: []signalRow{},
	}
	for _, s := range c.Signals {
		out.Signals = append(out.Signals, signalRow{s.Detector, s.Family, s.Strength, app.Explain(s, "en").Why, s.Unscanned})
	}
	return out
}

// filter turns the flags into a filter.
func (c caseListCommand) filter() (casefile.Filter, error) {
	f := casefile.Filter{Typology: taxonomy.Typology(c.Typology), Queue: c.Queue, Subject: c.Subject, Limit: 500}
	if c.Limit > 0 && c.Limit < f.Limit {
		f.Limit = c.Limit
	}
	for _, s := range c.Status {
		switch v := casefile.Status(s); v {
		case casefile.Open, casefile.Escalated, casefile.SecondPerson, casefile.Confirmed, casefile.Cleared, casefile.Merged:
			f.Statuses = append(f.Statuses, v)
		default:
			return f, &usageError{fmt.Sprintf("--status %s: expected open, escalated, second_person, confirmed, cleared or merged", s)}
		}
	}
	if c.Priority != "" {
		p, ok := taxonomy.ParsePriority(strings.ToUpper(c.Priority))
		if !ok {
			return f, &usageError{fmt.Sprintf("--priority %s: expected P0, P1, P2 or P3", c.Priority)}
		}
		f.AtLeast = p
	}
	return f, nil
}

// Run lists cases.
func (c caseListCommand) Run(r *run) error {
	f, err := c.filter()
	if err != nil {
		return err
	}
	return r.withCore(func(core *app.Core) error {
		list, err := r.cases(core, f, c.Limit)
		if err != nil {
			return err
		}
		if r.isJSON() {
			for i := range list {
				if err := r.json(rowOf(&list[i])); err != nil {
					return err
				}
			}
			return nil
		}
		if len(list) == 0 {
			r.say("No case matches.")
			return nil
		}
		var rows [][]string
		for i := range list {
			k := &list[i]
			rows = append(rows, []string{k.ID, k.Priority.String(), string(k.Typology), string(k.Status), k.Subject, fmt.Sprint(len(k.Victims)), moment(k.RaisedAt)})
		}
		return r.table([]string{"id", "priority", "typology", "status", "subject", "victims", "raised"}, rows)
	})
}

func (r *run) cases(core *app.Core, f casefile.Filter, limit int) (out []casefile.Case, err error) {
	for {
		var page []casefile.Case
		var next string
		err := core.DB.Read(r.ctx, func(tx *store.Tx) error {
			page, next, err = tx.Cases().List(r.ctx, f)
			return err
		})
		if err != nil {
			return nil, err
		}
		out = append(out, page...)
		if limit > 0 && len(out) >= limit {
			return out[:limit], nil
		}
		if f.Cursor = next; next == "" {
			return out, nil
		}
	}
}

type caseShowCommand struct {
	ID string `arg:"" help:"Id of the case."`
	As string `default:"cli" help:"Name under which the reading stands in the audit log."`
}

// Help is the example.
func (caseShowCommand) Help() string { return "Example: haris case show 01jxyz… --as amira" }

// Run shows one case.
func (c caseShowCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		if err := r.named(core, c.As); err != nil {
			return err
		}
		k, history, err := core.Review().View(r.ctx, c.As, c.ID)
		if errors.Is(err, casefile.ErrNotFound) {
			return fmt.Errorf("no case %q: haris case list shows them all", c.ID)
		}
		if err != nil {
			return err
		}
		if r.isJSON() {
			return r.json(struct {
				caseRow
				Reasons     []string              `json:"reasons"`
				Disposition *casefile.Disposition `json:"disposition,omitempty"`
				History     []casefile.Event      `json:"history"`
			}{rowOf(&k), k.Reasons, k.Disposal, history})
		}
		return r.printCase(&k, history)
	})
}

func (r *run) printCase(k *casefile.Case, history []casefile.Event) error {
	fmt.Fprintf(r.Stdout, "%s  %s  %s  %s\n", k.ID, k.Priority, k.Typology, k.Status)
	fmt.Fprintf(r.Stdout, "subjects  %s\n", strings.Join(k.Subjects, ", "))
	if len(k.Victims) > 0 {
		fmt.Fprintf(r.Stdout, "victims   %s\n", strings.Join(k.Victims, ", "))
	}
	fmt.Fprintf(r.Stdout, "raised    %s (event time)\ndeadline  %s\n\n", moment(k.RaisedAt), moment(k.Deadline))
	for _, s := range k.Signals {
		e := app.Explain(s, "en")
		fmt.Fprintf(r.Stdout, "%s, %s, strength %.1f\n  %s\n", s.Detector, s.Family, s.Strength, e.Why)
		for i := range s.Quoted {
			if s.Unscanned == "" {
				fmt.Fprintf(r.Stdout, "  - %s\n", external.Tell(&s.Quoted[i], "en"))
			}
		}
		if e.Counterfactual != "" {
			fmt.Fprintf(r.Stdout, "  %s\n", e.Counterfactual)
		}
	}
	fmt.Fprintln(r.Stdout)
	for _, e := range history {
		fmt.Fprintf(r.Stdout, "%3d  %s  %-16s %s\n", e.N, moment(e.At), e.Kind, e.Who)
	}
	return nil
}
