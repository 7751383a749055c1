package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"haris/internal/app"
	"haris/internal/backtest"
	"haris/internal/taxonomy"
)

type backtestCommand struct {
	Rules   string `placeholder:"DIR" help:"Directory of other rules; those in force without it."`
	Weights string `placeholder:"FILE" help:"File of other weights; those in force without it."`
	Version int64  `placeholder:"N" help:"Version of the rule book (haris rule book), with its weights; 0 is the files of the installation." default:"-1"`
	Since   string `placeholder:"DATE" help:"Compare only what was concluded from then on, such as 2026-03-01. Everything is folded all the same."`
	Most    int    `default:"20" help:"List at most so many of each kind; 0 lists all. JSON has all."`
}

// Help is the example.
func (backtestCommand) Help() string {
	return "The stored log is folded twice, with the rules and weights in force and with the others, in memory; nothing is stored, and a running haris is not disturbed. " +
		"It ends with 0 when nothing would change, with 3 when something would.\n\n" +
		"Example: haris backtest --rules ./rules-new --weights weights-new.yaml --since 2026-03-01"
}

// errDiffers is the answer of a back-test that found a difference.
const errDiffers = exitError(3)

// Run folds and prints.
func (c backtestCommand) Run(r *run) error {
	if c.Rules == "" && c.Weights == "" && c.Version < 0 {
		return errors.New("nothing to compare with: give --rules, --weights or both, or --version")
	}
	var since time.Time
	if c.Since != "" {
		var err error
		if since, err = readMoment("--since", c.Since); err != nil {
			return err
		}
	}
	return r.withCore(func(core *app.Core) error {
		after, err := c.other(r, core)
		if err != nil {
			return err
		}
		bar := r.steps(int64(core.Log.Next()-1), "events")                                     //nolint:gosec // events are fewer than 2^63
		report, err := core.Backtest(r.ctx, after, since, func(n uint64) { bar.at(int64(n)) }) //nolint:gosec // as above
		bar.end()
		if err != nil {
			return err
		}
		if r.isJSON() {
			err = r.json(report)
		} else {
			err = c.print(r, &report)
		}
		if err == nil && len(report.Gained)+len(report.Lost)+len(report.Raised)+len(report.Lowered) > 0 {
			return errDiffers
		}
		return err
	})
}

// other is what is compared with what is in force.
func (c backtestCommand) other(r *run, core *app.Core) (backtest.Side, error) {
	var now app.InForce
	var err error
	if c.Version >= 0 {
		now, err = core.Version(r.ctx, c.Version)
	} else {
		now, err = core.InForce(r.ctx)
	}
	side := now.Side()
	if err == nil && c.Rules != "" {
		cfg := core.Config
		cfg.Rules.Dir = c.Rules
		side.Rules, err = app.LoadRules(cfg)
	}
	if err == nil && c.Weights != "" {
		side.Policy, err = app.ReadPolicy(c.Weights)
	}
	return side, err
}

func (c backtestCommand) print(r *run, b *backtest.Report) error {
	r.say("%d events, compared from %s to %s.", b.Events, b.From.Format(time.DateOnly), b.To.Format(time.DateOnly))
	rows := [][]string{volumeRow("in force", &b.Before), volumeRow("the others", &b.After)}
	if err := r.table([]string{"", "matters", "a day", "P0", "P1", "P2"}, rows); err != nil {
		return err
	}
	for _, l := range []struct {
		title string
		list  []backtest.Change
	}{
		{"would come before a person, and did not", b.Gained},
		{"came before a person, and would not", b.Lost},
		{"at a higher priority", b.Raised},
		{"at a lower priority", b.Lowered},
	} {
		r.say("%d %s%s.", len(l.list), l.title, findings(l.list))
		if len(l.list) == 0 {
			continue
		}
		var rows [][]string
		for i := range l.list {
			if c.Most > 0 && i == c.Most {
				break
			}
			x := &l.list[i]
			rows = append(rows, []string{x.Subject, string(x.Typology), outcome(&x.Before), outcome(&x.After), string(x.Finding)})
		}
		if err := r.table([]string{"account", "typology", "in force", "the others", "finding"}, rows); err != nil {
			return err
		}
	}
	r.say("%d stay as they are.", b.Same)
	return nil
}

func volumeRow(name string, v *backtest.Volume) []string {
	row := []string{name, strconv.Itoa(v.Matters), fmt.Sprintf("%.1f", v.PerDay)}
	for _, p := range []taxonomy.Priority{taxonomy.P0, taxonomy.P1, taxonomy.P2} {
		row = append(row, strconv.Itoa(v.ByPriority[p.String()]))
	}
	return row
}

// findings counts what people found about a list.
func findings(list []backtest.Change) string {
	n := map[string]int{}
	for i := range list {
		if f := list[i].Finding; f != "" {
			n[string(f)]++
		}
	}
	var out []string
	for _, f := range []string{"confirmed", "cleared"} {
		if n[f] > 0 {
			out = append(out, fmt.Sprintf("%d %s", n[f], f))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return " (people found: " + strings.Join(out, ", ") + ")"
}

func outcome(o *backtest.Outcome) string {
	if o.Priority == taxonomy.PriorityNone {
		return "–"
	}
	return o.Priority.String() + " " + o.By
}
