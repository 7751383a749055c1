package app

import (
	"context"

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

// Exposure keeps the log of what people were shown of the evidence. No page shows contents yet, so the log is empty, no report says that
// a file was viewed, and no limit is set.
func (c *Core) Exposure() *exposure.Service {
	return &exposure.Service{Keeper: store.ExposureKeeper(c.DB), Vault: c.Vault, Now: c.Options.Now}
}
