package app

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"time"

	"haris/internal/api"
	"haris/internal/bank"
	"haris/internal/console"
	"haris/internal/event"
	"haris/internal/fetch"
	"haris/internal/job"
	"haris/internal/media"
	"haris/internal/pipeline"
	"haris/internal/store"
)

// mediaDesk reads files that are uploaded or fetched, so many at a time, and compares with the banks. Safe for concurrent use.
type mediaDesk struct {
	spool   *media.Spool
	pool    *media.Pool
	fetcher *fetch.Fetcher
	matcher *bank.Matcher
	room    chan struct{} // one for each file that is put aside or read
}

var _ api.Desk = (*mediaDesk)(nil)

// roomFor is how many files may come in and wait for each that is being read: more would fill the disk and wait in vain.
const roomFor = 16

// uploadTime is what a file may take to come in.
const uploadTime = 5 * time.Minute

// mediaTime is what a request with a file may take altogether.
func (c *Core) mediaTime() time.Duration { return uploadTime + c.Config.Media.MaxTime }

func (c *Core) newMediaDesk() (*mediaDesk, error) {
	m := &c.Config.Media
	spool, err := media.OpenSpool(c.Dir.Spool(), int64(m.MaxBytes))
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	fetcher, err := c.newFetcher()
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	n := m.Parallel
	if n == 0 {
		n = c.workers()
	}
	return &mediaDesk{
		spool: spool, pool: media.NewPool(MediaOptions(m), n), fetcher: fetcher, matcher: c.Matcher, room: make(chan struct{}, n*roomFor),
	}, nil
}

func (c *Core) newFetcher() (*fetch.Fetcher, error) {
	m := &c.Config.Media
	o := fetch.Options{Hosts: m.Hosts, Plain: m.Plain, Bytes: int64(m.MaxBytes), Timeout: m.FetchTimeout, Redirects: m.Redirects}
	for _, s := range m.Private {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("media.private: %w", err)
		}
		o.Private = append(o.Private, p)
	}
	return fetch.New(o)
}

// enter takes the place of one file; api.ErrBusy when there is none.
func (d *mediaDesk) enter() (leave func(), err error) {
	select {
	case d.room <- struct{}{}:
		return func() { <-d.room }, nil
	default:
		return nil, api.ErrBusy
	}
}

// Take implements api.Desk.
func (d *mediaDesk) Take(ctx context.Context, r io.Reader) (media.File, error) {
	leave, err := d.enter()
	if err != nil {
		return media.File{}, err
	}
	defer leave()
	return d.take(ctx, r)
}

// Bring implements api.Desk.
func (d *mediaDesk) Bring(ctx context.Context, url string) (media.File, error) {
	leave, err := d.enter()
	if err != nil {
		return media.File{}, err
	}
	defer leave()
	return d.fetch(ctx, url)
}

// fetch reads the file behind a URL.
func (d *mediaDesk) fetch(ctx context.Context, url string) (media.File, error) {
	body, err := d.fetcher.Fetch(ctx, url)
	if err != nil {
		return media.File{}, err
	}
	defer body.Close() //nolint:errcheck // it was only read
	return d.take(ctx, body)
}

func (d *mediaDesk) take(ctx context.Context, r io.Reader) (media.File, error) {
	f, err := d.spool.Keep(ctx, r)
	if err != nil {
		return media.File{}, err
	}
	defer f.Close() //nolint:errcheck // it has no name, and nothing of it is kept
	return d.pool.Read(ctx, f)
}

// newBringer returns what fetches the media of events. It takes no room from those who wait for an answer.
func (a *App) newBringer() *pipeline.Bringer {
	return &pipeline.Bringer{
		DB: a.core.DB, Log: a.core.Log, Fetch: a.media.fetch, Event: a.reached,
		Ingest: func(ctx context.Context, list []event.Event) error {
			_, err := a.pipeline.Ingest(ctx, pipeline.Batch{Events: list})
			return err
		},
	}
}

// reached is the event time as far as the log has come.
func (a *App) reached() (at time.Time) {
	a.pipeline.Know(func(k *pipeline.Knowledge) { at = k.Watermark() })
	return at
}

// mediaBring counts the media of events that could not be fetched.
func (d Doctor) mediaBring(ctx context.Context, k *console.Check) error {
	k.Unit, k.Count = console.UnitCount, 0
	err := d.read(ctx, func(tx *store.Tx) error {
		list, err := tx.Jobs().List(ctx, pipeline.JobBring, job.Dead, maxBring)
		k.Count = int64(len(list))
		return err
	})
	warnAbove(k, 0)
	return err
}

// maxBring is how many are counted.
const maxBring = 1000

// Match implements api.Desk.
func (d *mediaDesk) Match(ctx context.Context, list []bank.Media) []bank.Decision {
	return d.matcher.Match(ctx, list)
}

// Index implements api.Desk.
func (d *mediaDesk) Index() bank.Status { return d.matcher.Status() }
