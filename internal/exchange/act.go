package exchange

import (
	"context"
	"fmt"
	"time"

	"haris/internal/audit"
)

// Act is what a person does, and when.
type Act struct {
	Who string
	At  time.Time
}

// Hasten asks for a sync as soon as somebody works, in the name of a person, within the caller's transaction.
func Hasten(ctx context.Context, tx Tx, a Act, name string) (State, error) {
	return change(ctx, tx, a, "exchange.hastened", name, func(s *State) error {
		s.Next = a.At.UTC()
		return nil
	})
}

// Accept lets what was held back be withdrawn: a person has looked, and the list is right. ErrNothingHeld.
func Accept(ctx context.Context, tx Tx, a Act, name string) (State, error) {
	return change(ctx, tx, a, "exchange.accepted", name, func(s *State) error {
		if s.Held == "" {
			return fmt.Errorf("%w: %s", ErrNothingHeld, name)
		}
		s.Held, s.Retiring, s.Next = "", true, a.At.UTC()
		return nil
	})
}

func change(ctx context.Context, tx Tx, a Act, act, name string, f func(*State) error) (State, error) {
	s, err := tx.Exchanges().State(ctx, name)
	if err != nil {
		return s, err
	}
	if err := f(&s); err != nil {
		return s, err
	}
	if s, err = tx.Exchanges().Save(ctx, s); err != nil {
		return s, err
	}
	_, err = tx.Audit().Append(ctx, audit.Entry{At: a.At.UTC(), Who: a.Who, Act: act, Object: "exchange/" + name})
	return s, err
}
