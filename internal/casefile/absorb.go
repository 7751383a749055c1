package casefile

import (
	"fmt"
	"slices"
)

// MaxAbsorbed bounds the cases that one case may take in.
const MaxAbsorbed = 100

// CanAbsorb reports why from cannot be merged into a case, or nil: two cases of one typology, neither of them closed, that are not the
// same. Whether a person may do it is Allowed's.
func CanAbsorb(into, from *Case) error {
	switch {
	case into.ID == from.ID:
		return fmt.Errorf("%w: a case cannot be merged into itself", ErrBody)
	case into.Typology != from.Typology:
		return fmt.Errorf("%w: %s and %s are never merged", ErrBody, from.Typology, into.Typology)
	case len(into.Absorbed) >= MaxAbsorbed:
		return fmt.Errorf("%w: %d cases were merged into this one, the most that can be", ErrBody, MaxAbsorbed)
	}
	return nil
}

// Summary is what a case knows, as the matter that another case takes in. Its key names the case.
func Summary(c *Case) Matter {
	return Matter{
		Key: "merge/" + c.ID, Subject: c.Subject, Linked: c.Subjects, Victims: c.Victims, Typology: c.Typology, Priority: c.Priority,
		Queue: c.Queue, Signals: c.Signals, Labels: c.Labels, Reasons: c.Reasons, At: c.EventAt,
	}
}

// mergedInto closes a case that goes on in another.
func mergedInto(c Case, e Event) (Case, error) {
	var b MergedBody
	if err := decode(e, &b); err != nil {
		return Case{}, err
	}
	if err := need("reason", b.Reason); err != nil {
		return Case{}, err
	}
	if err := need("into", b.Into); err != nil {
		return Case{}, err
	}
	if b.Into == c.ID {
		return Case{}, fmt.Errorf("%w: a case cannot be merged into itself", ErrBody)
	}
	c.Into, c.Disposal = b.Into, nil
	return c, nil
}

// absorbed adds what another case knew: its accounts, signals, labels and reasons; the priority only rises, and the deadline with it. Accounts
// that were apart from this case come back with it; what was apart from the other stays apart, unless it is here.
func absorbed(c Case, e Event) (Case, error) {
	var b AbsorbedBody
	if err := decode(e, &b); err != nil {
		return Case{}, err
	}
	if err := need("from", b.From); err != nil {
		return Case{}, err
	}
	if err := b.Matter.Check(); err != nil {
		return Case{}, err
	}
	if err := CanAbsorb(&c, &Case{ID: b.From, Typology: b.Matter.Typology}); err != nil {
		return Case{}, err
	}
	brought := append([]string{b.Matter.Subject}, b.Matter.Linked...)
	c.Apart = without(c.Apart, brought) // who merges says that they belong together
	next := Merge(c, b.Matter)
	next.Apart, _ = union(c.Apart, without(b.Apart, next.Subjects), 2*MaxAccounts)
	next.Absorbed, next.Rest = append(slices.Clone(c.Absorbed), b.From), nil
	if slices.Contains(c.Absorbed, b.From) {
		next.Absorbed = c.Absorbed // it was taken back and merged again
	}
	if next.Priority > c.Priority {
		if d := DeadlineOf(next.Priority, e.At); c.Deadline.IsZero() || d.Before(c.Deadline) {
			next.Deadline = d
		}
	}
	return next, nil
}
