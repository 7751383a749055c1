package app

import (
	"context"
	"time"

	"haris/internal/casefile"
	"haris/internal/event"
	"haris/internal/learn"
	"haris/internal/store"
)

// Precision reads every case and says of each detector and rule how many people confirmed.
func (c *Core) Precision(ctx context.Context, now time.Time) ([]learn.Row, error) {
	all, err := c.everyCase(ctx)
	if err != nil {
		return nil, err
	}
	return learn.Precision(all, now), nil
}

// Marked are the messages of which people said on the pages of cases what they show, and how many such words could not be used.
func (c *Core) Marked(ctx context.Context) (out []learn.Example, passed int, err error) {
	all, err := c.everyCase(ctx)
	if err != nil {
		return nil, 0, err
	}
	err = c.DB.Read(ctx, func(tx *store.Tx) error {
		messages := map[uint64]event.Event{}
		for i := range all {
			for _, m := range all[i].Marks {
				list, err := c.Log.Get(ctx, tx, []uint64{m.Event})
				if err != nil {
					return err
				}
				for _, e := range list {
					messages[e.Seq] = e
				}
			}
		}
		out, passed = learn.FromMarks(all, func(seq uint64) (event.Event, bool) {
			e, ok := messages[seq]
			return e, ok
		})
		return nil
	})
	return out, passed, err
}

// everyCase reads every case, open or closed.
func (c *Core) everyCase(ctx context.Context) (all []casefile.Case, err error) {
	err = c.DB.Read(ctx, func(tx *store.Tx) error {
		all = nil
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
	return all, err
}
