package auth

import (
	"sync"
	"time"
)

// How many wrong passwords are borne: for one login 5 at once and one more every 3 minutes, for one network address 20 at once
// and one more every 30 seconds.
const (
	loginBurst  = 5
	loginRefill = 3 * time.Minute
	addrBurst   = 20
	addrRefill  = 30 * time.Second
	maxTracked  = 20_000
)

// RateError says that too many tries were made and when the next one may be.
type RateError struct{ Wait time.Duration }

// Error says how long to wait.
func (e *RateError) Error() string {
	return "auth: too many tries: wait " + e.Wait.Round(time.Second).String()
}

// Limiter counts tries by name in leaky buckets. It keeps a bounded number of names; when it is full, a name it does not know
// waits until the oldest ones have drained, so that flooding it with names opens no door. Safe for concurrent use.
type Limiter struct {
	mu  sync.Mutex
	max int
	by  map[string]bucket
}

// bucket is when the tries of a name will have drained.
type bucket struct{ empty time.Time }

// NewLimiter returns a limiter that tracks up to max names.
func NewLimiter(max int) *Limiter { return &Limiter{max: max, by: map[string]bucket{}} }

// Take counts one try of the name, of which burst are allowed at once and one more every refill. It returns 0, or how long to
// wait, in which case nothing was counted.
func (l *Limiter) Take(now time.Time, name string, burst int, refill time.Duration) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.by[name]
	if !known && len(l.by) >= l.max && !l.drain(now) {
		return refill
	}
	if b.empty.Before(now) {
		b.empty = now
	}
	full := now.Add(time.Duration(burst-1) * refill)
	if b.empty.After(full) {
		return b.empty.Sub(full)
	}
	b.empty = b.empty.Add(refill)
	l.by[name] = b
	return 0
}

// Forget takes back every try of the name, after a right password.
func (l *Limiter) Forget(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.by, name)
}

// drain drops the names whose tries have drained and reports whether there is room.
func (l *Limiter) drain(now time.Time) bool {
	for name, b := range l.by {
		if !b.empty.After(now) {
			delete(l.by, name)
		}
	}
	return len(l.by) < l.max
}
