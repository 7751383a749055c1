package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// memory is a queue in memory that follows the same rules as the store.
type memory struct {
	mu   sync.Mutex
	jobs []Job
	fail error
}

func (m *memory) write(_ context.Context, f func(Queue) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	return f(m)
}

func (m *memory) Enqueue(_ context.Context, n New) (string, bool, error) {
	id := fmt.Sprintf("j%d", len(m.jobs))
	m.jobs = append(m.jobs, Job{ID: id, Kind: n.Kind, Key: n.Key, Payload: n.Payload, State: Queued, Max: n.Max, RunAt: n.RunAt})
	return id, true, nil
}

func (m *memory) Lease(_ context.Context, now time.Time, want Want) (out []Job, err error) {
	for i, j := range m.jobs {
		if len(out) < want.Limit && j.State == Queued && !j.RunAt.After(now) && slices.Contains(want.Kinds, j.Kind) {
			if m.jobs[i], err = j.Lease(want.Worker, now.Add(want.For)); err != nil {
				return nil, err
			}
			out = append(out, m.jobs[i])
		}
	}
	return out, nil
}

func (m *memory) change(id string, f func(Job) (Job, error)) (err error) {
	for i, j := range m.jobs {
		if j.ID == id {
			var next Job
			if next, err = f(j); err == nil {
				m.jobs[i] = next
			}
			return err
		}
	}
	return ErrNotFound
}

func (m *memory) End(_ context.Context, now time.Time, id, worker string, o Outcome) error {
	return m.change(id, func(j Job) (Job, error) { return j.End(now, worker, o) })
}

func (m *memory) Extend(_ context.Context, id, worker string, until time.Time) error {
	return m.change(id, func(j Job) (Job, error) { return j.Extend(worker, until) })
}

func (m *memory) Hasten(_ context.Context, now time.Time, id string) error {
	return m.change(id, func(j Job) (Job, error) { return j.Hasten(now) })
}

func (m *memory) Cancel(_ context.Context, now time.Time, id string) error {
	return m.change(id, func(j Job) (Job, error) { return j.Cancel(now) })
}

func (m *memory) Requeue(_ context.Context, now time.Time, id string) error {
	return m.change(id, func(j Job) (Job, error) { return j.Requeue(now) })
}

func (m *memory) Rescue(_ context.Context, now time.Time) (n int, err error) {
	for i, j := range m.jobs {
		next, changed := j.Rescue(now)
		if m.jobs[i] = next; changed {
			n++
		}
	}
	return n, nil
}

func (m *memory) List(context.Context, string, State, int) ([]Job, error) {
	return slices.Clone(m.jobs), nil
}

// job returns one job as it is now.
func (m *memory) job(i int) Job {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.jobs[i]
}

// setup returns a queue with one job of kind "k" and a configuration without handlers whose clock stands still.
func setup(t *testing.T) (*memory, Config) {
	t.Helper()
	m := &memory{jobs: []Job{{ID: "j0", Kind: "k", Key: "e", State: Queued, Max: 3, RunAt: at(0)}}}
	return m, Config{
		Worker: "w", Write: m.write, Now: func() time.Time { return at(1) }, Random: func() float64 { return 0 },
		Log: slog.New(slog.DiscardHandler), Poll: time.Hour,
	}
}

func runner(t *testing.T, c Config, h Handler) *Runner {
	t.Helper()
	c.Handlers = map[string]Handler{"k": h}
	r, err := NewRunner(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPass(t *testing.T) {
	boom := errors.New("no route to platform")
	for _, tt := range []struct {
		name    string
		handler Handler
		state   State
		runAt   time.Time
		errText string
	}{
		{"done", func(context.Context, Job) (Outcome, error) { return Outcome{State: Done}, nil }, Done, at(0), ""},
		{"failed", func(context.Context, Job) (Outcome, error) { return Outcome{}, boom }, Queued, at(1).Add(firstWait / 2), boom.Error()},
		{"panicked", func(context.Context, Job) (Outcome, error) { panic("nil map") }, Queued, at(1).Add(firstWait / 2), "panicked: nil map"},
		{"senseless", func(context.Context, Job) (Outcome, error) { return Outcome{}, nil }, Queued, at(1).Add(firstWait / 2), "a fault in haris"},
		{"gave up", func(context.Context, Job) (Outcome, error) { return Outcome{State: Dead, Error: "refused"}, nil }, Dead, at(0), "refused"},
		{
			"snoozed", func(context.Context, Job) (Outcome, error) {
				return Outcome{State: Queued, RunAt: at(7), Snooze: true}, nil
			},
			Queued, at(7), "",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, c := setup(t)
			told := 0
			c.Ended = func(Job, Outcome) { told++ }
			n, err := runner(t, c, tt.handler).Pass(t.Context())
			if n != 1 || err != nil || told != 1 {
				t.Fatalf("%d attempts, %d told, %v", n, told, err)
			}
			j := m.job(0)
			if j.State != tt.state || !strings.Contains(j.LastError, tt.errText) || (j.State == Queued && !j.RunAt.Equal(tt.runAt)) {
				t.Errorf("%+v", j)
			}
		})
	}
}

func TestPassRescues(t *testing.T) {
	m, c := setup(t)
	m.jobs[0].State, m.jobs[0].LeasedBy, m.jobs[0].LeaseEnds, m.jobs[0].Attempt = Leased, "crashed", at(0), 1
	n, err := runner(t, c, func(_ context.Context, j Job) (Outcome, error) {
		if j.Attempt != 2 {
			t.Errorf("attempt %d", j.Attempt)
		}
		return Outcome{State: Done}, nil
	}).Pass(t.Context())
	if n != 1 || err != nil || m.job(0).State != Done {
		t.Errorf("%d, %v, %+v", n, err, m.job(0))
	}
}

func TestPassLeavesOtherKinds(t *testing.T) {
	m, c := setup(t)
	m.jobs[0].Kind = "other"
	n, err := runner(t, c, func(context.Context, Job) (Outcome, error) { return Outcome{State: Done}, nil }).Pass(t.Context())
	if n != 0 || err != nil || m.job(0).State != Queued {
		t.Errorf("%d, %v, %+v", n, err, m.job(0))
	}
}

func TestPassSaysWhenTheLeaseWasLost(t *testing.T) {
	m, c := setup(t)
	r := runner(t, c, func(ctx context.Context, j Job) (Outcome, error) {
		return Outcome{State: Done}, m.write(ctx, func(q Queue) error { return q.Cancel(ctx, at(1), j.ID) })
	})
	if _, err := r.Pass(t.Context()); !errors.Is(err, ErrLeaseLost) {
		t.Errorf("error %v", err)
	}
	if j := m.job(0); j.State != Cancelled {
		t.Errorf("%+v", j)
	}
}

func TestAttemptIsTimed(t *testing.T) {
	m, c := setup(t)
	c.Timeout = time.Millisecond
	r := runner(t, c, func(ctx context.Context, _ Job) (Outcome, error) { <-ctx.Done(); return Outcome{}, ctx.Err() })
	if _, err := r.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	if j := m.job(0); j.State != Queued || j.Attempt != 1 || !strings.Contains(j.LastError, "deadline") {
		t.Errorf("%+v", j)
	}
}

func TestRunStopsGracefully(t *testing.T) {
	m, c := setup(t)
	began, finish := make(chan struct{}), make(chan struct{})
	r := runner(t, c, func(ctx context.Context, _ Job) (Outcome, error) {
		close(began)
		<-finish
		return Outcome{State: Done}, ctx.Err()
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	<-began
	cancel()
	select {
	case <-ended:
		t.Fatal("Run returned while an attempt was running")
	default:
	}
	close(finish)
	if err := <-ended; err != nil || m.job(0).State != Done {
		t.Errorf("%v, %+v", err, m.job(0))
	}
}

func TestRunCutsOffAfterTheGracePeriod(t *testing.T) {
	m, c := setup(t)
	c.Grace = time.Millisecond
	began := make(chan struct{})
	r := runner(t, c, func(ctx context.Context, _ Job) (Outcome, error) {
		close(began)
		<-ctx.Done()
		return Outcome{}, ctx.Err()
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	<-began
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if j := m.job(0); j.State != Queued || j.Attempt != 0 {
		t.Errorf("a stop counted as a failure: %+v", j)
	}
}

func TestRunWakes(t *testing.T) {
	m, c := setup(t)
	ended := make(chan string, 2)
	c.Ended = func(j Job, _ Outcome) { ended <- j.Key }
	r := runner(t, c, func(context.Context, Job) (Outcome, error) { return Outcome{State: Done}, nil })
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- r.Run(ctx) }()
	if key := <-ended; key != "e" {
		t.Errorf("key %q", key)
	}
	if err := m.write(ctx, func(q Queue) error {
		_, _, err := q.Enqueue(ctx, New{Kind: "k", Key: "e2", RunAt: at(0), Max: 1})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	r.Wake() // the poll interval is an hour
	r.Wake()
	if key := <-ended; key != "e2" {
		t.Errorf("key %q", key)
	}
	cancel()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestRunGoesOnBesideASlowAttempt(t *testing.T) {
	m, c := setup(t)
	m.jobs = append(m.jobs, Job{ID: "j1", Kind: "k", Key: "quick", State: Queued, Max: 1, RunAt: at(0)},
		Job{ID: "j2", Kind: "k", Key: "last", State: Queued, Max: 1, RunAt: at(0)})
	c.Parallel = 2
	ended, finish := make(chan string, 3), make(chan struct{})
	c.Ended = func(j Job, _ Outcome) { ended <- j.Key }
	r := runner(t, c, func(_ context.Context, j Job) (Outcome, error) {
		if j.Key == "e" {
			<-finish
		}
		return Outcome{State: Done}, nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- r.Run(ctx) }()
	if got := []string{<-ended, <-ended}; !slices.Equal(got, []string{"quick", "last"}) {
		t.Errorf("ended %v", got)
	}
	close(finish)
	if key := <-ended; key != "e" {
		t.Errorf("ended %q", key)
	}
	cancel()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestRunOutlivesAQueueThatFails(t *testing.T) {
	m, c := setup(t)
	c.Poll = time.Millisecond
	m.fail = errors.New("database is away")
	failed := make(chan struct{}, 100)
	inner := c.Write
	c.Write = func(ctx context.Context, f func(Queue) error) error {
		err := inner(ctx, f)
		if err != nil {
			select {
			case failed <- struct{}{}:
			default:
			}
		}
		return err
	}
	done := make(chan struct{})
	c.Ended = func(Job, Outcome) { close(done) }
	r := runner(t, c, func(context.Context, Job) (Outcome, error) { return Outcome{State: Done}, nil })
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- r.Run(ctx) }()
	<-failed
	m.mu.Lock()
	m.fail = nil
	m.mu.Unlock()
	<-done
	cancel()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestNewRunnerRefuses(t *testing.T) {
	_, c := setup(t)
	for name, spoil := range map[string]func(*Config){
		"no worker":        func(c *Config) { c.Worker = "" },
		"no write":         func(c *Config) { c.Write = nil },
		"no clock":         func(c *Config) { c.Now = nil },
		"no random source": func(c *Config) { c.Random = nil },
		"no logger":        func(c *Config) { c.Log = nil },
		"negative timeout": func(c *Config) { c.Timeout = -1 },
		"nil handler":      func(c *Config) { c.Handlers = map[string]Handler{"k": nil} },
	} {
		bad := c
		spoil(&bad)
		if _, err := NewRunner(bad); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
