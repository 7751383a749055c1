package exposure

import (
	"context"
	"sync"
	"time"
)

// patience is how long a person's word waits for what was just sent to them to be written down.
const patience = 2 * time.Second

// flights are the pieces on their way to people, by showing. A browser has the last byte a moment before the log says so, and a person's
// word may come in that moment. The zero value is ready. Safe for concurrent use.
type flights struct {
	mu sync.Mutex
	by map[string]map[chan struct{}]bool
}

// begin notes a piece; end says that it is written down, or will not be.
func (f *flights) begin(showing string) (end func()) {
	done := make(chan struct{})
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.by == nil {
		f.by = map[string]map[chan struct{}]bool{}
	}
	if f.by[showing] == nil {
		f.by[showing] = map[chan struct{}]bool{}
	}
	f.by[showing][done] = true
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if delete(f.by[showing], done); len(f.by[showing]) == 0 {
			delete(f.by, showing)
		}
		close(done)
	}
}

// wait returns when the pieces that were on their way have arrived, or after a while: a player that is paused takes its time, and then
// the log as it is decides.
func (f *flights) wait(ctx context.Context, showing string) {
	f.mu.Lock()
	var under []chan struct{}
	for done := range f.by[showing] {
		under = append(under, done)
	}
	f.mu.Unlock()
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for _, done := range under {
		select {
		case <-done:
		case <-ctx.Done():
			return
		}
	}
}
