package app

import (
	"context"
	"sync"
	"time"
)

// kept is something that takes long to find out and that pages show: what was found last is given at once, and looked for anew beside it when it is
// older than age, or could not be found, and somebody asked.
type kept[T any] struct {
	look  func(context.Context) (T, error)
	age   time.Duration
	now   func() time.Time
	asked chan struct{}
	found chan struct{} // closed once there is something to give

	mu   sync.Mutex
	last T
	err  error
	at   time.Time
}

func newKept[T any](age time.Duration, now func() time.Time, look func(context.Context) (T, error)) *kept[T] {
	return &kept[T]{look: look, age: age, now: now, asked: make(chan struct{}, 1), found: make(chan struct{})}
}

// keep looks once, and again each time that somebody asks for what has become too old, until ctx ends.
func (k *kept[T]) keep(ctx context.Context) {
	for first := true; ; first = false {
		v, err := k.look(ctx)
		if ctx.Err() != nil {
			return
		}
		k.mu.Lock()
		k.last, k.err, k.at = v, err, k.now()
		k.mu.Unlock()
		if first {
			close(k.found)
		}
		select {
		case <-k.asked: // while it was looked for: this is the answer
		default:
		}
		select {
		case <-ctx.Done():
			return
		case <-k.asked:
		}
	}
}

// get gives what was found last and when. It waits only for the first time.
func (k *kept[T]) get(ctx context.Context) (v T, at time.Time, err error) {
	select {
	case <-k.found:
	case <-ctx.Done():
		return v, at, ctx.Err()
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err != nil || k.now().Sub(k.at) >= k.age {
		select {
		case k.asked <- struct{}{}:
		default: // asked already
		}
	}
	return k.last, k.at, k.err
}
