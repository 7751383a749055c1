package job

import "time"

// Bounds of the back-off.
const (
	firstWait = 5 * time.Second
	longest   = 6 * time.Hour
)

// Backoff returns how long to wait after the given attempt (from 1) failed: 5 s doubled with every attempt up to 6 h, of which
// between half and all is waited, so that jobs that failed together do not come back together. random returns a number in
// [0, 1).
func Backoff(attempt int, random func() float64) time.Duration {
	wait := firstWait
	for i := 1; i < attempt && wait < longest; i++ {
		wait *= 2
	}
	wait = min(wait, longest)
	return wait/2 + time.Duration(random()*float64(wait/2))
}

// Failed is the outcome of an attempt that failed with err: another one after the back-off. A Queue turns it into the end of the
// job when no attempt is left.
func Failed(j Job, now time.Time, err error, random func() float64) Outcome {
	return Outcome{State: Queued, RunAt: now.Add(Backoff(j.Attempt, random)), Error: err.Error()}
}
