package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/rulebook"
)

type ruleBookCommand struct {
	Limit int `default:"50" help:"List at most so many versions."`
}

// Help is the example.
func (ruleBookCommand) Help() string {
	return "A version is in force when a second person has published it; the newest published one is. Version 0 is the files of the installation.\n\nExample: haris rule book -o json"
}

// versionRow is a version as it is printed.
type versionRow struct {
	N         int64      `json:"version"`
	State     string     `json:"state"`
	InForce   bool       `json:"in_force"`
	Base      int64      `json:"base"`
	Digest    string     `json:"digest"`
	Author    string     `json:"author"`
	Reason    string     `json:"reason"`
	Proposed  time.Time  `json:"proposed_at"`
	DecidedBy string     `json:"decided_by,omitempty"`
	Decision  string     `json:"decision,omitempty"`
	Decided   *time.Time `json:"decided_at,omitempty"`
}

// Run lists the versions.
func (c ruleBookCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		book := core.Book(nil)
		list, err := book.List(r.ctx, rulebook.Filter{Limit: c.Limit})
		if err != nil {
			return err
		}
		now, err := book.InForce(r.ctx)
		if err != nil {
			return err
		}
		logins, err := r.logins(core)
		if err != nil {
			return err
		}
		var rows [][]string
		for i := range list {
			v := &list[i]
			x := versionRow{
				v.N, string(v.State), v.N == now.N, v.Base, v.Digest, logins(v.Author), v.Reason, v.ProposedAt.UTC(), logins(v.DecidedBy), v.Decision, nil,
			}
			if !v.DecidedAt.IsZero() {
				at := v.DecidedAt.UTC()
				x.Decided = &at
			}
			if r.isJSON() {
				if err := r.json(x); err != nil {
					return err
				}
				continue
			}
			mark := ""
			if x.InForce {
				mark = "in force"
			}
			rows = append(rows, []string{strconv.FormatInt(v.N, 10), x.State, mark, moment(v.ProposedAt), x.Author, x.DecidedBy, v.Reason})
		}
		switch {
		case !book.Open:
			r.say("The files of the installation are in force; the book is not in use (rules.console).")
		case now.N == 0:
			r.say("The files of the installation are in force; nothing was published yet.")
		}
		if r.isJSON() {
			return nil
		}
		return r.table([]string{"version", "state", "", "proposed", "by", "decided by", "reason"}, rows)
	})
}

// logins turns the id of a person into what they sign in with; what is no id stays.
func (r *run) logins(core *app.Core) (func(id string) string, error) {
	people, err := core.Auth.People(r.ctx)
	if err != nil {
		return nil, err
	}
	of := map[string]string{}
	for _, p := range people {
		of[p.ID] = p.Login
	}
	return func(id string) string {
		if s, ok := of[id]; ok {
			return s
		}
		return id
	}, nil
}

type ruleExportCommand struct {
	Dir     string `arg:"" help:"Directory, made when it is not there; files of the same names are replaced."`
	Version int64  `default:"-1" placeholder:"N" help:"A version of the rule book instead of what is in force; 0 is the files of the installation."`
}

// Help is the example.
func (ruleExportCommand) Help() string {
	return "Writes the packs, and the weights as weights.yaml when there are any, so that they can be kept in git. haris rule propose reads such a directory.\n\n" +
		"Example: haris rule export ./rules"
}

// Run writes the files.
func (c ruleExportCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		book, n := core.Book(nil), c.Version
		if n < 0 {
			now, err := book.InForce(r.ctx)
			if err != nil {
				return err
			}
			n = now.N
		}
		_, t, err := book.Get(r.ctx, n)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(c.Dir, 0o750); err != nil {
			return err
		}
		for _, f := range t.Files() {
			if f.Text == "" {
				continue
			}
			if err := os.WriteFile(filepath.Join(c.Dir, f.Name), []byte(f.Text), 0o600); err != nil {
				return err
			}
		}
		r.say("Version %d is in %s.", n, c.Dir)
		return nil
	})
}

type ruleProposeCommand struct {
	Dir    string `arg:"" help:"Directory of packs, with the weights in weights.yaml when there are any."`
	Reason string `required:"" help:"Why; it stands in the book."`
	As     string `required:"" help:"Login of the person who proposes it, a lead."`
}

// Help is the example.
func (ruleProposeCommand) Help() string {
	return "What has mistakes or a test vector that fails is not taken. It is in force when another person has published it, on the pages or with haris rule publish.\n\n" +
		`Example: haris rule propose ./rules --reason "gifts below 5 are ordinary here" --as amira`
}

// Run proposes it.
func (c ruleProposeCommand) Run(r *run) error {
	t, err := app.ReadRules(os.DirFS(c.Dir))
	if err != nil {
		return err
	}
	return r.withBook(c.As, auth.RuleEdit, func(ctx context.Context, book *rulebook.Service, who string) error {
		v, err := book.Propose(ctx, who, t, c.Reason)
		if err != nil {
			return err
		}
		r.say("Proposed as version %d. What it would raise: haris backtest --version %d", v.N, v.N)
		return r.versionOut(&v)
	})
}

type rulePublishCommand struct {
	Version int64  `arg:"" help:"Number of a proposed version, as haris rule book lists them."`
	As      string `required:"" help:"Login of the person who publishes it: a lead or an admin, and not who proposed it."`
	Seen    int64  `default:"-1" placeholder:"N" help:"Publish only while version N is in force; 0 is the files."`
	Words   string `help:"What to say about it; it stands in the book."`
}

// Help is the example.
func (rulePublishCommand) Help() string {
	return "A running haris follows within rules.reload.\n\nExample: haris rule publish 7 --as sami"
}

// Run publishes it.
func (c rulePublishCommand) Run(r *run) error {
	return r.withBook(c.As, auth.RulePublish, func(ctx context.Context, book *rulebook.Service, who string) error {
		seen := c.Seen
		if seen < 0 {
			now, err := book.InForce(ctx)
			if err != nil {
				return err
			}
			seen = now.N
		}
		v, err := book.Publish(ctx, who, c.Version, seen, c.Words)
		if err != nil {
			return err
		}
		r.say("Version %d is published.", v.N)
		return r.versionOut(&v)
	})
}

// withBook runs f on the rule book for a person who may do it.
func (r *run) withBook(login string, need auth.Permission, f func(ctx context.Context, book *rulebook.Service, who string) error) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, login, need)
		if err != nil {
			return err
		}
		err = f(r.ctx, core.Book(nil), who.ID)
		switch {
		case errors.Is(err, rulebook.ErrClosed):
			return fmt.Errorf("%w: rules.console is %s here, so the files of rules.dir and rules.weights are in force; set rules.console: true to use the book", err, core.Config.Rules.Console)
		case errors.Is(err, rulebook.ErrDecided), errors.Is(err, rulebook.ErrNotFound):
			return fmt.Errorf("%w: haris rule book lists the versions", err)
		}
		return err
	})
}

func (r *run) versionOut(v *rulebook.Version) error {
	if !r.isJSON() {
		return nil
	}
	return r.json(map[string]any{"version": v.N, "state": v.State, "digest": v.Digest})
}
