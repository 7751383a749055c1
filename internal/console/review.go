package console

import (
	"context"

	"haris/internal/casefile"
)

// Desk is what a person does with a case before deciding; internal/review is one. Every method writes its audit entry in the
// same transaction. Errors are those of casefile. Safe for concurrent use.
type Desk interface {
	// View returns a case and its history, and writes down that who read it.
	View(ctx context.Context, who, id string) (casefile.Case, []casefile.Event, error)
	// Claim takes the case for a while, or prolongs a claim that who holds.
	Claim(ctx context.Context, who, id string) (casefile.Case, error)
	// Release gives a claim back.
	Release(ctx context.Context, who, id string) (casefile.Case, error)
	// Note adds words of a person.
	Note(ctx context.Context, who, id, text string) (casefile.Case, error)
}

// Judge is how a person decides; internal/review is one. seen is the length of the history that the person had before them:
// casefile.ErrStale when more has happened since. Safe for concurrent use.
type Judge interface {
	// Dispose records a finding.
	Dispose(ctx context.Context, who, id string, seen int, d casefile.Disposition) (casefile.Case, error)
	// Agree is the second person's yes.
	Agree(ctx context.Context, who, id string, seen int, reason string) (casefile.Case, error)
	// Disagree is the second person's no; the case is escalated.
	Disagree(ctx context.Context, who, id string, seen int, reason string) (casefile.Case, error)
	// Escalate puts the case before a lead.
	Escalate(ctx context.Context, who, id string, seen int, reason string) (casefile.Case, error)
	// Reopen opens a closed case again.
	Reopen(ctx context.Context, who, id string, seen int, reason string) (casefile.Case, error)
}
