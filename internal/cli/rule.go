package cli

import (
	"errors"
	"fmt"
	"os"

	"haris/internal/app"
	"haris/internal/config"
	"haris/internal/rule"
)

type ruleCommand struct {
	Check ruleCheckCommand `cmd:"" help:"Check the rules: form, types, names, costs."`
	Test  ruleTestCommand  `cmd:"" help:"Run the test vectors of every rule."`
	List  ruleListCommand  `cmd:"" help:"List the rules."`
}

// ruleDir is the directory that a rule command looks at.
type ruleDir struct {
	Dir string `arg:"" optional:"" help:"Directory of packs; default: those of the configuration."`
}

func (d ruleDir) load(r *run) (*rule.Set, config.Config, error) {
	cfg, err := r.config()
	if err != nil {
		return nil, cfg, err
	}
	if d.Dir != "" {
		if _, err := os.Stat(d.Dir); err != nil {
			return nil, cfg, err
		}
		cfg.Rules.Dir = d.Dir
	}
	set, err := rule.Load(app.RuleFiles(cfg), rule.Options{})
	return set, cfg, err
}

type ruleCheckCommand struct{ ruleDir }

// Help is the example.
func (ruleCheckCommand) Help() string { return "Example: haris rule check ./my-rules" }

// Run checks and prints every problem.
func (c ruleCheckCommand) Run(r *run) error {
	set, _, err := c.load(r)
	var problems *rule.Problems
	if errors.As(err, &problems) {
		if r.isJSON() {
			for _, p := range problems.List {
				if err := r.json(p); err != nil {
					return err
				}
			}
			return errNo
		}
		fmt.Fprintln(r.Stdout, problems.Error())
		return errNo
	}
	if err != nil {
		return err
	}
	r.say("%d rules in %d packs are well.", len(set.Rules()), len(set.Packs()))
	return nil
}

type ruleTestCommand struct{ ruleDir }

// Help is the example.
func (ruleTestCommand) Help() string { return "Example: haris rule test ./my-rules -o json" }

// Run runs the vectors; one that fails makes the exit code 1.
func (c ruleTestCommand) Run(r *run) error {
	set, _, err := c.load(r)
	if err != nil {
		return err
	}
	bad, all := 0, 0
	for _, v := range rule.Test(set) {
		all++
		if !v.OK {
			bad++
		}
		switch {
		case r.isJSON():
			if err := r.json(v); err != nil {
				return err
			}
		case !v.OK:
			fmt.Fprintf(r.Stdout, "FAIL %s: %s (%s:%d): %s\n", v.Rule, v.Name, v.File, v.Line, v.Detail)
		case r.Verbose:
			fmt.Fprintf(r.Stdout, "ok   %s: %s\n", v.Rule, v.Name)
		}
	}
	r.say("%d of %d test vectors passed.", all-bad, all)
	if bad > 0 {
		return errNo
	}
	return nil
}

type ruleListCommand struct{ ruleDir }

// Help is the example.
func (ruleListCommand) Help() string { return "Example: haris rule list -o json" }

// Run lists the rules.
func (c ruleListCommand) Run(r *run) error {
	set, _, err := c.load(r)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, i := range set.Rules() {
		if r.isJSON() {
			if err := r.json(struct {
				ID      string `json:"id"`
				Title   string `json:"title"`
				Pack    string `json:"pack"`
				Version int    `json:"version"`
				Mode    string `json:"mode"`
				On      any    `json:"on"`
				Tests   int    `json:"tests"`
			}{i.ID, i.Title, i.Pack, i.Version, string(i.Mode), i.On, i.Tests}); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{i.ID, string(i.Mode), fmt.Sprintf("%s %d", i.Pack, i.Version), fmt.Sprint(i.Tests), i.Title})
	}
	if r.isJSON() {
		return nil
	}
	return r.table([]string{"id", "mode", "pack", "tests", "title"}, rows)
}
