package app

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"haris/internal/console"
	"haris/internal/exchange"
	"haris/internal/store"
)

// exchangePages shows exchanges on pages.
type exchangePages struct{ app *App }

var _ console.Exchanges = exchangePages{}

// List implements console.Exchanges.
func (p exchangePages) List(ctx context.Context) (out []console.Exchange, err error) {
	rows, err := p.app.core.exchangeRows(ctx, p.app.exchanges)
	for i := range rows {
		r := &rows[i]
		e := console.Exchange{
			Type: r.Exchange.Type, From: r.Exchange.From, Condition: r.Condition(), Interval: r.Exchange.Interval, Feedback: r.Exchange.Feedback != nil, State: r.State,
		}
		for _, id := range slices.Sorted(maps.Keys(r.Live)) {
			for _, k := range slices.Sorted(maps.Keys(r.Live[id])) {
				e.Live = append(e.Live, console.LiveEntries{Bank: id, Kind: k, Count: r.Live[id][k]})
			}
		}
		out = append(out, e)
	}
	return out, err
}

// Hasten implements console.Exchanges.
func (p exchangePages) Hasten(ctx context.Context, who, name string) error {
	return p.act(ctx, who, name, exchange.Hasten)
}

// Accept implements console.Exchanges.
func (p exchangePages) Accept(ctx context.Context, who, name string) error {
	return p.act(ctx, who, name, exchange.Accept)
}

func (p exchangePages) act(ctx context.Context, who, name string, do func(context.Context, exchange.Tx, exchange.Act, string) (exchange.State, error)) error {
	c := p.app.core
	for i := range p.app.exchanges {
		if p.app.exchanges[i].Name == name {
			return c.DB.Write(ctx, func(tx *store.Tx) error {
				_, err := do(ctx, tx, exchange.Act{Who: who, At: c.Options.Now()}, name)
				return err
			})
		}
	}
	return fmt.Errorf("%w: exchange %q", console.ErrNotFound, name)
}
