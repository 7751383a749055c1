package job

import (
	"errors"
	"time"
)

// What callers test for.
var (
	ErrNotFound  = errors.New("job: no such job")
	ErrEnded     = errors.New("job: has ended already")
	ErrLeaseLost = errors.New("job: another worker holds the lease")
)

// Outcome is how an attempt ended.
type Outcome struct {
	State State     // Done, Queued (try again or go on at RunAt) or Dead
	RunAt time.Time // for Queued
	// Snooze keeps the attempt from counting: the job did not fail, it waits.
	Snooze  bool
	Error   string // why, for Queued after a failure and for Dead; never content
	Payload []byte // replaces the payload when not nil: how a job remembers how far it came
}
