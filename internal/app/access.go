package app

import (
	"context"

	"haris/internal/access"
	"haris/internal/auth"
	"haris/internal/console"
	"haris/internal/remark"
	"haris/internal/store"
)

// accessReview says when the next review of who may see what is to be closed.
func (d Doctor) accessReview(ctx context.Context, k *console.Check) error {
	_, due, err := d.Core.Auth.AccessReviews(ctx)
	switch {
	case err != nil:
		return err
	case due.Every == 0:
		k.Detail = remark.Of("none is asked for: access_review.every is 0")
		return nil
	case due.At.IsZero():
		k.Detail = remark.Of("nobody has come yet")
		return nil
	}
	k.Unit, k.Moment = console.UnitMoment, due.At
	if due.Overdue(d.Core.Options.Now()) {
		k.State, k.Detail = console.Warned, remark.Of("overdue: on the page Access reviews somebody confirms who may see what")
	}
	return nil
}

// reviewed adds what access reviews say of a person, and what the person decided.
func (d *dossier) reviewed(p *auth.Person) {
	d.add("access_reviews", func(ctx context.Context, tx *store.Tx) (out []any, err error) {
		list, err := tx.AccessReviews().List(ctx)
		for i := range list {
			r, err := tx.AccessReviews().Get(ctx, list[i].ID)
			if err != nil {
				return nil, err
			}
			for j := range r.Lines {
				out = append(out, reviewedLine(&r, &r.Lines[j], p.ID)...)
			}
			for _, c := range r.Came {
				if c.Kind == access.Person && c.ID == p.ID {
					out = append(out, map[string]any{"review": r.ID, "came_since": c.Since, "access": c.Held})
				}
			}
			if r.BegunBy == p.ID || r.ClosedBy == p.ID {
				out = append(out, map[string]any{"review": r.ID, "begun_by": r.BegunBy, "begun_at": r.BegunAt, "why": r.Why, "closed_by": r.ClosedBy, "closed_at": r.ClosedAt, "note": r.Note})
			}
		}
		return out, err
	})
}

// reviewedLine is a line about the person whole, and of a line about somebody else what the person decided.
func reviewedLine(r *access.Review, l *access.Line, person string) (out []any) {
	if l.Kind == access.Person && l.ID == person {
		return []any{map[string]any{"review": r.ID, "begun_at": r.BegunAt, "line": l.N, "name": l.Name, "access": l.Then, "beside": l.Facts, "decisions": l.Decisions}}
	}
	for _, d := range l.Decisions {
		if d.By == person {
			out = append(out, map[string]any{"review": r.ID, "about": l.ID, "kind": l.Kind, "decision": d.Verdict, "by": d.By, "at": d.At, "reason": d.Reason})
		}
	}
	return out
}
