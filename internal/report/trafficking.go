package report

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/taxonomy"
)

// Trafficking is what a person finds about trafficking in persons: its three elements and who has which part. Everything in it is
// a person's word. For a child the means need not be shown, and whoever pays or profits is a trafficker.
type Trafficking struct {
	Act     Element `json:"act,omitzero"`
	Means   Element `json:"means,omitzero"`
	Purpose Element `json:"purpose,omitzero"`
	// Parts says which accounts control, pay, profit, or are advertised.
	Parts map[string][]Part `json:"parts,omitempty"`
}

// Element is one of the three elements with the evidence that it rests on.
type Element struct {
	Kinds  []taxonomy.ElementKind `json:"kinds,omitempty"`
	Note   string                 `json:"note,omitempty"`
	Events []uint64               `json:"events,omitempty"` // places in the log, of messages or traces of the draft
}

// Part is what an account does in a matter of trafficking.
type Part string

// The parts.
const (
	PartControls   Part = "controls"   // decides over the child, or over the account that is used for it
	PartPays       Part = "pays"       // a buyer
	PartProfits    Part = "profits"    // receives what is paid
	PartAdvertises Part = "advertises" // publishes the offer
	PartAdvertised Part = "advertised" // is offered
)

// Parts lists the parts.
func Parts() []Part {
	return []Part{PartControls, PartPays, PartProfits, PartAdvertises, PartAdvertised}
}

// Trace is one thing in the platform's records that can bear on trafficking. haris finds traces and judges none: only those that
// a person lets stand go into a report, and only into one about trafficking.
type Trace struct {
	ID      string    `json:"id"` // derived from kind, accounts and value
	Kind    TraceKind `json:"kind"`
	Account string    `json:"account"`         // whose it is: who published, who paid
	Other   string    `json:"other,omitempty"` // the other account: who was paid, with whom a place was shared
	With    []string  `json:"with,omitempty"`  // the further accounts that use a shared key
	Value   string    `json:"value"`           // in words, without personal data of payment
	URL     string    `json:"url,omitempty"`
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
	Count   int       `json:"count"`            // events
	Events  []uint64  `json:"events,omitempty"` // places in the log, newest last, at most maxTraceEvents
	Stands  bool      `json:"stands,omitempty"`
}

// TraceKind is what a trace is about.
type TraceKind string

// The kinds of traces.
const (
	TraceAdvertisement TraceKind = "advertisement" // a listing with its id, address and time
	TracePrice         TraceKind = "price"
	TracePlace         TraceKind = "place"
	TracePayment       TraceKind = "payment"    // who paid whom, how, how much; never a name or number of an instrument
	TraceContact       TraceKind = "contact"    // a telephone number, email address or handle that was published with an offer
	TraceShared        TraceKind = "shared"     // a device, number or payout account that serves several accounts of the case
	TraceCredential    TraceKind = "credential" // a password or a way of recovery was changed
	TraceLocation      TraceKind = "location"   // somebody shared where they are
)

// TraceKinds lists the kinds of traces in the order of the report.
func TraceKinds() []TraceKind {
	return []TraceKind{TraceAdvertisement, TracePrice, TracePlace, TracePayment, TraceContact, TraceShared, TraceCredential, TraceLocation}
}

func (t *Trafficking) clone() *Trafficking {
	if t == nil {
		return nil
	}
	c := *t
	for _, e := range []*Element{&c.Act, &c.Means, &c.Purpose} {
		e.Kinds, e.Events = slices.Clone(e.Kinds), slices.Clone(e.Events)
	}
	c.Parts = maps.Clone(t.Parts)
	return &c
}

// of is one of the elements.
func (t *Trafficking) of(name taxonomy.Element) *Element {
	switch name {
	case taxonomy.Act:
		return &t.Act
	case taxonomy.Means:
		return &t.Means
	}
	return &t.Purpose
}

// Places are the places in the log that elements can name: those of the messages and traces of the draft.
func (d *Draft) Places() map[uint64]bool {
	out := map[uint64]bool{}
	for i := range d.Messages {
		out[d.Messages[i].Seq] = true
	}
	for i := range d.Traces {
		for _, n := range d.Traces[i].Events {
			out[n] = true
		}
	}
	return out
}

// begin takes over what the person who decided found of the elements, as far as it rests on what the draft has.
func (d *Draft) begin(found *casefile.Disposition) {
	if d.Trafficking == nil || found == nil {
		return
	}
	known := d.Places()
	for name, e := range found.Elements {
		to := d.Trafficking.of(name)
		to.Kinds = slices.Clone(e.Kinds)
		to.Events = slices.DeleteFunc(slices.Clone(e.Events), func(n uint64) bool { return !known[n] })
	}
}

// editedTrafficking returns the part about trafficking after an edit. A report of enticement never has one, and one of trafficking
// always has.
func (d *Draft) editedTrafficking(e Edit) (*Trafficking, error) {
	if d.IncidentType == cybertip.IncidentEnticement {
		return nil, nil
	}
	t := e.Trafficking.clone()
	if t == nil && d.IncidentType == cybertip.IncidentTrafficking {
		return &Trafficking{}, nil
	}
	if t == nil {
		return nil, nil
	}
	known := d.Places()
	for _, name := range taxonomy.Elements() {
		if err := t.of(name).check(name, known); err != nil {
			return nil, err
		}
	}
	for account, parts := range t.Parts {
		if !slices.ContainsFunc(d.Parties, func(p Party) bool { return p.Account == account }) {
			return nil, fmt.Errorf("%w: parts of an account that the draft does not have", ErrInvalid)
		}
		for _, p := range parts {
			if !slices.Contains(Parts(), p) {
				return nil, fmt.Errorf("%w: part %q: expected one of %v", ErrInvalid, p, Parts())
			}
		}
	}
	return t, nil
}

func (e *Element) check(name taxonomy.Element, known map[uint64]bool) error {
	for _, k := range e.Kinds {
		if !slices.Contains(name.Kinds(), k) {
			return fmt.Errorf("%w: %s %q: expected one of %v", ErrInvalid, name, k, name.Kinds())
		}
	}
	for _, seq := range e.Events {
		if !known[seq] {
			return fmt.Errorf("%w: evidence of the %s: the draft has no event %d", ErrInvalid, name, seq)
		}
	}
	return nil
}

func editedTraces(traces []Trace, stand []string) ([]Trace, error) {
	traces = slices.Clone(traces)
	if n := choose(traces, stand, func(t *Trace) (string, *bool) { return t.ID, &t.Stands }); n > 0 {
		return nil, fmt.Errorf("%w: %d traces that the draft does not have", ErrInvalid, n)
	}
	return traces, nil
}

// typologyOf is what a person found the case to be, or else what the software raised it as.
func typologyOf(m *Material) taxonomy.Typology {
	if m.Case.Disposal != nil && m.Case.Disposal.Typology != "" {
		return m.Case.Disposal.Typology
	}
	return m.Case.Typology
}
