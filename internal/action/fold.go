package action

import (
	"fmt"
	"slices"
)

// EventKind is what happened to an action.
type EventKind string

// The kinds of events.
const (
	WasAsked        EventKind = "asked"
	HadNoEndpoint   EventKind = "no_endpoint"
	Sending         EventKind = "sending" // written before an attempt, so that a crash cannot hide that the platform may have it
	AttemptFailed   EventKind = "attempt_failed"
	GaveUp          EventKind = "gave_up"
	WasDelivered    EventKind = "delivered"
	WasAcknowledged EventKind = "acknowledged"
	ReversalAsked   EventKind = "reversal_asked" // by a person
	ExpiryReached   EventKind = "expiry_reached"
	ReversalSending EventKind = "reversal_sending"
	ReversalFailed  EventKind = "reversal_failed"
	ReversalDone    EventKind = "reversal_delivered"
)

// EventKinds lists the kinds of events.
func EventKinds() []EventKind {
	return []EventKind{
		WasAsked, HadNoEndpoint, Sending, AttemptFailed, GaveUp, WasDelivered, WasAcknowledged,
		ReversalAsked, ExpiryReached, ReversalSending, ReversalFailed, ReversalDone,
	}
}

// step is one row of the transition table. An empty to means that the status stays.
type step struct {
	kind EventKind
	from []Status
	to   Status
}

// table lists everything that may happen; what is not in it may not. An attempt that was under way when the action was taken
// back may still end, which changes the status no more.
func table() []step {
	ending := []Status{Reversing, Expiring, Reversed, Expired}
	standing := []Status{Asked, NoEndpoint, Failed, Dead, Delivered, Acknowledged}
	return []step{
		{WasAsked, []Status{""}, Asked},
		{HadNoEndpoint, []Status{Asked, Failed, Dead}, NoEndpoint},
		{Sending, []Status{Asked, NoEndpoint}, Asked},
		{Sending, []Status{Failed, Dead}, Failed},
		{AttemptFailed, []Status{Asked, Failed}, Failed},
		{GaveUp, []Status{Asked, NoEndpoint, Failed}, Dead},
		{WasDelivered, []Status{Asked, Failed}, Delivered},
		{WasAcknowledged, []Status{Delivered}, Acknowledged},
		{AttemptFailed, ending, ""},
		{GaveUp, ending, ""},
		{WasDelivered, ending, ""},
		{WasAcknowledged, ending, ""},
		{ReversalAsked, standing, Reversing},
		{ExpiryReached, standing, Expiring},
		{ReversalSending, []Status{Reversing, Expiring}, ""},
		{ReversalFailed, []Status{Reversing, Expiring}, ""},
		{ReversalDone, []Status{Reversing}, Reversed},
		{ReversalDone, []Status{Expiring}, Expired},
	}
}

// next is the status after an event. What was never sent needs no message to be taken back.
func (a Action) next(k EventKind) (Status, error) {
	for _, s := range table() {
		if s.kind != k || !slices.Contains(s.from, a.Status) {
			continue
		}
		switch {
		case s.to == "":
			return a.Status, nil
		case s.to == Reversing && !a.Sent:
			return Reversed, nil
		case s.to == Expiring && !a.Sent:
			return Expired, nil
		}
		return s.to, nil
	}
	return "", fmt.Errorf("%w: %s in status %q", ErrTransition, k, a.Status)
}

// Apply returns the action after one more event. ErrTransition when the event may not happen now or is out of order.
func (a Action) Apply(e Event) (Action, error) {
	if e.N != a.Events+1 {
		return a, fmt.Errorf("%w: event %d after %d", ErrTransition, e.N, a.Events)
	}
	to, err := a.next(e.Kind)
	if err != nil {
		return a, err
	}
	a.Status, a.Events = to, e.N
	switch e.Kind {
	case Sending, ReversalSending:
		a.Sent = true
		a.Attempts++
	case AttemptFailed, GaveUp, ReversalFailed, HadNoEndpoint:
		a.LastError = e.Why
	case ReversalAsked, ExpiryReached:
		a.ReversedBy, a.ReversedAt = e.Who, e.At
	}
	return a, nil
}

// Fold returns the action after all its events, given what was asked.
func Fold(asked Action, events []Event) (Action, error) {
	a := Action{
		ID: asked.ID, Key: asked.Key, Case: asked.Case, Subject: asked.Subject, Item: asked.Item, Kind: asked.Kind, By: asked.By,
		Reason: asked.Reason, AskedAt: asked.AskedAt, ExpiresAt: asked.ExpiresAt,
	}
	for _, e := range events {
		var err error
		if a, err = a.Apply(e); err != nil {
			return a, err
		}
	}
	return a, nil
}
