package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/internal/casefile"
)

// Compartment is a named set of words of queues and labels. A case with one of them is in it. A closed one is hidden from everybody
// who does not have it; one that is not closed only says what people see who are confined to it.
type Compartment struct {
	ID, Name       string
	Queues, Labels []string
	Closed         bool
	MadeAt         time.Time
	MadeBy         string
}

// Compartments keeps compartments, and whose they are, within the caller's transaction.
type Compartments interface {
	// Add stores a compartment; ErrTaken when another has the name.
	Add(ctx context.Context, c Compartment) error
	// Change stores name, words and whether it is closed; ErrNotFound, ErrTaken.
	Change(ctx context.Context, c Compartment) error
	// Remove takes it away from everybody and then away; ErrNotFound.
	Remove(ctx context.Context, id string) error
	// List returns all, by name.
	List(ctx context.Context) ([]Compartment, error)
	// Give puts what a person has in the place of what they had; ErrNotFound when there is no such compartment.
	Give(ctx context.Context, person string, ids []string) error
	// Held returns the ids of the compartments of each person, by the person's id.
	Held(ctx context.Context) (map[string][]string, error)
}

// The bounds of a compartment.
const (
	maxCompartments = 100
	maxWords        = 100
	maxWord         = 100 // bytes
)

// Walls are the compartments and whose they are.
type Walls struct {
	All  []Compartment
	Held map[string][]string // ids, by person
}

// Scope is which cases a person may see. A case in several closed compartments is for who has all of them.
func (w *Walls) Scope(p *Person) (s casefile.Scope) {
	s.Confined = p.Confined
	for i := range w.All {
		c := &w.All[i]
		switch mine := slices.Contains(w.Held[p.ID], c.ID); {
		case mine:
			s.Queues, s.Labels = append(s.Queues, c.Queues...), append(s.Labels, c.Labels...)
		case c.Closed:
			s.NotQueues, s.NotLabels = append(s.NotQueues, c.Queues...), append(s.NotLabels, c.Labels...)
		}
	}
	return s
}

// Walls returns the compartments and whose they are.
func (s *Service) Walls(ctx context.Context) (w Walls, err error) {
	err = s.db.Read(ctx, func(tx Tx) error {
		w, err = walls(ctx, tx)
		return err
	})
	return w, err
}

func walls(ctx context.Context, tx Tx) (w Walls, err error) {
	if w.All, err = tx.Compartments().List(ctx); err != nil || len(w.All) == 0 {
		return w, err
	}
	w.Held, err = tx.Compartments().Held(ctx)
	return w, err
}

// Scope is which cases a person may see; ErrNotFound when there is no such person.
func (s *Service) Scope(ctx context.Context, person string) (scope casefile.Scope, err error) {
	err = s.db.Read(ctx, func(tx Tx) error {
		p, err := tx.People().Get(ctx, person)
		if err != nil {
			return err
		}
		w, err := walls(ctx, tx)
		scope = w.Scope(&p)
		return err
	})
	return scope, err
}

// check returns the cleaned compartment, or an *InputError.
func (c Compartment) check() (Compartment, error) {
	c.Name = strings.TrimSpace(c.Name)
	if c.Name == "" || len(c.Name) > maxName || !plain(c.Name) {
		return c, &InputError{"name", "name", fmt.Sprintf("expected 1 to %d bytes of printable text", maxName)}
	}
	for field, list := range map[string]*[]string{"queues": &c.Queues, "labels": &c.Labels} {
		words, ok := cleanWords(*list)
		if !ok {
			return c, &InputError{field, "words", fmt.Sprintf("expected at most %d words of printable text, each of at most %d bytes", maxWords, maxWord)}
		}
		*list = words
	}
	if len(c.Queues)+len(c.Labels) == 0 {
		return c, &InputError{"queues", "compartment_empty", "expected at least one word of a queue or a label: without one no case is in the compartment"}
	}
	return c, nil
}

func cleanWords(list []string) (out []string, ok bool) {
	for _, w := range list {
		w = strings.TrimSpace(w)
		if len(w) > maxWord || !plain(w) {
			return nil, false
		}
		if w != "" {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out, len(out) <= maxWords
}

// PutCompartment adds a compartment, or changes the one with its id. It holds from everybody's next request. *InputError, ErrNotFound.
func (s *Service) PutCompartment(ctx context.Context, who string, c Compartment) (Compartment, error) {
	c, err := c.check()
	if err != nil {
		return c, err
	}
	act, put := "compartment.changed", Compartments.Change
	if c.ID == "" {
		if c.ID, err = newID(s.now(), s.rand); err != nil {
			return c, err
		}
		act, put, c.MadeAt, c.MadeBy = "compartment.added", Compartments.Add, s.now(), who
	}
	detail := map[string]string{
		"name": c.Name, "queues": strings.Join(c.Queues, ", "), "labels": strings.Join(c.Labels, ", "), "closed": strconv.FormatBool(c.Closed),
	}
	err = s.db.Write(ctx, func(tx Tx) error {
		all, err := tx.Compartments().List(ctx)
		if err != nil {
			return err
		}
		if act == "compartment.added" && len(all) >= maxCompartments {
			return &InputError{"name", "compartments_many", fmt.Sprintf("at most %d compartments are kept", maxCompartments)}
		}
		if err := put(tx.Compartments(), ctx, c); err != nil {
			return err
		}
		return note(ctx, tx, s.entry(who, act, "compartment/"+c.ID, detail))
	})
	if errors.Is(err, ErrTaken) {
		err = &InputError{"name", "compartment_taken", "another compartment has this name"}
	}
	return c, err
}

// RemoveCompartment takes a compartment away: what only it had closed is open again to everybody who is not confined. ErrNotFound.
func (s *Service) RemoveCompartment(ctx context.Context, who, id string) error {
	return s.db.Write(ctx, func(tx Tx) error {
		if err := tx.Compartments().Remove(ctx, id); err != nil {
			return err
		}
		return note(ctx, tx, s.entry(who, "compartment.removed", "compartment/"+id, nil))
	})
}

// SetCompartments says which compartments a person has and whether they see nothing else. It holds from their next request. ErrNotFound.
func (s *Service) SetCompartments(ctx context.Context, who, person string, ids []string, confined bool) error {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	return s.change(ctx, person, func(tx Tx, p *Person) error {
		held, err := tx.Compartments().Held(ctx)
		if err != nil {
			return err
		}
		detail := map[string]string{
			"from": strings.Join(held[p.ID], " "), "to": strings.Join(ids, " "), "was_confined": strconv.FormatBool(p.Confined), "confined": strconv.FormatBool(confined),
		}
		p.Confined = confined
		if err := tx.Compartments().Give(ctx, p.ID, ids); err != nil {
			return err
		}
		return note(ctx, tx, s.entry(who, "person.compartments_changed", "person/"+p.ID, detail))
	})
}
