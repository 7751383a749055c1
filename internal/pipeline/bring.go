package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"haris/internal/bank"
	"haris/internal/event"
	"haris/internal/fetch"
	"haris/internal/job"
	"haris/internal/media"
	"haris/internal/store"
	"haris/internal/store/eventlog"
)

// JobBring is the kind of the job that reads a media that came with a URL and no hash.
const JobBring = "media.bring"

// BringOrder is its payload.
type BringOrder struct {
	Event uint64 `json:"event"` // place in the log
	Place int    `json:"place"` // of the media in the event
}

// bring queues a job for every media of the new events that has a URL and no hash, in the transaction that takes the events in. Those that
// nothing can be compared of are counted.
func (p *Pipeline) bring(ctx context.Context, tx *store.Tx, g *group, now time.Time) (queued bool, err error) {
	g.bare = 0
	for i := range g.events {
		e := &g.events[i]
		if len(e.Data.Media) == 0 || bank.Owner(e) == "" || bank.Is(e) {
			continue
		}
		for n := range e.Data.Media {
			m := &e.Data.Media[n]
			if have, _ := bank.MediaOf(m); len(have.Hashes) > 0 {
				continue
			}
			if m.URL == "" || p.d.Brings == nil || !p.d.Brings(m.URL) {
				g.bare++
				continue
			}
			body, err := json.Marshal(BringOrder{e.Seq, n})
			if err != nil {
				return false, fmt.Errorf("pipeline: bring: %w", err)
			}
			key := JobBring + "/" + bringKey(e, n)
			if _, _, err := tx.Jobs().Enqueue(ctx, job.New{Kind: JobBring, Key: key, Payload: body, RunAt: now}); err != nil {
				return false, err
			}
			queued = true
		}
	}
	return queued, nil
}

// bringKey names what is brought by the event that it came with.
func bringKey(e *event.Event, place int) string {
	return bank.Key("brought", e.Source, e.ID, strconv.Itoa(place))
}

// Bringer works off JobBring jobs. All fields are required.
type Bringer struct {
	DB  *store.DB
	Log *eventlog.Log
	// Fetch reads the file behind a URL. The errors of package fetch.
	Fetch func(ctx context.Context, url string) (media.File, error)
	// Ingest puts what was read into the log; finding it again changes nothing.
	Ingest func(ctx context.Context, list []event.Event) error
	// Event is the event time as far as the log has come: what is read now is told now, however long ago it was posted.
	Event func() time.Time
}

// Handle is the job.Handler. What the server does not have, or may not be asked for, ends the job: it stays among the dead jobs, where a
// person can have it tried again, and the media is neither clean nor a match.
func (b *Bringer) Handle(ctx context.Context, j job.Job) (job.Outcome, error) {
	dead := func(why string) (job.Outcome, error) { return job.Outcome{State: job.Dead, Error: why}, nil }
	var o BringOrder
	if err := json.Unmarshal(j.Payload, &o); err != nil || o.Event == 0 {
		return dead("media: the job names no event")
	}
	e, err := b.event(ctx, o.Event)
	if err != nil {
		return job.Outcome{}, err
	}
	if e == nil || o.Place < 0 || o.Place >= len(e.Data.Media) {
		return dead("media: the event of the job is not in the log")
	}
	m := &e.Data.Media[o.Place]
	f, err := b.Fetch(ctx, m.URL)
	switch { // an error of fetch may name the host, and nothing else of the URL
	case errors.Is(err, fetch.ErrRefused), errors.Is(err, fetch.ErrStatus), errors.Is(err, fetch.ErrTooLarge), errors.Is(err, media.ErrTooLarge):
		return dead("media: " + err.Error())
	case err != nil:
		return job.Outcome{}, fmt.Errorf("media: %w", err)
	}
	f.Media.ID = m.ID
	at := b.Event()
	if at.Before(e.Time) {
		at = e.Time
	}
	made, err := (&bank.Brought{
		Account: bank.Owner(e), Item: bank.Item(e), Of: e.Seq, Media: f.Media, Kind: m.Kind, Bytes: f.Bytes, Left: f.Left,
	}).Event(bringKey(e, o.Place), at)
	if err != nil {
		return job.Outcome{}, err
	}
	if err := b.Ingest(ctx, []event.Event{made}); err != nil {
		return job.Outcome{}, err
	}
	return job.Outcome{State: job.Done}, nil
}

// event reads one event; nil when it is not in the log.
func (b *Bringer) event(ctx context.Context, seq uint64) (e *event.Event, err error) {
	err = b.DB.Read(ctx, func(tx *store.Tx) error {
		list, err := b.Log.Get(ctx, tx, []uint64{seq})
		if e = nil; err == nil && len(list) == 1 {
			e = &list[0]
		}
		return err
	})
	return e, err
}
