package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/internal/job"
)

// Jobs returns the jobs within the transaction.
func (tx *Tx) Jobs() job.Queue { return jobStore{tx} }

// jobStore keeps jobs; what a job becomes is decided by the pure rules of package job.
type jobStore struct{ tx *Tx }

var _ job.Queue = jobStore{}

const jobColumns = `id, kind, key, payload, state, attempt, max, run_at, leased_by, lease_ends, last_error, created_at, ended_at`

// Enqueue adds a job.
func (s jobStore) Enqueue(ctx context.Context, n job.New) (string, bool, error) {
	if err := n.Check(); err != nil {
		return "", false, err
	}
	now := s.tx.now().UTC()
	id, err := s.tx.ids.New(now)
	if err != nil {
		return "", false, err
	}
	runAt := n.RunAt
	if runAt.IsZero() {
		runAt = now
	}
	payload := n.Payload
	if payload == nil {
		payload = []byte{}
	}
	// A key that another transaction has just used makes PostgreSQL run this one again, so 0 rows means that it is there.
	added, err := s.tx.Exec(ctx, `INSERT INTO job (id, kind, key, payload, state, attempt, max, run_at, last_error, created_at)
		VALUES ($1, $2, $3, $4, 'queued', 0, $5, $6, '', $7) ON CONFLICT (key) DO NOTHING`,
		id, n.Kind, n.Key, payload, cmp.Or(n.Max, job.DefaultMax), runAt.UnixMilli(), now.UnixMilli())
	if err != nil {
		return "", false, fmt.Errorf("store: queue job %q: %w", n.Key, err)
	}
	if added == 1 {
		return id, true, nil
	}
	if err := s.tx.QueryRow(ctx, `SELECT id FROM job WHERE key = $1`, n.Key).Scan(&id); err != nil {
		return "", false, fmt.Errorf("store: job %q: %w", n.Key, err)
	}
	return id, false, nil
}

// dueQuery finds the due jobs of one kind.
const dueQuery = `SELECT ` + jobColumns + ` FROM job WHERE state = 'queued' AND kind = $1 AND run_at <= $2 ORDER BY run_at, id LIMIT $3`

// Lease takes due jobs, those that have waited longest first. Every kind is looked up by itself, so that a heap of jobs of a
// kind that this worker does not do costs nothing.
func (s jobStore) Lease(ctx context.Context, now time.Time, want job.Want) ([]job.Job, error) {
	if want.Worker == "" || want.For <= 0 || want.Limit <= 0 {
		return nil, fmt.Errorf("store: lease: a worker, a length and a limit are needed, not %+v", want)
	}
	query := dueQuery
	if s.tx.engine == Postgres {
		query += ` FOR UPDATE SKIP LOCKED` // SQLite has one writer, which needs no row locks
	}
	var due []job.Job
	for _, kind := range slices.Compact(slices.Sorted(slices.Values(want.Kinds))) {
		jobs, err := s.query(ctx, query, kind, now.UnixMilli(), want.Limit)
		if err != nil {
			return nil, fmt.Errorf("store: lease: %w", err)
		}
		due = append(due, jobs...)
	}
	slices.SortFunc(due, func(a, b job.Job) int { return cmp.Or(a.RunAt.Compare(b.RunAt), cmp.Compare(a.ID, b.ID)) })
	due = due[:min(len(due), want.Limit)]
	for i, j := range due {
		leased, err := j.Lease(want.Worker, milli(now.Add(want.For)))
		if err != nil {
			return nil, err
		}
		if err := s.put(ctx, j, leased); err != nil {
			return nil, err
		}
		due[i] = leased
	}
	return due, nil
}

// Extend keeps a job leased.
func (s jobStore) Extend(ctx context.Context, id, worker string, until time.Time) error {
	return s.change(ctx, id, func(j job.Job) (job.Job, error) { return j.Extend(worker, milli(until)) })
}

// End records how an attempt ended.
func (s jobStore) End(ctx context.Context, now time.Time, id, worker string, o job.Outcome) error {
	return s.change(ctx, id, func(j job.Job) (job.Job, error) { return j.End(now, worker, o) })
}

// Hasten makes a queued job due now.
func (s jobStore) Hasten(ctx context.Context, now time.Time, id string) error {
	return s.change(ctx, id, func(j job.Job) (job.Job, error) { return j.Hasten(now) })
}

// Cancel ends an open job.
func (s jobStore) Cancel(ctx context.Context, now time.Time, id string) error {
	return s.change(ctx, id, func(j job.Job) (job.Job, error) { return j.Cancel(now) })
}

// Requeue gives a dead job a new set of attempts.
func (s jobStore) Requeue(ctx context.Context, now time.Time, id string) error {
	return s.change(ctx, id, func(j job.Job) (job.Job, error) { return j.Requeue(now) })
}

// rescueBatch bounds how many jobs one call gives back, so that its transaction stays short.
const rescueBatch = 500

// Rescue gives back jobs whose lease ended.
func (s jobStore) Rescue(ctx context.Context, now time.Time) (int, error) {
	jobs, err := s.query(ctx, `SELECT `+jobColumns+` FROM job WHERE state = 'leased' AND lease_ends <= $1 ORDER BY lease_ends, id LIMIT $2`,
		now.UnixMilli(), rescueBatch)
	if err != nil {
		return 0, fmt.Errorf("store: rescue jobs: %w", err)
	}
	rescued := 0
	for _, j := range jobs {
		next, changed := j.Rescue(now)
		if !changed {
			continue
		}
		if err := s.put(ctx, j, next); err != nil {
			return rescued, err
		}
		rescued++
	}
	return rescued, nil
}

// jobsPerList bounds List.
const jobsPerList = 1000

// List returns jobs, newest first. Each state runs along its own index, and the states are merged.
func (s jobStore) List(ctx context.Context, kind string, state job.State, limit int) ([]job.Job, error) {
	if limit <= 0 || limit > jobsPerList {
		limit = jobsPerList
	}
	states := []job.State{job.Queued, job.Leased, job.Done, job.Dead, job.Cancelled}
	if state != "" {
		states = []job.State{state}
	}
	var out []job.Job
	for _, st := range states {
		query, args := jobListQuery(kind, st, limit)
		jobs, err := s.query(ctx, query, args...)
		if err != nil {
			return nil, fmt.Errorf("store: list jobs: %w", err)
		}
		out = append(out, jobs...)
	}
	slices.SortFunc(out, func(a, b job.Job) int { return strings.Compare(b.ID, a.ID) })
	return out[:min(limit, len(out))], nil
}

func jobListQuery(kind string, state job.State, limit int) (string, []any) {
	if kind == "" {
		return `SELECT ` + jobColumns + ` FROM job WHERE state = $1 ORDER BY id DESC LIMIT $2`, []any{state, limit}
	}
	return `SELECT ` + jobColumns + ` FROM job WHERE kind = $1 AND state = $2 ORDER BY id DESC LIMIT $3`, []any{kind, state, limit}
}

// change reads a job, applies a rule and writes what it became.
func (s jobStore) change(ctx context.Context, id string, rule func(job.Job) (job.Job, error)) error {
	jobs, err := s.query(ctx, `SELECT `+jobColumns+` FROM job WHERE id = $1`, id)
	if err != nil {
		return fmt.Errorf("store: job %s: %w", id, err)
	}
	if len(jobs) == 0 {
		return fmt.Errorf("%w: %q", job.ErrNotFound, id)
	}
	next, err := rule(jobs[0])
	if err != nil {
		return err
	}
	return s.put(ctx, jobs[0], next)
}

// put writes what a job became, provided that it is still what was read.
func (s jobStore) put(ctx context.Context, before, after job.Job) error {
	n, err := s.tx.Exec(ctx, `UPDATE job SET payload = $1, state = $2, attempt = $3, run_at = $4, leased_by = $5, lease_ends = $6,
		last_error = $7, ended_at = $8 WHERE id = $9 AND state = $10 AND attempt = $11`,
		after.Payload, after.State, after.Attempt, after.RunAt.UnixMilli(),
		sql.NullString{String: after.LeasedBy, Valid: after.LeasedBy != ""}, nullMilli(after.LeaseEnds),
		after.LastError, nullMilli(after.EndedAt), after.ID, before.State, before.Attempt)
	if err != nil {
		return fmt.Errorf("store: job %s: %w", after.ID, err)
	}
	if n != 1 {
		return fmt.Errorf("store: job %s changed while it was read: %w", after.ID, job.ErrLeaseLost)
	}
	return nil
}

// query reads whole jobs.
func (s jobStore) query(ctx context.Context, query string, args ...any) (_ []job.Job, err error) {
	rows, err := s.tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var out []job.Job
	for rows.Next() {
		var j job.Job
		var runAt, createdAt int64
		var leasedBy sql.NullString
		var leaseEnds, endedAt sql.NullInt64
		err := rows.Scan(&j.ID, &j.Kind, &j.Key, &j.Payload, &j.State, &j.Attempt, &j.Max, &runAt, &leasedBy, &leaseEnds,
			&j.LastError, &createdAt, &endedAt)
		if err != nil {
			return nil, err
		}
		j.RunAt, j.CreatedAt = fromMilli(runAt), fromMilli(createdAt)
		j.LeasedBy, j.LeaseEnds, j.EndedAt = leasedBy.String, fromNullMilli(leaseEnds), fromNullMilli(endedAt)
		out = append(out, j)
	}
	return out, rows.Err()
}

// milli brings a time to the precision in which it is stored.
func milli(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
