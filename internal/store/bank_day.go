package store

import (
	"context"
	"fmt"
	"time"

	"haris/internal/bank"
)

// BankDays returns the counts of what banks said, within the transaction.
func (tx *Tx) BankDays() bank.Days { return bankDays{tx} }

// bankDays keeps one row for each day, bank and outcome.
type bankDays struct{ tx *Tx }

var _ bank.Days = bankDays{}

const dayLength = 24 * time.Hour

func dayNumber(t time.Time) int64 {
	n := t.UnixMilli() / dayLength.Milliseconds()
	if t.UnixMilli() < n*dayLength.Milliseconds() {
		n-- // before 1970
	}
	return n
}

// Count implements bank.Days.
func (v bankDays) Count(ctx context.Context, list []bank.Day) error {
	for i := range list {
		d := &list[i]
		_, err := v.tx.Exec(ctx, `INSERT INTO bank_day (day, bank, outcome, count) VALUES ($1, $2, $3, $4)
			ON CONFLICT (day, bank, outcome) DO UPDATE SET count = bank_day.count + excluded.count`, dayNumber(d.Day), d.Bank, d.Outcome, d.Count)
		if err != nil {
			return fmt.Errorf("store: count matches of a day: %w", err)
		}
	}
	return nil
}

// Since implements bank.Days.
func (v bankDays) Since(ctx context.Context, from time.Time) ([]bank.Day, error) {
	rows, err := v.tx.Query(ctx, `SELECT day, bank, outcome, count FROM bank_day WHERE day >= $1 ORDER BY day, bank, outcome`, dayNumber(from))
	if err != nil {
		return nil, fmt.Errorf("store: matches by day: %w", err)
	}
	return collect(rows, func(r scanner) (d bank.Day, err error) {
		var day int64
		err = r.Scan(&day, &d.Bank, &d.Outcome, &d.Count)
		d.Day = fromMilli(day * dayLength.Milliseconds())
		return d, err
	})
}
