package app

import (
	"context"
	"time"

	"haris/internal/backtest"
	"haris/internal/casefile"
	"haris/internal/event"
	"haris/internal/job"
	"haris/internal/rulebook"
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
	return c.backtest(ctx, now.Side(), after, since, progress)
}

func (c *Core) backtest(ctx context.Context, before, after backtest.Side, since time.Time, progress func(events uint64)) (backtest.Report, error) {
	return backtest.Run(ctx, backtest.Plan{
		Events: func(ctx context.Context, f func([]event.Event) error) error { return c.Log.From(ctx, 1, f) },
		Before: before, After: after, Models: c.OpenModel, Secret: c.shareKey, Since: since, Found: c.newestFinding,
		Progress: progress,
	})
}

// backtestTime bounds one back-test.
const backtestTime = 24 * time.Hour

// backtests works off the back-tests that people ask for on the pages, one at a time and apart from all other jobs: a long one holds up nothing.
func (a *App) backtests(worker string) job.Config {
	x := &rulebook.Tester{
		Book: a.core.Book(nil), All: func() uint64 { return a.core.Log.Next() - 1 },
		Fold: func(ctx context.Context, before, after rulebook.Judgement, since time.Time, progress func(uint64)) (any, error) {
			return a.core.backtest(ctx, backtest.Side{Rules: before.Rules, Policy: before.Policy}, backtest.Side{Rules: after.Rules, Policy: after.Policy}, since, progress)
		},
	}
	return job.Config{Worker: worker + "/backtest", Handlers: map[string]job.Handler{rulebook.JobTrial: x.Handle}, Parallel: 1, Timeout: backtestTime}
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
