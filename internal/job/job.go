// Package job is the noun "job": one thing that must happen outside, written in the transaction that decided it, so that a
// crash repeats a delivery but never loses or half-writes a decision. It holds the states, the pure transition rules, the
// back-off and the Runner that works jobs off; where they are kept stands in internal/store.
package job

import (
	"context"
	"time"
)

// State is where a job stands.
type State string

// The states. Queued and leased are open; the others are final.
const (
	Queued    State = "queued"
	Leased    State = "leased"
	Done      State = "done"
	Dead      State = "dead" // gave up: shown in the dead-letter view, can be queued again by a person
	Cancelled State = "cancelled"
)

// Job is one stored job.
type Job struct {
	ID        string // time-ordered
	Kind      string // "action.deliver", "report.step", "evidence.seal", …
	Key       string // unique over all jobs ever: the identity of the effect, derived from what caused it
	Payload   []byte // JSON
	State     State
	Attempt   int // attempts begun
	Max       int // attempts allowed
	RunAt     time.Time
	LeasedBy  string
	LeaseEnds time.Time
	LastError string
	CreatedAt time.Time
	EndedAt   time.Time
}

// New asks for a job. Max 0 means 12 attempts.
type New struct {
	Kind    string
	Key     string
	Payload []byte
	RunAt   time.Time
	Max     int
}

// Queue keeps jobs. Every method works within the caller's transaction.
type Queue interface {
	Leases
	// Enqueue adds a job unless one with its key exists, whatever its state; added says which.
	Enqueue(ctx context.Context, n New) (id string, added bool, err error)
	// Hasten makes a queued job due now, and leaves one alone that is leased or due; ErrNotFound or ErrEnded otherwise.
	Hasten(ctx context.Context, now time.Time, id string) error
	// Cancel ends an open job; ErrNotFound or ErrEnded otherwise.
	Cancel(ctx context.Context, now time.Time, id string) error
	// Requeue gives a dead job a new set of attempts; ErrNotFound, or ErrEnded when it is not dead.
	Requeue(ctx context.Context, now time.Time, id string) error
	// List returns jobs by kind ("" for all) and state ("" for all), newest first.
	List(ctx context.Context, kind string, s State, limit int) ([]Job, error)
}

// Leases is what a worker does with jobs, within the caller's transaction.
type Leases interface {
	// Lease takes up to want.Limit due jobs for a worker until now+want.For. No job is leased twice at a time.
	Lease(ctx context.Context, now time.Time, want Want) ([]Job, error)
	// Extend keeps a job leased until a later time. It fails with ErrLeaseLost when the worker no longer holds the lease.
	Extend(ctx context.Context, id, worker string, until time.Time) error
	// End records how an attempt ended. It fails with ErrLeaseLost when the worker no longer holds the lease.
	End(ctx context.Context, now time.Time, id, worker string, o Outcome) error
	// Rescue gives back jobs whose lease ended without a word and returns how many.
	Rescue(ctx context.Context, now time.Time) (int, error)
}

// Want says what a worker asks to lease.
type Want struct {
	Worker string
	Kinds  []string
	For    time.Duration
	Limit  int
}
