package console

import (
	"net/http"
	"net/url"

	"haris/internal/access"
	"haris/internal/auth"
)

// personView is the page of the people.
type personView struct {
	people []auth.Person
	bad    mistakes
	form   auth.NewPerson
	link   *newLink
	stand  map[string]auth.Standing
	walls  auth.Walls
	due    access.Due // when who may see what is to be reviewed next
}

// newLink is a sign-in link that is shown this once.
type newLink struct {
	name, url string
	auth.NewLink
}

// people lists everyone.
func (c *console) people(w http.ResponseWriter, r *request) error {
	return c.showPeople(w, r, http.StatusOK, personView{})
}

func (c *console) showPeople(w http.ResponseWriter, r *request, status int, p personView) (err error) {
	if p.people, err = c.Auth.People(r.Context()); err != nil {
		return err
	}
	if p.stand, err = c.Auth.Standings(r.Context()); err != nil {
		return err
	}
	if p.walls, err = c.Auth.Walls(r.Context()); err != nil {
		return err
	}
	if _, p.due, err = c.Auth.AccessReviews(r.Context()); err != nil {
		return err
	}
	return c.render(w, r, status, personPage(c.view(r, "people.title"), p))
}

// personCreate adds somebody and shows their link.
func (c *console) personCreate(w http.ResponseWriter, r *request) error {
	if c.words[text(r, "lang")] == nil {
		return errForm
	}
	n := auth.NewPerson{Name: text(r, "name"), Login: text(r, "login"), Lang: text(r, "lang"), Roles: rolesOf(r)}
	p, err := c.Auth.CreatePerson(r.Context(), r.person.ID, n)
	if bad := mistakesOf(err); bad != nil {
		return c.showPeople(w, r, http.StatusUnprocessableEntity, personView{bad: bad, form: n})
	}
	if err != nil {
		return err
	}
	return c.showLink(w, r, p.ID)
}

// personLink makes a new link for somebody who cannot sign in.
func (c *console) personLink(w http.ResponseWriter, r *request) error {
	return c.showLink(w, r, r.PathValue("id"))
}

// showLink answers with the link itself: it is kept nowhere, so there is no page to send the browser to.
func (c *console) showLink(w http.ResponseWriter, r *request, person string) error {
	l, err := c.Auth.CreateLink(r.Context(), r.person.ID, person)
	if err != nil {
		return err
	}
	scheme := "http"
	if c.secure(r.Request) {
		scheme = "https"
	}
	u := url.URL{Scheme: scheme, Host: r.Host, Path: "/link", RawQuery: url.Values{"token": {l.Token}}.Encode()}
	return c.showPeople(w, r, http.StatusOK, personView{link: &newLink{name: l.Person.Name, url: u.String(), NewLink: l}})
}

// personRoles replaces a person's roles.
func (c *console) personRoles(w http.ResponseWriter, r *request) error {
	err := c.Auth.SetRoles(r.Context(), r.person.ID, r.PathValue("id"), rolesOf(r))
	if bad := mistakesOf(err); bad != nil {
		return errForm
	}
	if err != nil {
		return err
	}
	return c.see(w, r, "/person")
}

// personFactorReset takes away the second factor of somebody who has lost it.
func (c *console) personFactorReset(w http.ResponseWriter, r *request) error {
	if err := c.Auth.RemoveFactor(r.Context(), r.person.ID, r.PathValue("id")); err != nil {
		return err
	}
	return c.see(w, r, "/person")
}

// personDisable shuts somebody out.
func (c *console) personDisable(w http.ResponseWriter, r *request) error {
	if err := c.Auth.Disable(r.Context(), r.person.ID, r.PathValue("id")); err != nil {
		return err
	}
	return c.see(w, r, "/person")
}

// personEnable lets somebody in again.
func (c *console) personEnable(w http.ResponseWriter, r *request) error {
	if err := c.Auth.Enable(r.Context(), r.person.ID, r.PathValue("id")); err != nil {
		return err
	}
	return c.see(w, r, "/person")
}

func rolesOf(r *request) (out []auth.Role) {
	for _, s := range r.PostForm["role"] {
		out = append(out, auth.Role(s))
	}
	return out
}
