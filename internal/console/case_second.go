package console

import (
	"context"
	"net/http"

	"haris/internal/casefile"
	"haris/internal/review"
)

// caseSecond is the second person's yes or no to what the first proposed.
func (c *console) caseSecond(w http.ResponseWriter, r *request) error {
	switch text(r, "answer") {
	case "agree":
		return c.decide(w, r, c.Judge.Agree)
	case "disagree":
		return c.decide(w, r, c.Judge.Disagree)
	}
	return c.caseAgain(w, r, mistakes{"answer": "choose"})
}

// caseEscalate puts the case before a lead.
func (c *console) caseEscalate(w http.ResponseWriter, r *request) error {
	return c.decide(w, r, func(ctx context.Context, a review.Act, reason string) (casefile.Case, error) {
		return c.Judge.Escalate(ctx, a, "", reason)
	})
}

// caseReopen opens a closed case again, or takes an appeal against what was found.
func (c *console) caseReopen(w http.ResponseWriter, r *request) error {
	if text(r, "appeal") != "" {
		return c.decide(w, r, c.Judge.Appeal)
	}
	return c.decide(w, r, c.Judge.Reopen)
}

// decide takes a form with a reason.
func (c *console) decide(w http.ResponseWriter, r *request, do func(context.Context, review.Act, string) (casefile.Case, error)) error {
	a, err := seenAct(r)
	if err != nil {
		return err
	}
	reason, err := required(r, "reason")
	if err != nil {
		return c.caseAgain(w, r, err)
	}
	k, err := do(r.Context(), a, reason)
	if err != nil {
		return c.caseAgain(w, r, err)
	}
	return c.see(w, r, "/case/"+k.ID)
}
