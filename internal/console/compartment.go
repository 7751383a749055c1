package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"haris/internal/auth"
)

// compartmentView is the page of the compartments.
type compartmentView struct {
	walls  auth.Walls
	people []auth.Person
	names  names
	which  string // id of the compartment whose form came back; "new" for a new one
	form   auth.Compartment
	bad    mistakes
}

// has lists who has a compartment, in the order of their names.
func (p *compartmentView) has(id string) (out []string) {
	for i := range p.people {
		if slices.Contains(p.walls.Held[p.people[i].ID], id) {
			out = append(out, p.people[i].Name)
		}
	}
	slices.Sort(out)
	return out
}

// formOf is what the form of a compartment shows: what is kept, or what was filled in.
func (p *compartmentView) formOf(k *auth.Compartment) auth.Compartment {
	if p.which == k.ID {
		return p.form
	}
	return *k
}

// badOf returns the mistakes of a form of the page.
func (p *compartmentView) badOf(which string) mistakes {
	if p.which == which {
		return p.bad
	}
	return nil
}

// compartments lists the compartments.
func (c *console) compartments(w http.ResponseWriter, r *request) error {
	return c.showCompartments(w, r, http.StatusOK, &compartmentView{form: auth.Compartment{Closed: true}})
}

func (c *console) showCompartments(w http.ResponseWriter, r *request, status int, p *compartmentView) (err error) {
	if p.walls, err = c.Auth.Walls(r.Context()); err != nil {
		return err
	}
	if p.people, err = c.Auth.People(r.Context()); err != nil {
		return err
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	v := c.view(r, "compartments.title")
	v.path = "/compartments"
	return c.render(w, r, status, compartmentPage(v, p))
}

// compartmentAdd makes a compartment.
func (c *console) compartmentAdd(w http.ResponseWriter, r *request) error {
	return c.putCompartment(w, r, "")
}

// compartmentChange changes one.
func (c *console) compartmentChange(w http.ResponseWriter, r *request) error {
	return c.putCompartment(w, r, r.PathValue("id"))
}

func (c *console) putCompartment(w http.ResponseWriter, r *request, id string) error {
	k := auth.Compartment{
		ID: id, Name: text(r, "name"), Closed: text(r, "closed") == "1",
		Queues: strings.Split(text(r, "queues"), "\n"), Labels: strings.Split(text(r, "labels"), "\n"),
	}
	_, err := c.Auth.PutCompartment(r.Context(), r.person.ID, k)
	if bad := mistakesOf(err); bad != nil {
		p := &compartmentView{which: id, form: k, bad: bad}
		if id == "" {
			p.which = "new"
		}
		return c.showCompartments(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	return c.see(w, r, "/compartments")
}

// compartmentRemove takes one away.
func (c *console) compartmentRemove(w http.ResponseWriter, r *request) error {
	if text(r, "confirm") == "" {
		return c.showCompartments(w, r, http.StatusUnprocessableEntity, &compartmentView{which: r.PathValue("id"), bad: mistakes{"confirm": "sure"}, form: c.kept(r)})
	}
	if err := c.Auth.RemoveCompartment(r.Context(), r.person.ID, r.PathValue("id")); err != nil {
		return err
	}
	return c.see(w, r, "/compartments")
}

// kept is the compartment of the address as it is kept; an empty one when it is not there any more.
func (c *console) kept(r *request) auth.Compartment {
	walls, err := c.Auth.Walls(r.Context())
	if err != nil {
		return auth.Compartment{}
	}
	for _, k := range walls.All {
		if k.ID == r.PathValue("id") {
			return k
		}
	}
	return auth.Compartment{}
}

// personCompartments says which compartments somebody has.
func (c *console) personCompartments(w http.ResponseWriter, r *request) error {
	err := c.Auth.SetCompartments(r.Context(), r.person.ID, r.PathValue("id"), r.PostForm["compartment"], text(r, "confined") == "1")
	if errors.Is(err, auth.ErrNotFound) {
		return ErrNotFound
	}
	if err != nil {
		return err
	}
	return c.see(w, r, "/person")
}
