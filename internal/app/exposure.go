package app

import (
	"time"

	"haris/internal/exposure"
	"haris/internal/store"
)

// Exposure shows evidence to people and keeps the log of what they were shown. Days are counted in UTC: people have no time zone of
// their own yet.
func (c *Core) Exposure() *exposure.Service {
	x := c.Config.Exposure
	return &exposure.Service{
		Keeper: store.ExposureKeeper(c.DB), Vault: c.Vault, Now: c.Options.Now,
		Limits: exposure.Limits{Items: x.DailyItems, Time: time.Duration(x.DailyMinutes) * time.Minute},
	}
}
