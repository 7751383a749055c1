package console

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/review"
)

// restHours are the lengths of time that the form offers for putting a case off, in hours.
func restHours() []string { return []string{"1", "4", "24", "72", "168"} }

// deciders are the people to whom a case can be given.
func (c *console) deciders(ctx context.Context, k *casefile.Case) (out []auth.Person, err error) {
	people, err := c.Auth.People(ctx)
	if err != nil {
		return nil, err
	}
	walls, err := c.Auth.Walls(ctx)
	for _, p := range people {
		if scope := walls.Scope(&p); p.Can(auth.CaseDispose) && scope.Sees(k) {
			out = append(out, p)
		}
	}
	return out, err
}

// caseRest puts the case off and returns to the queue.
func (c *console) caseRest(w http.ResponseWriter, r *request) error {
	a, err := seenAct(r)
	if err != nil {
		return err
	}
	hours, err := strconv.Atoi(text(r, "hours"))
	if err != nil || hours < 1 || time.Duration(hours)*time.Hour > casefile.MaxRest {
		return c.caseAgain(w, r, mistakes{"hours": "rest"})
	}
	reason, err := required(r, "reason")
	if err != nil {
		return c.caseAgain(w, r, err)
	}
	do := c.Arrange.Snooze
	if casefile.EventKind(text(r, "kind")) == casefile.Parked {
		do = c.Arrange.Park
	}
	if _, err := do(r.Context(), a, c.Now().Add(time.Duration(hours)*time.Hour), reason); err != nil {
		return c.caseAgain(w, r, err)
	}
	return c.see(w, r, "/queue")
}

// caseWake takes up a case that is put off.
func (c *console) caseWake(w http.ResponseWriter, r *request) error {
	if _, err := c.Arrange.Wake(r.Context(), act(r)); err != nil {
		return err
	}
	return c.see(w, r, "/case/"+r.PathValue("id"))
}

// caseAssign gives the case to a person. Who may decide may take it and give back what is theirs; the rest is for a lead.
func (c *console) caseAssign(w http.ResponseWriter, r *request) error {
	to, reason := text(r, "to"), text(r, "reason")
	if len(reason) > maxText {
		return c.caseAgain(w, r, mistakes{"reason": "long"})
	}
	if !r.person.Can(auth.CaseAssign) {
		if err := c.mayTake(r, to); err != nil {
			return err
		}
	}
	_, err := c.Arrange.Assign(r.Context(), act(r), to, reason)
	if errors.Is(err, review.ErrAssignee) {
		return c.caseAgain(w, r, mistakes{"to": "assignee"})
	}
	if errors.Is(err, review.ErrUnseen) {
		return c.caseAgain(w, r, mistakes{"to": "unseen"})
	}
	if err != nil {
		return err
	}
	return c.see(w, r, "/case/"+r.PathValue("id"))
}

// mayTake refuses what is neither taking a case that is nobody's nor giving back one's own.
func (c *console) mayTake(r *request, to string) error {
	k, _, err := c.Desk.View(r.Context(), r.person.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	if (to != "" && to != r.person.ID) || (k.Assignee != "" && k.Assignee != r.person.ID) {
		return errForbidden
	}
	return nil
}

// caseMerge merges the case into another and shows that one.
func (c *console) caseMerge(w http.ResponseWriter, r *request) error {
	a, err := seenAct(r)
	if err != nil {
		return err
	}
	into, err := required(r, "into")
	if err != nil {
		return c.caseAgain(w, r, err)
	}
	reason, err := required(r, "reason")
	if err != nil {
		return c.caseAgain(w, r, err)
	}
	k, err := c.Arrange.Merge(r.Context(), a, into, reason)
	if errors.Is(err, casefile.ErrBody) || errors.Is(err, casefile.ErrTransition) || errors.Is(err, casefile.ErrNotFound) {
		return c.caseAgain(w, r, mistakes{"into": "same_case"})
	}
	if err != nil {
		return c.caseAgain(w, r, err)
	}
	return c.see(w, r, "/case/"+k.ID)
}

// caseMute mutes a detector for the subject of the case.
func (c *console) caseMute(w http.ResponseWriter, r *request) error {
	days, err := strconv.Atoi(text(r, "days"))
	if err != nil || days < 1 || time.Duration(days)*24*time.Hour > casefile.MaxMute {
		return c.caseAgain(w, r, mistakes{"days": "days"})
	}
	detector, err := required(r, "detector")
	if err != nil {
		return c.caseAgain(w, r, err)
	}
	reason, err := required(r, "reason")
	if err != nil {
		return c.caseAgain(w, r, err)
	}
	k, _, err := c.Desk.View(r.Context(), r.person.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	_, err = c.Mutes.Mute(r.Context(), casefile.Mute{
		Subject: k.Subject, Detector: detector, Owner: r.person.ID, Reason: reason, Ends: c.Now().Add(time.Duration(days) * 24 * time.Hour),
	})
	if errors.Is(err, casefile.ErrMuted) {
		return c.caseAgain(w, r, mistakes{"detector": "muted"})
	}
	if err != nil {
		return err
	}
	return c.see(w, r, "/mute")
}

// mutesPerPage is how many mutes a page shows.
const mutesPerPage = 50

// muteView is the page of the mutes.
type muteView struct {
	list  []casefile.Mute
	next  string // id of the last one, when there are more
	names names
}

// mutes lists what is and was muted, newest first.
func (c *console) mutes(w http.ResponseWriter, r *request) error {
	list, err := c.Mutes.Mutes(r.Context(), r.query.Get("before"), mutesPerPage+1)
	if err != nil {
		return err
	}
	p := muteView{list: list}
	if len(list) > mutesPerPage {
		p.list, p.next = list[:mutesPerPage], list[mutesPerPage-1].ID
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, mutePage(c.view(r, "mutes.title"), &p))
}

// muteEnd ends a mute.
func (c *console) muteEnd(w http.ResponseWriter, r *request) error {
	if err := c.Mutes.EndMute(r.Context(), r.person.ID, r.PathValue("id")); err != nil {
		return err
	}
	return c.see(w, r, "/mute")
}
