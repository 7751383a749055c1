package console

import (
	"context"
	"time"

	"haris/internal/casefile"
	"haris/internal/review"
)

// Desk is what a person does with a case before deciding; *review.Service is one. Every method writes its audit entry in the
// same transaction. Errors are those of casefile. Safe for concurrent use.
type Desk interface {
	// View returns a case and its history, and writes down that who read it.
	View(ctx context.Context, who, id string) (casefile.Case, []casefile.Event, error)
	// Claim takes the case for a while, or prolongs a claim that the person holds.
	Claim(ctx context.Context, a review.Act) (casefile.Case, error)
	// Extend lengthens a claim that the person holds once less than half of it is left.
	Extend(ctx context.Context, a review.Act) (casefile.Case, error)
	// Release gives a claim back.
	Release(ctx context.Context, a review.Act) (casefile.Case, error)
	// Note adds words of a person.
	Note(ctx context.Context, a review.Act, text string) (casefile.Case, error)
	// Mark says which stages a message shows; none takes back what was said.
	Mark(ctx context.Context, a review.Act, event uint64, stages []string) (casefile.Case, error)
}

// Judge is how a person decides; *review.Service is one. The act says how much of the history the person had before them:
// casefile.ErrStale when more has happened since. Safe for concurrent use.
type Judge interface {
	// Dispose records a finding.
	Dispose(ctx context.Context, a review.Act, d casefile.Disposition) (casefile.Case, error)
	// Agree is the second person's yes.
	Agree(ctx context.Context, a review.Act, reason string) (casefile.Case, error)
	// Disagree is the second person's no; the case is escalated.
	Disagree(ctx context.Context, a review.Act, reason string) (casefile.Case, error)
	// Escalate puts the case before a lead, in the queue "to" when it is not empty.
	Escalate(ctx context.Context, a review.Act, to, reason string) (casefile.Case, error)
	// Reopen opens a closed case again.
	Reopen(ctx context.Context, a review.Act, reason string) (casefile.Case, error)
	// Appeal opens one again because somebody did not accept what was found.
	Appeal(ctx context.Context, a review.Act, reason string) (casefile.Case, error)
}

// Arranger is what a person does with a case besides deciding; *review.Service is one. Safe for concurrent use.
type Arranger interface {
	// Assign gives the case to a person who may decide, or with an empty "to" back to everybody. review.ErrAssignee.
	Assign(ctx context.Context, a review.Act, to, reason string) (casefile.Case, error)
	// Snooze puts the case off until a time; casefile.ErrUrgent.
	Snooze(ctx context.Context, a review.Act, until time.Time, reason string) (casefile.Case, error)
	// Park puts the case off because it waits for something outside.
	Park(ctx context.Context, a review.Act, until time.Time, reason string) (casefile.Case, error)
	// Wake takes up a case that is put off.
	Wake(ctx context.Context, a review.Act) (casefile.Case, error)
	// Merge closes the case, which goes on in another; it returns that one.
	Merge(ctx context.Context, a review.Act, into, reason string) (casefile.Case, error)
	// Split takes accounts of the case into a new one, which it returns.
	Split(ctx context.Context, a review.Act, accounts []string, reason string) (casefile.Case, error)
	// Together writes down that a person does one act on several cases, before the first.
	Together(ctx context.Context, who, act string, ids []string) error
}

// Muter keeps detectors from raising cases about a subject for a while; *review.Service is one. Safe for concurrent use.
type Muter interface {
	// Mute adds a mute; casefile.ErrMuted.
	Mute(ctx context.Context, m casefile.Mute) (casefile.Mute, error)
	// EndMute ends one that is in force; casefile.ErrNoMute.
	EndMute(ctx context.Context, who, id string) error
	// Mutes lists them, newest first, those with an id below before.
	Mutes(ctx context.Context, before string, limit int) ([]casefile.Mute, error)
}

// Queuer keeps queues and gives out their next case; *review.Service is one. Safe for concurrent use.
type Queuer interface {
	// Next claims the best case of the asks that the person can take, and says of which ask it is; review.ErrNothing.
	Next(ctx context.Context, who string, asks ...review.Ask) (c casefile.Case, from int, err error)
	// Queues returns those that a person with these roles may see, by place.
	Queues(ctx context.Context, who string, roles []string) ([]casefile.Queue, error)
	// PutQueue adds or changes one. casefile.ErrQueue, casefile.ErrNoQueue.
	PutQueue(ctx context.Context, who string, q casefile.Queue) (casefile.Queue, error)
	// DeleteQueue removes one.
	DeleteQueue(ctx context.Context, who, id string) error
	// Round returns the queues of a person's round in their order, those too that they no longer work.
	Round(ctx context.Context, person string) ([]casefile.Queue, error)
	// ChangeRound takes a step in somebody's round. casefile.ErrNoQueue.
	ChangeRound(ctx context.Context, who string, t review.Turn) error
}

var (
	_ Drafter  = (*review.Service)(nil)
	_ Queuer   = (*review.Service)(nil)
	_ Arranger = (*review.Service)(nil)
	_ Muter    = (*review.Service)(nil)
	_ Desk     = (*review.Service)(nil)
	_ Judge    = (*review.Service)(nil)
)

// act is what the person does to the case of the address, without saying what they have seen.
func act(r *request) review.Act { return review.Act{Who: r.person.ID, Case: r.PathValue("id")} }

// seenAct is act with the length of the history that the form was made from.
func seenAct(r *request) (review.Act, error) {
	a := act(r)
	var err error
	a.Seen, err = seenOf(r)
	return a, err
}
