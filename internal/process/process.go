// Package process is the noun "legal process": a warrant, an order, a subpoena, a request to preserve or to destroy, and what is
// produced for it. A process is an append-only list of events; its status is a fold over them by a pure transition table. A person
// reviews it, another one approves exactly the scope that was reviewed, and only then something is produced: what the scope covers
// and nothing else, as a parcel that the receiver can check. haris takes no tasking: nothing here searches, watches or decides.
// Service is what people do; internal/store keeps processes, internal/app gives it the log of events and the vault.
package process

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
)

// Kind says what kind of process it is.
type Kind string

// The kinds.
const (
	Warrant      Kind = "warrant"
	CourtOrder   Kind = "court_order"
	Subpoena     Kind = "subpoena"
	Preservation Kind = "preservation" // keep what there is; nothing is produced
	Emergency    Kind = "emergency"    // an emergency disclosure, which the provider may make
	Destruction  Kind = "destruction"  // law enforcement asks to destroy; nothing is produced
	Other        Kind = "other"
)

// Kinds lists the kinds.
func Kinds() []Kind {
	return []Kind{Warrant, CourtOrder, Subpoena, Preservation, Emergency, Destruction, Other}
}

// Produces reports whether something is produced for the kind.
func (k Kind) Produces() bool { return k != Preservation && k != Destruction }

// Status is where a process stands, derived from its events.
type Status string

// The statuses.
const (
	Received  Status = "received"
	Reviewed  Status = "reviewed"
	Approved  Status = "approved"
	Preserved Status = "preserved"
	Produced  Status = "produced"
	Delivered Status = "delivered"
	Destroyed Status = "destroyed"
	Refused   Status = "refused"
)

// Statuses lists the statuses.
func Statuses() []Status {
	return []Status{Received, Reviewed, Approved, Preserved, Produced, Delivered, Destroyed, Refused}
}

// Over reports whether nothing more is to be done.
func (s Status) Over() bool {
	return s == Preserved || s == Delivered || s == Destroyed || s == Refused
}

// Intake is what is written down when a process comes in.
type Intake struct {
	Kind         Kind      `json:"kind"`
	Agency       string    `json:"agency"`
	Officer      string    `json:"officer"` // who is to be contacted
	Email        string    `json:"email,omitempty"`
	Phone        string    `json:"phone,omitempty"`
	Number       string    `json:"number"`
	Jurisdiction string    `json:"jurisdiction"`
	ReceivedAt   time.Time `json:"received_at"`
	DueAt        time.Time `json:"due_at,omitzero"`
	// KeepUntil is the end of a preservation, and only of one.
	KeepUntil time.Time `json:"keep_until,omitzero"`
	// NoNotice says that the account must not be told, until NoticeUntil or, when that is zero, until a person lifts it.
	NoNotice    bool      `json:"no_notice,omitempty"`
	NoticeUntil time.Time `json:"notice_until,omitzero"`
	Lang        string    `json:"lang"`                // of the index of the production: en or ar
	Recipient   string    `json:"recipient,omitempty"` // age public key of the officer
	Scope       Scope     `json:"scope"`
}

// Request is one process: what came in, and the fold of its events.
type Request struct {
	ID string `json:"id"`
	Intake
	Document   string `json:"document,omitempty"` // the sealed item that is the process itself
	Status     Status `json:"status"`
	CreatedBy  string `json:"created_by"`
	ScopedBy   string `json:"scoped_by"` // who wrote the scope as it is now
	ReviewedBy string `json:"reviewed_by,omitempty"`
	ReviewNote string `json:"review_note,omitempty"`
	ApprovedBy string `json:"approved_by,omitempty"`
	// ApprovedAt, Through and AuditSize fix what a production is made of: nothing that came later gets into it.
	ApprovedAt time.Time `json:"approved_at,omitzero"`
	Through    uint64    `json:"through,omitempty"`    // the newest place in the log of events
	AuditSize  int64     `json:"audit_size,omitempty"` // entries of the audit log, the approval included
	Package    *Package  `json:"package,omitempty"`
	// DeliveredBy, DeliveredAt and How tell of the newest delivery.
	DeliveredBy string    `json:"delivered_by,omitempty"`
	DeliveredAt time.Time `json:"delivered_at,omitzero"`
	How         string    `json:"how,omitempty"`
	Why         string    `json:"why,omitempty"` // of refused
	Events      int       `json:"events"`        // length of the history
}

// Package is a production, sealed in the vault of the process.
type Package struct {
	Item   string    `json:"item"`
	SHA256 string    `json:"sha256"`
	Bytes  int64     `json:"bytes"`
	Files  int       `json:"files"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Counts []Count   `json:"counts"`
}

// What callers test for.
var (
	ErrNotFound   = errors.New("process: no such legal process")
	ErrInvalid    = errors.New("process: invalid request")
	ErrTransition = errors.New("process: not allowed in this status")
	ErrStale      = errors.New("process: it has changed since it was read")
	ErrPerson     = errors.New("process: only a person may do this")
	ErrFourEyes   = errors.New("process: the one who approves must be another than who received it, who wrote its scope and who reviewed it")
	ErrScope      = errors.New("process: the scope is not the one that was reviewed")
	ErrKind       = errors.New("process: nothing is produced for this kind")
)

// InvalidError is ErrInvalid with the field that it is about.
type InvalidError struct{ Field, Want string }

// Error says the field and what is expected there.
func (e *InvalidError) Error() string {
	return fmt.Sprintf("%v: %s: expected %s", ErrInvalid, e.Field, e.Want)
}

// Unwrap makes it ErrInvalid.
func (e *InvalidError) Unwrap() error { return ErrInvalid }

func invalid(field, want string) error { return &InvalidError{field, want} }

// The bounds of what is written down, in bytes.
const (
	maxWord  = 500
	maxWords = 8 << 10
)

// normal trims and checks what came in.
func (i Intake) normal(now time.Time) (Intake, error) {
	for _, s := range []*string{&i.Agency, &i.Officer, &i.Email, &i.Phone, &i.Number, &i.Jurisdiction, &i.Recipient} {
		*s = strings.TrimSpace(*s)
		if len(*s) > maxWord {
			return i, invalid("text", fmt.Sprintf("at most %d bytes", maxWord))
		}
	}
	if i.Lang == "" {
		i.Lang = "en"
	}
	i.Scope = i.Scope.normal()
	switch {
	case !known(Kinds(), i.Kind):
		return i, invalid("kind", fmt.Sprintf("one of %v", Kinds()))
	case i.Agency == "":
		return i, invalid("agency", "who asks")
	case i.Officer == "":
		return i, invalid("officer", "whom to contact")
	case i.Number == "":
		return i, invalid("number", "the number that the process bears")
	case i.Jurisdiction == "":
		return i, invalid("jurisdiction", "the court or law that it rests on")
	case i.ReceivedAt.IsZero() || i.ReceivedAt.After(now.Add(time.Minute)):
		return i, invalid("received_at", "when it came, not in the future")
	case !slices.Contains(Languages(), i.Lang):
		return i, invalid("lang", strings.Join(Languages(), " or "))
	case !i.NoNotice && !i.NoticeUntil.IsZero():
		return i, invalid("notice_until", "an end only where notice is forbidden")
	case !i.NoticeUntil.IsZero() && !i.NoticeUntil.After(now):
		return i, invalid("notice_until", "a time in the future")
	case (i.Kind == Preservation) != (!i.KeepUntil.IsZero()):
		return i, invalid("keep_until", "the end of a preservation, and of nothing else")
	case i.Kind == Preservation && !i.KeepUntil.After(now):
		return i, invalid("keep_until", "a time in the future")
	}
	if i.Recipient != "" {
		if _, err := age.ParseX25519Recipient(i.Recipient); err != nil {
			return i, invalid("recipient", "an age public key, age1…")
		}
	}
	return i, i.Scope.Check(i.Kind)
}

// Languages lists the languages that letters about legal process are written in.
func Languages() []string { return []string{"en", "ar"} }
