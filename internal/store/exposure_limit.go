package store

import (
	"context"
	"fmt"
	"time"

	"haris/internal/exposure"
)

// guards is exposure.Guard on a transaction.
type guards struct{ tx *Tx }

var _ exposure.Guard = guards{}

// SetLimit implements exposure.Guard.
func (v guards) SetLimit(ctx context.Context, b exposure.Bound) (err error) {
	if b.Items == 0 && b.Time == 0 {
		_, err = v.tx.Exec(ctx, `DELETE FROM exposure_limit WHERE who = $1 AND own = $2`, b.Who, bit(b.Own))
	} else {
		_, err = v.tx.Exec(ctx, `INSERT INTO exposure_limit (who, own, items, minutes, reason, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (who, own) DO UPDATE SET items = excluded.items, minutes = excluded.minutes, reason = excluded.reason,
				set_by = excluded.set_by, set_at = excluded.set_at`,
			b.Who, bit(b.Own), b.Items, int64(b.Time/time.Minute), b.Why, b.By, b.At.UnixMilli())
	}
	if err != nil {
		return fmt.Errorf("store: set limit: %w", err)
	}
	return nil
}

// Bounds implements exposure.Guard.
func (v guards) Bounds(ctx context.Context, who string) ([]exposure.Bound, error) {
	const columns = `SELECT who, own, items, minutes, reason, set_by, set_at FROM exposure_limit `
	query, args := columns+`WHERE who IN ('', $1) ORDER BY who, own`, []any{who}
	if who == "" {
		query, args = columns+`ORDER BY who, own`, nil
	}
	rows, err := v.tx.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: list limits: %w", err)
	}
	return collect(rows, func(r scanner) (b exposure.Bound, err error) {
		var own, minutes, at int64
		err = r.Scan(&b.Who, &own, &b.Items, &minutes, &b.Why, &b.By, &at)
		b.Own, b.Time, b.At = own == 1, time.Duration(minutes)*time.Minute, fromMilli(at)
		return b, err
	})
}

// SetRest implements exposure.Guard.
func (v guards) SetRest(ctx context.Context, r exposure.Rest) error {
	_, err := v.tx.Exec(ctx, `INSERT INTO exposure_rest (who, own, until_at, reason, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (who, own) DO UPDATE SET until_at = excluded.until_at, reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at`,
		r.Who, bit(r.Own), r.Until.UnixMilli(), r.Why, r.By, r.At.UnixMilli())
	if err != nil {
		return fmt.Errorf("store: set rest: %w", err)
	}
	return nil
}

// EndRest implements exposure.Guard.
func (v guards) EndRest(ctx context.Context, who string, own bool) error {
	n, err := v.tx.Exec(ctx, `DELETE FROM exposure_rest WHERE who = $1 AND own = $2`, who, bit(own))
	switch {
	case err != nil:
		return fmt.Errorf("store: end rest: %w", err)
	case n == 0:
		return exposure.ErrNoRest
	}
	return nil
}

// Rests implements exposure.Guard.
func (v guards) Rests(ctx context.Context, who string, at time.Time) ([]exposure.Rest, error) {
	const columns = `SELECT who, own, until_at, reason, set_by, set_at FROM exposure_rest WHERE until_at > $1 `
	query, args := columns+`AND who = $2 ORDER BY who, own`, []any{at.UnixMilli(), who}
	if who == "" {
		query, args = columns+`ORDER BY who, own`, args[:1]
	}
	rows, err := v.tx.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: list rests: %w", err)
	}
	return collect(rows, func(r scanner) (x exposure.Rest, err error) {
		var own, until, at int64
		err = r.Scan(&x.Who, &own, &until, &x.Why, &x.By, &at)
		x.Own, x.Until, x.At = own == 1, fromMilli(until), fromMilli(at)
		return x, err
	})
}
