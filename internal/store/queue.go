package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"haris/internal/casefile"
)

// Queues returns the saved filters within the transaction.
func (tx *Tx) Queues() casefile.Queues { return queueStore{tx} }

type queueStore struct{ tx *Tx }

var _ casefile.Queues = queueStore{}

const queueColumns = `id, name, owner, shared, roles, place, filter, at, limit_minutes`

// Put implements casefile.Queues.
func (s queueStore) Put(ctx context.Context, q casefile.Queue) (casefile.Queue, error) {
	if err := q.Check(); err != nil {
		return q, err
	}
	filter, err := json.Marshal(q.Narrow)
	if err != nil {
		return q, fmt.Errorf("store: filter of a queue: %w", err)
	}
	if q.ID != "" {
		n, err := s.tx.Exec(ctx, `UPDATE case_queue SET name = $1, shared = $2, roles = $3, place = $4, filter = $5, limit_minutes = $6 WHERE id = $7`,
			q.Name, bit(q.Shared), joinWords(q.Roles), q.Place, string(filter), int64(q.Limit/time.Minute), q.ID)
		if err == nil && n != 1 {
			err = casefile.ErrNoQueue
		}
		if err != nil {
			return q, fmt.Errorf("store: change queue %s: %w", q.ID, err)
		}
		return q, s.name(ctx, &q)
	}
	if err := s.room(ctx, &q); err != nil {
		return q, err
	}
	q.At = milli(q.At)
	if q.ID, err = s.tx.ids.New(q.At); err != nil {
		return q, err
	}
	if err := s.insert(ctx, &q, string(filter)); err != nil {
		return q, err
	}
	return q, s.name(ctx, &q)
}

// insert adds the row of a queue.
func (s queueStore) insert(ctx context.Context, q *casefile.Queue, filter string) error {
	_, err := s.tx.Exec(ctx, `INSERT INTO case_queue (`+queueColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		q.ID, q.Name, q.Owner, bit(q.Shared), joinWords(q.Roles), q.Place, filter, q.At.UnixMilli(), int64(q.Limit/time.Minute))
	if err != nil {
		return fmt.Errorf("store: add a queue: %w", err)
	}
	return nil
}

// room gives a new queue the last place, and refuses one too many.
func (s queueStore) room(ctx context.Context, q *casefile.Queue) error {
	var n, last int
	err := s.tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(MAX(place), 0) FROM case_queue WHERE shared = 1 OR owner = $1`, q.Owner).Scan(&n, &last)
	if err != nil {
		return fmt.Errorf("store: count queues: %w", err)
	}
	if n >= casefile.MaxQueues {
		return fmt.Errorf("%w: there are %d already", casefile.ErrQueue, n)
	}
	q.Place = last + 1
	return nil
}

// Get implements casefile.Queues.
func (s queueStore) Get(ctx context.Context, id string) (casefile.Queue, error) {
	q, err := scanQueue(s.tx.QueryRow(ctx, `SELECT `+queueColumns+` FROM case_queue WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return q, fmt.Errorf("%w: %q", casefile.ErrNoQueue, id)
	}
	if err != nil {
		return q, err
	}
	list := []casefile.Queue{q}
	err = s.people(ctx, list)
	return list[0], err
}

// Of implements casefile.Queues.
func (s queueStore) Of(ctx context.Context, person string) ([]casefile.Queue, error) {
	rows, err := s.tx.Query(ctx, `SELECT `+queueColumns+` FROM case_queue WHERE shared = 1 OR owner = $1 ORDER BY place, id`, person)
	if err != nil {
		return nil, fmt.Errorf("store: list queues: %w", err)
	}
	list, err := collect(rows, scanQueue)
	if err != nil {
		return nil, err
	}
	return list, s.people(ctx, list)
}

// Delete implements casefile.Queues.
func (s queueStore) Delete(ctx context.Context, id string) error {
	_, err := s.tx.Exec(ctx, `DELETE FROM case_queue_person WHERE queue = $1`, id)
	if err == nil {
		_, err = s.tx.Exec(ctx, `DELETE FROM queue_round WHERE queue = $1`, id)
	}
	var n int64
	if err == nil {
		n, err = s.tx.Exec(ctx, `DELETE FROM case_queue WHERE id = $1`, id)
	}
	if err == nil && n != 1 {
		err = casefile.ErrNoQueue
	}
	if err != nil {
		return fmt.Errorf("store: delete queue %s: %w", id, err)
	}
	return nil
}

func scanQueue(r scanner) (q casefile.Queue, err error) {
	var shared, at, minutes int64
	var roles, filter string
	if err := r.Scan(&q.ID, &q.Name, &q.Owner, &shared, &roles, &q.Place, &filter, &at, &minutes); err != nil {
		return q, err
	}
	q.Shared, q.Roles, q.At, q.Limit = shared == 1, splitWords[string](roles), fromMilli(at), time.Duration(minutes)*time.Minute
	return q, json.Unmarshal([]byte(filter), &q.Narrow)
}

// Presence is a person who has a case open.
type Presence struct {
	Who string
	At  time.Time // last sign of life
}

// presenceKept is how long a sign of life is kept.
const presenceKept = time.Hour

// Here notes that who has a case open now, and returns who else had since.
func (tx *Tx) Here(ctx context.Context, caseID, who string, now, since time.Time) ([]Presence, error) {
	_, err := tx.Exec(ctx, `INSERT INTO case_presence (case_id, who, at) VALUES ($1, $2, $3) ON CONFLICT (case_id, who) DO UPDATE SET at = excluded.at`,
		caseID, who, now.UnixMilli())
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM case_presence WHERE at < $1`, now.Add(-presenceKept).UnixMilli())
	}
	if err != nil {
		return nil, fmt.Errorf("store: who has case %s open: %w", caseID, err)
	}
	rows, err := tx.Query(ctx, `SELECT who, at FROM case_presence WHERE case_id = $1 AND who <> $2 AND at >= $3 ORDER BY at DESC`,
		caseID, who, since.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("store: who has case %s open: %w", caseID, err)
	}
	return collect(rows, func(r scanner) (p Presence, err error) {
		var at int64
		err = r.Scan(&p.Who, &at)
		p.At = fromMilli(at)
		return p, err
	})
}
