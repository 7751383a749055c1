package store

import (
	"context"
	"fmt"
	"time"

	"haris/internal/exposure"
	"haris/internal/taxonomy"
)

// rota is exposure.Rota on a transaction.
type rota struct{ tx *Tx }

var _ exposure.Rota = rota{}

// SetRotation implements exposure.Rota.
func (v rota) SetRotation(ctx context.Context, r exposure.Rotation) error {
	_, err := v.tx.Exec(ctx, `INSERT INTO exposure_rotation (who, own, from_at, until_at, kinds, reason, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (who, own, from_at) DO UPDATE SET until_at = excluded.until_at, kinds = excluded.kinds, reason = excluded.reason,
			set_by = excluded.set_by, set_at = excluded.set_at`,
		r.Who, bit(r.Own), r.From.UnixMilli(), r.Until.UnixMilli(), joinWords(r.Kinds), r.Why, r.By, r.At.UnixMilli())
	if err != nil {
		return fmt.Errorf("store: set rotation: %w", err)
	}
	return nil
}

// EndRotation implements exposure.Rota.
func (v rota) EndRotation(ctx context.Context, who string, own bool, from time.Time) error {
	n, err := v.tx.Exec(ctx, `DELETE FROM exposure_rotation WHERE who = $1 AND own = $2 AND from_at = $3`, who, bit(own), from.UnixMilli())
	switch {
	case err != nil:
		return fmt.Errorf("store: end rotation: %w", err)
	case n == 0:
		return exposure.ErrNoRest
	}
	return nil
}

// Rotations implements exposure.Rota.
func (v rota) Rotations(ctx context.Context, who string, at time.Time) ([]exposure.Rotation, error) {
	const columns = `SELECT who, own, from_at, until_at, kinds, reason, set_by, set_at FROM exposure_rotation WHERE until_at > $1 `
	query, args := columns+`AND who = $2 ORDER BY who, from_at, own`, []any{at.UnixMilli(), who}
	if who == "" {
		query, args = columns+`ORDER BY who, from_at, own`, args[:1]
	}
	rows, err := v.tx.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: list rotations: %w", err)
	}
	return collect(rows, func(r scanner) (x exposure.Rotation, err error) {
		var own, from, until, set int64
		var kinds string
		err = r.Scan(&x.Who, &own, &from, &until, &kinds, &x.Why, &x.By, &set)
		x.Own, x.From, x.Until, x.At, x.Kinds = own == 1, fromMilli(from), fromMilli(until), fromMilli(set), splitWords[taxonomy.Typology](kinds)
		return x, err
	})
}
