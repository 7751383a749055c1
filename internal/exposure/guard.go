package exposure

import (
	"context"
	"errors"
	"time"
)

// Bound is a limit of the day that somebody set below that of the configuration. There is one of each kind: the team's, a lead's for a
// person, and a person's own.
type Bound struct {
	Who string // whose; empty means the team's, which counts for each person alone
	Own bool   // the person set it themselves
	Limits
	Why string // empty only for one's own
	By  string
	At  time.Time
}

// Rest says that a person is shown nothing clear for a while. A lead's and a person's own stand beside each other.
type Rest struct {
	Who   string
	Own   bool      // the person took it themselves
	Until time.Time // when it is over
	Why   string
	By    string
	At    time.Time
}

// Guard keeps bounds and rests within the caller's transaction. Lists are ordered by person, then a lead's before the person's own.
type Guard interface {
	// SetLimit replaces the bound of the same kind. One without items and minutes takes it away.
	SetLimit(ctx context.Context, b Bound) error
	// Bounds returns what counts for a person: theirs and the team's; all of them when who is empty.
	Bounds(ctx context.Context, who string) ([]Bound, error)
	// SetRest replaces the rest of the same kind.
	SetRest(ctx context.Context, r Rest) error
	// EndRest takes a rest away. ErrNoRest.
	EndRest(ctx context.Context, who string, own bool) error
	// Rests returns the rests of a person, or of everybody when who is empty, that are not over at a moment.
	Rests(ctx context.Context, who string, at time.Time) ([]Rest, error)
}

// The bounds of what can be set.
const (
	// MaxRest is the longest rest, from the end of the day on which it begins.
	MaxRest = 90 * 24 * time.Hour
	// MaxItems is the highest limit of items.
	MaxItems = 100_000
	// MaxMinutes is the highest limit of minutes.
	MaxMinutes = 24 * 60
)

// What callers test for.
var (
	// ErrAbove says that a limit is higher than that of the configuration.
	ErrAbove = errors.New("exposure: a limit is set below that of the configuration, never above")
	// ErrRaise says that somebody would raise what counts for themselves on a day on which they were shown something.
	ErrRaise = errors.New("exposure: nobody raises what counts for themselves once they were shown something that day")
	// ErrRest says that the person rests from what is clear.
	ErrRest = errors.New("exposure: the person rests")
	// ErrUntil says that a rest ends in the past or too late.
	ErrUntil = errors.New("exposure: a rest ends today at the earliest and after 90 days at the latest")
	// ErrNoRest says that there is no rest that this person could end.
	ErrNoRest = errors.New("exposure: no rest that this person could end")
)

// Lowest is the lowest of each: what is 0 is no limit, so it lowers nothing.
func Lowest(list ...Limits) (l Limits) {
	for _, x := range list {
		if x.Items > 0 && (l.Items == 0 || x.Items < l.Items) {
			l.Items = x.Items
		}
		if x.Time > 0 && (l.Time == 0 || x.Time < l.Time) {
			l.Time = x.Time
		}
	}
	return l
}

// above reports whether l lets through more than other does, in items or in time.
func (l Limits) above(other Limits) bool {
	return other.Items > 0 && (l.Items == 0 || l.Items > other.Items) || other.Time > 0 && (l.Time == 0 || l.Time > other.Time)
}

// under returns what counts under a configuration with bounds, and when the newest of them was set.
func under(configured Limits, bounds []Bound) (l Limits, newest time.Time) {
	l = configured
	for _, b := range bounds {
		l = Lowest(l, b.Limits)
		if b.At.After(newest) {
			newest = b.At
		}
	}
	return l, newest
}

// longest returns the rest that is over last; nil when there is none.
func longest(rests []Rest) (out *Rest) {
	for i := range rests {
		if out == nil || rests[i].Until.After(out.Until) {
			out = &rests[i]
		}
	}
	return out
}
