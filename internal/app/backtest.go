package app

import (
	"context"
	"time"

	"haris/internal/backtest"
	"haris/internal/casefile"
	"haris/internal/event"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// Backtest folds the whole log with the rules and weights in force and with others, and compares what would have come before people. It takes
// nothing from a running haris and changes nothing. progress is told how many events are folded; it may be nil.
func (c *Core) Backtest(ctx context.Context, after backtest.Side, since time.Time, progress func(events uint64)) (backtest.Report, error) {
	now, err := c.InForce(ctx)
	if err != nil {
		return backtest.Report{}, err
	}
	return backtest.Run(ctx, backtest.Plan{
		Events: func(ctx context.Context, f func([]event.Event) error) error { return c.Log.From(ctx, 1, f) },
		Before: now.Side(), After: after, Models: c.OpenModel, Secret: c.shareKey, Since: since, Found: c.newestFinding,
		Progress: progress,
	})
}

// Side is what is in force as one side of a back-test.
func (f *InForce) Side() backtest.Side { return backtest.Side{Rules: f.Rules, Policy: f.Policy} }

// newestFinding is what a person found last about an account and typology; empty when nobody has.
func (c *Core) newestFinding(ctx context.Context, subject string, t taxonomy.Typology) (f casefile.Finding, err error) {
	err = c.DB.Read(ctx, func(tx *store.Tx) error {
		list, _, err := tx.Cases().List(ctx, casefile.Filter{Statuses: casefile.Statuses(), Typology: t, Subject: subject, Limit: 500})
		var newest time.Time
		for i := range list {
			if k := &list[i]; k.Subject == subject && k.Disposal != nil && k.UpdatedAt.After(newest) {
				f, newest = k.Disposal.Finding, k.UpdatedAt
			}
		}
		return err
	})
	return f, err
}
