package storetest

import (
	"context"
	"errors"
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

// jobsExtend lengthens a lease, which a rescue then respects.
func jobsExtend(b *bench) {
	id, _ := b.enqueue("k", "e", start(), 2)
	extend := func(id, worker string) error {
		return b.jobs(func(q job.Queue) error { return q.Extend(b.ctx, id, worker, start().Add(time.Hour)) })
	}
	if err := extend(id, "w"); !errors.Is(err, job.ErrLeaseLost) {
		b.Errorf("a job that nobody holds: %v", err)
	}
	b.lease(start(), "w", 1, "k")
	if err := extend(id, "other"); !errors.Is(err, job.ErrLeaseLost) {
		b.Errorf("by another worker: %v", err)
	}
	if err := extend("none", "w"); !errors.Is(err, job.ErrNotFound) {
		b.Errorf("an unknown job: %v", err)
	}
	if err := extend(id, "w"); err != nil {
		b.Fatal(err)
	}
	if err := b.jobs(func(q job.Queue) error {
		n, err := q.Rescue(b.ctx, start().Add(30*time.Minute))
		if n != 0 {
			b.Errorf("%d rescued within the longer lease", n)
		}
		return err
	}); err != nil {
		b.Fatal(err)
	}
}

// jobsHasten makes a job due that was to wait.
func jobsHasten(b *bench) {
	id, _ := b.enqueue("k", "e", start().Add(time.Hour), 2)
	hasten := func(id string) error {
		return b.jobs(func(q job.Queue) error { return q.Hasten(b.ctx, start(), id) })
	}
	if err := hasten("none"); !errors.Is(err, job.ErrNotFound) {
		b.Errorf("an unknown job: %v", err)
	}
	if len(b.lease(start(), "w", 1, "k")) != 0 {
		b.Fatal("it was due before")
	}
	if err := hasten(id); err != nil {
		b.Fatal(err)
	}
	if len(b.lease(start(), "w", 1, "k")) != 1 {
		b.Error("it is not due")
	}
	if err := hasten(id); err != nil || b.one(id).State != job.Leased {
		b.Errorf("a leased job: %v, %+v", err, b.one(id))
	}
	if err := b.jobs(func(q job.Queue) error { return q.Cancel(b.ctx, start(), id) }); err != nil {
		b.Fatal(err)
	}
	if err := hasten(id); !errors.Is(err, job.ErrEnded) {
		b.Errorf("a job that has ended: %v", err)
	}
}
