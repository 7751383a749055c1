package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"haris/internal/lead"
)

// Looks returns the second looks within the transaction.
func (tx *Tx) Looks() lead.LookStore { return looks{tx} }

type looks struct{ tx *Tx }

var _ lead.LookStore = looks{}

const (
	lookColumns  = `case_id, n, drawn_at, first_by, finding, typology, second_by, second_finding, second_typology, reason, second_at`
	looksWaiting = `SELECT ` + lookColumns + ` FROM second_look WHERE second_finding = '' AND drawn_at > 0 AND first_by <> $1 ORDER BY drawn_at, case_id, n LIMIT $2`
	looksSince   = `SELECT ` + lookColumns + ` FROM second_look WHERE second_finding <> '' AND second_at >= $1 ORDER BY second_at DESC, case_id DESC, n DESC LIMIT $2`
)

func scanLook(r scanner) (l lead.Look, err error) {
	var at int64
	var second sql.NullInt64
	err = r.Scan(&l.Case, &l.N, &at, &l.First, &l.Finding, &l.Typology, &l.Second.Who, &l.Second.Finding, &l.Second.Typology, &l.Second.Reason, &second)
	l.At = fromMilli(at)
	if second.Valid {
		l.Second.At = fromMilli(second.Int64)
	}
	return l, err
}

// Draw implements lead.LookStore.
func (v looks) Draw(ctx context.Context, l lead.Look) error {
	_, err := v.tx.Exec(ctx, `INSERT INTO second_look (`+lookColumns+`) VALUES ($1, $2, $3, $4, $5, $6, '', '', '', '', NULL) ON CONFLICT DO NOTHING`,
		l.Case, l.N, l.At.UnixMilli(), l.First, string(l.Finding), string(l.Typology))
	if err != nil {
		return fmt.Errorf("store: draw a second look: %w", err)
	}
	return nil
}

// Get implements lead.LookStore.
func (v looks) Get(ctx context.Context, id string, n int) (lead.Look, error) {
	l, err := scanLook(v.tx.QueryRow(ctx, `SELECT `+lookColumns+` FROM second_look WHERE case_id = $1 AND n = $2`, id, n))
	if errors.Is(err, sql.ErrNoRows) {
		return l, fmt.Errorf("%w: of event %d of case %q", lead.ErrNoLook, n, id)
	}
	if err != nil {
		return l, fmt.Errorf("store: read a second look: %w", err)
	}
	hides, err := v.tx.Hides(ctx, OfCase, id)
	if hides {
		return lead.Look{}, fmt.Errorf("%w: of event %d of case %q", lead.ErrNoLook, n, id)
	}
	return l, err
}

// Answer implements lead.LookStore.
func (v looks) Answer(ctx context.Context, l lead.Look) error {
	done, err := v.tx.Exec(ctx, `UPDATE second_look SET second_by = $1, second_finding = $2, second_typology = $3, reason = $4, second_at = $5
		WHERE case_id = $6 AND n = $7 AND second_finding = ''`,
		l.Second.Who, string(l.Second.Finding), string(l.Second.Typology), l.Second.Reason, l.Second.At.UnixMilli(), l.Case, l.N)
	if err != nil {
		return fmt.Errorf("store: answer a second look: %w", err)
	}
	if done != 1 {
		return lead.ErrLooked
	}
	return nil
}

// Waiting implements lead.LookStore.
func (v looks) Waiting(ctx context.Context, who string, limit int) ([]lead.Look, error) {
	return v.list(ctx, looksWaiting, who, limit)
}

// Since implements lead.LookStore.
func (v looks) Since(ctx context.Context, from time.Time, limit int) ([]lead.Look, error) {
	return v.list(ctx, looksSince, from.UnixMilli(), limit)
}

func (v looks) list(ctx context.Context, query string, args ...any) ([]lead.Look, error) {
	query, args = narrowed(ctx, query, "second_look.case_id", args)
	rows, err := v.tx.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: list second looks: %w", err)
	}
	return collect(rows, scanLook)
}
