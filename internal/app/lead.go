package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"haris/internal/console"
	"haris/internal/exposure"
	"haris/internal/lead"
	"haris/internal/store"
)

// figures reads what is counted of days for the pages of a lead. Days that are over do not change any more, so they are kept.
type figures struct {
	core    *Core
	outside map[string]*kept[console.Check]

	mu   sync.Mutex
	past map[lead.Day][]lead.Sum
}

var _ console.Figures = (*figures)(nil)

// settled is how many days back a day is certainly over, for every process that writes.
const settled = 2

// Facts implements console.Figures.
func (f *figures) Facts(ctx context.Context, r lead.Range) (lead.Facts, error) {
	now := f.core.Options.Now().UTC()
	out := lead.Facts{Range: r, Now: now}
	whole := lead.Range{From: r.Before().From, To: min(r.To, lead.DayOf(now)+1)}
	missing := f.kept(whole, &out)
	err := f.core.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if out.Open, err = tx.Days().Open(ctx, now); err != nil || missing.Days() < 1 {
			return err
		}
		fresh, err := tx.Days().Sums(ctx, missing)
		if err != nil {
			return err
		}
		for d := missing.From; d < missing.To; d++ {
			list := fresh[d]
			whole := slices.ContainsFunc(list, func(s lead.Sum) bool { return s.Tick == lead.ShownDay() })
			if !whole {
				shown, err := shownOn(ctx, tx, d, now)
				if err != nil {
					return err
				}
				list = append(list, shown...)
			}
			out.Days[d] = list
			if whole && d <= lead.DayOf(now)-settled {
				f.keep(d, list)
			}
		}
		return nil
	})
	return out, err
}

// kept fills in the days that are kept and returns the shortest range that has all others.
func (f *figures) kept(whole lead.Range, out *lead.Facts) (missing lead.Range) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out.Days = map[lead.Day][]lead.Sum{}
	for d := whole.From; d < whole.To; d++ {
		if list, ok := f.past[d]; ok {
			out.Days[d] = list
			continue
		}
		if missing.Days() == 0 {
			missing.From = d
		}
		missing.To = d + 1
	}
	return missing
}

func (f *figures) keep(d lead.Day, list []lead.Sum) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.past == nil {
		f.past = map[lead.Day][]lead.Sum{}
	}
	f.past[d] = list
}

// Outside implements console.Figures.
func (f *figures) Outside(ctx context.Context) []console.Check {
	return Doctor{Core: f.core, outside: f.outside}.run(ctx, func(name string) bool {
		return slices.Contains([]string{"exchanges", "ncmec", "reports_unfinished", "reports_overdue"}, name)
	})
}

// shownOn adds up who was shown how much on a day, until now.
func shownOn(ctx context.Context, tx *store.Tx, d lead.Day, now time.Time) (out []lead.Sum, err error) {
	end := (d + 1).Start()
	if now.Before(end) {
		end = now
	}
	entries, err := tx.Exposure().Between(ctx, "", d.Start(), end)
	if err != nil {
		return nil, err
	}
	for _, who := range exposure.People(entries) {
		c := exposure.Tally(who, entries, end)
		out = append(out,
			lead.Sum{Tick: lead.Tick{Kind: lead.ShownSeconds, Part: who}, N: int64(c.Time / time.Second)},
			lead.Sum{Tick: lead.Tick{Kind: lead.ShownItems, Part: who}, N: int64(c.Items)})
	}
	return out, nil
}

// The days that are added up, and how often is looked whether a day is over.
const (
	shownDays  = 200
	shownEvery = time.Hour
)

// keepFigures adds up the exposure of each day that is over, and reads half a year of counts so that the first page need not.
func (a *App) keepFigures(ctx context.Context) {
	wrong := "what people were shown could not be added up by day; pages add it up themselves until it can"
	do := func(ctx context.Context) error {
		if err := a.core.addShown(ctx); err != nil {
			return err
		}
		_, err := a.figures.Facts(ctx, lead.Last(90, a.core.Options.Now()))
		return err
	}
	if err := do(ctx); err != nil && ctx.Err() == nil {
		a.core.Options.Logger.Error(wrong, "error", err)
	}
	a.watch(ctx, shownEvery, do, wrong)
}

// addShown adds up the exposure of each day that is over and was not added up yet.
func (c *Core) addShown(ctx context.Context) error {
	now := c.Options.Now().UTC()
	today := lead.DayOf(now)
	return c.DB.Write(ctx, func(tx *store.Tx) error {
		missing, err := tx.Days().Missing(ctx, lead.Range{From: today - shownDays, To: today})
		if err != nil {
			return err
		}
		for _, d := range missing {
			list, err := shownOn(ctx, tx, d, now)
			if err != nil {
				return err
			}
			if err := tx.Days().AddShown(ctx, d, list); err != nil {
				return err
			}
		}
		return nil
	})
}

// fillDays counts what happened to cases before days were counted.
func (c *Core) fillDays(ctx context.Context) error {
	n := 0
	err := c.DB.Write(ctx, func(tx *store.Tx) (err error) {
		n, err = tx.Days().Fill(ctx)
		return err
	})
	if n > 0 && err == nil {
		c.Options.Logger.Info("days counted from the histories of cases", "cases", n)
	}
	return err
}

// Looks are the second looks at findings. The draw is keyed by the secret of the installation.
func (c *Core) Looks() *lead.Looks {
	return &lead.Looks{
		Write: func(ctx context.Context, f func(lead.LookTx) error) error {
			return c.DB.Write(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Read: func(ctx context.Context, f func(lead.LookTx) error) error {
			return c.DB.Read(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Now: c.Options.Now, Secret: c.shareKey, Share: float64(c.Config.Console.SecondLooks) / 100,
	}
}
