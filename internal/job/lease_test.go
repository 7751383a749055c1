package job

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestAttemptKeepsItsLease lets an attempt outlast its lease many times over.
func TestAttemptKeepsItsLease(t *testing.T) {
	m, c := setup(t)
	c.Lease = 3 * time.Millisecond
	var now atomic.Int64
	c.Now = func() time.Time { return at(1).Add(time.Duration(now.Load())) }
	extended := make(chan struct{}, 100)
	inner := c.Write
	c.Write = func(ctx context.Context, f func(Queue) error) error {
		err := inner(ctx, f)
		if m.job(0).LeaseEnds.After(at(1).Add(time.Minute)) {
			extended <- struct{}{}
		}
		return err
	}
	r := runner(t, c, func(ctx context.Context, _ Job) (Outcome, error) {
		now.Store(int64(time.Hour)) // by now another worker would take it
		<-extended
		if err := m.write(ctx, func(q Queue) error {
			n, err := q.Rescue(ctx, c.Now())
			if n != 0 {
				t.Error("a job at work was given to another worker")
			}
			return err
		}); err != nil {
			t.Error(err)
		}
		return Outcome{State: Done}, ctx.Err()
	})
	if _, err := r.Pass(t.Context()); err != nil || m.job(0).State != Done {
		t.Errorf("%v, %+v", err, m.job(0))
	}
}

// TestAttemptEndsWithItsLease takes the lease away in the middle.
func TestAttemptEndsWithItsLease(t *testing.T) {
	for name, take := range map[string]func(*memory, *atomic.Int64){
		"another worker has it": func(m *memory, _ *atomic.Int64) {
			m.mu.Lock()
			m.jobs[0].LeasedBy = "other"
			m.mu.Unlock()
		},
		"the queue is away until it has run out": func(m *memory, now *atomic.Int64) {
			now.Store(int64(time.Hour))
			m.mu.Lock()
			m.fail = errors.New("away")
			m.mu.Unlock()
		},
	} {
		t.Run(name, func(t *testing.T) {
			m, c := setup(t)
			c.Lease = 3 * time.Millisecond
			var now atomic.Int64
			c.Now = func() time.Time { return at(1).Add(time.Duration(now.Load())) }
			r := runner(t, c, func(ctx context.Context, _ Job) (Outcome, error) {
				take(m, &now)
				<-ctx.Done()
				return Outcome{}, ctx.Err()
			})
			if _, err := r.Pass(t.Context()); err == nil {
				t.Error("the end of an attempt that had lost its lease was written")
			}
		})
	}
}

func TestStoppingIsSeenWithinAnAttempt(t *testing.T) {
	_, c := setup(t)
	ctx, cancel := context.WithCancel(t.Context())
	r := runner(t, c, func(work context.Context, _ Job) (Outcome, error) {
		if Stopping(work) {
			t.Error("it says that it stops")
		}
		cancel()
		if !Stopping(work) || work.Err() != nil {
			t.Errorf("stopping %v, %v", Stopping(work), work.Err())
		}
		return Outcome{State: Done}, nil
	})
	if err := r.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if Stopping(t.Context()) {
		t.Error("a context without a runner says that it stops")
	}
}

func TestExtendAndHasten(t *testing.T) {
	j := Job{ID: "j", State: Leased, LeasedBy: "w", LeaseEnds: at(5), RunAt: at(9)}
	if got, err := j.Extend("w", at(7)); err != nil || !got.LeaseEnds.Equal(at(7)) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := j.Extend("w", at(3)); err != nil || !got.LeaseEnds.Equal(at(5)) {
		t.Errorf("a lease was shortened: %+v, %v", got, err)
	}
	if _, err := j.Extend("x", at(7)); !errors.Is(err, ErrLeaseLost) {
		t.Errorf("by another: %v", err)
	}
	if got, err := j.Hasten(at(2)); err != nil || !got.RunAt.Equal(at(9)) {
		t.Errorf("a leased job: %+v, %v", got, err)
	}
	j.State = Queued
	if _, err := j.Extend("w", at(7)); !errors.Is(err, ErrLeaseLost) {
		t.Errorf("not leased: %v", err)
	}
	if got, err := j.Hasten(at(2)); err != nil || !got.RunAt.Equal(at(2)) {
		t.Errorf("%+v, %v", got, err)
	}
	j.RunAt = at(1)
	if got, err := j.Hasten(at(2)); err != nil || !got.RunAt.Equal(at(1)) {
		t.Errorf("a due job: %+v, %v", got, err)
	}
	j.State = Dead
	if _, err := j.Hasten(at(2)); !errors.Is(err, ErrEnded) || !strings.Contains(err.Error(), "dead") {
		t.Errorf("a dead job: %v", err)
	}
}
