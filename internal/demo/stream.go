package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"haris/internal/demo/platform"
	"haris/internal/event"
	"haris/internal/pipeline"
)

// Ingest takes a batch of events.
type Ingest func(context.Context, pipeline.Batch) (pipeline.Answer, error)

// Pace is how a world is streamed.
type Pace struct {
	// Speed is how much event time passes in one second; 0 sends everything as fast as it is taken.
	Speed time.Duration
	// Told is called after every batch with the event time reached and how many events were sent; may be nil.
	Told func(at time.Time, sent int, a pipeline.Answer)
}

// The length of one batch: in time when there is a pace, in events when there is none.
const (
	tick  = 250 * time.Millisecond
	batch = 4096
)

// Stream sends the events of a world in order and returns how many were sent.
func Stream(ctx context.Context, w *platform.World, p Pace, ingest Ingest) (sent int, err error) {
	if len(w.Events) == 0 {
		return 0, nil
	}
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	at := w.Events[0].Time
	for sent < len(w.Events) {
		end := min(sent+batch, len(w.Events))
		if p.Speed > 0 {
			select {
			case <-ctx.Done():
				return sent, ctx.Err()
			case <-ticker.C:
			}
			at = at.Add(time.Duration(float64(p.Speed) * tick.Seconds()))
			for end = sent; end < len(w.Events) && !w.Events[end].Time.After(at); {
				end++
			}
		}
		if end == sent {
			continue
		}
		if err := send(ctx, w.Events[sent:end], p, sent, ingest); err != nil {
			return sent, err
		}
		sent = end
	}
	return sent, nil
}

// send sends one batch, again when the queue is full.
func send(ctx context.Context, list []platform.Event, p Pace, before int, ingest Ingest) error {
	b := pipeline.Batch{Events: make([]event.Event, len(list))}
	for i, raw := range list {
		e, problem := event.Decode(string(raw.JSON), before+i+1, event.Limits{})
		if problem != nil {
			return fmt.Errorf("demo: the simulated platform sent what cannot be read: %w", problem)
		}
		b.Events[i] = e
	}
	for {
		a, err := ingest(ctx, b)
		if errors.Is(err, pipeline.ErrFull) {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(pipeline.RetryAfter):
				continue
			}
		}
		if err == nil && p.Told != nil {
			p.Told(list[len(list)-1].Time, before+len(list), a)
		}
		return err
	}
}
