package report

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/cybertip"
	"haris/internal/casefile"
)

// EventKind is what happened to a report.
type EventKind string

// The kinds of events.
const (
	WasDrafted   EventKind = "drafted"
	WasSaved     EventKind = "saved"
	WasSubmitted EventKind = "submitted"
	Sending      EventKind = "sending"  // written before a call, so that a crash cannot hide that it may have been made
	Answered     EventKind = "answered" // what came of the call
	WasHeld      EventKind = "held"
	GaveUp       EventKind = "gave_up"
	WasResumed   EventKind = "resumed" // a person has answered a held or failed report
	WasFiled     EventKind = "filed"
	WasCancelled EventKind = "cancelled"
	WasPreserved EventKind = "preserved" // the evidence is kept by law from here on

	WasApproved    EventKind = "approved"    // a second person has approved what will be sent; any later save voids it
	WasDisapproved EventKind = "disapproved" // a second person has said why it should not be sent as it is
	WasHandedOver  EventKind = "handed_over" // exported to another authority; nothing else changes by it
	WasWithdrawn   EventKind = "withdrawn"   // a person wants back what is on its way
)

// EventKinds lists the kinds of events.
func EventKinds() []EventKind {
	return []EventKind{
		WasDrafted, WasSaved, WasSubmitted, Sending, Answered, WasHeld, GaveUp, WasResumed, WasFiled, WasCancelled, WasPreserved,
		WasApproved, WasDisapproved, WasHandedOver, WasWithdrawn,
	}
}

// Event is one line of a report's history. Draft and Filing are what the event leaves behind; the history keeps their digest and
// the report the newest of each.
type Event struct {
	Report string    `json:"report"`
	N      int       `json:"n"` // from 1, without gaps
	At     time.Time `json:"at"`
	Who    string    `json:"who"` // a person's id, or casefile.Haris
	Kind   EventKind `json:"kind"`
	Why    string    `json:"why,omitempty"` // a step, a person's reason, or what went wrong; of WasHandedOver to whom and in which form
	// Digest is that of the draft or filing that the event leaves behind; of WasApproved that of the documents, as Preview has it.
	Digest string `json:"digest,omitempty"`
	// Until is the end of the preservation, of WasPreserved only.
	Until  time.Time        `json:"until,omitzero"`
	Draft  *Draft           `json:"-"`
	Filing *cybertip.Filing `json:"-"`
}

// move is one row of the transition table.
type move struct {
	kind   EventKind
	from   []Status
	to     Status
	person bool // only a person may do it; otherwise only the software
}

// moves lists everything that may happen; what is not in it may not.
func moves() []move {
	list := []move{
		{WasDrafted, []Status{""}, Drafted, true},
		{WasSaved, []Status{Drafted}, Drafted, true},
		{WasSubmitted, []Status{Drafted}, Submitting, true},
		{WasCancelled, []Status{Drafted}, Cancelled, true},
		{Sending, []Status{Submitting}, Submitting, false},
		{Answered, []Status{Submitting}, Submitting, false},
		{WasHeld, []Status{Submitting}, Held, false},
		{GaveUp, []Status{Submitting}, Failed, false},
		{WasFiled, []Status{Submitting}, Filed, false},
		{WasCancelled, []Status{Submitting}, Cancelled, false},
		{WasResumed, []Status{Held, Failed}, Submitting, true},
		{WasPreserved, []Status{Filed}, Filed, false},
		{WasApproved, []Status{Drafted}, Drafted, true},
		{WasDisapproved, []Status{Drafted}, Drafted, true},
		{WasWithdrawn, []Status{Submitting, Held, Failed}, Submitting, true},
	}
	for _, s := range Statuses() {
		list = append(list, move{WasHandedOver, []Status{s}, s, true})
	}
	return list
}

// Allowed returns nil when who may do kind to the report. ErrTransition, ErrPerson.
func Allowed(r *Report, kind EventKind, who string) error {
	i := slices.IndexFunc(moves(), func(m move) bool { return m.kind == kind && slices.Contains(m.from, r.Status) })
	switch {
	case i < 0:
		return fmt.Errorf("%w: %s while the report is %q", ErrTransition, kind, r.Status)
	case moves()[i].person && !casefile.IsPerson(who):
		return fmt.Errorf("%w: %s by %q", ErrPerson, kind, who)
	case !moves()[i].person && who != casefile.Haris:
		return fmt.Errorf("%w: %s is said by haris alone, not by %q", ErrTransition, kind, who)
	}
	return nil
}

// Apply returns the report after one more event. ErrStale when the event is not the next one, ErrTransition, ErrPerson, and
// ErrInvalid when the event does not carry what its kind needs.
func (r Report) Apply(e Event) (Report, error) {
	if e.N != r.Events+1 {
		return r, fmt.Errorf("%w: event %d after %d", ErrStale, e.N, r.Events)
	}
	if err := Allowed(&r, e.Kind, e.Who); err != nil {
		return r, err
	}
	if err := e.carries(); err != nil {
		return r, err
	}
	i := slices.IndexFunc(moves(), func(m move) bool { return m.kind == e.Kind && slices.Contains(m.from, r.Status) })
	r.Status, r.Events = moves()[i].to, e.N
	if e.Draft != nil {
		r.Draft = *e.Draft
	}
	if e.Filing != nil {
		f := *e.Filing
		r.Filing = &f
	}
	switch e.Kind {
	case WasSaved, WasDisapproved:
		r.Approval = nil
	case WasApproved:
		r.Approval = &Approval{Who: e.Who, At: e.At, SHA256: e.Digest}
	case WasSubmitted:
		r.SubmittedAt, r.SubmittedBy = e.At, e.Who
	case WasHeld, GaveUp:
		r.Why = e.Why
	case WasResumed, WasWithdrawn:
		r.Why = ""
	case WasFiled:
		r.Number, r.EndedAt, r.Why = r.Filing.Receipt.ReportID, e.At, ""
	case WasCancelled:
		r.EndedAt, r.Why = e.At, e.Why
	case WasPreserved:
		r.PreservedUntil = e.Until
	}
	return r, nil
}

// carries checks that an event brings what its kind changes and nothing else. A draft never changes once it was submitted, and a
// report is filed only with its receipt.
func (e *Event) carries() error {
	draft := e.Kind == WasDrafted || e.Kind == WasSaved
	filing := e.Kind == WasSubmitted || e.Kind == Sending || e.Kind == Answered || e.Kind == WasResumed || e.Kind == WasFiled
	filing = filing || (e.Kind == WasWithdrawn && e.Filing != nil) // it may bring one
	switch {
	case draft != (e.Draft != nil):
		return fmt.Errorf("%w: %s event with a draft: %t", ErrInvalid, e.Kind, e.Draft != nil)
	case filing != (e.Filing != nil):
		return fmt.Errorf("%w: %s event with a filing: %t", ErrInvalid, e.Kind, e.Filing != nil)
	case e.Kind == WasFiled && (e.Filing.Receipt == nil || e.Filing.Receipt.ReportID == 0):
		return fmt.Errorf("%w: filed without a receipt", ErrInvalid)
	case e.Kind == WasApproved && len(e.Digest) != sha256.Size*2:
		return fmt.Errorf("%w: approved without the digest of what is approved", ErrInvalid)
	case (e.Kind == WasDisapproved || e.Kind == WasHandedOver || e.Kind == WasWithdrawn) && strings.TrimSpace(e.Why) == "":
		return fmt.Errorf("%w: %s: reason: expected words", ErrInvalid, e.Kind)
	case e.Kind == WasPreserved && e.Until.IsZero():
		return fmt.Errorf("%w: preserved without an end", ErrInvalid)
	}
	return nil
}
