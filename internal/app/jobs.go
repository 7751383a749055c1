package app

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"time"

	"haris/internal/action"
	"haris/internal/evidence"
	"haris/internal/job"
	"haris/internal/pipeline"
	"haris/internal/store"
)

// handlers is what is done for each kind of job.
func (a *App) handlers() (map[string]job.Handler, error) {
	c := a.core
	sealer := &evidence.Sealer{Vault: c.Vault, Gather: c.Material.Files, Then: pipeline.AskFor(c.DB, c.Options.Now)}
	out := map[string]job.Handler{evidence.JobSeal: sealer.Handle}
	deliverer := action.NewDeliverer(action.Config{
		Keeper: store.ActionKeeper(c.DB), Sender: a.sender, Now: c.Options.Now, Random: rand.Float64,
	})
	maps.Copy(out, deliverer.Handlers())
	reports, err := a.reportHandlers()
	maps.Copy(out, reports)
	return out, err
}

// startJobs works jobs off until Stop.
func (a *App) startJobs() error {
	handlers, err := a.handlers()
	if err != nil {
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("app: name of this machine: %w", err)
	}
	a.runner, err = job.NewRunner(job.Config{
		Worker: fmt.Sprintf("%s/%d/%d", host, os.Getpid(), a.begun.UnixNano()), Write: a.core.Jobs, Handlers: handlers,
		Now: a.core.Options.Now, Random: rand.Float64, Log: a.core.Options.Logger, Grace: a.core.Config.Shutdown.Timeout / 2,
		Ended: func(_ job.Job, o job.Outcome) { // a job that goes on at once, such as the next call of a report, need not wait
			if o.State == job.Queued && !o.RunAt.After(a.core.Options.Now()) {
				a.wake()
			}
		},
	})
	if err != nil {
		return err
	}
	a.background(func(ctx context.Context) {
		if err := a.runner.Run(ctx); err != nil {
			a.faults <- err
		}
	})
	return nil
}

// Jobs runs f on the queue of jobs in one transaction.
func (c *Core) Jobs(ctx context.Context, f func(job.Queue) error) error {
	return c.DB.Write(ctx, func(tx *store.Tx) error { return f(tx.Jobs()) })
}

// sweepEvery is how often what has run out is removed.
const sweepEvery = time.Hour

// sweep removes unfinished files of the vault and sessions that have ended, and keeps checkpoints of the audit log.
func (a *App) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := a.sweepOnce(ctx); err != nil && ctx.Err() == nil {
			a.core.Options.Logger.Error("sweep failed; the next one tries again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (a *App) sweepOnce(ctx context.Context) error {
	n, err := a.core.Vault.Sweep(ctx, a.core.Options.Now().Add(-24*time.Hour))
	if err != nil {
		return err
	}
	if n > 0 {
		a.core.Options.Logger.Info("unfinished evidence files removed", "files", n)
	}
	return a.core.keepCheckpoint(ctx)
}
