package console

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"haris/internal/auth"
	"haris/internal/exposure"
)

// guardView is what is set about how much people are shown, and the forms that set it.
type guardView struct {
	bounds []exposure.Bound
	rests  []exposure.Rest
	people []auth.Person // who can be shown something, without who looks at the page
	form   caseForm
}

// fillGuards gathers what is set. What somebody set for themselves is for those alone who set limits for others.
func (c *console) fillGuards(ctx context.Context, r *request, p *guardView) (err error) {
	bounds, rests, err := c.Exposure.Guarded(ctx, "")
	if err != nil {
		return err
	}
	lead := r.person.Can(auth.ExposureLimit)
	for _, b := range bounds {
		if lead || !b.Own {
			p.bounds = append(p.bounds, b)
		}
	}
	p.rests = rests
	if !lead {
		return nil
	}
	people, err := c.Auth.People(ctx)
	for i := range people {
		if x := &people[i]; x.ID != r.person.ID && !x.Disabled() && x.Can(auth.EvidenceView) {
			p.people = append(p.people, *x)
		}
	}
	return err
}

// guarded is the form of a limit or a rest as it came.
func guardedForm(r *request, which string, bad mistakes) caseForm {
	return caseForm{which: which, bad: bad, values: r.PostForm}
}

// readCount reads a whole number that may be left out, which means 0.
func readCount(r *request, bad mistakes, field string, most int) int {
	s := text(r, field)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		bad[field] = "number"
	} else if n > most {
		bad[field] = "limit_high"
	}
	return n
}

// setLimit sets a limit as the form says it. What is wrong with the form comes back as mistakes.
func (c *console) setLimit(r *request, who string) error {
	bad := mistakes{}
	b := exposure.Bound{Who: who, By: r.person.ID, Why: text(r, "why")}
	b.Items = readCount(r, bad, "items", exposure.MaxItems)
	b.Time = time.Duration(readCount(r, bad, "minutes", exposure.MaxMinutes)) * time.Minute
	if who != r.person.ID {
		_, err := required(r, "why")
		for f, m := range mistakesOf(err) {
			bad[f] = m
		}
	}
	if len(bad) > 0 {
		return bad
	}
	err := c.Exposure.SetLimit(r.Context(), b)
	field := "items"
	if most := c.Exposure.Limits.Items; most == 0 || b.Items <= most {
		field = "minutes"
	}
	switch {
	case errors.Is(err, exposure.ErrAbove):
		return mistakes{field: "limit_above"}
	case errors.Is(err, exposure.ErrRaise):
		return mistakes{"items": "limit_raise"}
	}
	return err
}

// setRest sets a rest as the form says it, to the end of its last day in UTC.
func (c *console) setRest(r *request, who string) error {
	bad := mistakes{}
	var last time.Time
	readDays(r, bad, map[string]*time.Time{"until": &last})
	if last.IsZero() && bad["until"] == "" {
		bad["until"] = "required"
	}
	why, err := required(r, "why")
	for f, m := range mistakesOf(err) {
		bad[f] = m
	}
	if len(bad) > 0 {
		return bad
	}
	err = c.Exposure.SetRest(r.Context(), exposure.Rest{Who: who, By: r.person.ID, Why: why, Until: last.AddDate(0, 0, 1)})
	if errors.Is(err, exposure.ErrUntil) {
		return mistakes{"until": "rest_until"}
	}
	return err
}

// chosenPerson is the person whom a form of the page of exposure names: somebody else who can be shown something.
func (c *console) chosenPerson(r *request) (string, error) {
	p := guardView{}
	if err := c.fillGuards(r.Context(), r, &p); err != nil {
		return "", err
	}
	who := text(r, "who")
	for i := range p.people {
		if p.people[i].ID == who {
			return who, nil
		}
	}
	return "", mistakes{"who": "choose"}
}

// exposureLimit sets the limit of the team, or of somebody else.
func (c *console) exposureLimit(w http.ResponseWriter, r *request) error {
	who, err := "", error(nil)
	if text(r, "who") != "team" {
		who, err = c.chosenPerson(r)
	}
	if err == nil {
		err = c.setLimit(r, who)
	}
	return c.exposureDone(w, r, "limit", err)
}

// exposureRest takes somebody else off what is clear.
func (c *console) exposureRest(w http.ResponseWriter, r *request) error {
	who, err := c.chosenPerson(r)
	if err == nil {
		err = c.setRest(r, who)
	}
	return c.exposureDone(w, r, "rest", err)
}

func (c *console) exposureDone(w http.ResponseWriter, r *request, which string, err error) error {
	if bad := mistakesOf(err); bad != nil {
		return c.showExposures(w, r, http.StatusUnprocessableEntity, exposureView{guards: guardView{form: guardedForm(r, which, bad)}})
	}
	if err != nil {
		return err
	}
	return c.see(w, r, "/exposure")
}

// exposureReturn ends the rest that a lead set for somebody else.
func (c *console) exposureReturn(w http.ResponseWriter, r *request) error {
	who := r.PathValue("person")
	if who == r.person.ID { // one's own is ended where it is taken
		return exposure.ErrNoRest
	}
	if err := c.Exposure.EndRest(r.Context(), who, r.person.ID); err != nil {
		return err
	}
	return c.see(w, r, "/exposure")
}

// ownGuards is what counts for a person, on the page about themselves.
type ownGuards struct {
	day   exposure.Day
	own   exposure.Bound // what they set themselves; empty when nothing
	rests []exposure.Rest
	form  caseForm
}

func (c *console) fillOwn(ctx context.Context, r *request, p *ownGuards) error {
	if !r.person.Can(auth.EvidenceView) {
		return nil
	}
	bounds, rests, err := c.Exposure.Guarded(ctx, r.person.ID)
	if err != nil {
		return err
	}
	p.rests = rests
	for _, b := range bounds {
		if b.Own {
			p.own = b
		}
	}
	p.day, err = c.Exposure.Today(ctx, r.person.ID)
	return err
}

// written is what stands in a field for a limit.
func (p *ownGuards) written(field string) string {
	n := p.own.Items
	if field == "minutes" {
		n = minutes(p.own.Time)
	}
	switch {
	case p.form.which == "limit":
		return p.form.was("limit", field)
	case n == 0:
		return ""
	}
	return strconv.Itoa(n)
}

// meLimit sets a limit for oneself.
func (c *console) meLimit(w http.ResponseWriter, r *request) error {
	return c.meGuarded(w, r, "limit", c.setLimit(r, r.person.ID))
}

// meRest takes oneself off what is clear.
func (c *console) meRest(w http.ResponseWriter, r *request) error {
	return c.meGuarded(w, r, "rest", c.setRest(r, r.person.ID))
}

// meReturn ends the rest that one took oneself.
func (c *console) meReturn(w http.ResponseWriter, r *request) error {
	return c.meGuarded(w, r, "return", c.Exposure.EndRest(r.Context(), r.person.ID, r.person.ID))
}

func (c *console) meGuarded(w http.ResponseWriter, r *request, which string, err error) error {
	if bad := mistakesOf(err); bad != nil {
		return c.showMe(w, r, http.StatusUnprocessableEntity, meView{guards: ownGuards{form: guardedForm(r, which, bad)}})
	}
	if err != nil {
		return err
	}
	place := "guards"
	if which == "rotation" {
		place = "rota"
	}
	return c.see(w, r, "/me#"+place)
}
