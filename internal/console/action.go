package console

import (
	"context"
	"net/http"

	"haris/internal/action"
	"haris/internal/auth"
	"haris/internal/review"
)

// Actions reads and takes back what was asked of the platform. Safe for concurrent use.
type Actions interface {
	// OfCase returns the actions of a case, newest first.
	OfCase(ctx context.Context, caseID string) ([]action.Action, error)
	// Answer asks the platform to tell accounts that warned what came of the case, each once, in one transaction with the history and the audit
	// log. casefile.ErrTransition for an outcome while the case waits, action.ErrNoEvidence, action.ErrNoNotice while a hold forbids to tell any
	// account of the case.
	Answer(ctx context.Context, who, caseID string, accounts []string, o action.Outcome) error
	// Reverse asks the platform to take an action of the case back and writes the audit entry. action.ErrNotFound (also for
	// an action of another case), action.ErrTransition.
	Reverse(ctx context.Context, who, caseID, id, reason string) error
}

// Asker asks the platform for people; *action.Desk is one. Safe for concurrent use.
type Asker interface {
	// Look says what Ask would do, and writes nothing. Errors as Ask, but for casefile.ErrStale.
	Look(ctx context.Context, a review.Act, r action.Request) (action.Outlook, error)
	// Ask asks for an action about a case, once for each state of it. casefile.ErrStale, casefile.ErrTransition, casefile.ErrNotClaimed,
	// casefile.ErrClaimed, review.ErrAccount, action.ErrInvalid as an *action.FieldError, action.ErrNoEvidence, action.ErrNoNotice.
	Ask(ctx context.Context, a review.Act, r action.Request) error
}

// reversible reports whether an action is in force or on its way, so that it can be taken back.
func reversible(a *action.Action) bool {
	switch a.Status {
	case action.Asked, action.NoEndpoint, action.Failed, action.Dead, action.Delivered, action.Acknowledged:
		return true
	}
	return false
}

// mayReverse reports whether a person may take an action back: with the permission any, and always what they asked for themselves.
func mayReverse(p *auth.Person, a *action.Action) bool {
	return p.Can(auth.ActionReverse) || p.Can(auth.ActionAsk) && a.By.Person == p.ID
}

// actionReverse takes an action back.
func (c *console) actionReverse(w http.ResponseWriter, r *request) error {
	id := r.PathValue("id")
	reason, err := required(r, "reason")
	if err != nil {
		return c.caseAgain(w, r, err)
	}
	list, err := c.Actions.OfCase(r.Context(), id)
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].ID == r.PathValue("action") && !mayReverse(&r.person, &list[i]) {
			return errForbidden
		}
	}
	if err := c.Actions.Reverse(r.Context(), r.person.ID, id, r.PathValue("action"), reason); err != nil {
		return err
	}
	return c.see(w, r, "/case/"+id+"#actions")
}
