package cli

import (
	"fmt"
	"strings"
	"time"

	"haris/internal/app"
	"haris/internal/auth"
)

type personCommand struct {
	Create personCreateCommand `cmd:"" help:"Create a person and print the one-time link with which they set a password."`
	Link   personLinkCommand   `cmd:"" help:"Print a new one-time link for a person, who lost the first or forgot the password."`
	List   personListCommand   `cmd:"" help:"List the people who may sign in."`
}

type personCreateCommand struct {
	Login string   `arg:"" help:"Name with which the person signs in."`
	Name  string   `required:"" help:"The person's name, as colleagues know it."`
	Role  []string `required:"" help:"reviewer, lead, legal, admin or auditor; may be given more than once."`
}

// Help is the example.
func (personCreateCommand) Help() string {
	return `Example: haris person create amira --name "Amira Haddad" --role reviewer`
}

// Run creates the person.
func (c personCreateCommand) Run(r *run) error {
	n := auth.NewPerson{Name: c.Name, Login: c.Login}
	for _, word := range c.Role {
		role, ok := auth.ParseRole(word)
		if !ok {
			return &usageError{fmt.Sprintf("--role %s: expected one of %v", word, auth.Roles())}
		}
		n.Roles = append(n.Roles, role)
	}
	return r.withCore(func(core *app.Core) error {
		p, err := core.Auth.CreatePerson(r.ctx, cliName, n)
		if err != nil {
			return err
		}
		return r.printLink(core, p)
	})
}

// cliName is who acts, in the audit log, when a command line does.
const cliName = "cli"

func (r *run) printLink(core *app.Core, p auth.Person) error {
	l, err := core.Auth.CreateLink(r.ctx, cliName, p.ID)
	if err != nil {
		return err
	}
	base := core.Config.PublicURL
	if base == "" {
		base = "http://" + core.Config.Listen
	}
	url := strings.TrimSuffix(base, "/") + "/link?token=" + l.Token
	if r.isJSON() {
		return r.json(struct {
			ID    string    `json:"id"`
			Login string    `json:"login"`
			Link  string    `json:"link"`
			Ends  time.Time `json:"ends"`
		}{p.ID, p.Login, url, l.Ends.UTC()})
	}
	r.say("%s signs in with this link until %s; it works once:", p.Login, moment(l.Ends))
	_, err = fmt.Fprintln(r.Stdout, url)
	return err
}

type personLinkCommand struct {
	Login string `arg:"" help:"Name with which the person signs in."`
}

// Help is the example.
func (personLinkCommand) Help() string { return "Example: haris person link amira" }

// Run makes a link.
func (c personLinkCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		people, err := core.Auth.People(r.ctx)
		if err != nil {
			return err
		}
		for _, p := range people {
			if p.Login == auth.NormalLogin(c.Login) {
				return r.printLink(core, p)
			}
		}
		return fmt.Errorf("nobody signs in as %q: haris person list shows everyone", c.Login)
	})
}

type personListCommand struct{}

// Help is the example.
func (personListCommand) Help() string { return "Example: haris person list" }

// Run lists people.
func (personListCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		people, err := core.Auth.People(r.ctx)
		if err != nil {
			return err
		}
		var rows [][]string
		for i := range people {
			p := &people[i]
			state := "active"
			switch {
			case p.Disabled():
				state = "disabled"
			case !p.HasPassword():
				state = "has not signed in yet"
			}
			if r.isJSON() {
				if err := r.json(struct {
					ID    string      `json:"id"`
					Login string      `json:"login"`
					Name  string      `json:"name"`
					Roles []auth.Role `json:"roles"`
					State string      `json:"state"`
				}{p.ID, p.Login, p.Name, p.Roles, state}); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{p.Login, p.Name, fmt.Sprint(p.Roles), state})
		}
		if r.isJSON() {
			return nil
		}
		if len(rows) == 0 {
			r.say("Nobody yet: haris serve prints a link for the first person.")
			return nil
		}
		return r.table([]string{"login", "name", "roles", "state"}, rows)
	})
}
