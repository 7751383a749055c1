package exchange_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/internal/bank"
	"haris/internal/exchange"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

func start() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// bench is an exchange with its bank, and a source that tells what a test wrote down.
type bench struct {
	reporter
	db     *store.DB
	now    time.Time
	source *script
	x      *exchange.Exchange
	*exchange.Syncer
}

func setup(t testing.TB) *bench { return on(t, storetest.SQLite(t)) }

// reporter is what testing.T and rapid.T have in common.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
}

func on(r reporter, db *store.DB) *bench {
	b := &bench{reporter: r, db: db, now: start(), source: &script{}}
	b.Syncer = &exchange.Syncer{
		Read: func(ctx context.Context, f func(exchange.Tx) error) error {
			return b.db.Read(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Write: func(ctx context.Context, f func(exchange.Tx) error) error {
			return b.db.Write(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Now: func() time.Time { return b.now }, Random: func() float64 { return 0.5 }, Log: slog.New(slog.DiscardHandler),
	}
	b.x = &exchange.Exchange{Name: "x", Label: taxonomy.TypologyAbuseMaterial, Interval: time.Hour, Stale: 24 * time.Hour, Source: b.source}
	return b
}

// script is a source of pages that a test wrote down; the checkpoint is the number of the next one.
type script struct {
	pages []exchange.Page
	err   error // of the next call
}

// at is the checkpoint before page n.
func at(n int) exchange.Checkpoint { return exchange.Checkpoint(fmt.Sprint(n)) }

func (s *script) Next(_ context.Context, c exchange.Checkpoint) (exchange.Page, error) {
	if err := s.err; err != nil {
		s.err = nil
		return exchange.Page{}, err
	}
	n := 0
	if len(c) > 0 {
		if err := json.Unmarshal(c, &n); err != nil {
			return exchange.Page{}, err
		}
	}
	if n >= len(s.pages) {
		return exchange.Page{Checkpoint: at(n)}, nil
	}
	p := s.pages[n]
	if p.Checkpoint == nil {
		p.Checkpoint = at(n + 1)
	}
	return p, nil
}

// then adds a page.
func (s *script) then(p exchange.Page) { s.pages = append(s.pages, p) }

func md5(n int) bank.Hash { return bank.Hash{Kind: bank.MD5, Value: fmt.Sprintf("%032x", n)} }

// record is one that a member says is what the exchange is about.
func record(key string, hashes ...int) exchange.Record {
	r := exchange.Record{Key: key, Opinions: []exchange.Opinion{{Owner: "m", Stance: exchange.Positive}}}
	for _, n := range hashes {
		r.Hashes = append(r.Hashes, md5(n))
	}
	return r
}

func gone(key string) exchange.Record { return exchange.Record{Key: key, Gone: true} }

func (b *bench) sync() exchange.State {
	b.Helper()
	st, err := b.Sync(context.Background(), b.x)
	if err != nil {
		b.Fatal(err)
	}
	return st
}

// live lists the live entries of a bank: key and number of the hash.
func (b *bench) live(id string) (out []string) {
	b.Helper()
	f := bank.Filter{Bank: id, State: bank.Live, Limit: 1000}
	for {
		var list []bank.Entry
		err := b.db.Read(context.Background(), func(tx *store.Tx) (err error) {
			list, err = tx.Banks().List(context.Background(), f)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		for _, e := range list {
			out = append(out, e.Provenance.Key+" "+strings.TrimLeft(e.Value, "0"))
			f.After = e.ID
		}
		if len(list) < f.Limit {
			slices.Sort(out)
			return out
		}
	}
}

func (b *bench) wantLive(id string, want ...string) {
	b.Helper()
	if got := b.live(id); !slices.Equal(got, want) {
		b.Errorf("bank %s: %q, want %q", id, got, want)
	}
}
