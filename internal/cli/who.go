package cli

import (
	"fmt"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/casefile"
)

// someone finds who acts, by login, and whether they may.
func (r *run) someone(core *app.Core, login string, need auth.Permission) (auth.Person, error) {
	people, err := core.Auth.People(r.ctx)
	if err != nil {
		return auth.Person{}, err
	}
	for _, p := range people {
		switch {
		case p.Login != auth.NormalLogin(login):
		case p.Disabled() || !p.Can(need):
			return auth.Person{}, fmt.Errorf("%s may not do this: it needs a role with %s (haris person list shows the roles)", p.Login, need)
		default:
			return p, r.under(core, &p)
		}
	}
	return auth.Person{}, fmt.Errorf("nobody signs in as %q: haris person list shows everyone", login)
}

// under lets what follows see no more cases than the person does on the pages.
func (r *run) under(core *app.Core, p *auth.Person) error {
	scope, err := core.Auth.Scope(r.ctx, p.ID)
	r.ctx = casefile.Under(r.ctx, scope)
	return err
}

// named is under for a name that need not be anybody's login.
func (r *run) named(core *app.Core, login string) error {
	people, err := core.Auth.People(r.ctx)
	if err != nil {
		return err
	}
	for i := range people {
		if people[i].Login == auth.NormalLogin(login) {
			return r.under(core, &people[i])
		}
	}
	return nil
}
