package app

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestKept: what takes long is waited for once, given at once after that, and looked for anew when it is old and somebody asks, never otherwise.
func TestKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks atomic.Int64
		broken := errors.New("broken")
		k := newKept(time.Minute, time.Now, func(ctx context.Context) (int64, error) {
			select {
			case <-time.After(10 * time.Second):
			case <-ctx.Done():
			}
			n := looks.Add(1)
			if n == 3 {
				return 0, broken
			}
			return n, nil
		})
		ctx, end := context.WithCancel(t.Context())
		go k.keep(ctx)
		began := time.Now()
		get := func(want int64, wantErr error, within time.Duration) {
			t.Helper()
			from := time.Now()
			n, at, err := k.get(ctx)
			if n != want || !errors.Is(err, wantErr) || time.Since(from) > within {
				t.Errorf("after %s: %d of %s, %v, in %s; want %d, %v", from.Sub(began), n, at.Sub(began), err, time.Since(from), want, wantErr)
			}
		}
		get(1, nil, 10*time.Second)
		time.Sleep(time.Hour)
		if looks.Load() != 1 {
			t.Errorf("%d looks while nobody asked", looks.Load())
		}
		get(1, nil, 0) // old, and looked for anew
		get(1, nil, 0)
		time.Sleep(11 * time.Second)
		get(2, nil, 0)
		time.Sleep(2 * time.Minute)
		get(2, nil, 0)
		time.Sleep(11 * time.Second)
		get(0, broken, 0) // a fault is looked at anew at once
		time.Sleep(11 * time.Second)
		get(4, nil, 0)
		end()
		synctest.Wait()
		if looks.Load() != 4 {
			t.Errorf("%d looks, want 4", looks.Load())
		}
		late, stop := context.WithCancel(context.Background())
		stop()
		never := newKept(time.Minute, time.Now, func(context.Context) (int64, error) { return 0, nil })
		if _, _, err := never.get(late); !errors.Is(err, context.Canceled) {
			t.Errorf("who goes away while nothing is there waits: %v", err)
		}
	})
}
