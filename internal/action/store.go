package action

import (
	"context"
	"fmt"
	"time"

	"haris/internal/audit"
	"haris/internal/job"
)

// Store keeps actions within the caller's transaction.
type Store interface {
	// Add stores a new action together with its first event unless one with its id exists; added says which.
	Add(ctx context.Context, a Action, first Event) (added bool, err error)
	// Append numbers the event, checks it against the transition table, stores it and returns the action after it.
	// ErrNotFound, ErrTransition.
	Append(ctx context.Context, e Event) (Action, error)
	// Get returns one action; ErrNotFound.
	Get(ctx context.Context, id string) (Action, error)
	// History returns the action's events in order; empty when there is no such action.
	History(ctx context.Context, id string) ([]Event, error)
	// List returns the actions of a filter, newest first.
	List(ctx context.Context, f Filter) ([]Action, error)
	// AddReceipt stores a receipt unless there is one for the message; the first one stays.
	AddReceipt(ctx context.Context, r Receipt) error
	// Receipts returns the receipts of an action in the order in which they came.
	Receipts(ctx context.Context, id string) ([]Receipt, error)
}

// Filter narrows List; zero fields do not narrow.
type Filter struct {
	Case     string
	Subject  string
	Statuses []Status
	Before   string // id of the last action of the page before
	Limit    int    // 0 means 50, at most 500
}

// Sealed answers whether evidence of a case is sealed; package evidence's Manifest does.
type Sealed interface {
	// Sealed reports whether the case has evidence that can be opened. An error means that it is not known.
	Sealed(ctx context.Context, caseID string) (bool, error)
}

// Silence answers whether an account may be told.
type Silence interface {
	// Silent names the hold on the case, on the account's other cases or of a legal process that forbids to tell the account. The
	// name says nothing of who asked for it. It is empty when the account may be told. An error means that it is not known.
	Silent(ctx context.Context, now time.Time, caseID, account string) (hold string, err error)
}

// Tx is one transaction as actions see it.
type Tx struct {
	Store
	Jobs     job.Queue
	Audit    audit.Log
	Evidence Sealed
	Silence  Silence
}

// Keeper runs transactions. Write may run f more than once, so f has no effects besides the transaction.
type Keeper interface {
	Write(ctx context.Context, f func(Tx) error) error
	Read(ctx context.Context, f func(Tx) error) error
}

// mayTell returns ErrNoNotice with the hold when the kind speaks to an account that may not be told.
func mayTell(ctx context.Context, tx Tx, now time.Time, a Action) error {
	if !a.Kind.Tells() {
		return nil
	}
	hold, err := tx.Silence.Silent(ctx, now, a.Case, a.Subject)
	switch {
	case err != nil:
		return fmt.Errorf("action: may the account be told: %w", err)
	case hold != "":
		return fmt.Errorf("%w: %s", ErrNoNotice, hold)
	}
	return nil
}
