package storetest

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"haris/internal/job"
	"haris/internal/store"
)

// jobsTwoRunners lets two runners work one queue off: on PostgreSQL from two processes' worth of connections.
func jobsTwoRunners(t *testing.T, e Engine) {
	var dbs [2]*store.DB
	if e.Pair != nil {
		dbs[0], dbs[1] = e.Pair(t)
	} else {
		dbs[0] = e.New(t)
		dbs[1] = dbs[0]
	}
	const n = 60
	b := &bench{T: t, ctx: t.Context(), db: dbs[0]}
	for i := range n {
		b.enqueue("k", fmt.Sprintf("e%d", i), start(), 3)
	}
	var mu sync.Mutex
	running, runs := map[string]bool{}, map[string]int{}
	handler := func(_ context.Context, j job.Job) (job.Outcome, error) {
		mu.Lock()
		if running[j.ID] {
			t.Errorf("job %s runs twice at once", j.Key)
		}
		running[j.ID] = true
		runs[j.ID]++
		mu.Unlock()
		defer func() { mu.Lock(); running[j.ID] = false; mu.Unlock() }()
		return job.Outcome{State: job.Done}, nil
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{}, n)
	var wg sync.WaitGroup
	for i, db := range dbs {
		r, err := job.NewRunner(job.Config{
			Worker: fmt.Sprintf("w%d", i), Handlers: map[string]job.Handler{"k": handler}, Now: start, Random: func() float64 { return 0 },
			Log: slog.New(slog.DiscardHandler), Poll: 10 * time.Millisecond, Ended: func(job.Job, job.Outcome) { ended <- struct{}{} },
			Write: func(ctx context.Context, f func(job.Queue) error) error {
				return db.Write(ctx, func(tx *store.Tx) error { return f(tx.Jobs()) })
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			if err := r.Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	for range n {
		<-ended
	}
	cancel()
	wg.Wait()
	for id, times := range runs {
		if times != 1 {
			t.Errorf("job %s ran %d times", id, times)
		}
	}
	if len(runs) != n {
		t.Errorf("%d jobs ran, want %d", len(runs), n)
	}
}

// jobsSkipLocked leases in one process while another one is about to.
func jobsSkipLocked(t *testing.T, e Engine) {
	x, y := e.Pair(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // only reached when one waits for the other
	defer cancel()
	b, other := &bench{T: t, ctx: ctx, db: x}, &bench{T: t, ctx: ctx, db: y}
	b.enqueue("k", "first", start(), 0)
	b.enqueue("k", "second", start().Add(time.Second), 0)
	now := start().Add(time.Minute)
	b.write(func(tx *store.Tx) error {
		jobs, err := tx.Jobs().Lease(ctx, now, job.Want{Worker: "x", Kinds: []string{"k"}, For: time.Minute, Limit: 1})
		if err != nil {
			return err
		}
		if got := keysOf(jobs); !slices.Equal(got, []string{"first"}) {
			t.Errorf("one leased %v", got)
		}
		if got := keysOf(other.lease(now, "y", 1, "k")); !slices.Equal(got, []string{"second"}) {
			t.Errorf("the other leased %v", got)
		}
		return nil
	})
}
