package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/exchange"
	"haris/internal/store"
)

// Exchanges checks that the engine keeps states and records of sharing programmes as package exchange promises.
func Exchanges(t *testing.T, e Engine) {
	for name, check := range map[string]func(*bench){
		"a state is kept whole, and by one at a time": exchangeState,
		"records are kept, replaced and forgotten":    exchangeRecords,
		"many keys at once":                           exchangeMany,
		"the schema refuses what cannot be":           exchangeChecks,
	} {
		t.Run(name, func(t *testing.T) { check(newBench(t, e)) })
	}
	if e.Pair != nil {
		t.Run("of two processes one goes on", func(t *testing.T) { exchangePair(t, e) })
	}
}

func (b *bench) exchanges(f func(exchange.Store) error) {
	b.Helper()
	b.write(func(tx *store.Tx) error { return f(tx.Exchanges()) })
}

func (b *bench) saveState(s exchange.State) (out exchange.State) {
	b.Helper()
	b.exchanges(func(v exchange.Store) (err error) {
		out, err = v.Save(b.ctx, s)
		return err
	})
	return out
}

func exchangeState(b *bench) {
	b.exchanges(func(v exchange.Store) error {
		none, err := v.State(b.ctx, "a")
		if d := cmp.Diff(exchange.State{Name: "a"}, none); d != "" {
			b.Error(d)
		}
		return err
	})
	want := exchange.State{
		Name: "a", Checkpoint: exchange.Checkpoint(`{"v":1}`), Round: 3, Whole: true, Before: 9, Named: 2, Retiring: true, Held: "few", Begun: start(),
		LastTry: start(), LastSuccess: start().Add(time.Hour), LastError: "no", LastFailure: start(), Failures: 2, Next: start().Add(time.Minute), Records: 7,
		Last:  exchange.Counts{Pages: 1, Records: 2, Added: 3, Changed: 4, Withdrawn: 5, Kept: 6, Passed: map[string]int{"url": 7}},
		Total: exchange.Counts{Pages: 10},
	}
	got := b.saveState(want)
	want.Version = 1
	if d := cmp.Diff(want, got); d != "" {
		b.Error(d)
	}
	second := b.saveState(got)
	b.saveState(exchange.State{Name: "b"})
	b.exchanges(func(v exchange.Store) error {
		list, err := v.States(b.ctx)
		want.Version = 2
		if d := cmp.Diff([]exchange.State{want, {Name: "b", Version: 1}}, list); d != "" {
			b.Error(d)
		}
		return err
	})
	for name, old := range map[string]exchange.State{"an older version": got, "as if it were new": {Name: "a"}, "a version that is not there yet": {Name: "a", Version: second.Version + 1}} {
		err := b.db.Write(b.ctx, func(tx *store.Tx) error {
			_, err := tx.Exchanges().Save(b.ctx, old)
			return err
		})
		if !errors.Is(err, exchange.ErrConflict) {
			b.Errorf("%s: %v", name, err)
		}
	}
}

func knownOf(key string, round int64) exchange.Known {
	return exchange.Known{Key: key, Round: round, Stance: exchange.Positive, Mark: []byte{1, byte(round)}, Handle: "h" + key}
}

func exchangeRecords(b *bench) {
	b.saveState(exchange.State{Name: "a"})
	b.saveState(exchange.State{Name: "b"})
	b.exchanges(func(v exchange.Store) error {
		if err := v.Keep(b.ctx, "a", []exchange.Known{knownOf("1", 1), knownOf("2", 1), knownOf("3", 2)}); err != nil {
			return err
		}
		return v.Keep(b.ctx, "b", []exchange.Known{knownOf("1", 1)})
	})
	changed := knownOf("2", 2)
	changed.Stance = exchange.Negative
	b.exchanges(func(v exchange.Store) error {
		if err := v.Keep(b.ctx, "a", []exchange.Known{changed}); err != nil {
			return err
		}
		got, err := v.Records(b.ctx, "a", []string{"2", "9"})
		if d := cmp.Diff([]exchange.Known{changed}, got); d != "" {
			b.Error(d)
		}
		if err != nil {
			return err
		}
		behind, err := v.Behind(b.ctx, "a", 2, 10)
		if d := cmp.Diff([]exchange.Known{knownOf("1", 1)}, behind); d != "" {
			b.Error(d)
		}
		return err
	})
	b.exchanges(func(v exchange.Store) error {
		if n, err := v.Forget(b.ctx, "a", []string{"1", "9"}); n != 1 || err != nil {
			b.Errorf("forgot %d (%v)", n, err)
		}
		if list, err := v.Behind(b.ctx, "a", 99, 1); len(list) != 1 || list[0].Key != "2" || err != nil {
			b.Errorf("%+v (%v)", list, err)
		}
		other, err := v.Records(b.ctx, "b", []string{"1"})
		if len(other) != 1 {
			b.Errorf("the other exchange lost its record: %+v", other)
		}
		return err
	})
}

func exchangeMany(b *bench) {
	b.saveState(exchange.State{Name: "a"})
	var list []exchange.Known
	var keys []string
	for i := range 1234 {
		list = append(list, knownOf(fmt.Sprint(i), 1))
		keys = append(keys, fmt.Sprint(i))
	}
	b.exchanges(func(v exchange.Store) error {
		if err := v.Keep(b.ctx, "a", list); err != nil {
			return err
		}
		if got, err := v.Records(b.ctx, "a", keys); len(got) != len(keys) || err != nil {
			b.Errorf("%d of %d (%v)", len(got), len(keys), err)
		}
		n, err := v.Forget(b.ctx, "a", keys[1:])
		if n != len(keys)-1 {
			b.Errorf("forgot %d of %d", n, len(keys)-1)
		}
		return err
	})
}

func exchangeChecks(b *bench) {
	b.saveState(exchange.State{Name: "a"})
	for name, k := range map[string]exchange.Known{
		"no key": knownOf("", 1), "no pass": knownOf("1", 0), "no stance": {Key: "1", Round: 1, Mark: []byte{1}},
	} {
		if err := b.db.Write(b.ctx, func(tx *store.Tx) error { return tx.Exchanges().Keep(b.ctx, "a", []exchange.Known{k}) }); err == nil {
			b.Errorf("%s: was kept", name)
		}
	}
	if err := b.db.Write(b.ctx, func(tx *store.Tx) error { return tx.Exchanges().Keep(b.ctx, "z", []exchange.Known{knownOf("1", 1)}) }); err == nil {
		b.Error("a record of no exchange was kept")
	}
}

// exchangePair lets two processes go on from the same state: both see it, and one is told that it was overtaken.
func exchangePair(t *testing.T, e Engine) {
	x, y := e.Pair(t)
	a := &bench{T: t, ctx: t.Context(), db: x}
	from := a.saveState(exchange.State{Name: "a"})
	results := make(chan error, 2)
	for _, db := range []*store.DB{x, y} {
		go func() {
			results <- db.Write(t.Context(), func(tx *store.Tx) error {
				_, err := tx.Exchanges().Save(t.Context(), from)
				return err
			})
		}()
	}
	one, two := <-results, <-results
	if (one == nil) == (two == nil) || one != nil && !errors.Is(one, exchange.ErrConflict) || two != nil && !errors.Is(two, exchange.ErrConflict) {
		t.Errorf("%v and %v: one of the two must be told of a conflict", one, two)
	}
}
