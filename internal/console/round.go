package console

import (
	"net/http"
	"net/url"
	"slices"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/review"
)

// roundView is somebody's round, with the forms that change it.
type roundView struct {
	person auth.Person
	own    bool // of who looks
	at     string
	turns  []roundTurn
	others []casefile.Queue // that the person works, outside of the round
}

// roundTurn is one queue of a round.
type roundTurn struct {
	casefile.Queue
	// works says that the person still works it; who no longer does is not given its cases.
	works bool
	// known says that who looks may know its name.
	known bool
}

// works reports whether a person is given cases of a queue.
func works(q *casefile.Queue, p *auth.Person, s *casefile.Scope) bool {
	return q.WorkedBy(p.ID, roleNames(p)) && !s.Bars(&q.Narrow)
}

// workedRound returns those queues of the person's round of which they are given cases.
func (c *console) workedRound(r *request) ([]casefile.Queue, error) {
	list, err := c.Queues.Round(r.Context(), r.person.ID)
	return slices.DeleteFunc(list, func(q casefile.Queue) bool { return !works(&q, &r.person, &r.scope) }), err
}

// roundOf gathers the round of a person; at is where its forms go.
func (c *console) roundOf(r *request, p *auth.Person, s *casefile.Scope, at string) (*roundView, error) {
	v := &roundView{person: *p, own: p.ID == r.person.ID, at: at}
	list, err := c.Queues.Round(r.Context(), p.ID)
	if err != nil {
		return nil, err
	}
	in := map[string]bool{}
	for _, q := range list {
		in[q.ID] = true
		v.turns = append(v.turns, roundTurn{Queue: q, works: works(&q, p, s), known: q.Shared || q.Owner == r.person.ID})
	}
	all, err := c.Queues.Queues(r.Context(), p.ID, roleNames(p))
	for _, q := range all {
		if !in[q.ID] && works(&q, p, s) && (q.Shared || v.own) {
			v.others = append(v.others, q)
		}
	}
	return v, err
}

// step takes the step that the pressed button names in the round of a person.
func (c *console) step(r *request, p *auth.Person) error {
	for _, s := range []casefile.Step{casefile.StepIn, casefile.StepOut, casefile.StepUp, casefile.StepDown} {
		if id := text(r, string(s)); id != "" {
			return c.Queues.ChangeRound(r.Context(), r.person.ID, review.Turn{Person: p.ID, Roles: roleNames(p), Queue: id, Step: s})
		}
	}
	return errForm
}

// roundChange changes the person's own round.
func (c *console) roundChange(w http.ResponseWriter, r *request) error {
	if err := c.step(r, &r.person); err != nil {
		return err
	}
	return c.see(w, r, "/queues#round")
}

// worker is the person of the address, who may take cases.
func (c *console) worker(r *request) (auth.Person, error) {
	people, err := c.Auth.People(r.Context())
	if err != nil {
		return auth.Person{}, err
	}
	for i := range people {
		if p := &people[i]; p.ID == r.PathValue("id") && p.Can(auth.CaseClaim) {
			return *p, nil
		}
	}
	return auth.Person{}, ErrNotFound
}

// personRound shows a lead the round of somebody.
func (c *console) personRound(w http.ResponseWriter, r *request) error {
	p, err := c.worker(r)
	if err != nil {
		return err
	}
	s, err := c.Auth.Scope(r.Context(), p.ID)
	if err != nil {
		return err
	}
	v, err := c.roundOf(r, &p, &s, "/person/"+p.ID+"/round")
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, personRoundPage(c.view(r, "round.title"), v))
}

// personRoundChange changes the round of somebody.
func (c *console) personRoundChange(w http.ResponseWriter, r *request) error {
	p, err := c.worker(r)
	if err == nil {
		err = c.step(r, &p)
	}
	if err != nil {
		return err
	}
	return c.see(w, r, "/person/"+url.PathEscape(p.ID)+"/round")
}

// queuePeopleView is the page on which a lead says who works a shared queue.
type queuePeopleView struct {
	casefile.Queue
	people []auth.Person // who could, and who is named
}

// queuePeople shows who works a shared queue.
func (c *console) queuePeople(w http.ResponseWriter, r *request) error {
	q, people, err := c.sharedQueue(r)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, queuePeoplePage(c.view(r, "queues.people"), &queuePeopleView{q, people}))
}

// queuePeopleSet names the people who work a shared queue.
func (c *console) queuePeopleSet(w http.ResponseWriter, r *request) error {
	q, people, err := c.sharedQueue(r)
	if err != nil {
		return err
	}
	q.People = nil
	for i := range people {
		if slices.Contains(r.PostForm["person"], people[i].ID) {
			q.People = append(q.People, people[i].ID)
		}
	}
	if _, err := c.putQueue(r, q); err != nil {
		return err
	}
	return c.see(w, r, "/queues")
}

// sharedQueue is the shared queue of the address, with the people who could work it or are named.
func (c *console) sharedQueue(r *request) (q casefile.Queue, people []auth.Person, err error) {
	list, i, err := c.ownQueue(r)
	if err == nil && !list[i].Shared {
		err = casefile.ErrNoQueue
	}
	if err != nil {
		return q, nil, err
	}
	q = list[i]
	all, err := c.Auth.People(r.Context())
	for i := range all {
		if p := &all[i]; slices.Contains(q.People, p.ID) || !p.Disabled() && p.Can(auth.CaseClaim) {
			people = append(people, *p)
		}
	}
	return q, people, err
}
