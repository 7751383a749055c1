package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"haris/internal/action"
	"haris/internal/bank"
	"haris/internal/evidence"
	"haris/internal/exchange"
	"haris/internal/job"
	"haris/internal/pipeline"
	"haris/internal/process"
	"haris/internal/store"
)

// handlers is what is done for each kind of job, but for reports.
func (a *App) handlers() map[string]job.Handler {
	c := a.core
	a.sweeper = a.newSweeper()
	sealer := &evidence.Sealer{Vault: c.Vault, Gather: c.Material.Files, Then: pipeline.AskFor(c.DB, c.Options.Now)}
	out := map[string]job.Handler{evidence.JobSeal: sealer.Handle, process.JobPreserve: c.Legal(nil).Handle}
	deliverer := action.NewDeliverer(action.Config{
		Keeper: store.ActionKeeper(c.DB), Sender: a.sender, Now: c.Options.Now, Random: rand.Float64,
	})
	maps.Copy(out, deliverer.Handlers())
	out[bank.JobSweep] = a.sweeper.Handle
	out[exchange.JobFeedback] = a.postman().Handle
	return out
}

// reportTime bounds one run of a report. An upload of many gigabytes may need it; one that stands still ends by itself.
const reportTime = 12 * time.Hour

// startJobs works jobs off until Stop. Reports and media that are fetched have runners of their own: a heap of them must not keep evidence
// from being sealed, nor the other way round.
func (a *App) startJobs() error {
	reports, err := a.reportHandlers()
	if err != nil {
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("app: name of this machine: %w", err)
	}
	worker := fmt.Sprintf("%s/%d/%d", host, os.Getpid(), a.begun.UnixNano())
	list := []job.Config{
		{Worker: worker, Handlers: a.handlers()},
		{Worker: worker + "/report", Handlers: reports, Parallel: a.core.Config.NCMEC.Parallel, Timeout: reportTime},
		{
			Worker: worker + "/media", Handlers: map[string]job.Handler{pipeline.JobBring: a.newBringer().Handle}, Parallel: cap(a.media.room) / roomFor,
			Timeout: a.core.mediaTime() + a.core.Config.Media.FetchTimeout,
		},
		a.backtests(worker),
	}
	if a.external != nil {
		list = append(list, a.externalRunner(worker))
	}
	for _, c := range list {
		r, err := a.newRunner(c)
		if err != nil {
			return err
		}
		a.runners = append(a.runners, r)
	}
	a.background(func(ctx context.Context) {
		var wg sync.WaitGroup
		defer wg.Wait()
		for _, r := range a.runners {
			wg.Go(func() {
				if err := r.Run(ctx); err != nil {
					a.faults <- err
				}
			})
		}
	})
	return nil
}

// newRunner returns a runner that works off the jobs that c has handlers for.
func (a *App) newRunner(c job.Config) (*job.Runner, error) {
	c.Write, c.Now, c.Random, c.Log, c.Grace = a.core.Jobs, a.core.Options.Now, rand.Float64, a.core.Options.Logger, a.core.Config.Shutdown.Timeout/2
	c.Ended = func(_ job.Job, o job.Outcome) { // a job that goes on at once need not wait
		if o.State == job.Queued && !o.RunAt.After(a.core.Options.Now()) {
			a.wake()
		}
	}
	return job.NewRunner(c)
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
	for n := 0; ; n++ {
		err := a.sweepOnce(ctx)
		if n%retainEvery == 0 {
			err = errors.Join(err, a.core.retain(ctx))
		}
		if err != nil && ctx.Err() == nil {
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
