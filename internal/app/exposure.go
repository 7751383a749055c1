package app

import (
	"haris/internal/exposure"
	"haris/internal/store"
)

// Exposure keeps the log of what people were shown of the evidence. No page shows contents yet, so the log is empty, no report says that
// a file was viewed, and no limit is set.
func (c *Core) Exposure() *exposure.Service {
	return &exposure.Service{Keeper: store.ExposureKeeper(c.DB), Vault: c.Vault, Now: c.Options.Now}
}
