package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"haris/internal/lead"
)

// Golden returns the golden cases within the transaction.
func (tx *Tx) Golden() lead.GoldenStore { return golden{tx} }

type golden struct{ tx *Tx }

var _ lead.GoldenStore = golden{}

const goldenColumns = `case_id, n, first_by, finding, typology, why, set_by, set_at, retired_at`

func scanGolden(r scanner) (g lead.Golden, err error) {
	var at int64
	var retired sql.NullInt64
	err = r.Scan(&g.Case, &g.N, &g.First, &g.Finding, &g.Typology, &g.Why, &g.By, &at, &retired)
	g.At, g.Retired = fromMilli(at), fromNullMilli(retired)
	return g, err
}

// Put implements lead.GoldenStore.
func (v golden) Put(ctx context.Context, g lead.Golden) error {
	n, err := v.tx.Exec(ctx, `INSERT INTO golden_case (`+goldenColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL) ON CONFLICT DO NOTHING`,
		g.Case, g.N, g.First, string(g.Finding), string(g.Typology), g.Why, g.By, g.At.UnixMilli())
	if err != nil {
		return fmt.Errorf("store: set a golden case: %w", err)
	}
	if n != 1 {
		return lead.ErrIsGolden
	}
	return nil
}

// Retire implements lead.GoldenStore.
func (v golden) Retire(ctx context.Context, id string, n int, at time.Time) error {
	done, err := v.tx.Exec(ctx, `UPDATE golden_case SET retired_at = $1 WHERE case_id = $2 AND n = $3 AND retired_at IS NULL`, at.UnixMilli(), id, n)
	if err != nil {
		return fmt.Errorf("store: retire a golden case: %w", err)
	}
	if done != 1 {
		return lead.NoGolden(id, n)
	}
	return nil
}

// Get implements lead.GoldenStore.
func (v golden) Get(ctx context.Context, id string, n int) (lead.Golden, error) {
	g, err := scanGolden(v.tx.QueryRow(ctx, `SELECT `+goldenColumns+` FROM golden_case WHERE case_id = $1 AND n = $2`, id, n))
	if errors.Is(err, sql.ErrNoRows) {
		return g, lead.NoGolden(id, n)
	}
	if err != nil {
		return g, fmt.Errorf("store: read a golden case: %w", err)
	}
	hides, err := v.tx.Hides(ctx, OfCase, id)
	if hides {
		return lead.Golden{}, lead.NoGolden(id, n)
	}
	return g, err
}

// List implements lead.GoldenStore.
func (v golden) List(ctx context.Context) ([]lead.Golden, error) {
	return v.list(ctx, `SELECT `+goldenColumns+` FROM golden_case g WHERE set_at > 0 ORDER BY set_at DESC, case_id, n`)
}

// Open implements lead.GoldenStore.
func (v golden) Open(ctx context.Context, who string, limit int) ([]lead.Golden, error) {
	return v.list(ctx, `SELECT `+goldenColumns+` FROM golden_case g WHERE retired_at IS NULL AND first_by <> $1 AND set_by <> $1
		AND NOT EXISTS (SELECT 1 FROM golden_answer a WHERE a.case_id = g.case_id AND a.n = g.n AND a.who = $1) ORDER BY set_at, case_id, n LIMIT $2`, who, limit)
}

func (v golden) list(ctx context.Context, query string, args ...any) ([]lead.Golden, error) {
	query, args = narrowed(ctx, query, "g.case_id", args)
	rows, err := v.tx.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: list golden cases: %w", err)
	}
	return collect(rows, scanGolden)
}

// Answer implements lead.GoldenStore.
func (v golden) Answer(ctx context.Context, a lead.GoldenAnswer) error {
	n, err := v.tx.Exec(ctx, `INSERT INTO golden_answer (case_id, n, who, finding, typology, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		a.Case, a.N, a.Who, string(a.Finding), string(a.Typology), a.Reason, a.At.UnixMilli())
	if err != nil {
		return fmt.Errorf("store: answer a golden case: %w", err)
	}
	if n != 1 {
		return lead.ErrLooked
	}
	return nil
}

// Answers implements lead.GoldenStore.
func (v golden) Answers(ctx context.Context, who string) ([]lead.GoldenAnswer, error) {
	query, args := narrowed(ctx, `SELECT case_id, n, who, finding, typology, reason, at FROM golden_answer WHERE (who = $1 OR $1 = '') ORDER BY at, case_id, n, who`,
		"golden_answer.case_id", []any{who})
	rows, err := v.tx.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: list answers to golden cases: %w", err)
	}
	return collect(rows, func(r scanner) (a lead.GoldenAnswer, err error) {
		var at int64
		err = r.Scan(&a.Case, &a.N, &a.Who, &a.Finding, &a.Typology, &a.Reason, &at)
		a.At = fromMilli(at)
		return a, err
	})
}
