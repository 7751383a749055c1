package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/exposure"
	"haris/internal/review"
)

// The ways in which a list says that no case was free.
const (
	nothingHere  = "1"     // in what was chosen
	nothingRound = "round" // in the queues of the person's round
)

// queueNext claims the next case of the queue or filter that was chosen, of the person's round, or with "all" of everything, and shows it.
func (c *console) queueNext(w http.ResponseWriter, r *request) error {
	f := readFilter(r.PostForm)
	if err := c.resolve(r, &f); err != nil {
		return err
	}
	return c.showNext(w, r, f, text(r, "all") == "1")
}

// showNext claims the next case and shows it, or says on the list that none is free.
func (c *console) showNext(w http.ResponseWriter, r *request, f queueFilter, all bool) error {
	asks, round, err := c.asks(r, f, all)
	if err != nil {
		return err
	}
	left, err := c.sparing(r, asks)
	if err != nil {
		return err
	}
	k, from, err := c.Queues.Next(r.Context(), r.person.ID, asks...)
	switch {
	case errors.Is(err, review.ErrNothing):
		to := url.Values{"nothing": {nothingHere}}
		if round {
			to.Set("nothing", nothingRound)
		} else if f.id != "" {
			to.Set("q", f.id)
		}
		if left > 0 {
			to.Set("left", strconv.Itoa(left))
		}
		return c.see(w, r, "/queue?"+to.Encode())
	case err != nil:
		return err
	case round:
		return c.see(w, r, caseURL(k.ID, origin{via: asks[from].Queue.ID, left: left}))
	}
	return c.see(w, r, caseURL(k.ID, origin{queue: f.id, left: left}))
}

// sparing takes the kinds of matter from which the person rests out of the asks, and returns how many free cases that leaves out.
func (c *console) sparing(r *request, asks []review.Ask) (int, error) {
	rests, err := c.rotations(r)
	kinds := exposure.Spared(rests, c.Now())
	if err != nil || len(kinds) == 0 {
		return 0, err
	}
	for i := range asks {
		asks[i].Filter.NotTypologies = kinds
	}
	return c.forOthers(r, asks, kinds)
}

// asks are where the next case may come from: the filter that was chosen, or when none was and not all is asked for the queues of the person's
// round, if they have one. One that they no longer see is passed over.
func (c *console) asks(r *request, f queueFilter, all bool) (out []review.Ask, round bool, err error) {
	if f.id == "" && !f.narrowed() && !all {
		list, err := c.workedRound(r)
		if err != nil {
			return nil, false, err
		}
		for i := range list {
			out = append(out, c.ask(r, list[i], list[i].Narrow)...)
		}
		if len(list) > 0 {
			return out, true, nil
		}
	}
	return c.ask(r, f.saved, f.narrow), false, nil
}

// ask asks for the open cases of a filter; nothing when it is one of closed cases. Escalated cases are for who may assign.
func (c *console) ask(r *request, q casefile.Queue, n casefile.Narrow) []review.Ask {
	f := n.Filter(r.person.ID, c.Now())
	if n.Status == "" || len(f.Statuses) == 0 {
		f.Statuses = []casefile.Status{casefile.Open, casefile.SecondPerson}
		if r.person.Can(auth.CaseAssign) {
			f.Statuses = casefile.OpenStatuses()
		}
	}
	f.Statuses = slices.DeleteFunc(slices.Clone(f.Statuses), func(s casefile.Status) bool { return !s.IsOpen() })
	if len(f.Statuses) == 0 {
		return nil
	}
	return []review.Ask{{Queue: q, Filter: f}}
}

// origin is how a person came to a case: from a queue that they chose, or given to them out of a queue of their round.
type origin struct {
	queue, via string
	left       int // how many cases were passed over because the person rests from their kind; not carried further
}

// originOf reads it from the address or the form.
func originOf(r *request) (o origin) {
	for _, from := range []url.Values{r.PostForm, r.query} {
		if q := from.Get("q"); q != "" {
			o.queue = q
		}
		if q := from.Get("via"); q != "" {
			o.via = q
		}
	}
	return o
}

// caseURL is the address of a case, with how it was come to.
func caseURL(id string, o origin) string {
	q := url.Values{}
	for name, queue := range map[string]string{"q": o.queue, "via": o.via} {
		if queue != "" {
			q.Set(name, queue)
		}
	}
	if o.left > 0 {
		q.Set("left", strconv.Itoa(o.left))
	}
	if len(q) == 0 {
		return "/case/" + id
	}
	return "/case/" + id + "?" + q.Encode()
}

// cameFrom is the queue of the origin, the zero value for none or for one that the person does not see.
func (c *console) cameFrom(r *request, o origin) (q casefile.Queue, err error) {
	if o.queue+o.via == "" {
		return q, nil
	}
	list, err := c.Queues.Queues(r.Context(), r.person.ID, roleNames(&r.person))
	for _, q := range list {
		if q.ID == o.queue || o.queue == "" && q.ID == o.via {
			return q, err
		}
	}
	return casefile.Queue{}, err
}
