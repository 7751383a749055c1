package casefile

import (
	"fmt"
	"time"
)

// MaxRest is the longest that a case may be put off, so that none is forgotten.
const MaxRest = 30 * 24 * time.Hour

// Rest is a case that is put off: it leaves the lists of what waits until its time has come, it grows, or somebody takes it up. Its
// deadline runs on. A case of P0 never rests.
type Rest struct {
	Kind   EventKind `json:"kind"` // Snoozed, or Parked: it waits for something outside
	Who    string    `json:"who"`
	At     time.Time `json:"at"`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
}

// Rests reports whether the case is put off at the given time.
func (c *Case) Rests(at time.Time) bool { return c.Rest != nil && c.Rest.Until.After(at) }

// rested applies Snoozed, Parked and Woken. Who puts a case off has it no longer; what is parked stays theirs.
func rested(c Case, e Event) (Case, error) {
	if e.Kind == Woken {
		if !c.Rests(e.At) {
			return Case{}, fmt.Errorf("%w: the case is not put off", ErrTransition)
		}
		c.Rest = nil
		return c, nil
	}
	var b RestBody
	if err := decode(e, &b); err != nil {
		return Case{}, err
	}
	if err := need("reason", b.Reason); err != nil {
		return Case{}, err
	}
	if !b.Until.After(e.At) || b.Until.Sub(e.At) > MaxRest {
		return Case{}, fmt.Errorf("%w: until %s: expected a time after %s, at most %d days later", ErrBody, b.Until, e.At, int(MaxRest.Hours()/24))
	}
	c.Rest = &Rest{Kind: e.Kind, Who: e.Who, At: e.At, Until: b.Until, Reason: b.Reason}
	c.Claim = nil
	if e.Kind == Parked && c.Assignee == "" {
		c.Assignee = e.Who
	}
	return c, nil
}

// assigned applies Assigned. A claim of somebody else ends: the case was taken from them.
func assigned(c Case, e Event) (Case, error) {
	var b AssignedBody
	if err := decode(e, &b); err != nil {
		return Case{}, err
	}
	switch {
	case b.To == c.Assignee:
		return Case{}, fmt.Errorf("%w: to: the case is assigned to %q already", ErrBody, b.To)
	case b.To != "" && !IsPerson(b.To):
		return Case{}, fmt.Errorf("%w: to: %q is no person", ErrBody, b.To)
	}
	c.Assignee = b.To
	if b.To != "" && c.Claim != nil && c.Claim.Who != b.To {
		c.Claim = nil
	}
	return c, nil
}
