package review

import (
	"context"
	"fmt"
	"slices"

	"haris/internal/audit"
	"haris/internal/casefile"
)

// Round returns the queues of a person's round in their order, those too that the person no longer works.
func (s *Service) Round(ctx context.Context, person string) (out []casefile.Queue, err error) {
	err = s.Read(ctx, func(tx Tx) error {
		out, err = tx.Queues().Round(ctx, person)
		return err
	})
	return out, err
}

// Turn is a change to somebody's round.
type Turn struct {
	Person string
	Roles  []string // of the person
	Queue  string
	Step   casefile.Step
}

// ChangeRound takes a step in a round, one's own or somebody else's, with its audit entry. Only a queue that the person works comes in, and of what
// is shared with nobody only one's own. casefile.ErrNoQueue.
func (s *Service) ChangeRound(ctx context.Context, who string, t Turn) error {
	return s.Write(ctx, func(tx Tx) error {
		q, err := tx.Queues().Get(ctx, t.Queue)
		if err != nil {
			return err
		}
		if t.Step == casefile.StepIn && (!q.WorkedBy(t.Person, t.Roles) || !q.Shared && q.Owner != who) {
			return fmt.Errorf("%w: %q is none that the person works", casefile.ErrNoQueue, t.Queue)
		}
		return s.step(ctx, tx, who, t.Person, t.Queue, t.Step)
	})
}

// step changes a round within a transaction; a step that changes nothing writes nothing.
func (s *Service) step(ctx context.Context, tx Tx, who, person, queue string, step casefile.Step) error {
	list, err := tx.Queues().Round(ctx, person)
	if err != nil {
		return err
	}
	round := make([]string, len(list))
	for i := range list {
		round[i] = list[i].ID
	}
	next := step.Take(round, queue)
	if slices.Equal(round, next) {
		return nil
	}
	if err := tx.Queues().SetRound(ctx, person, next); err != nil {
		return err
	}
	_, err = tx.Audit().Append(ctx, audit.Entry{
		At: s.Now().UTC(), Who: who, Act: "round.changed", Object: "person/" + person, Detail: map[string]string{"queue": queue, "step": string(step)},
	})
	return err
}
