package app

import (
	"context"
	"path/filepath"
	"time"

	"haris/internal/audit"
	"haris/internal/partner"
	"haris/internal/pipeline"
	"haris/internal/store"
)

// Partners is the directory in which what partners told waits for the process that owns the log.
func (d Dir) Partners() string { return filepath.Join(string(d), "partners") }

// Partners reads the file that names the partners.
func (c *Core) Partners() ([]partner.Partner, error) { return partner.Load(c.Config.Partners.File) }

// ImportPartner checks a file of a partner and lets it wait for the process that owns the log; who is the person who brought it. It
// returns the file as it was read.
func (c *Core) ImportPartner(ctx context.Context, who string, b []byte) (partner.File, error) {
	list, err := c.Partners()
	if err != nil {
		return partner.File{}, err
	}
	f, err := partner.Open(b, list, c.Options.Now())
	if err != nil {
		return f, err
	}
	batch := partner.BatchOf(&f, func(kind, hash string) string { return pipeline.Rekey(c.shareKey, kind, hash) })
	return f, c.spool(ctx, who, "partner.imported", batch)
}

// RemovePartner takes back everything that a partner has told, whether it is still named in the file or not.
func (c *Core) RemovePartner(ctx context.Context, who, provider string) error {
	return c.spool(ctx, who, "partner.removed", partner.Removal(provider, c.Options.Now()))
}

func (c *Core) spool(ctx context.Context, who, act string, b partner.Batch) error {
	err := c.DB.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Audit().Append(ctx, audit.Entry{
			At: c.Options.Now().UTC(), Who: who, Act: act, Object: "partner/" + b.Provider,
			Detail: map[string]string{"issued": b.Issued.UTC().Format(time.RFC3339)},
		})
		return err
	})
	if err != nil {
		return err
	}
	return partner.NewSpool(c.Dir.Partners()).Add(b)
}

// partnerBatch is how many events are handed on together.
const partnerBatch = 2048

// TakePartners puts what partners told into the log; at is the time of the events, unless the log is further.
func (c *Core) TakePartners(ctx context.Context, p *pipeline.Pipeline, at time.Time) error {
	return partner.NewSpool(c.Dir.Partners()).Each(func(b partner.Batch) error {
		p.Know(func(k *pipeline.Knowledge) {
			if w := k.Watermark(); at.Before(w) {
				at = w
			}
		})
		events, err := b.Events(at)
		if err != nil {
			return err
		}
		for ; len(events) > 0; events = events[min(partnerBatch, len(events)):] {
			if _, err := p.Ingest(ctx, pipeline.Batch{Events: events[:min(partnerBatch, len(events))]}); err != nil {
				return err
			}
		}
		c.Options.Logger.Info("what a partner told stands in the log", "partner", b.Provider, "signals", len(b.Told))
		return nil
	})
}

// watchPartners takes in what partners told until ctx ends.
func (a *App) watchPartners(ctx context.Context) {
	a.watch(ctx, exchangeEvery, func(ctx context.Context) error {
		return a.core.TakePartners(ctx, a.pipeline, a.core.Options.Now())
	}, "what a partner told is not in the log yet; trying again")
}
