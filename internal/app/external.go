package app

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haris/internal/config"
	"haris/internal/event"
	"haris/internal/extern"
	"haris/internal/job"
	"haris/internal/pipeline"
)

// External is the model of somebody else that the operator has chosen; nil when nobody is asked.
func External(c *config.Config) (*extern.Client, error) {
	if c.External.Kind == config.None {
		return nil, nil //nolint:nilnil // nobody is asked, and that is no error
	}
	p, err := extern.LoadPolicy(c.External.Policy)
	if err != nil {
		return nil, err
	}
	return extern.New(c.External.Options(p))
}

// pace counts within each hour of the clock. Safe for concurrent use. It begins anew with the process.
type pace struct {
	mu   sync.Mutex
	hour int64
	n    int
}

// take reports whether one more is within the bound, and counts it when it is.
func (p *pace) take(now time.Time, most int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if h := now.Unix() / 3600; h != p.hour {
		p.hour, p.n = h, 0
	}
	if p.n >= most {
		return false
	}
	p.n++
	return true
}

// askParallel is how many accounts are asked about at a time.
const askParallel = 2

// externalRunner works off what a model of somebody else is asked, apart from all other jobs: a slow model holds up nothing else.
func (a *App) externalRunner(worker string) job.Config {
	c := a.core
	x := &c.Config.External
	p := &pace{}
	told := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "haris_external_messages_total", Help: "Messages that a model of somebody else was to be asked about, by what came of it.",
	}, []string{"outcome"})
	a.metrics.MustRegister(told)
	asker := &pipeline.Asker{
		DB: c.DB, Log: c.Log, Model: a.external, Secret: c.shareKey, Know: a.pipeline.Know, Now: c.Options.Now,
		Ingest: func(ctx context.Context, list []event.Event) error {
			_, err := a.pipeline.Ingest(ctx, pipeline.Batch{Events: list})
			return err
		},
		Texts: x.Texts, PerThousand: x.PerThousand,
		Take: func() bool { return p.take(c.Options.Now(), x.PerHour) },
		Told: func(outcome string) { told.WithLabelValues(outcome).Inc() },
	}
	return job.Config{
		Worker: worker + "/external", Handlers: map[string]job.Handler{pipeline.JobAsk: asker.Handle}, Parallel: askParallel,
		Timeout: time.Duration(x.Texts)*(externalRepeats*x.Timeout+externalWaits) + time.Minute,
	}
}

// How often the client asks about one message, and how long it waits in between altogether, at most.
const (
	externalRepeats = 5
	externalWaits   = 30 * time.Second
)
