package casefile

import (
	"fmt"
	"slices"

	"haris/internal/taxonomy"
)

// Element is what a person finds of one element of trafficking: in which forms, and on which events it rests.
type Element struct {
	Kinds  []taxonomy.ElementKind `json:"kinds,omitempty"`
	Events []uint64               `json:"events,omitempty"` // places in the log
}

// maxElementEvents bounds what one element rests on.
const maxElementEvents = 200

// checkElements reports what is wrong with the elements of a finding, as an ErrBody: they are of trafficking alone, in forms that the element has.
func (d *Disposition) checkElements() error {
	if len(d.Elements) > 0 && d.Typology != taxonomy.TypologyTrafficking {
		return fmt.Errorf("%w: elements: only a finding of trafficking has some", ErrBody)
	}
	for name, e := range d.Elements {
		if !slices.Contains(taxonomy.Elements(), name) {
			return fmt.Errorf("%w: elements: %q: expected one of %v", ErrBody, name, taxonomy.Elements())
		}
		for _, k := range e.Kinds {
			if !slices.Contains(name.Kinds(), k) {
				return fmt.Errorf("%w: elements: %s: %q: expected some of %v", ErrBody, name, k, name.Kinds())
			}
		}
		if len(e.Events) > maxElementEvents || slices.Contains(e.Events, 0) {
			return fmt.Errorf("%w: elements: %s: expected at most %d places in the log, from 1", ErrBody, name, maxElementEvents)
		}
	}
	return nil
}

// checkGrounds reports an element that rests on what no signal of the case rests on, as an ErrBody.
func (c *Case) checkGrounds(d *Disposition) error {
	known := map[uint64]bool{}
	for _, s := range c.Signals {
		for _, n := range s.Events {
			known[n] = true
		}
	}
	for _, name := range taxonomy.Elements() {
		for _, n := range d.Elements[name].Events {
			if !known[n] {
				return fmt.Errorf("%w: elements: %s: no signal of the case rests on event %d", ErrBody, name, n)
			}
		}
	}
	return nil
}
