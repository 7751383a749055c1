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
	p := learn.NewPrecision(now)
	if err := c.eachCase(ctx, func(k *casefile.Case) { p.Add(k) }); err != nil {
		return nil, err
	}
	return p.Rows(), nil
}

// Marked are the messages of which people said on the pages of cases what they show, and how many such words could not be used.
func (c *Core) Marked(ctx context.Context) (out []learn.Example, passed int, err error) {
	var all []casefile.Case // those with marks
	err = c.eachCase(ctx, func(k *casefile.Case) {
		if len(k.Marks) > 0 {
			all = append(all, *k)
		}
	})
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

// casesAtOnce is how many cases eachCase reads in one transaction.
const casesAtOnce = 500

// eachCase reads every case, open or closed, once, in the order of their ids, which no change of a case moves: none is held longer than its part,
// and no transaction is open for long.
func (c *Core) eachCase(ctx context.Context, do func(*casefile.Case)) error {
	for after := ""; ; {
		var list []casefile.Case
		err := c.DB.Read(ctx, func(tx *store.Tx) (err error) {
			list, err = tx.CasesAfter(ctx, after, casesAtOnce)
			return err
		})
		if err != nil {
			return err
		}
		for i := range list {
			do(&list[i])
		}
		if len(list) < casesAtOnce {
			return nil
		}
		after = list[len(list)-1].ID
	}
}

// taughtAge is how old what decisions taught may be on its page.
const taughtAge = 5 * time.Minute

// newTaught keeps what decisions taught for the page, because it is read from every case.
func (c *Core) newTaught() *kept[[]learn.Row] {
	return newKept(taughtAge, c.Options.Now, func(ctx context.Context) ([]learn.Row, error) { return c.Precision(ctx, c.Options.Now()) })
}
