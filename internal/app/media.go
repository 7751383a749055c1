package app

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"time"

	"haris/internal/api"
	"haris/internal/bank"
	"haris/internal/fetch"
	"haris/internal/media"
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

// Match implements api.Desk.
func (d *mediaDesk) Match(ctx context.Context, list []bank.Media) []bank.Decision {
	return d.matcher.Match(ctx, list)
}

// Index implements api.Desk.
func (d *mediaDesk) Index() bank.Status { return d.matcher.Status() }
