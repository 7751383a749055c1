package action

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"haris/internal/job"
)

// Reverse takes an action back for a person, in the caller's transaction. What the platform may already have is taken back by a
// job; what was never sent is reversed at once. Reversing again what is being reversed changes nothing.
// ErrNotFound, ErrInvalid, ErrNeedsPerson, ErrTransition when it has expired.
func Reverse(ctx context.Context, tx Tx, now time.Time, who, why, id string) (Action, error) {
	now = now.UTC().Truncate(time.Millisecond)
	if err := person(who, why); err != nil {
		return Action{}, err
	}
	a, err := tx.Get(ctx, id)
	if err != nil {
		return Action{}, err
	}
	if a.Status == Reversing || a.Status == Reversed {
		return a, nil
	}
	if a, err = tx.Append(ctx, Event{Action: id, At: now, Who: who, Kind: ReversalAsked, Why: why}); err != nil {
		return Action{}, err
	}
	if a.Status == Reversing {
		if err := enqueue(ctx, tx, a, JobReverse, now, reversalTries); err != nil {
			return Action{}, err
		}
	}
	return a, note(ctx, tx, a, now, who, "reversal_asked", map[string]string{"why": why})
}

// Acknowledge notes for a person or an API key that the platform has done what was asked, in the caller's transaction.
// ErrNotFound, ErrInvalid, ErrTransition when it was not delivered or is acknowledged already.
func Acknowledge(ctx context.Context, tx Tx, now time.Time, who, why, id string) (Action, error) {
	now = now.UTC().Truncate(time.Millisecond)
	if strings.TrimSpace(who) == "" || strings.TrimSpace(why) == "" {
		return Action{}, invalid("who and why", "who confirms it, and how it is known")
	}
	a, err := tx.Append(ctx, Event{Action: id, At: now, Who: who, Kind: WasAcknowledged, Why: why})
	if err != nil {
		return Action{}, err
	}
	return a, note(ctx, tx, a, now, who, "acknowledged", map[string]string{"why": why})
}

func person(who, why string) error {
	if strings.TrimSpace(who) == "" || strings.TrimSpace(why) == "" {
		return invalid("who and why", "the id of a person and a reason in words")
	}
	return By{Person: who}.check()
}

// DeadLetter is a job that was given up, with the action it was for.
type DeadLetter struct {
	Job    job.Job `json:"job"`
	Action Action  `json:"action"`
	// Problem says why Action is empty, when the job names none that exists.
	Problem string `json:"problem,omitempty"`
}

// DeadLetters returns up to limit jobs of each kind that were given up. A person queues one again with job.Queue's Requeue.
func DeadLetters(ctx context.Context, tx Tx, limit int) ([]DeadLetter, error) {
	var out []DeadLetter
	for _, kind := range JobKinds() {
		jobs, err := tx.Jobs.List(ctx, kind, job.Dead, limit)
		if err != nil {
			return nil, fmt.Errorf("action: dead letters: %w", err)
		}
		for _, j := range jobs {
			d := DeadLetter{Job: j}
			id, err := payload(j)
			if err == nil {
				d.Action, err = tx.Get(ctx, id)
			}
			switch {
			case errors.Is(err, ErrNotFound) || errors.Is(err, errPayload):
				d.Problem = err.Error()
			case err != nil:
				return nil, err
			}
			out = append(out, d)
		}
	}
	return out, nil
}
