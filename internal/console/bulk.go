package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/review"
)

// maxBulk is how many cases one act can be done on together: as many as a person can look through in a list.
const maxBulk = 200

// bulkActs are what can be done with several cases together: putting in order, never deciding. Each case is decided by itself.
func bulkActs() []casefile.EventKind {
	return []casefile.EventKind{casefile.Snoozed, casefile.Parked, casefile.Woken, casefile.Assigned}
}

// bulkView is what is about to be done with several cases, or was done.
type bulkView struct {
	act    casefile.EventKind
	rows   []bulkRow
	ready  int // rows on which the act can be done
	people []auth.Person
	done   bool
	made   int // rows on which it was done
	form   map[string]string
	bad    mistakes
	again  casefile.EventKind // what takes it back; empty when nothing does
}

// bulkRow is one of the cases. Why says, as a key of the catalogue, why it is left out; empty when it is not.
type bulkRow struct {
	queueRow
	leftOut string
}

// bulk shows what would be done with the chosen cases, before anything is done.
func (c *console) bulk(w http.ResponseWriter, r *request) error {
	p, err := c.bulkOf(r)
	if err != nil {
		return err
	}
	if len(p.rows) == 0 {
		return c.see(w, r, "/queue?chosen=none")
	}
	return c.render(w, r, http.StatusOK, bulkPage(c.view(r, "bulk.title"), p))
}

// bulkOf reads the chosen cases as they are now.
func (c *console) bulkOf(r *request) (*bulkView, error) {
	p := &bulkView{act: casefile.EventKind(text(r, "act")), form: map[string]string{"hours": text(r, "hours"), "to": text(r, "to"), "reason": text(r, "reason"), "confirm": text(r, "confirm")}}
	if !slices.Contains(bulkActs(), p.act) || p.act == casefile.Assigned && !r.person.Can(auth.CaseAssign) {
		return nil, errForm
	}
	list, err := c.chosen(r)
	if err != nil {
		return nil, err
	}
	rows, err := c.queueRows(r, list, &casefile.Queue{})
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		b := bulkRow{queueRow: row, leftOut: c.leftOut(&row.Case, p, r.person.ID)}
		if b.leftOut == "" {
			p.ready++
		}
		p.rows = append(p.rows, b)
	}
	if p.act == casefile.Assigned {
		p.people, err = c.everyDecider(r.Context())
	}
	return p, err
}

// chosen are the cases that were ticked, or with "all" those of the filter, most urgent first; at most maxBulk.
func (c *console) chosen(r *request) (out []casefile.Case, err error) {
	if text(r, "all") == "" {
		ids := r.PostForm["case"]
		if len(ids) > maxBulk {
			return nil, errForm
		}
		return c.Cases.Some(r.Context(), ids)
	}
	f := readFilter(r.PostForm)
	if err := c.resolve(r, &f); err != nil {
		return nil, err
	}
	ask := f.narrow.Filter(r.person.ID, c.Now())
	for ask.Limit = queuePageSize; ; {
		list, next, err := c.Cases.List(r.Context(), ask)
		if err != nil {
			return nil, err
		}
		if out = append(out, list...); next == "" || len(out) >= maxBulk {
			return out[:min(len(out), maxBulk)], nil
		}
		ask.Cursor = next
	}
}

// everyDecider are the people who may decide, whatever they see.
func (c *console) everyDecider(ctx context.Context) (out []auth.Person, err error) {
	people, err := c.Auth.People(ctx)
	return slices.DeleteFunc(people, func(p auth.Person) bool { return !p.Can(auth.CaseDispose) }), err
}

// leftOut says why the act cannot be done on a case; empty when it can.
func (c *console) leftOut(k *casefile.Case, p *bulkView, who string) string {
	now := c.Now()
	switch err := casefile.Allowed(k, p.act, who, now); {
	case errors.Is(err, casefile.ErrUrgent):
		return "bulk.urgent"
	case errors.Is(err, casefile.ErrClaimed):
		return "bulk.held"
	case err != nil:
		return "bulk.closed"
	}
	switch {
	case p.act == casefile.Woken && !k.Rests(now):
		return "bulk.awake"
	case p.act == casefile.Assigned && p.form["to"] != "" && k.Assignee == p.form["to"]:
		return "bulk.theirs"
	}
	return ""
}

// bulkDo does it, one case after another, each with its own entries in its history and in the audit log: what breaks off in the middle leaves
// every case whole.
func (c *console) bulkDo(w http.ResponseWriter, r *request) error {
	p, err := c.bulkOf(r)
	if err != nil {
		return err
	}
	if p.bad = p.check(r); len(p.bad) > 0 {
		return c.render(w, r, http.StatusUnprocessableEntity, bulkPage(c.view(r, "bulk.title"), p))
	}
	ids := make([]string, 0, p.ready)
	for i := range p.rows {
		if p.rows[i].leftOut == "" {
			ids = append(ids, p.rows[i].ID)
		}
	}
	if err := c.Arrange.Together(r.Context(), r.person.ID, string(p.act), ids); err != nil {
		return err
	}
	seen := bulkSeen(r.PostForm["seen"])
	for i := range p.rows {
		row := &p.rows[i]
		if row.leftOut != "" {
			continue
		}
		a := review.Act{Who: r.person.ID, Case: row.ID, Seen: seen[row.ID]}
		if err := c.bulkOne(r.Context(), a, p); err != nil {
			if row.leftOut = bulkFault(err); row.leftOut == "" {
				return err
			}
			continue
		}
		p.made++
	}
	p.done, p.again = true, undoes(p.act)
	return c.render(w, r, http.StatusOK, bulkPage(c.view(r, "bulk.title"), p))
}

// check reports what is missing in the form.
func (p *bulkView) check(r *request) mistakes {
	bad := mistakes{}
	if confirmed, err := strconv.Atoi(p.form["confirm"]); err != nil || confirmed != p.ready || p.ready == 0 {
		bad["confirm"] = "bulk"
	}
	if p.act == casefile.Snoozed || p.act == casefile.Parked {
		if p.until(time.Time{}).IsZero() {
			bad["hours"] = "rest"
		}
		if _, err := required(r, "reason"); err != nil {
			bad["reason"] = mistakesOf(err)["reason"]
		}
	}
	if p.act == casefile.Assigned && p.form["to"] != "" && !slices.ContainsFunc(p.people, func(x auth.Person) bool { return x.ID == p.form["to"] }) {
		bad["to"] = "assignee"
	}
	return bad
}

// until is when the cases come back; the zero time when the form names no length of time.
func (p *bulkView) until(now time.Time) time.Time {
	hours, err := strconv.Atoi(p.form["hours"])
	if err != nil || hours < 1 || time.Duration(hours)*time.Hour > casefile.MaxRest {
		return time.Time{}
	}
	return now.Add(time.Duration(hours) * time.Hour)
}

// bulkOne does it on one case.
func (c *console) bulkOne(ctx context.Context, a review.Act, p *bulkView) (err error) {
	switch p.act {
	case casefile.Snoozed:
		_, err = c.Arrange.Snooze(ctx, a, p.until(c.Now()), p.form["reason"])
	case casefile.Parked:
		_, err = c.Arrange.Park(ctx, a, p.until(c.Now()), p.form["reason"])
	case casefile.Woken:
		_, err = c.Arrange.Wake(ctx, a)
	case casefile.Assigned:
		_, err = c.Arrange.Assign(ctx, a, p.form["to"], p.form["reason"])
	}
	return err
}

// bulkFault says why a case was left out after all; empty for a fault that is not the case's.
func bulkFault(err error) string {
	switch {
	case errors.Is(err, casefile.ErrStale):
		return "bulk.changed"
	case errors.Is(err, casefile.ErrUrgent):
		return "bulk.urgent"
	case errors.Is(err, casefile.ErrClaimed):
		return "bulk.held"
	case errors.Is(err, review.ErrUnseen):
		return "bulk.unseen"
	case errors.Is(err, casefile.ErrBody), errors.Is(err, casefile.ErrTransition), errors.Is(err, casefile.ErrNotFound):
		return "bulk.closed"
	}
	return ""
}

// undoes is the act that takes another back.
func undoes(act casefile.EventKind) casefile.EventKind {
	switch act {
	case casefile.Snoozed, casefile.Parked:
		return casefile.Woken
	case casefile.Assigned:
		return casefile.Assigned // to nobody, or to somebody else
	}
	return ""
}

// bulkSeen reads how much of each case was seen: "id:events".
func bulkSeen(list []string) map[string]int {
	out := map[string]int{}
	for _, s := range list {
		if id, n, ok := strings.Cut(s, ":"); ok {
			if events, err := strconv.Atoi(n); err == nil {
				out[id] = events
			}
		}
	}
	return out
}
