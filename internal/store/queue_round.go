package store

import (
	"context"
	"fmt"
	"slices"

	"haris/internal/casefile"
)

// name replaces the people who are named to work a queue, and sorts them.
func (s queueStore) name(ctx context.Context, q *casefile.Queue) error {
	_, err := s.tx.Exec(ctx, `DELETE FROM case_queue_person WHERE queue = $1`, q.ID)
	q.People = slices.Compact(slices.Sorted(slices.Values(q.People)))
	for _, p := range q.People {
		if err == nil {
			_, err = s.tx.Exec(ctx, `INSERT INTO case_queue_person (queue, person) VALUES ($1, $2)`, q.ID, p)
		}
	}
	if err != nil {
		return fmt.Errorf("store: people of queue %s: %w", q.ID, err)
	}
	return nil
}

// people fills in who is named to work the queues.
func (s queueStore) people(ctx context.Context, list []casefile.Queue) error {
	at := map[string]int{}
	for i := range list {
		if list[i].Shared {
			at[list[i].ID] = i
		}
	}
	if len(at) == 0 {
		return nil
	}
	query, args := `SELECT queue, person FROM case_queue_person ORDER BY queue, person`, []any(nil)
	if len(list) == 1 {
		query, args = `SELECT queue, person FROM case_queue_person WHERE queue = $1 ORDER BY person`, []any{list[0].ID}
	}
	rows, err := s.tx.Query(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("store: people of queues: %w", err)
	}
	named, err := collect(rows, func(r scanner) (n [2]string, err error) {
		err = r.Scan(&n[0], &n[1])
		return n, err
	})
	for _, n := range named {
		if i, ok := at[n[0]]; ok {
			list[i].People = append(list[i].People, n[1])
		}
	}
	return err
}

// Round implements casefile.Queues.
func (s queueStore) Round(ctx context.Context, person string) ([]casefile.Queue, error) {
	rows, err := s.tx.Query(ctx, `SELECT `+queueColumns+` FROM case_queue JOIN (SELECT queue, place AS turn FROM queue_round WHERE person = $1) r ON queue = id ORDER BY turn`, person)
	if err != nil {
		return nil, fmt.Errorf("store: round of %s: %w", person, err)
	}
	list, err := collect(rows, scanQueue)
	if err != nil {
		return nil, err
	}
	return list, s.people(ctx, list)
}

// SetRound implements casefile.Queues.
func (s queueStore) SetRound(ctx context.Context, person string, ids []string) error {
	_, err := s.tx.Exec(ctx, `DELETE FROM queue_round WHERE person = $1`, person)
	for place, id := range ids {
		if err == nil {
			_, err = s.tx.Exec(ctx, `INSERT INTO queue_round (person, place, queue) VALUES ($1, $2, $3)`, person, place, id)
		}
	}
	if err != nil {
		return fmt.Errorf("store: set the round of %s: %w", person, err)
	}
	return nil
}
