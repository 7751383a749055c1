package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"haris/internal/auth"
)

// Factors is the view of the second factors and recovery codes.
func (tx *Tx) Factors() auth.Factors { return factors{tx} }

type factors struct{ tx *Tx }

// Get implements auth.Factors.
func (v factors) Get(ctx context.Context, person string) (auth.Factor, error) {
	f := auth.Factor{Person: person}
	var since sql.NullInt64
	err := v.tx.QueryRow(ctx, `SELECT secret, pending, step, since FROM second_factor WHERE person = $1`, person).
		Scan(&f.Secret, &f.Pending, &f.Step, &since)
	if err != nil {
		return auth.Factor{}, orNotFound(err, "read second factor")
	}
	f.Since = fromNullMilli(since)
	return f, nil
}

// Put implements auth.Factors.
func (v factors) Put(ctx context.Context, f auth.Factor) error {
	_, err := v.tx.Exec(ctx, `INSERT INTO second_factor (person, secret, pending, step, since) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (person) DO UPDATE SET secret = excluded.secret, pending = excluded.pending, step = excluded.step, since = excluded.since`,
		f.Person, f.Secret, f.Pending, f.Step, nullMilli(f.Since))
	if err != nil {
		return fmt.Errorf("store: store second factor: %w", err)
	}
	return nil
}

// Advance implements auth.Factors.
func (v factors) Advance(ctx context.Context, person string, step int64) error {
	n, err := v.tx.Exec(ctx, `UPDATE second_factor SET step = $2 WHERE person = $1 AND step < $2`, person, step)
	return changed(n, err, "advance second factor")
}

// Remove implements auth.Factors.
func (v factors) Remove(ctx context.Context, person string) error {
	if err := v.SetCodes(ctx, person, nil); err != nil {
		return err
	}
	if _, err := v.tx.Exec(ctx, `DELETE FROM second_factor WHERE person = $1`, person); err != nil {
		return fmt.Errorf("store: remove second factor: %w", err)
	}
	return nil
}

// SetCodes implements auth.Factors.
func (v factors) SetCodes(ctx context.Context, person string, hashes [][]byte) error {
	if _, err := v.tx.Exec(ctx, `DELETE FROM recovery_code WHERE person = $1`, person); err != nil {
		return fmt.Errorf("store: remove recovery codes: %w", err)
	}
	for _, h := range hashes {
		if _, err := v.tx.Exec(ctx, `INSERT INTO recovery_code (person, hash) VALUES ($1, $2)`, person, h); err != nil {
			return fmt.Errorf("store: store recovery code: %w", err)
		}
	}
	return nil
}

// UseCode implements auth.Factors.
func (v factors) UseCode(ctx context.Context, person string, hash []byte, at time.Time) error {
	n, err := v.tx.Exec(ctx, `UPDATE recovery_code SET used_at = $3 WHERE person = $1 AND hash = $2 AND used_at IS NULL`, person, hash, at.UnixMilli())
	return changed(n, err, "use recovery code")
}

// CodesLeft implements auth.Factors.
func (v factors) CodesLeft(ctx context.Context, person string) (n int, err error) {
	err = v.tx.QueryRow(ctx, `SELECT count(*) FROM recovery_code WHERE person = $1 AND used_at IS NULL`, person).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("store: count recovery codes: %w", err)
	}
	return n, nil
}
