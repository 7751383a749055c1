package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"haris/internal/casefile"
)

// shelf is the cases with the same words by which compartments show or hide them: one queue, and the same labels.
type shelf struct {
	id     int64
	queue  string
	labels string // a JSON array, sorted
}

// shelfOf returns the shelf of a case. Its id is made from the words, so that nothing has to be looked up: the first 63 bits of their SHA-256.
func shelfOf(c *casefile.Case) (shelf, error) {
	labels := slices.Compact(slices.Sorted(slices.Values(c.Labels)))
	words, err := json.Marshal(append([]string{c.Queue}, labels...))
	if err != nil {
		return shelf{}, fmt.Errorf("store: shelf of case %s: %w", c.ID, err)
	}
	list, err := json.Marshal(append([]string{}, labels...))
	if err != nil {
		return shelf{}, fmt.Errorf("store: shelf of case %s: %w", c.ID, err)
	}
	sum := sha256.Sum256(words)
	id := int64(binary.BigEndian.Uint64(sum[:8]) & math.MaxInt64)
	return shelf{max(id, 1), c.Queue, string(list)}, nil
}

// shelve makes the shelf of a case known when it has come to another; before is nil for a new case.
func (s caseStore) shelve(ctx context.Context, before, after *casefile.Case) error {
	to, err := shelfOf(after)
	if err != nil {
		return err
	}
	if before != nil {
		if from, err := shelfOf(before); err != nil || from == to {
			return err
		}
	}
	_, err = s.tx.Exec(ctx, `INSERT INTO case_shelf (id, queue, labels) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, to.id, to.queue, to.labels)
	if err != nil {
		return fmt.Errorf("store: shelf of case %s: %w", after.ID, err)
	}
	return nil
}

// seenShelves returns the shelves that a scope sees, as they stand in a query.
func (s caseStore) seenShelves(ctx context.Context, scope *casefile.Scope) (seen []string, err error) {
	rows, err := s.tx.Query(ctx, `SELECT id, queue, labels FROM case_shelf ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("store: shelves: %w", err)
	}
	list, err := collect(rows, func(r scanner) (x shelf, err error) {
		err = r.Scan(&x.id, &x.queue, &x.labels)
		return x, err
	})
	if err != nil {
		return nil, fmt.Errorf("store: shelves: %w", err)
	}
	for _, x := range list {
		c := casefile.Case{Queue: x.queue}
		if err := json.Unmarshal([]byte(x.labels), &c.Labels); err != nil {
			return nil, fmt.Errorf("store: shelf %d: %w", x.id, err)
		}
		if scope.Sees(&c) {
			seen = append(seen, strconv.FormatInt(x.id, 10))
		}
	}
	return seen, nil
}

// onShelves is the condition that a column is one of some shelves.
func onShelves(column string, shelves []string) string {
	if len(shelves) == 1 {
		return column + ` = ` + shelves[0]
	}
	return column + ` IN (` + strings.Join(shelves, ", ") + `)`
}

// shelveOld puts cases from before there were shelves on theirs, and counts what could not be looked at.
func (s caseStore) shelveOld(ctx context.Context) (int, error) {
	rows, err := s.tx.Query(ctx, `SELECT body FROM case_file WHERE shelf = 0 ORDER BY id LIMIT $1`, indexedAtOnce)
	if err != nil {
		return 0, fmt.Errorf("store: cases without a shelf: %w", err)
	}
	list, err := collect(rows, scanCase)
	for i := range list {
		var v caseRow
		if err == nil {
			v, err = rowOf(&list[i])
		}
		if err == nil {
			err = s.shelve(ctx, nil, &list[i])
		}
		if err == nil {
			_, err = s.tx.Exec(ctx, `UPDATE case_file SET shelf = $2, unscanned = $3 WHERE id = $1`, list[i].ID, v.shelf, v.unscanned)
		}
	}
	return len(list), err
}
