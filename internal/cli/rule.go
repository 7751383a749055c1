package cli

import (
	"cmp"
	"fmt"
	"os"

	"haris/internal/app"
	"haris/internal/rule"
	"haris/internal/rulebook"
)

type ruleCommand struct {
	Check ruleCheckCommand `cmd:"" help:"Check the rules: form, types, names, costs."`
	Test  ruleTestCommand  `cmd:"" help:"Run the test vectors of every rule."`
	List  ruleListCommand  `cmd:"" help:"List the rules."`

	Book    ruleBookCommand    `cmd:"" help:"List the versions of the rule book, and which is in force."`
	Export  ruleExportCommand  `cmd:"" help:"Write the rules and weights in force as files."`
	Propose ruleProposeCommand `cmd:"" help:"Propose a directory as the next version of the rule book."`
	Publish rulePublishCommand `cmd:"" help:"Publish a proposed version: the second person."`
}

// ruleDir is what a rule command looks at.
type ruleDir struct {
	Dir string `arg:"" optional:"" help:"Directory of packs, with weights.yaml when there are any; default: what is in force."`
}

// load reads it and says what it is.
func (d ruleDir) load(r *run) (rulebook.Judgement, error) {
	t, what, err := d.text(r)
	if err != nil {
		return rulebook.Judgement{}, err
	}
	r.say("Looking at %s.", what)
	return app.Judge(t), nil
}

func (d ruleDir) text(r *run) (t rulebook.Text, what string, err error) {
	cfg, err := r.config()
	if err != nil {
		return t, "", err
	}
	switch {
	case d.Dir != "":
		if t, err = app.ReadRules(os.DirFS(d.Dir)); err != nil {
			return t, "", fmt.Errorf("%s: %w", d.Dir, err)
		}
		return t, d.Dir, nil
	case cfg.Rules.Book() && app.Dir(cfg.DataDir).Exists():
		err := r.withCore(func(core *app.Core) error {
			now, err := core.Book(nil).InForce(r.ctx)
			if err == nil && now.N > 0 {
				what = fmt.Sprintf("version %d of the rule book", now.N)
				_, t, err = core.Book(nil).Get(r.ctx, now.N)
			}
			return err
		})
		if err != nil || what != "" {
			return t, what, err
		}
	}
	what = cmp.Or(cfg.Rules.Dir, "the rules inside the program")
	if cfg.Rules.Weights != "" {
		what += " and " + cfg.Rules.Weights
	}
	t, err = app.RuleText(cfg)
	return t, what, err
}

// set is load for commands that need rules without problems.
func (d ruleDir) set(r *run) (rulebook.Judgement, error) {
	j, err := d.load(r)
	if err == nil && len(j.Problems) > 0 {
		err = &rule.Problems{List: j.Problems}
	}
	return j, err
}

type ruleCheckCommand struct{ ruleDir }

// Help is the example.
func (ruleCheckCommand) Help() string {
	return "The weights of weights.yaml are checked, too.\n\nExample: haris rule check ./my-rules"
}

// Run checks and prints every problem.
func (c ruleCheckCommand) Run(r *run) error {
	j, err := c.load(r)
	if err != nil {
		return err
	}
	if len(j.Problems) == 0 {
		r.say("%d rules in %d packs are well.", len(j.Rules.Rules()), len(j.Rules.Packs()))
		return nil
	}
	if !r.isJSON() {
		fmt.Fprintln(r.Stdout, (&rule.Problems{List: j.Problems}).Error())
		return errNo
	}
	for _, p := range j.Problems {
		if err := r.json(p); err != nil {
			return err
		}
	}
	return errNo
}

type ruleTestCommand struct{ ruleDir }

// Help is the example.
func (ruleTestCommand) Help() string { return "Example: haris rule test ./my-rules -o json" }

// Run runs the vectors; one that fails makes the exit code 1.
func (c ruleTestCommand) Run(r *run) error {
	j, err := c.set(r)
	if err != nil {
		return err
	}
	bad, all := 0, 0
	for _, v := range j.Vectors {
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
	j, err := c.set(r)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, i := range j.Rules.Rules() {
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
