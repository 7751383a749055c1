package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"haris/internal/job"
	"haris/internal/store"
)

// Jobs checks that the engine keeps jobs as job.Queue promises.
func Jobs(t *testing.T, e Engine) {
	for name, check := range map[string]func(*bench){
		"a key is queued once, whatever became of it":       jobsUnique,
		"a job that its transaction did not keep is no job": jobsRollback,
		"due jobs are leased, longest waiting first":        jobsLease,
		"a leased job is leased by nobody else":             jobsLeaseOnce,
		"an attempt ends as the rules say":                  jobsEnd,
		"only the holder of the lease ends an attempt":      jobsLost,
		"a lease that ended is given back":                  jobsRescue,
		"a lease is lengthened by its holder alone":         jobsExtend,
		"a queued job is made due":                          jobsHasten,
		"a person cancels and queues again":                 jobsCancelRequeue,
		"lists are newest first and narrowed":               jobsList,
		"a lease without a worker is refused":               jobsBadWant,
		"the schema refuses fields against the state":       jobsChecks,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, e)
			b.db.UseSources(start, zeros{})
			check(b)
		})
	}
	t.Run("two runners never run a job at once", func(t *testing.T) { jobsTwoRunners(t, e) })
	if e.Pair != nil {
		t.Run("a lease in the making is passed over, not waited for", func(t *testing.T) { jobsSkipLocked(t, e) })
	}
}

// zeros is a random source for ids that tests can foresee.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func (b *bench) enqueue(kind, key string, runAt time.Time, limit int) (id string, added bool) {
	b.Helper()
	b.write(func(tx *store.Tx) (err error) {
		id, added, err = tx.Jobs().Enqueue(b.ctx, job.New{Kind: kind, Key: key, Payload: []byte(`{"a":1}`), RunAt: runAt, Max: limit})
		return err
	})
	return id, added
}

func (b *bench) lease(now time.Time, worker string, limit int, kinds ...string) (jobs []job.Job) {
	b.Helper()
	b.write(func(tx *store.Tx) (err error) {
		jobs, err = tx.Jobs().Lease(b.ctx, now, job.Want{Worker: worker, Kinds: kinds, For: time.Minute, Limit: limit})
		return err
	})
	return jobs
}

// one returns a job as it is stored.
func (b *bench) one(id string) (found job.Job) {
	b.Helper()
	b.read(func(tx *store.Tx) error {
		jobs, err := tx.Jobs().List(b.ctx, "", "", 0)
		for _, j := range jobs {
			if j.ID == id {
				found = j
			}
		}
		return err
	})
	if found.ID == "" {
		b.Fatalf("no job %q", id)
	}
	return found
}

func (b *bench) jobs(f func(job.Queue) error) error {
	return b.db.Write(b.ctx, func(tx *store.Tx) error { return f(tx.Jobs()) })
}

func keysOf(jobs []job.Job) []string {
	keys := make([]string, len(jobs))
	for i, j := range jobs {
		keys[i] = j.Key
	}
	return keys
}

func jobsUnique(b *bench) {
	id, added := b.enqueue("k", "e", start(), 0)
	if !added {
		b.Fatal("not added")
	}
	for _, what := range []string{"queued", "leased", "done"} {
		if again, added := b.enqueue("k", "e", start(), 0); added || again != id {
			b.Errorf("while %s: added %v, id %q", what, added, again)
		}
		switch what {
		case "queued":
			b.lease(start(), "w", 1, "k")
		case "leased":
			if err := b.jobs(func(q job.Queue) error { return q.End(b.ctx, start(), id, "w", job.Outcome{State: job.Done}) }); err != nil {
				b.Fatal(err)
			}
		}
	}
	j := b.one(id)
	if j.Max != job.DefaultMax || j.State != job.Done || string(j.Payload) != `{"a":1}` || !j.CreatedAt.Equal(start()) || !j.EndedAt.Equal(start()) {
		b.Errorf("%+v", j)
	}
}

func jobsRollback(b *bench) {
	stop := errors.New("stop")
	err := b.jobs(func(q job.Queue) error {
		if _, _, err := q.Enqueue(b.ctx, job.New{Kind: "k", Key: "e"}); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) {
		b.Fatal(err)
	}
	if jobs := b.lease(start(), "w", 9, "k"); len(jobs) != 0 {
		b.Errorf("leased %v", keysOf(jobs))
	}
}

func jobsLease(b *bench) {
	b.enqueue("a", "third", start().Add(-time.Minute), 0)
	b.enqueue("b", "first", start().Add(-time.Hour), 0)
	b.enqueue("a", "second", start().Add(-2*time.Minute), 0)
	b.enqueue("a", "later", start().Add(time.Millisecond), 0)
	b.enqueue("c", "of a kind not asked for", start().Add(-time.Hour), 0)
	if got := keysOf(b.lease(start(), "w", 2, "a", "b")); !slices.Equal(got, []string{"first", "second"}) {
		b.Errorf("leased %v", got)
	}
	rest := b.lease(start(), "w", 9, "a", "b")
	if got := keysOf(rest); !slices.Equal(got, []string{"third"}) {
		b.Fatalf("then %v", got)
	}
	if j := b.one(rest[0].ID); j.State != job.Leased || j.Attempt != 1 || j.LeasedBy != "w" || !j.LeaseEnds.Equal(start().Add(time.Minute)) {
		b.Errorf("%+v", j)
	}
	if got := b.lease(start(), "w", 9); len(got) != 0 {
		b.Errorf("for no kind %v", keysOf(got))
	}
}

func jobsLeaseOnce(b *bench) {
	b.enqueue("k", "e", start(), 0)
	if n := len(b.lease(start(), "w", 9, "k", "k")); n != 1 {
		b.Fatalf("leased %d", n)
	}
	if n := len(b.lease(start(), "other", 9, "k")); n != 0 {
		b.Errorf("leased again: %d", n)
	}
}

func jobsEnd(b *bench) {
	id, _ := b.enqueue("k", "e", start(), 2)
	end := func(o job.Outcome) job.Job {
		b.Helper()
		now := start().Add(time.Hour)
		b.lease(now, "w", 1, "k")
		if err := b.jobs(func(q job.Queue) error { return q.End(b.ctx, now, id, "w", o) }); err != nil {
			b.Fatal(err)
		}
		return b.one(id)
	}
	again := start().Add(time.Minute)
	if j := end(job.Outcome{State: job.Queued, RunAt: again, Snooze: true, Payload: []byte(`{"step":2}`)}); j.State != job.Queued || j.Attempt != 0 ||
		!j.RunAt.Equal(again) || string(j.Payload) != `{"step":2}` || j.LeasedBy != "" || !j.LeaseEnds.IsZero() {
		b.Errorf("snoozed %+v", j)
	}
	if j := end(job.Outcome{State: job.Queued, RunAt: again, Error: "timeout"}); j.State != job.Queued || j.Attempt != 1 || j.LastError != "timeout" {
		b.Errorf("failed %+v", j)
	}
	if j := end(job.Outcome{State: job.Queued, RunAt: again, Error: "timeout again"}); j.State != job.Dead || j.Attempt != 2 || j.EndedAt.IsZero() {
		b.Errorf("failed for the last time %+v", j)
	}
}

func jobsLost(b *bench) {
	id, _ := b.enqueue("k", "e", start(), 0)
	b.lease(start(), "w", 1, "k")
	done := job.Outcome{State: job.Done}
	if err := b.jobs(func(q job.Queue) error { return q.End(b.ctx, start(), id, "other", done) }); !errors.Is(err, job.ErrLeaseLost) {
		b.Errorf("another worker: %v", err)
	}
	if err := b.jobs(func(q job.Queue) error { return q.End(b.ctx, start(), "none", "w", done) }); !errors.Is(err, job.ErrNotFound) {
		b.Errorf("an unknown job: %v", err)
	}
	if j := b.one(id); j.State != job.Leased {
		b.Errorf("%+v", j)
	}
}

func jobsRescue(b *bench) {
	id, _ := b.enqueue("k", "e", start(), 2)
	last, _ := b.enqueue("k", "last attempt", start(), 1)
	b.lease(start(), "crashed", 9, "k")
	rescue := func(now time.Time) (n int) {
		b.Helper()
		if err := b.jobs(func(q job.Queue) (err error) { n, err = q.Rescue(b.ctx, now); return err }); err != nil {
			b.Fatal(err)
		}
		return n
	}
	if n := rescue(start().Add(time.Minute - time.Millisecond)); n != 0 {
		b.Errorf("%d rescued before the lease ended", n)
	}
	if n := rescue(start().Add(time.Minute)); n != 2 {
		b.Errorf("%d rescued", n)
	}
	if n := rescue(start().Add(time.Hour)); n != 0 {
		b.Errorf("%d rescued twice", n)
	}
	if j := b.one(id); j.State != job.Queued || j.LastError == "" {
		b.Errorf("%+v", j)
	}
	if j := b.one(last); j.State != job.Dead {
		b.Errorf("%+v", j)
	}
}

func jobsCancelRequeue(b *bench) {
	id, _ := b.enqueue("k", "e", start(), 1)
	requeue := func(id string) error {
		return b.jobs(func(q job.Queue) error { return q.Requeue(b.ctx, start(), id) })
	}
	cancel := func(id string) error {
		return b.jobs(func(q job.Queue) error { return q.Cancel(b.ctx, start(), id) })
	}
	if err := requeue(id); !errors.Is(err, job.ErrEnded) {
		b.Errorf("requeue a queued job: %v", err)
	}
	b.lease(start(), "w", 1, "k")
	if err := b.jobs(func(q job.Queue) error {
		return q.End(b.ctx, start(), id, "w", job.Outcome{State: job.Dead, Error: "refused"})
	}); err != nil {
		b.Fatal(err)
	}
	if err := cancel(id); !errors.Is(err, job.ErrEnded) {
		b.Errorf("cancel a dead job: %v", err)
	}
	if err := requeue(id); err != nil {
		b.Fatal(err)
	}
	if j := b.one(id); j.State != job.Queued || j.Attempt != 0 || !j.EndedAt.IsZero() {
		b.Errorf("%+v", j)
	}
	if err := cancel(id); err != nil {
		b.Fatal(err)
	}
	if j := b.one(id); j.State != job.Cancelled {
		b.Errorf("%+v", j)
	}
	for name, err := range map[string]error{"cancel": cancel("none"), "requeue": requeue("none")} {
		if !errors.Is(err, job.ErrNotFound) {
			b.Errorf("%s an unknown job: %v", name, err)
		}
	}
}

func jobsList(b *bench) {
	for i := range 6 {
		b.enqueue([]string{"a", "b"}[i%2], fmt.Sprintf("e%d", i), start(), 0)
	}
	b.lease(start(), "w", 1, "a")
	for _, tt := range []struct {
		kind  string
		state job.State
		limit int
		want  []string
	}{
		{"", "", 0, []string{"e5", "e4", "e3", "e2", "e1", "e0"}},
		{"", "", 2, []string{"e5", "e4"}},
		{"a", "", 0, []string{"e4", "e2", "e0"}},
		{"", job.Leased, 0, []string{"e0"}},
		{"a", job.Queued, 0, []string{"e4", "e2"}},
		{"c", "", 0, []string{}},
	} {
		b.read(func(tx *store.Tx) error {
			jobs, err := tx.Jobs().List(b.ctx, tt.kind, tt.state, tt.limit)
			if got := keysOf(jobs); !slices.Equal(got, tt.want) {
				b.Errorf("%q %q %d: %v, want %v", tt.kind, tt.state, tt.limit, got, tt.want)
			}
			return err
		})
	}
}

func jobsBadWant(b *bench) {
	for name, want := range map[string]job.Want{
		"no worker": {Kinds: []string{"k"}, For: time.Minute, Limit: 1},
		"no length": {Worker: "w", Kinds: []string{"k"}, Limit: 1},
		"no limit":  {Worker: "w", Kinds: []string{"k"}, For: time.Minute},
	} {
		if err := b.jobs(func(q job.Queue) error { _, err := q.Lease(b.ctx, start(), want); return err }); err == nil {
			b.Errorf("%s was taken", name)
		}
	}
	if err := b.jobs(func(q job.Queue) error { _, _, err := q.Enqueue(b.ctx, job.New{Kind: "k"}); return err }); err == nil {
		b.Error("a job without a key was taken")
	}
}

func jobsChecks(b *bench) {
	id, _ := b.enqueue("k", "e", start(), 1)
	for name, set := range map[string]string{
		"leased by nobody":      `state = 'leased', lease_ends = 1`,
		"leased without an end": `state = 'leased', leased_by = 'w'`,
		"done without a time":   `state = 'done'`,
		"ended while queued":    `ended_at = 1`,
		"an unknown state":      `state = 'lost'`,
		"too many attempts":     `attempt = 2`,
	} {
		err := b.db.Write(b.ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(b.ctx, `UPDATE job SET `+set+` WHERE id = $1`, id)
			return err
		})
		if err == nil {
			b.Errorf("%s was stored", name)
		}
	}
}
