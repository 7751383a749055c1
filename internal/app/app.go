// Package app is the running program: it opens what the parts need, wires them to each other in one straight function, and
// starts and stops them in order. internal/cli calls it: New, Start, Reload, Stop. It decides nothing; every part is handed its
// clock, its logger and its neighbours here, and nowhere else.
package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haris/internal/action"
	"haris/internal/auth"
	"haris/internal/bank"
	"haris/internal/config"
	"haris/internal/console"
	"haris/internal/exchange/setup"
	"haris/internal/extern"
	"haris/internal/job"
	"haris/internal/learn"
	"haris/internal/pipeline"
	"haris/internal/translate"
)

// App is one running haris.
type App struct {
	core      *Core
	rules     ruleBook
	pipeline  *pipeline.Pipeline
	runners   []*job.Runner
	sweeper   *bank.Sweeper
	media     *mediaDesk
	figures   *figures
	taught    *kept[[]learn.Row]
	outside   map[string]*kept[console.Check] // checks that ask somebody else, by name
	sender    *action.Sender                  // nil when the platform has no endpoint
	exchanges []setup.Exchange
	translate *translate.Client // nil when nothing is translated
	external  *extern.Client    // nil when no model of somebody else is asked
	metrics   *prometheus.Registry
	gate      *gate
	address   net.Addr // of the pages
	begun     time.Time
	faults    chan error

	closers closers
}

// New opens the data directory for this process alone and loads the rules. Nothing runs yet.
func New(ctx context.Context, cfg config.Config, o Options) (*App, error) {
	o.Own = true
	core, err := OpenCore(ctx, cfg, o)
	if err != nil {
		return nil, err
	}
	a := &App{core: core, metrics: prometheus.NewRegistry(), gate: newGate(), begun: o.Now(), faults: make(chan error, 4)}
	a.taught, a.outside = core.newTaught(), core.newOutside()
	a.figures = &figures{core: core, outside: a.outside}
	a.closers.add(core.Close)
	if err := a.prepare(ctx); err != nil {
		return nil, errors.Join(err, a.closers.run())
	}
	return a, nil
}

func (a *App) prepare(ctx context.Context) error {
	if err := a.Reload(ctx); a.rules.now.Load() == nil {
		return err
	}
	var err error
	if a.media, err = a.core.newMediaDesk(); err != nil {
		return err
	}
	if a.exchanges, err = a.core.Exchanges(); err != nil {
		return err
	}
	if a.translate, err = Translate(&a.core.Config); err != nil {
		return err
	}
	if a.external, err = External(&a.core.Config); err != nil {
		return err
	}
	if c := a.core.Config.Actions; c.URL != "" {
		endpoint, err := c.Endpoint()
		if err != nil {
			return err
		}
		if a.sender, err = action.NewSender(endpoint); err != nil {
			return err
		}
	}
	return nil
}

// Core returns what the commands work with.
func (a *App) Core() *Core { return a.core }

// Address is where the pages are; valid after Start.
func (a *App) Address() net.Addr { return a.address }

// URL is how people reach the pages; valid after Start.
func (a *App) URL() string { return a.core.Config.Public(a.address) }

// Faults tells of a part that ended by itself, after which the program should stop.
func (a *App) Faults() <-chan error { return a.faults }

// Ingest hands a batch to the pipeline; valid after Start.
func (a *App) Ingest(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	return a.pipeline.Ingest(ctx, b)
}

// Know calls f with what is known; valid after Start.
func (a *App) Know(f func(*pipeline.Knowledge)) { a.pipeline.Know(f) }

// FirstLink is the one-time link with which the first person signs in; empty once somebody can.
func (a *App) FirstLink(ctx context.Context) (string, error) {
	l, needed, err := a.core.Auth.FirstLink(ctx)
	if err != nil || !needed {
		return "", err
	}
	return a.LinkURL(l), nil
}

// LinkURL is the address of a one-time link.
func (a *App) LinkURL(l auth.NewLink) string { return a.URL() + "/link?token=" + l.Token }

// Start listens, replays what the last checkpoint has not, and then works. The ports answer at once; until the replay is done
// they say how far it is. Stop must be called even when Start fails.
func (a *App) Start(ctx context.Context) error {
	if err := a.listen(); err != nil {
		return err
	}
	if err := a.startPipeline(ctx); err != nil {
		return err
	}
	if err := a.reclaim(ctx); err != nil {
		return err
	}
	if err := a.startJobs(); err != nil {
		return err
	}
	a.background(a.core.Matcher.Run)
	a.background(a.keepBanks)
	for i := range a.exchanges {
		a.background(func(ctx context.Context) { a.keepExchange(ctx, &a.exchanges[i].Exchange) })
	}
	a.background(a.watchRules)
	a.background(a.followRules)
	a.background(a.watchModel)
	a.background(a.watchPartners)
	a.background(a.sweep)
	a.background(a.keepFigures)
	a.background(a.taught.keep)
	for _, k := range a.outside {
		a.background(k.keep)
	}
	a.background(a.readIn)
	h, err := a.handler()
	if err != nil {
		return err
	}
	a.gate.open(h)
	return nil
}

// Stop ends everything in the reverse of the order in which it began: no new requests, the batches that were taken are
// finished, jobs under way end, a checkpoint is written, the database closes.
func (a *App) Stop() error { return a.closers.run() }

func (a *App) startPipeline(ctx context.Context) error {
	began := time.Now()
	o := a.core.Options.Progress
	a.core.Options.Progress = func(done, all uint64) {
		a.gate.progress(done, all)
		if o != nil {
			o(done, all)
		}
	}
	p, err := a.core.OpenPipeline(ctx, pipeline.Deps{
		Rules: a.rules.set, Policy: a.rules.policy, Wake: a.wake, Committed: a.measure(), Brings: a.media.fetcher.Allows,
		Asks: a.external != nil,
	})
	if err != nil {
		return err
	}
	a.pipeline = p
	if err := a.useModel(ctx); err != nil {
		return errors.Join(err, p.Close(ctx))
	}
	a.closers.add(func() error {
		ctx, cancel := a.grace()
		defer cancel()
		return errors.Join(p.Close(ctx), a.core.keepCheckpoint(ctx))
	})
	a.core.Options.Logger.Info("ready", "took", time.Since(began), "events", a.core.Log.Next()-1)
	return nil
}

// grace is the time that stopping may take.
func (a *App) grace() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), a.core.Config.Shutdown.Timeout)
}

// wake tells the runners that jobs were queued.
func (a *App) wake() {
	for _, r := range a.runners {
		r.Wake()
	}
}

// background runs f until the program stops, and then waits for it.
func (a *App) background(f func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { f(ctx) })
	a.closers.add(func() error {
		cancel()
		wg.Wait()
		return nil
	})
}

// listen opens the ports.
func (a *App) listen() error {
	address, err := a.serve(a.core.Config.Listen, a.gate)
	if err != nil {
		return fmt.Errorf("app: listen: %w (is another haris running? --listen takes another address)", err)
	}
	a.address = address
	if a.core.Config.MetricsListen == "" {
		return nil
	}
	if _, err := a.serve(a.core.Config.MetricsListen, a.metricsHandler()); err != nil {
		return fmt.Errorf("app: listen for metrics: %w (metrics_listen takes another address, or \"\" for none)", err)
	}
	return nil
}

// serve answers on one address until Stop.
func (a *App) serve(address string, h http.Handler) (net.Addr, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, WriteTimeout: 2 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			a.faults <- fmt.Errorf("app: %s: %w", address, err)
		}
	}()
	a.closers.add(func() error {
		ctx, cancel := a.grace()
		defer cancel()
		err := s.Shutdown(ctx)
		if err != nil {
			err = errors.Join(err, s.Close())
		}
		<-ended
		return err
	})
	return l.Addr(), nil
}

func (c *Core) workers() int {
	if n := c.Config.Ingest.Workers; n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}
