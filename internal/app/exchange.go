package app

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"haris/internal/bank"
	"haris/internal/casefile"
	"haris/internal/console"
	"haris/internal/exchange"
	"haris/internal/exchange/setup"
	"haris/internal/remark"
	"haris/internal/store"
)

// Exchanges reads the file that names the exchanges, with their secrets.
func (c *Core) Exchanges() ([]setup.Exchange, error) {
	return setup.Load(c.Config.Exchanges.File, setup.Options{Env: c.Options.env, Now: c.Options.Now, Seen: c.seenPictures})
}

// seenPictures implements arachnid.Seen.
func (c *Core) seenPictures(ctx context.Context, after uint64, most int) (list []bank.Stored, last uint64, err error) {
	enough := errors.New("enough")
	err = c.DB.Read(ctx, func(tx *store.Tx) (err error) {
		list = nil
		if last, err = tx.Seen().Last(ctx); err != nil {
			return err
		}
		return tx.Seen().Each(ctx, after, last, func(s *bank.Stored) error {
			if s.Hash.Kind == bank.PDQ {
				list = append(list, *s)
			}
			if len(list) == most {
				last = s.ID
				return enough
			}
			return nil
		})
	})
	if errors.Is(err, enough) {
		err = nil
	}
	return list, last, err
}

// env is a variable of the environment; empty when there is none.
func (o *Options) env(name string) string {
	if o.Env == nil {
		return ""
	}
	return o.Env(name)
}

// Syncer takes exchanges in. progress is told after each page; it may be nil.
func (c *Core) Syncer(progress func(exchange.State)) *exchange.Syncer {
	return &exchange.Syncer{
		Read: func(ctx context.Context, f func(exchange.Tx) error) error {
			return c.DB.Read(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Write: func(ctx context.Context, f func(exchange.Tx) error) error {
			return c.DB.Write(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Now: c.Options.Now, Random: rand.Float64, Log: c.Options.Logger, Progress: progress,
	}
}

// postman sends feedback.
func (a *App) postman() *exchange.Postman {
	c := a.core
	return &exchange.Postman{
		Read: func(ctx context.Context, f func(exchange.CaseTx) error) error {
			return c.DB.Read(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Sender: func(name string) exchange.Sender {
			for i := range a.exchanges {
				if a.exchanges[i].Name == name {
					return a.exchanges[i].Feedback
				}
			}
			return nil
		},
		Now: c.Options.Now, Random: rand.Float64, Log: c.Options.Logger,
	}
}

// tellExchanges queues what a disposition says of records of exchanges.
func (c *Core) tellExchanges(ctx context.Context, tx *store.Tx, k *casefile.Case, e *casefile.Event) error {
	wanted, err := setup.Feedback(c.Config.Exchanges.File)
	if err != nil {
		return err
	}
	if len(wanted) == 0 {
		return nil
	}
	return exchange.Tell(ctx, tx, k, e, func(name string) bool { return wanted[name] })
}

// exchangeEvery is how often it is looked whether an exchange is due.
const exchangeEvery = 2 * time.Second

// keepExchange takes one exchange in whenever it is due.
func (a *App) keepExchange(ctx context.Context, e *exchange.Exchange) {
	tick := time.NewTicker(exchangeEvery)
	defer tick.Stop()
	syncer := a.core.Syncer(nil)
	for {
		if err := a.syncWhenDue(ctx, syncer, e); err != nil && ctx.Err() == nil {
			a.core.Options.Logger.Error("an exchange could not be looked after; trying again", "exchange", e.Name, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// syncWhenDue takes an exchange in if it is time. What goes wrong with the exchange stands in its state and in the log.
func (a *App) syncWhenDue(ctx context.Context, s *exchange.Syncer, e *exchange.Exchange) error {
	var st exchange.State
	err := a.core.DB.Read(ctx, func(tx *store.Tx) (err error) {
		st, err = tx.Exchanges().State(ctx, e.Name)
		return err
	})
	if err != nil || !st.Due(a.core.Options.Now()) {
		return err
	}
	after, err := s.Sync(ctx, e)
	if after.Version == st.Version { // nothing could be kept, not even the failure
		return err
	}
	return nil
}

// exchangesStale counts the exchanges that were not taken in for longer than allowed, that fail, or that wait for a person.
func (d Doctor) exchangesStale(ctx context.Context, k *console.Check) error {
	list, err := d.Core.Exchanges()
	if err != nil {
		return err
	}
	k.Unit = console.UnitCount
	now := d.Core.Options.Now()
	return d.read(ctx, func(tx *store.Tx) error {
		k.Count, k.Detail = 0, remark.Remark{}
		for i := range list {
			st, err := tx.Exchanges().State(ctx, list[i].Name)
			if err != nil {
				return err
			}
			switch {
			case st.Stale(now, list[i].Stale):
				k.State, k.Detail = console.Unwell, remark.Of("{name} was not taken in for longer than {span}: matches may be missing", "name", st.Name, "span", list[i].Stale)
			case st.Held != "" && k.State != console.Unwell:
				k.State, k.Detail = console.Warned, remark.Of("{name} waits for a person: {why}", "name", st.Name, "why", st.Held)
			case st.Failures > 0 && k.State != console.Unwell:
				k.State, k.Detail = console.Warned, remark.Of("{name}: {why}", "name", st.Name, "why", st.LastError)
			default:
				continue
			}
			k.Count++
		}
		return nil
	})
}

// ExchangeRow is an exchange as people see it.
type ExchangeRow struct {
	Exchange setup.Exchange
	State    exchange.State
	Live     map[string]map[string]int // live entries of its banks, by bank and kind
	Stale    bool
	// Left says that there is a state of it, and the file does not name it any more.
	Left bool
}

// The conditions of an exchange.
const (
	ExchangeNew     = "new" // was never tried
	ExchangeWell    = "well"
	ExchangeRunning = "running" // the first sync has not come to its end
	ExchangeFailing = "failing"
	ExchangeHeld    = "held" // waits for a person
	ExchangeStale   = "stale"
	ExchangeLeft    = "left" // is not set up any more
)

// Condition is how an exchange does, in one word.
func (r *ExchangeRow) Condition() string {
	switch s := &r.State; {
	case r.Left:
		return ExchangeLeft
	case r.Stale:
		return ExchangeStale
	case s.Held != "":
		return ExchangeHeld
	case s.Failures > 0:
		return ExchangeFailing
	case s.Begun.IsZero():
		return ExchangeNew
	case s.LastSuccess.IsZero():
		return ExchangeRunning
	}
	return ExchangeWell
}

// ExchangeRows lists the exchanges that are set up, and those of which only what was taken in is left.
func (c *Core) ExchangeRows(ctx context.Context) (out []ExchangeRow, err error) {
	list, err := c.Exchanges()
	if err != nil {
		return nil, err
	}
	return c.exchangeRows(ctx, list)
}

func (c *Core) exchangeRows(ctx context.Context, list []setup.Exchange) (out []ExchangeRow, err error) {
	now := c.Options.Now()
	err = c.DB.Read(ctx, func(tx *store.Tx) error {
		states, err := tx.Exchanges().States(ctx)
		if err != nil {
			return err
		}
		counts, err := tx.Banks().Count(ctx)
		if err != nil {
			return err
		}
		live := func(name string) map[string]map[string]int {
			byBank := map[string]map[string]int{}
			for _, s := range exchange.Stances() {
				id := exchange.BankID(name, s)
				for k, n := range counts[id] {
					if byBank[id] == nil {
						byBank[id] = map[string]int{}
					}
					byBank[id][string(k)] = n
				}
			}
			return byBank
		}
		byName := map[string]exchange.State{}
		for _, s := range states {
			byName[s.Name] = s
		}
		out = nil
		for i := range list {
			s := byName[list[i].Name]
			s.Name = list[i].Name
			delete(byName, s.Name)
			out = append(out, ExchangeRow{Exchange: list[i], State: s, Live: live(s.Name), Stale: s.Stale(now, list[i].Stale)})
		}
		for _, s := range states {
			if _, left := byName[s.Name]; left {
				e := setup.Exchange{Exchange: exchange.Exchange{Name: s.Name}}
				out = append(out, ExchangeRow{Exchange: e, State: s, Live: live(s.Name), Left: true})
			}
		}
		return nil
	})
	return out, err
}
