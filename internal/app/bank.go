package app

import (
	"context"
	"fmt"
	"time"

	"haris/internal/bank"
	"haris/internal/console"
	"haris/internal/event"
	"haris/internal/pipeline"
	"haris/internal/store"
)

// newMatcher returns the index of the banks, not loaded yet. Only who owns the directory may write the file that keeps it.
func (c *Core) newMatcher() *bank.Matcher {
	cfg := bank.Config{
		Read: func(ctx context.Context, f func(bank.Follow) error) error {
			return c.DB.Read(ctx, func(tx *store.Tx) error { return f(tx.Banks()) })
		},
		Now: c.Options.Now, Log: c.Options.Logger, Workers: c.workers(),
	}
	if c.Options.Own {
		cfg.Path = c.Dir.PDQIndex()
	}
	return bank.NewMatcher(cfg)
}

// BankDesk is what people do with banks.
func (c *Core) BankDesk() *bank.Desk {
	return &bank.Desk{
		Read: func(ctx context.Context, f func(bank.DeskTx) error) error {
			return c.DB.Read(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Write: func(ctx context.Context, f func(bank.DeskTx) error) error {
			return c.DB.Write(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Matcher: c.Matcher, Now: c.Options.Now,
	}
}

// newSweeper returns what compares everything seen with new entries. What it finds goes the way of every event.
func (a *App) newSweeper() *bank.Sweeper {
	c := a.core
	return &bank.Sweeper{
		Read: func(ctx context.Context, f func(bank.Tx) error) error {
			return c.DB.Read(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Write: func(ctx context.Context, f func(bank.Tx) error) error {
			return c.DB.Write(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Matcher: c.Matcher, Now: c.Options.Now, Log: c.Options.Logger,
		Event: func() (at time.Time) {
			a.pipeline.Know(func(k *pipeline.Knowledge) { at = k.Watermark() })
			return at
		},
		Ingest: func(ctx context.Context, list []event.Event) error {
			_, err := a.pipeline.Ingest(ctx, pipeline.Batch{Events: list})
			return err
		},
	}
}

// mediaUnscanned counts the hashes that could not be compared with the banks and wait for the sweep.
func (d Doctor) mediaUnscanned(ctx context.Context, k *console.Check) error {
	k.Unit = console.UnitCount
	err := d.read(ctx, func(tx *store.Tx) error {
		counts, err := tx.Seen().Unscanned(ctx)
		k.Count = 0
		for why, n := range counts {
			if why.Again() {
				k.Count += int64(n)
			}
		}
		return err
	})
	warnAbove(k, 0)
	return err
}

// bankIndex looks whether the banks can be compared with, and counts what they hold.
func (d Doctor) bankIndex(_ context.Context, k *console.Check) error {
	s := d.Core.Matcher.Status()
	k.Unit, k.Count = console.UnitCount, int64(s.Near+s.Equal+s.Frames)
	if !s.Ready {
		k.State = console.Unwell
	}
	return nil
}

// bankEvery is how often haris looks for entries whose time is over and for changes that ask for a sweep.
const bankEvery = 2 * time.Second

// expireEvery is after how many of these looks entries are ended.
const expireEvery = 15

// keepBanks ends entries whose time is over and queues sweeps.
func (a *App) keepBanks(ctx context.Context) {
	tick := time.NewTicker(bankEvery)
	defer tick.Stop()
	for n := 0; ; n++ {
		if err := a.keepBanksOnce(ctx, n%expireEvery == 0); err != nil && ctx.Err() == nil {
			a.core.Options.Logger.Error("banks could not be looked after; trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (a *App) keepBanksOnce(ctx context.Context, expire bool) error {
	if expire {
		err := a.core.DB.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Banks().Expire(ctx, a.core.Options.Now())
			return err
		})
		if err != nil {
			return fmt.Errorf("app: expire entries: %w", err)
		}
	}
	queued, err := a.sweeper.Due(ctx)
	if queued {
		a.wake()
	}
	return err
}
