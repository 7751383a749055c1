package app

import (
	"context"
	"time"

	"haris/internal/casefile"
	"haris/internal/learn"
	"haris/internal/store"
)

// Precision reads every case and says of each detector and rule how many people confirmed.
func (c *Core) Precision(ctx context.Context, now time.Time) ([]learn.Row, error) {
	var all []casefile.Case
	err := c.DB.Read(ctx, func(tx *store.Tx) error {
		for f := (casefile.Filter{Limit: 500}); ; {
			list, next, err := tx.Cases().List(ctx, f)
			if err != nil {
				return err
			}
			all = append(all, list...)
			if f.Cursor = next; next == "" {
				return nil
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return learn.Precision(all, now), nil
}
