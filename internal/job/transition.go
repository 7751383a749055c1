package job

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// DefaultMax is how many attempts a job has when New does not say.
const DefaultMax = 12

// maxError bounds the bytes of LastError.
const maxError = 500

// Check reports why a job cannot be queued.
func (n *New) Check() error {
	switch {
	case n.Kind == "":
		return errors.New("job: kind is empty")
	case n.Key == "":
		return fmt.Errorf("job: a %s without a key: its key is what keeps it from happening twice", n.Kind)
	case n.Max < 0:
		return fmt.Errorf("job: %s %s: max %d is below 0", n.Kind, n.Key, n.Max)
	}
	return nil
}

// Lease gives a due job to a worker for one more attempt. ErrEnded when it is final, ErrLeaseLost when it is leased.
func (j Job) Lease(worker string, until time.Time) (Job, error) {
	switch j.State {
	case Queued:
	case Leased:
		return Job{}, fmt.Errorf("%w: %s until %s", ErrLeaseLost, j.LeasedBy, until.UTC().Format(time.RFC3339))
	default:
		return Job{}, fmt.Errorf("%w: it is %s", ErrEnded, j.State)
	}
	j.State, j.LeasedBy, j.LeaseEnds = Leased, worker, until
	j.Attempt++
	return j, nil
}

// Extend returns the job leased until a later time. ErrLeaseLost when worker does not hold it.
func (j Job) Extend(worker string, until time.Time) (Job, error) {
	if j.State != Leased || j.LeasedBy != worker {
		return Job{}, fmt.Errorf("%w: job %s is %s", ErrLeaseLost, j.ID, j.State)
	}
	if until.After(j.LeaseEnds) {
		j.LeaseEnds = until
	}
	return j, nil
}

// Hasten makes a queued job due at now; one that is due or leased stays as it is. ErrEnded when it is final.
func (j Job) Hasten(now time.Time) (Job, error) {
	if j.State != Queued && j.State != Leased {
		return Job{}, fmt.Errorf("%w: it is %s", ErrEnded, j.State)
	}
	if j.State == Queued && j.RunAt.After(now) {
		j.RunAt = now
	}
	return j, nil
}

// End returns the job after an attempt of worker ended with o. A job that failed and has no attempts left is Dead.
// ErrLeaseLost when worker does not hold it; an error when o makes no sense.
func (j Job) End(now time.Time, worker string, o Outcome) (Job, error) {
	if j.State != Leased || j.LeasedBy != worker {
		return Job{}, fmt.Errorf("%w: job %s is %s", ErrLeaseLost, j.ID, j.State)
	}
	if o.Payload != nil {
		j.Payload = o.Payload
	}
	if o.Error != "" {
		j.LastError = clip(o.Error)
	}
	switch o.State {
	case Done, Dead:
		return j.final(o.State, now), nil
	case Queued:
	default:
		return Job{}, fmt.Errorf("job: an attempt cannot end as %q: expected done, queued or dead", o.State)
	}
	if o.RunAt.IsZero() {
		return Job{}, errors.New("job: an attempt that ends queued needs a time to run at")
	}
	if o.Snooze {
		j.Attempt--
	} else if j.Attempt >= j.Max {
		return j.final(Dead, now), nil
	}
	return j.queue(o.RunAt), nil
}

// Rescue returns a leased job whose lease ended without a word to the queue, or ends it when that was its last attempt.
// changed is false when there is nothing to rescue.
func (j Job) Rescue(now time.Time) (_ Job, changed bool) {
	if j.State != Leased || j.LeaseEnds.After(now) {
		return j, false
	}
	j.LastError = "the worker was not heard of before its lease ended"
	if j.Attempt >= j.Max {
		return j.final(Dead, now), true
	}
	return j.queue(now), true
}

// Cancel ends an open job; ErrEnded otherwise.
func (j Job) Cancel(now time.Time) (Job, error) {
	if j.State != Queued && j.State != Leased {
		return Job{}, fmt.Errorf("%w: it is %s", ErrEnded, j.State)
	}
	return j.final(Cancelled, now), nil
}

// Requeue gives a dead job a new set of attempts; ErrEnded when it is not dead.
func (j Job) Requeue(now time.Time) (Job, error) {
	if j.State != Dead {
		return Job{}, fmt.Errorf("%w: only a dead job can be queued again, it is %s", ErrEnded, j.State)
	}
	j.Attempt, j.EndedAt = 0, time.Time{}
	return j.queue(now), nil
}

func (j Job) queue(at time.Time) Job {
	j.State, j.RunAt, j.LeasedBy, j.LeaseEnds = Queued, at, "", time.Time{}
	return j
}

func (j Job) final(s State, now time.Time) Job {
	j.State, j.EndedAt, j.LeasedBy, j.LeaseEnds = s, now, "", time.Time{}
	return j
}

// clip shortens s to maxError bytes of valid text.
func clip(s string) string {
	if len(s) <= maxError {
		return s
	}
	s = s[:maxError]
	for s != "" && !utf8.ValidString(s[max(0, len(s)-utf8.UTFMax):]) {
		s = s[:len(s)-1]
	}
	return s
}
