package process

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/internal/evidence"
)

// EventKind is what happened to a process.
type EventKind string

// The kinds of events.
const (
	WasReceived  EventKind = "received"
	WasRescoped  EventKind = "rescoped" // the scope was changed: it must be reviewed and approved again
	WasReviewed  EventKind = "reviewed"
	WasApproved  EventKind = "approved"
	WasRefused   EventKind = "refused"
	WasPreserved EventKind = "preserved" // by the software, after the approval
	WasProduced  EventKind = "produced"
	WasDelivered EventKind = "delivered"
	WasDestroyed EventKind = "destroyed"
)

// EventKinds lists the kinds of events.
func EventKinds() []EventKind {
	return []EventKind{WasReceived, WasRescoped, WasReviewed, WasApproved, WasRefused, WasPreserved, WasProduced, WasDelivered, WasDestroyed}
}

// Event is one line of a process's history.
type Event struct {
	Process string    `json:"process"`
	N       int       `json:"n"` // from 1, without gaps
	At      time.Time `json:"at"`
	Who     string    `json:"who"`
	Kind    EventKind `json:"kind"`
	Body    Body      `json:"body"`
}

// Body is what an event adds, by its kind.
type Body struct {
	Intake   *Intake `json:"intake,omitempty"`   // received
	Document string  `json:"document,omitempty"` // received
	Scope    *Scope  `json:"scope,omitempty"`    // rescoped
	Words    string  `json:"words,omitempty"`    // a person's: the note of a review, the reason of a refusal or of a new scope, how it was delivered
	// Digest, Through and AuditSize are of approved.
	Digest    string   `json:"digest,omitempty"`
	Through   uint64   `json:"through,omitempty"`
	AuditSize int64    `json:"audit_size,omitempty"`
	Package   *Package `json:"package,omitempty"` // produced, preserved
}

// step is one row of the transition table.
type step struct {
	kind     EventKind
	from     []Status
	to       Status
	software bool // by the software, and only by it
	words    bool // a person's words are needed
	only     Kind // of this kind of process only; empty for all that produce, or for all where any is set
	any      bool
}

// table lists everything that may happen; what is not in it may not.
func table() []step {
	return []step{
		{kind: WasReceived, from: []Status{""}, to: Received, any: true},
		{kind: WasRescoped, from: []Status{Received, Reviewed, Approved, Produced}, to: Received, words: true, any: true},
		{kind: WasReviewed, from: []Status{Received}, to: Reviewed, words: true, any: true},
		{kind: WasApproved, from: []Status{Reviewed}, to: Approved, any: true},
		{kind: WasRefused, from: []Status{Received, Reviewed, Approved}, to: Refused, words: true, any: true},
		{kind: WasPreserved, from: []Status{Approved}, to: Preserved, software: true, only: Preservation},
		{kind: WasProduced, from: []Status{Approved, Produced, Delivered}, to: Produced},
		{kind: WasDelivered, from: []Status{Produced}, to: Delivered, words: true},
		{kind: WasDestroyed, from: []Status{Approved}, to: Destroyed, only: Destruction},
	}
}

// Allowed says whether an event of a kind may happen now, by whom.
func (r *Request) Allowed(k EventKind, who string) error {
	i := slices.IndexFunc(table(), func(s step) bool { return s.kind == k })
	if i < 0 || !slices.Contains(table()[i].from, r.Status) {
		return fmt.Errorf("%w: %s when it is %q", ErrTransition, k, r.Status)
	}
	s := table()[i]
	switch {
	case s.software != (who == evidence.Software) || strings.HasPrefix(who, "key:") || who == "":
		return fmt.Errorf("%w: %s by %q", ErrPerson, k, who)
	case s.only != "" && s.only != r.Kind, s.only == "" && !s.any && !r.Kind.Produces():
		return fmt.Errorf("%w: %s", ErrKind, r.Kind)
	case k == WasApproved && known([]string{r.CreatedBy, r.ScopedBy, r.ReviewedBy}, who):
		return ErrFourEyes
	}
	return nil
}

// Apply returns the process after one more event; r is left as it was. ErrStale, ErrTransition, ErrPerson, ErrKind, ErrFourEyes,
// ErrScope, ErrInvalid.
func (r Request) Apply(e Event) (Request, error) {
	if e.N != r.Events+1 {
		return r, fmt.Errorf("%w: event %d was to follow event %d", ErrStale, e.N, r.Events)
	}
	if err := r.Allowed(e.Kind, e.Who); err != nil {
		return r, err
	}
	i := slices.IndexFunc(table(), func(s step) bool { return s.kind == e.Kind })
	if words := strings.TrimSpace(e.Body.Words); table()[i].words && words == "" || len(words) > maxWords {
		return r, invalid("words", fmt.Sprintf("1 to %d bytes", maxWords))
	}
	next, err := r.take(e)
	if err != nil {
		return r, err
	}
	next.Status, next.Events = table()[i].to, e.N
	return next, nil
}

// take applies the body of an event that is allowed.
func (r Request) take(e Event) (Request, error) {
	b := e.Body
	switch e.Kind {
	case WasReceived:
		if b.Intake == nil {
			return r, invalid("intake", "what came in")
		}
		r.ID, r.Intake, r.Document, r.CreatedBy = e.Process, *b.Intake, b.Document, e.Who
		r.ScopedBy = e.Who
	case WasRescoped:
		if b.Scope == nil {
			return r, invalid("scope", "the new scope")
		}
		if err := b.Scope.Check(r.Kind); err != nil {
			return r, err
		}
		r.Scope, r.ScopedBy = *b.Scope, e.Who
		r.ReviewedBy, r.ReviewNote, r.ApprovedBy, r.ApprovedAt, r.Through, r.AuditSize, r.Package = "", "", "", time.Time{}, 0, 0, nil
	case WasReviewed:
		r.ReviewedBy, r.ReviewNote = e.Who, b.Words
	case WasApproved:
		if b.Digest != r.Scope.Digest() {
			return r, ErrScope
		}
		r.ApprovedBy, r.ApprovedAt, r.Through, r.AuditSize = e.Who, e.At, b.Through, b.AuditSize
	case WasRefused:
		r.Why = b.Words
	case WasProduced, WasPreserved:
		if b.Package == nil {
			return r, invalid("package", "what was made")
		}
		r.Package = b.Package
	case WasDelivered:
		r.DeliveredBy, r.DeliveredAt, r.How = e.Who, e.At, b.Words
	}
	return r, nil
}
