package app

import (
	"context"
	"time"

	"haris/internal/console"
	"haris/internal/evidence"
	"haris/internal/exposure"
	"haris/internal/store"
)

// AddEvidence seals a file into the evidence of a case that exists, bounded by evidence.max_file_bytes. casefile.ErrNotFound and the
// errors of evidence.Vault.Add.
func (c *Core) AddEvidence(ctx context.Context, a evidence.Addition) (evidence.Added, error) {
	err := c.DB.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Cases().Get(ctx, a.Case)
		return err
	})
	if err != nil {
		return evidence.Added{}, err
	}
	a.Max = int64(c.Config.Evidence.MaxFileBytes)
	return c.Vault.Add(ctx, a)
}

// Exposure shows evidence to people and keeps the log of what they were shown. Days are counted in UTC, so that nobody
// moves theirs by changing their time zone.
func (c *Core) Exposure() *exposure.Service {
	x := c.Config.Exposure
	return &exposure.Service{
		Keeper: store.ExposureKeeper(c.DB), Vault: c.Vault, Now: c.Options.Now,
		Banks:  c.Matcher.Match,
		Limits: exposure.Limits{Items: x.DailyItems, Time: time.Duration(x.DailyMinutes) * time.Minute},
		Breaks: exposure.Breaks{After: time.Duration(x.BreakAfter) * time.Minute, For: time.Duration(x.BreakMinutes) * time.Minute},
	}
}

// sealed is the evidence of cases for the pages: a file can be added only to a case that exists, and within the bound.
type sealed struct {
	*evidence.Vault
	core *Core
}

var _ console.Evidence = sealed{}

// Add implements console.Evidence.
func (s sealed) Add(ctx context.Context, a evidence.Addition) (evidence.Added, error) {
	return s.core.AddEvidence(ctx, a)
}
