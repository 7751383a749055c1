package app

import (
	"context"
	"fmt"

	"haris/internal/job"
	"haris/internal/store"
)

// reclaim gives back the jobs that a process which was killed still holds. With SQLite the data directory belongs to this process
// alone, so that whoever held a lease is gone; with PostgreSQL another machine may hold it, and its end is waited for. The attempt
// counts: a job of which every process dies must not go on for ever.
func (a *App) reclaim(ctx context.Context) error {
	if a.core.DB.Engine() != store.SQLite {
		return nil
	}
	n := 0
	err := a.core.Jobs(ctx, func(q job.Queue) error {
		n = 0
		now := a.core.Options.Now()
		for {
			list, err := q.List(ctx, "", job.Leased, 500)
			if err != nil || len(list) == 0 {
				return err
			}
			for _, j := range list {
				o := job.Outcome{State: job.Queued, RunAt: now, Error: "the process that worked at it has ended"}
				if err := q.End(ctx, now, j.ID, j.LeasedBy, o); err != nil {
					return err
				}
			}
			n += len(list)
		}
	})
	if err != nil {
		return fmt.Errorf("app: give back jobs: %w", err)
	}
	if n > 0 {
		a.core.Options.Logger.Info("jobs of a process that has ended are taken up again", "jobs", n)
	}
	return nil
}
