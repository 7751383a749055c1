package report

import (
	"context"
	"io"
	"time"

	"haris/cybertip"
	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/disclosure"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/job"
)

// Store keeps reports within the caller's transaction.
type Store interface {
	// Add stores a new report with its first event, of kind WasDrafted, and returns it with the id that it was given.
	Add(ctx context.Context, r Report, first Event) (Report, error)
	// Append checks the event against the transition table, stores it and returns the report after it. N is the place it must get
	// (what the caller has seen, plus one) or 0 for the next place. ErrNotFound, ErrStale and the errors of Report.Apply.
	Append(ctx context.Context, e Event) (Report, error)
	// Get returns one report; ErrNotFound.
	Get(ctx context.Context, id string) (Report, error)
	// History returns the report's events in order, without their drafts and filings; empty when there is no such report.
	History(ctx context.Context, id string) ([]Event, error)
	// List returns the reports of a filter, newest first; see Filter.Before.
	List(ctx context.Context, f Filter) ([]Report, error)
	// AddCall stores an exchange with the authority; it sets N.
	AddCall(ctx context.Context, c Call) error
	// Calls returns the exchanges of a report in order.
	Calls(ctx context.Context, id string) ([]Call, error)
}

// Versions reads the saved states of drafts; Store writes them with the events that bring them. None is ever changed.
type Versions interface {
	// List returns the versions of a report, oldest first; empty when there is no such report.
	List(ctx context.Context, id string) ([]Version, error)
	// Draft returns the draft that event n left behind. ErrNotFound.
	Draft(ctx context.Context, id string, n int) (Draft, error)
}

// Handovers keeps what was handed to other authorities. None is ever changed.
type Handovers interface {
	// Add stores a handover under the number of its event of kind WasHandedOver, which must be there.
	Add(ctx context.Context, h Handover) error
	// List returns the handovers of a report, oldest first.
	List(ctx context.Context, id string) ([]Handover, error)
}

// Filter narrows List; zero fields do not narrow.
type Filter struct {
	Case        string
	Subject     string
	Environment cybertip.Environment
	Status      Status
	// Person narrows to those that they began or submitted.
	Person string
	// Older is the id of the last report of the page before: those that come after it, newest first. Nothing comes after a report that is
	// not there.
	Older string
	// Before narrows to those that were submitted before it, and drafts that were made before it, and turns the order round: those
	// that wait longest come first.
	Before time.Time
	Limit  int // 0 means 50, at most 500
}

// Tx is one transaction as reports see it.
type Tx struct {
	Store
	Versions  Versions
	Handovers Handovers
	Cases     casefile.Store
	Jobs      job.Queue
	Audit     audit.Log
	Evidence  evidence.Manifest
	// Disclosures is the log of what left the installation: whoever hands a report out writes its line there.
	Disclosures disclosure.Log
	Memory      Memory
}

// Keeper runs transactions. Write may run f more than once, so f has no effects besides the transaction.
type Keeper interface {
	Write(ctx context.Context, f func(Tx) error) error
	Read(ctx context.Context, f func(Tx) error) error
}

// Vault is what reports need of the evidence; *evidence.Vault is one. Safe for concurrent use.
type Vault interface {
	// Seal stores contents; sealing the same again changes nothing.
	Seal(ctx context.Context, n evidence.New) (evidence.Item, error)
	// Open opens an item for the installation itself and notes it in custody.
	Open(ctx context.Context, who, why, item string) (evidence.Item, io.ReadCloser, error)
	// Export opens an item that leaves the installation and notes it in custody.
	Export(ctx context.Context, who, why, item string) (evidence.Item, io.ReadCloser, error)
	// Custody returns who has had an item, in order.
	Custody(ctx context.Context, item string) ([]evidence.Custody, error)
	// SetHold forbids destruction.
	SetHold(ctx context.Context, o evidence.HoldOrder) error
}

// Conversations is what stands around the events of a case, and what was too much to gather.
type Conversations struct {
	Events []event.Event
	Left   []Left
}

// Source reads what a draft is made of. Safe for concurrent use. A failed read is an error and never "nothing is known".
type Source interface {
	// Conversation returns the events that the signals of the case rest on and what stands around them in their conversations.
	Conversation(ctx context.Context, c casefile.Case) (Conversations, error)
	// Account returns what the platform has said about an account, and the account's own events that name it, its addresses and
	// devices: account.*, session.started, credential.changed, moderation.applied; and what it published, uploaded, paid, was paid and
	// shared. An account of which nothing was said has a
	// profile with only its id.
	Account(ctx context.Context, id string) (detect.Profile, []event.Event, error)
}

// Exposures reads the log of what people were shown. Safe for concurrent use.
type Exposures interface {
	// Views returns the newest records about a sealed item. A failed read is an error and never "nobody has viewed it".
	Views(ctx context.Context, item string) (Views, error)
}
