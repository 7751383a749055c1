package store

import (
	"context"
	"fmt"

	"haris/internal/bank"
)

// take takes n places in the sequence and returns the first. Who takes one waits for those who have: on PostgreSQL a lock that is taken
// before the first query does not fix yet what the transaction sees, so two who add at once need not run again.
func (v banks) take(ctx context.Context, n int) (first uint64, err error) {
	if v.tx.engine == Postgres {
		if _, err := v.tx.Exec(ctx, `LOCK TABLE bank_clock IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return 0, fmt.Errorf("store: sequence of banks: %w", err)
		}
	}
	var last int64
	if err := v.tx.QueryRow(ctx, `UPDATE bank_clock SET seq = seq + $1 WHERE id = 1 RETURNING seq`, n).Scan(&last); err != nil {
		return 0, fmt.Errorf("store: sequence of banks: %w", err)
	}
	return uint64(last) - uint64(n) + 1, nil //nolint:gosec // above 0 by the table
}

// Seq implements bank.Follow.
func (v banks) Seq(ctx context.Context) (uint64, error) { return v.clock(ctx, "seq") }

// Swept implements bank.Mark.
func (v banks) Swept(ctx context.Context) (uint64, error) { return v.clock(ctx, "swept") }

func (v banks) clock(ctx context.Context, column string) (uint64, error) {
	var n int64
	if err := v.tx.QueryRow(ctx, `SELECT `+column+` FROM bank_clock WHERE id = 1`).Scan(&n); err != nil {
		return 0, fmt.Errorf("store: sequence of banks: %w", err)
	}
	return uint64(n), nil //nolint:gosec // 0 or above by the table
}

// SetSwept implements bank.Mark.
func (v banks) SetSwept(ctx context.Context, seq uint64) error {
	_, err := v.tx.Exec(ctx, `UPDATE bank_clock SET swept = $1 WHERE id = 1 AND swept < $1`, int64(seq)) //nolint:gosec // places stay below 2^63
	if err != nil {
		return fmt.Errorf("store: sweep of banks: %w", err)
	}
	return nil
}

// Paused implements bank.Mark.
func (v banks) Paused(ctx context.Context) (bool, error) {
	n, err := v.clock(ctx, "paused")
	return n != 0, err
}

// SetPaused implements bank.Mark.
func (v banks) SetPaused(ctx context.Context, paused bool) error {
	n := 0
	if paused {
		n = 1
	}
	if _, err := v.tx.Exec(ctx, `UPDATE bank_clock SET paused = $1 WHERE id = 1`, n); err != nil {
		return fmt.Errorf("store: sweep of banks: %w", err)
	}
	return nil
}

// Waiting implements bank.Mark.
func (v banks) Waiting(ctx context.Context) (bool, error) {
	var n int
	err := v.tx.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM media_hash WHERE unscanned <> '' AND unscanned IN ($1, $2, $3) LIMIT 1) AS gap`,
		string(bank.NotLoaded), string(bank.ReadFailed), string(bank.Behind)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("store: sweep of banks: %w", err)
	}
	return n > 0, nil
}

// SweepMark returns how far the sweep has come, within the transaction.
func (tx *Tx) SweepMark() bank.Mark { return banks{tx} }
