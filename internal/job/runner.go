package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// Handler does the work of one kind of job. It must be idempotent, because a crash repeats it, and must return soon after its
// context ends. An error means that the attempt failed and is repeated after a back-off; its text is kept with the job and must
// hold no content. Without error the outcome counts: Done, Dead, or Queued with RunAt. Called from several goroutines.
type Handler func(ctx context.Context, j Job) (Outcome, error)

// Config is what a Runner needs. All fields but those with a default are required.
type Config struct {
	Worker string // unique among the processes that share the queue
	// Write runs f in one read-write transaction.
	Write    func(ctx context.Context, f func(Queue) error) error
	Handlers map[string]Handler // by kind
	Now      func() time.Time
	Random   func() float64 // in [0, 1), for the jitter of the back-off; called from several goroutines
	Log      *slog.Logger
	Timeout  time.Duration // of one attempt; default 2 minutes
	Lease    time.Duration // how long a worker that is not heard of keeps a job; default 30 s. An attempt at work keeps its own.
	Parallel int           // attempts at a time; default 4
	Poll     time.Duration // how often the queue is looked at when nobody calls Wake; default 1 s
	Grace    time.Duration // how long Run lets attempts go on after its context ended; default 10 s
	// Ended is told of every attempt whose outcome was written; may be nil.
	Ended func(Job, Outcome)
}

// Runner works jobs off. Any number of runners may share a queue.
type Runner struct {
	c    Config
	wake chan struct{}
}

// endTime bounds the writing down of how an attempt ended.
const endTime = 30 * time.Second

// NewRunner checks the configuration and fills in the defaults.
func NewRunner(c Config) (*Runner, error) {
	switch {
	case c.Worker == "":
		return nil, errors.New("job: a runner needs a worker name")
	case c.Write == nil || c.Now == nil || c.Random == nil || c.Log == nil:
		return nil, errors.New("job: a runner needs Write, Now, Random and Log")
	case c.Timeout < 0 || c.Lease < 0 || c.Parallel < 0 || c.Poll < 0 || c.Grace < 0:
		return nil, errors.New("job: a runner's Timeout, Lease, Parallel, Poll and Grace must not be negative")
	}
	for kind, h := range c.Handlers {
		if kind == "" || h == nil {
			return nil, fmt.Errorf("job: no handler for kind %q", kind)
		}
	}
	setDefault(&c.Timeout, 2*time.Minute)
	setDefault(&c.Lease, 30*time.Second)
	setDefault(&c.Parallel, 4)
	setDefault(&c.Poll, time.Second)
	setDefault(&c.Grace, 10*time.Second)
	return &Runner{c: c, wake: make(chan struct{}, 1)}, nil
}

func setDefault[T int | time.Duration](v *T, d T) {
	if *v == 0 {
		*v = d
	}
}

// Wake makes Run look at the queue now, for example after a transaction that queued a job.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// Run works jobs off until ctx ends. Then it begins no attempt any more, lets those that run go on for the grace period, cancels
// the rest, writes down how all ended and returns nil. A queue that cannot be read or written is logged and tried again, because
// a database that comes back must find its runner alive. A slow attempt holds up only its own slot.
func (r *Runner) Run(ctx context.Context) error {
	work, stop := r.outlive(ctx)
	defer stop()
	tick := time.NewTicker(r.c.Poll)
	defer tick.Stop()
	slots := make(chan struct{}, r.c.Parallel)
	var wg sync.WaitGroup
	defer wg.Wait()
	for ctx.Err() == nil {
		jobs, err := r.lease(ctx, cap(slots)-len(slots))
		if err != nil && ctx.Err() == nil {
			r.c.Log.Error("jobs could not be leased", "worker", r.c.Worker, "error", err)
		}
		for _, j := range jobs {
			slots <- struct{}{}
			wg.Go(func() {
				if err := r.attempt(work, j); err != nil {
					r.c.Log.Error("a job's end could not be recorded", "worker", r.c.Worker, "error", err)
				}
				<-slots
				r.Wake()
			})
		}
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-tick.C:
		}
	}
	return nil
}

// Pass gives back lost leases, leases due jobs once and works them off, each in its own goroutine. It returns how many attempts
// it made, and what of them could not be recorded. When ctx ends while attempts run, they have the grace period.
func (r *Runner) Pass(ctx context.Context) (int, error) {
	jobs, err := r.lease(ctx, r.c.Parallel)
	if err != nil {
		return 0, err
	}
	work, stop := r.outlive(ctx)
	defer stop()
	errs := make([]error, len(jobs))
	var wg sync.WaitGroup
	for i, j := range jobs {
		wg.Go(func() { errs[i] = r.attempt(work, j) })
	}
	wg.Wait()
	return len(jobs), errors.Join(errs...)
}

// lease gives back lost leases and leases up to limit due jobs.
func (r *Runner) lease(ctx context.Context, limit int) (jobs []Job, err error) {
	if limit == 0 || len(r.c.Handlers) == 0 {
		return nil, nil
	}
	now := r.c.Now()
	err = r.c.Write(ctx, func(q Queue) error {
		if _, err := q.Rescue(ctx, now); err != nil {
			return err
		}
		var err error
		jobs, err = q.Lease(ctx, now, Want{Worker: r.c.Worker, Kinds: r.kinds(), For: r.c.Lease, Limit: limit})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("job: lease: %w", err)
	}
	return jobs, nil
}

// kinds lists the kinds that have a handler, in order.
func (r *Runner) kinds() []string {
	kinds := make([]string, 0, len(r.c.Handlers))
	for k := range r.c.Handlers {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

// stopKey is the key under which an attempt's context holds that of its runner.
type stopKey struct{}

// Stopping reports whether the runner behind an attempt's context is to stop: a handler that does one thing after another should
// then end with what it has, before the grace period cuts it off.
func Stopping(ctx context.Context) bool {
	run, ok := ctx.Value(stopKey{}).(context.Context)
	return ctx.Err() != nil || ok && run.Err() != nil
}

// outlive returns a context that ends a grace period after ctx does.
func (r *Runner) outlive(ctx context.Context) (context.Context, func()) {
	work, cancel := context.WithCancel(context.WithValue(context.WithoutCancel(ctx), stopKey{}, ctx))
	done := make(chan struct{})
	unhook := context.AfterFunc(ctx, func() {
		t := time.NewTimer(r.c.Grace)
		defer t.Stop()
		select {
		case <-t.C:
			cancel()
		case <-done:
		}
	})
	return work, func() { unhook(); close(done); cancel() }
}

// attempt runs the handler once and writes down how it ended.
func (r *Runner) attempt(ctx context.Context, j Job) error {
	limited, cancel := context.WithTimeout(ctx, r.c.Timeout)
	defer cancel()
	// What is written down about the attempt is still under the lease.
	defer r.keep(ctx, j, cancel)()
	o, err := r.handle(limited, j)
	switch {
	case err != nil && ctx.Err() != nil:
		// It was cut off because the process stops: that is nobody's failure.
		o = Outcome{State: Queued, RunAt: r.c.Now(), Snooze: true, Error: "cut off by a stop"}
	case err != nil:
		o = Failed(j, r.c.Now(), err, r.c.Random)
	}
	// The outcome is written even when the process is stopping, else the work would be done twice.
	end, cancelEnd := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancelEnd()
	err = r.c.Write(end, func(q Queue) error { return q.End(end, r.c.Now(), j.ID, r.c.Worker, o) })
	if err != nil {
		return fmt.Errorf("job: %s %s ended %s, which could not be recorded: %w", j.Kind, j.ID, o.State, err)
	}
	r.c.Log.Info("job", "kind", j.Kind, "id", j.ID, "attempt", j.Attempt, "state", o.State, "snooze", o.Snooze, "error", o.Error)
	if r.c.Ended != nil {
		r.c.Ended(j, o)
	}
	return nil
}

// keep extends the lease of a job at every third of it until it is told to stop. lost is called when another worker may have the
// job by now.
func (r *Runner) keep(ctx context.Context, j Job, lost func()) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(max(r.c.Lease/3, time.Millisecond))
		defer tick.Stop()
		ends := j.LeaseEnds
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			until := r.c.Now().Add(r.c.Lease)
			err := r.c.Write(ctx, func(q Queue) error { return q.Extend(ctx, j.ID, r.c.Worker, until) })
			switch {
			case err == nil:
				ends = until
			case ctx.Err() != nil:
				return
			case errors.Is(err, ErrLeaseLost), !r.c.Now().Before(ends):
				r.c.Log.Error("a lease was lost; the attempt is cut off", "kind", j.Kind, "id", j.ID, "error", err)
				lost()
				return
			}
		}
	})
	return func() { cancel(); wg.Wait() }
}

// handle calls the handler and turns a panic or a senseless outcome into a failed attempt.
func (r *Runner) handle(ctx context.Context, j Job) (o Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			r.c.Log.Error("a job's handler panicked", "kind", j.Kind, "id", j.ID, "stack", string(debug.Stack()))
			err = fmt.Errorf("the handler panicked: %v", p)
		}
	}()
	o, err = r.c.Handlers[j.Kind](ctx, j)
	if err != nil {
		return o, err
	}
	switch {
	case o.State == Done || o.State == Dead:
		return o, nil
	case o.State == Queued && !o.RunAt.IsZero():
		return o, nil
	}
	return o, fmt.Errorf("the handler returned the outcome %q without a time: a fault in haris", o.State)
}
