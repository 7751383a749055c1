package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"haris/internal/state"
)

// StateRows is the checkpoint of what is known within a transaction: rows of state, and the mark up to which the log is applied
// to them. Rows and mark belong to one transaction.
type StateRows struct {
	tx       *Tx
	prepared *statePrepared
}

// statePrepared is the statements of one StateRows, prepared when first needed; they end with the transaction.
type statePrepared struct{ put, drop *sql.Stmt }

// State returns the checkpoint within the transaction. A caller that puts many rows keeps what it returns.
func (tx *Tx) State() StateRows { return StateRows{tx, &statePrepared{}} }

// Put stores a row or replaces the one with its part and key; a row with an empty body is removed. The row's bytes are not kept.
func (v StateRows) Put(ctx context.Context, r state.Row) error {
	if len(r.Body) == 0 {
		return v.exec(ctx, &v.prepared.drop, r, `DELETE FROM state WHERE part = $1 AND key = $2`, r.Part, notNil(r.Key))
	}
	return v.exec(ctx, &v.prepared.put, r, `INSERT INTO state (part, key, body) VALUES ($1, $2, $3)
		ON CONFLICT (part, key) DO UPDATE SET body = excluded.body`, r.Part, notNil(r.Key), r.Body)
}

func (v StateRows) exec(ctx context.Context, s **sql.Stmt, r state.Row, query string, args ...any) (err error) {
	if *s == nil {
		if *s, err = v.tx.tx.PrepareContext(ctx, query); err != nil {
			return fmt.Errorf("store: prepare state: %w", err)
		}
	}
	if _, err := (*s).ExecContext(ctx, args...); err != nil {
		return fmt.Errorf("store: put state %s/%x: %w", r.Part, r.Key, err)
	}
	return nil
}

// Each calls f with every row, ordered by part and key, and stops at its error. The row's bytes are valid only during the call.
func (v StateRows) Each(ctx context.Context, f func(state.Row) error) (err error) {
	rows, err := v.tx.Query(ctx, `SELECT part, key, body FROM state ORDER BY part, key`)
	if err != nil {
		return fmt.Errorf("store: read state: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var key, body sql.RawBytes
	for rows.Next() {
		var r state.Row
		if err := rows.Scan(&r.Part, &key, &body); err != nil {
			return fmt.Errorf("store: read state: %w", err)
		}
		r.Key, r.Body = key, body
		if err := f(r); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("store: read state: %w", err)
	}
	return nil
}

// Mark returns the sequence number up to which the log is applied to the rows; ok is false when there is no checkpoint.
func (v StateRows) Mark(ctx context.Context) (applied uint64, ok bool, err error) {
	var n int64
	err = v.tx.QueryRow(ctx, `SELECT applied FROM state_mark WHERE id = 1`).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("store: read the mark of the state: %w", err)
	}
	return uint64(n), true, nil
}

// SetMark says up to which sequence number the log is applied to the rows.
func (v StateRows) SetMark(ctx context.Context, applied uint64) error {
	if applied > math.MaxInt64 {
		return fmt.Errorf("store: mark the state: %d is no sequence number", applied)
	}
	_, err := v.tx.Exec(ctx, `INSERT INTO state_mark (id, applied) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET applied = excluded.applied`, int64(applied))
	if err != nil {
		return fmt.Errorf("store: mark the state: %w", err)
	}
	return nil
}

// Clear forgets every row and the mark, so that the log is applied from its beginning.
func (v StateRows) Clear(ctx context.Context) error {
	for _, query := range [...]string{`DELETE FROM state`, `DELETE FROM state_mark`} {
		if _, err := v.tx.Exec(ctx, query); err != nil {
			return fmt.Errorf("store: clear the state: %w", err)
		}
	}
	return nil
}

// notNil keeps an empty key from being stored as NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
