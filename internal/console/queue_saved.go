package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"haris/internal/auth"
	"haris/internal/casefile"
)

// queuesView is the page on which queues are kept.
type queuesView struct {
	list  []queueBadge
	me    string
	form  queueFilter // the filter that is to be saved, empty when none
	round *roundView  // of who looks; nil when they take no cases
	names names
	// typed is the form that came back: "new", or the id of a queue.
	typed caseForm
}

// queues lists the person's queues, and offers to save the filter of the address as one.
func (c *console) queues(w http.ResponseWriter, r *request) error {
	return c.showQueues(w, r, http.StatusOK, queuesView{form: readFilter(r.query)})
}

func (c *console) showQueues(w http.ResponseWriter, r *request, status int, p queuesView) (err error) {
	p.me = r.person.ID
	if p.list, err = c.badges(r, "", true); err != nil {
		return err
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	if r.person.Can(auth.CaseClaim) {
		if p.round, err = c.roundOf(r, &r.person, &r.scope, "/queues/round"); err != nil {
			return err
		}
	}
	return c.render(w, r, status, queuesPage(c.view(r, "queues.title"), &p))
}

// queueSave keeps a filter as a new queue.
func (c *console) queueSave(w http.ResponseWriter, r *request) error {
	f := readFilter(r.PostForm)
	q := casefile.Queue{Name: text(r, "name"), Narrow: f.narrow}
	if err := shareAs(r, &q); err != nil {
		return err
	}
	err := readLimit(r, &q)
	if err == nil {
		q, err = c.putQueue(r, q)
	}
	if bad := mistakesOf(err); bad != nil {
		return c.showQueues(w, r, http.StatusUnprocessableEntity, queuesView{form: f, typed: guardedForm(r, newQueue, bad)})
	}
	if err != nil {
		return err
	}
	return c.see(w, r, "/queue?q="+url.QueryEscape(q.ID))
}

// newQueue names the form of a queue that is not kept yet.
const newQueue = "new"

// putQueue keeps a queue; a name that cannot be kept comes back as a mistake.
func (c *console) putQueue(r *request, q casefile.Queue) (casefile.Queue, error) {
	q, err := c.Queues.PutQueue(r.Context(), r.person.ID, q)
	if errors.Is(err, casefile.ErrQueue) {
		err = mistakes{"name": "queue"}
	}
	return q, err
}

// limitUnits are the units in which a time limit is chosen, by their word in forms, longest first.
func limitUnits() []limitUnit {
	return []limitUnit{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}}
}

type limitUnit struct {
	word string
	long time.Duration
}

// readLimit reads the time limit of a queue; an empty field is none.
func readLimit(r *request, q *casefile.Queue) error {
	s := text(r, "limit")
	if q.Limit = 0; s == "" {
		return nil
	}
	n, err := strconv.Atoi(s)
	for _, u := range limitUnits() {
		if u.word == text(r, "unit") && err == nil && n > 0 && n <= int(casefile.MaxQueueLimit/u.long) {
			q.Limit = time.Duration(n) * u.long
			return nil
		}
	}
	return mistakes{"limit": "queue_limit"}
}

// limitParts writes a time limit in the longest unit that has no remainder; none has an empty number.
func limitParts(d time.Duration) (n int, unit string) {
	for _, u := range limitUnits() {
		if d > 0 && d%u.long == 0 {
			return int(d / u.long), u.word
		}
	}
	return 0, "h"
}

// shareAs reads with whom a queue is shared. Sharing is for a lead.
func shareAs(r *request, q *casefile.Queue) error {
	q.Shared, q.Roles = text(r, "shared") == "1", nil
	if !q.Shared {
		q.People = nil
		return nil
	}
	if !r.person.Can(auth.QueueShare) {
		return errForbidden
	}
	for _, role := range r.PostForm["role"] {
		if known, ok := auth.ParseRole(role); ok {
			q.Roles = append(q.Roles, string(known))
		}
	}
	return nil
}

// queueChange renames a queue, shares it otherwise, or moves it one place up.
func (c *console) queueChange(w http.ResponseWriter, r *request) error {
	list, i, err := c.ownQueue(r)
	if err != nil {
		return err
	}
	q := list[i]
	if text(r, "move") == "up" {
		if i == 0 {
			return c.see(w, r, "/queues")
		}
		above := list[i-1]
		if above.Shared && !r.person.Can(auth.QueueShare) {
			return errForbidden
		}
		q.Place, above.Place = above.Place, q.Place
		if _, err := c.Queues.PutQueue(r.Context(), r.person.ID, above); err != nil {
			return err
		}
	} else {
		q.Name = text(r, "name")
		if err = shareAs(r, &q); err == nil {
			err = readLimit(r, &q)
		}
	}
	if err == nil {
		_, err = c.putQueue(r, q)
	}
	if bad := mistakesOf(err); bad != nil {
		return c.showQueues(w, r, http.StatusUnprocessableEntity, queuesView{typed: guardedForm(r, q.ID, bad)})
	}
	if err != nil {
		return err
	}
	return c.see(w, r, "/queues")
}

// ownQueue finds the queue of the address among those that the person may change: their own, and with the permission the shared ones.
func (c *console) ownQueue(r *request) (list []casefile.Queue, at int, err error) {
	if list, err = c.Queues.Queues(r.Context(), r.person.ID, roleNames(&r.person)); err != nil {
		return nil, 0, err
	}
	at = slices.IndexFunc(list, func(q casefile.Queue) bool { return q.ID == r.PathValue("id") })
	switch {
	case at < 0:
		return nil, 0, casefile.ErrNoQueue
	case list[at].Shared && !r.person.Can(auth.QueueShare):
		return nil, 0, errForbidden
	}
	return list, at, nil
}

// queueDelete removes a queue; its cases stay where they are.
func (c *console) queueDelete(w http.ResponseWriter, r *request) error {
	list, i, err := c.ownQueue(r)
	if err != nil {
		return err
	}
	if err := c.Queues.DeleteQueue(r.Context(), r.person.ID, list[i].ID); err != nil {
		return err
	}
	return c.see(w, r, "/queues")
}

// hereView says who else has the case open.
type hereView struct {
	id    string
	list  []Watcher
	names names
}

// caseHere is the sign of life of a page that shows a case: it lengthens the person's claim and says who else is there.
func (c *console) caseHere(w http.ResponseWriter, r *request) error {
	_, err := c.Desk.Extend(r.Context(), act(r))
	if err != nil && !errors.Is(err, casefile.ErrNotClaimed) && !errors.Is(err, casefile.ErrClaimed) && !errors.Is(err, casefile.ErrTransition) {
		return err
	}
	p, err := c.here(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, herePart(c.view(r, "case.title"), p))
}

func (c *console) here(r *request, id string) (p hereView, err error) {
	p.id = id
	if !r.person.Can(auth.CaseNote) {
		return p, nil
	}
	if p.list, err = c.Presence.Here(r.Context(), id, r.person.ID); err != nil {
		return p, err
	}
	if len(p.list) > 0 {
		p.names, err = c.names(r.Context())
	}
	return p, err
}
