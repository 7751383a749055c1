package process

import (
	"context"
	"io"
	"time"

	"haris/internal/audit"
	"haris/internal/disclosure"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/job"
)

// Store keeps processes within the caller's transaction.
type Store interface {
	// NewID makes an id for a process that is to be added.
	NewID() (string, error)
	// Append checks the event against the transition table, stores it and returns the process after it; an event of kind
	// WasReceived adds the process. N is the place it must get or 0 for the next. ErrNotFound, ErrStale and the errors of Apply.
	Append(ctx context.Context, e Event) (Request, error)
	// Get returns one process; ErrNotFound.
	Get(ctx context.Context, id string) (Request, error)
	// History returns the events in order; empty when there is no such process.
	History(ctx context.Context, id string) ([]Event, error)
	// List returns processes, newest first.
	List(ctx context.Context, f Filter) ([]Request, error)
	// CasesOf returns the ids of the cases in which an account is a subject, oldest first.
	CasesOf(ctx context.Context, account string) ([]string, error)
}

// Filter narrows List; zero fields do not narrow.
type Filter struct {
	Statuses []Status
	Before   string // id of the last process of the page before
	Limit    int    // 0 means 50, at most 500
}

// Tx is one transaction as this package sees it.
type Tx struct {
	Store
	Evidence    evidence.Tx
	Disclosures disclosure.Log
	Jobs        job.Queue
	Audit       audit.Log
	Book        audit.Book
}

// Keeper runs transactions. Write may run f more than once, so f has no effects besides the transaction.
type Keeper interface {
	Write(ctx context.Context, f func(Tx) error) error
	Read(ctx context.Context, f func(Tx) error) error
}

// Vault is what productions need of the evidence; *evidence.Vault is one. Safe for concurrent use.
type Vault interface {
	// Seal stores contents; sealing the same again changes nothing.
	Seal(ctx context.Context, n evidence.New) (evidence.Item, error)
	// Open opens an item that stays in the house, Export one that leaves it; both note it in custody.
	Open(ctx context.Context, who, why, item string) (evidence.Item, io.ReadCloser, error)
	Export(ctx context.Context, who, why, item string) (evidence.Item, io.ReadCloser, error)
	// DestroyFor destroys the evidence of a case, and Certify proves it.
	DestroyFor(ctx context.Context, o evidence.DestroyOrder) error
	Certify(ctx context.Context, caseID string) (evidence.Certificate, error)
}

// Source reads the log of events and what was filed. Safe for concurrent use. A failed read is an error and never "nothing is
// there".
type Source interface {
	// End returns the newest place in the log.
	End(ctx context.Context) (uint64, error)
	// Line returns the places of everything that an account did or that was done to it, up to and with through, oldest first. Events
	// of other accounts may be among them.
	Line(ctx context.Context, account string, through uint64) ([]uint64, error)
	// Conversation is Line for a conversation.
	Conversation(ctx context.Context, name string, through uint64) ([]uint64, error)
	// Events returns events by their places, in the order asked for.
	Events(ctx context.Context, places []uint64) ([]event.Event, error)
	// Filed returns the reports that were filed about an account.
	Filed(ctx context.Context, account string) ([]Filed, error)
}

// Filed is a report that was filed, as a production names it.
type Filed struct {
	Account     string    `json:"account"`
	Report      string    `json:"report"`
	Number      int64     `json:"number"`
	Environment string    `json:"environment"`
	FiledAt     time.Time `json:"filed_at"`
	SHA256      string    `json:"sha256"` // of the document as it was sent
}
