package casefile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/internal/taxonomy"
)

// Who narrows by whose case it is.
type Who string

// The values of Who.
const (
	OfAnybody Who = ""
	OfMine    Who = "mine"   // assigned to who looks
	OfNobody  Who = "nobody" // assigned to nobody
)

// Narrow is a filter that can be saved: what a person chooses, without who looks and when.
type Narrow struct {
	Status   string            `json:"status,omitempty"` // a Status, "asleep" for those that are put off, "all"; empty for what waits now
	Queue    string            `json:"queue,omitempty"`  // the word that a rule gave the case
	Typology taxonomy.Typology `json:"typology,omitempty"`
	AtLeast  taxonomy.Priority `json:"at_least,omitempty"`
	Detector string            `json:"detector,omitempty"` // a detector or rule that has spoken
	Label    string            `json:"label,omitempty"`
	Who      Who               `json:"who,omitempty"`
	Held     bool              `json:"held,omitempty"` // claimed by who looks
	Days     int               `json:"days,omitempty"` // opened at least so many days ago
}

// The values of Narrow.Status besides those of Status.
const (
	NarrowAll    = "all"
	NarrowAsleep = "asleep"
)

// Filter is the question to the store, asked by a person at a time.
func (n *Narrow) Filter(person string, now time.Time) Filter {
	f := Filter{Queue: n.Queue, Typology: n.Typology, AtLeast: n.AtLeast, Detector: n.Detector, Label: n.Label, Now: now}
	switch n.Status {
	case "":
		f.Statuses, f.Resting = OpenStatuses(), Awake
	case NarrowAsleep:
		f.Statuses, f.Resting = OpenStatuses(), Asleep
	case NarrowAll:
	default:
		f.Statuses = []Status{Status(n.Status)}
	}
	switch n.Who {
	case OfMine:
		f.Assignee = person
	case OfNobody:
		f.Unassigned = true
	}
	if n.Held {
		f.Claimant = person
	}
	if n.Days > 0 {
		f.OpenedBy = now.AddDate(0, 0, -n.Days)
	}
	return f
}

// Queue is a saved filter: of its owner, or shared with its owner, the people who are named and everybody who has one of the roles (all roles when
// there are none).
type Queue struct {
	ID     string
	Name   string
	Owner  string
	Shared bool
	Roles  []string
	People []string // who works a shared queue, by id, sorted; empty for everybody who sees it
	Place  int      // order on the page, lowest first
	Narrow Narrow
	// Limit is how long after a case was opened whoever works the queue must have looked at it, in whole minutes; 0 for no limit of its own.
	Limit time.Duration
	At    time.Time
}

// Bounds of queues.
const (
	MaxQueueName = 60 // bytes
	MaxQueues    = 50 // of one person, and shared

	MaxQueuePeople = 500 // named for one queue

	MinQueueLimit = time.Minute
	MaxQueueLimit = 30 * 24 * time.Hour
)

// What callers of Queues test for.
var (
	ErrNoQueue = errors.New("casefile: no such queue")
	ErrQueue   = errors.New("casefile: a queue that cannot be kept")
)

// Check reports why a queue cannot be kept, as an ErrQueue.
func (q *Queue) Check() error {
	switch {
	case strings.TrimSpace(q.Name) == "" || len(q.Name) > MaxQueueName:
		return fmt.Errorf("%w: name: expected 1 to %d bytes", ErrQueue, MaxQueueName)
	case !IsPerson(q.Owner):
		return fmt.Errorf("%w: owner %q is no person", ErrQueue, q.Owner)
	case !q.Shared && len(q.Roles)+len(q.People) > 0:
		return fmt.Errorf("%w: roles and people: only a shared queue has some", ErrQueue)
	case len(q.People) > MaxQueuePeople:
		return fmt.Errorf("%w: people: %d are named; expected at most %d", ErrQueue, len(q.People), MaxQueuePeople)
	case q.Limit != 0 && (q.Limit < MinQueueLimit || q.Limit > MaxQueueLimit || q.Limit%time.Minute != 0):
		return fmt.Errorf("%w: time limit %s: expected none, or whole minutes from %s to %s", ErrQueue, q.Limit, MinQueueLimit, MaxQueueLimit)
	}
	return nil
}

// Due is by when who works the queue must have looked at a case, the zero time for no limit, and whether that is the queue's own limit: it
// shortens the time that a case has by its priority, and never lengthens it.
func (q *Queue) Due(c *Case) (due time.Time, own bool) {
	if q.Limit == 0 {
		return c.Deadline, false
	}
	due = c.OpenedAt.Add(q.Limit)
	if !c.Deadline.IsZero() && !c.Deadline.After(due) {
		return c.Deadline, false
	}
	return due, true
}

// Late is the filter of those cases of the queue whose time, as Due counts it, is over.
func (q *Queue) Late(person string, now time.Time) Filter {
	f := q.Narrow.Filter(person, now)
	f.LateAfter = q.Limit
	return f
}

// SeenBy reports whether a person with these roles may see the queue.
func (q *Queue) SeenBy(person string, roles []string) bool {
	if !q.Shared || q.Owner == person {
		return q.Owner == person
	}
	return len(q.Roles) == 0 || slices.Contains(q.People, person) || slices.ContainsFunc(q.Roles, func(r string) bool { return slices.Contains(roles, r) })
}

// WorkedBy reports whether a person with these roles may have the queue in their round: they see it, and are named if anybody is.
func (q *Queue) WorkedBy(person string, roles []string) bool {
	return q.SeenBy(person, roles) && (len(q.People) == 0 || slices.Contains(q.People, person))
}

// Queues keeps queues within the caller's transaction.
type Queues interface {
	// Put adds a queue (without id), or changes the one with the id; it returns it as kept. ErrQueue, ErrNoQueue.
	Put(ctx context.Context, q Queue) (Queue, error)
	// Get returns one; ErrNoQueue.
	Get(ctx context.Context, id string) (Queue, error)
	// Of returns the person's own queues and all shared ones, by place; the caller asks SeenBy.
	Of(ctx context.Context, person string) ([]Queue, error)
	// Delete removes one, from every round too; ErrNoQueue.
	Delete(ctx context.Context, id string) error
	// Round returns the queues of a person's round in their order, those too that they no longer work.
	Round(ctx context.Context, person string) ([]Queue, error)
	// SetRound replaces a person's round.
	SetRound(ctx context.Context, person string, ids []string) error
}
