package store

import (
	"context"
	"database/sql"
	"fmt"

	"haris/internal/rulebook"
)

// Shadows returns the shadow runs of versions of the rule book within the transaction.
func (tx *Tx) Shadows() rulebook.ShadowStore { return shadowStore{tx} }

type shadowStore struct{ tx *Tx }

var _ rulebook.ShadowStore = shadowStore{}

// Put implements rulebook.ShadowStore.
func (s shadowStore) Put(ctx context.Context, x rulebook.Shadow) error {
	_, err := s.tx.Exec(ctx, `INSERT INTO rule_shadow (n, begun_by, since, ended_by, ended_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (n) DO UPDATE SET begun_by = excluded.begun_by, since = excluded.since, ended_by = excluded.ended_by, ended_at = excluded.ended_at`,
		x.N, x.By, x.Since.UnixMilli(), x.EndedBy, nullMilli(x.EndedAt))
	if err != nil {
		return fmt.Errorf("store: write down a shadow run: %w", err)
	}
	return nil
}

// Of implements rulebook.ShadowStore.
func (s shadowStore) Of(ctx context.Context, n int64) (rulebook.Shadow, error) {
	list, err := s.list(ctx, `WHERE n = $1`, n)
	switch {
	case err != nil:
		return rulebook.Shadow{}, err
	case len(list) == 0:
		return rulebook.Shadow{}, rulebook.ErrNoShadow
	}
	return list[0], nil
}

// Running implements rulebook.ShadowStore.
func (s shadowStore) Running(ctx context.Context) ([]rulebook.Shadow, error) {
	return s.list(ctx, `WHERE ended_at IS NULL ORDER BY n`)
}

func (s shadowStore) list(ctx context.Context, rest string, args ...any) ([]rulebook.Shadow, error) {
	rows, err := s.tx.Query(ctx, `SELECT n, begun_by, since, ended_by, ended_at FROM rule_shadow `+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("store: list shadow runs: %w", err)
	}
	return collect(rows, func(r scanner) (x rulebook.Shadow, err error) {
		var since int64
		var ended sql.NullInt64
		err = r.Scan(&x.N, &x.By, &since, &x.EndedBy, &ended)
		x.Since, x.EndedAt = fromMilli(since), fromNullMilli(ended)
		return x, err
	})
}
