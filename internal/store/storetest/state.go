package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"haris/internal/state"
	"haris/internal/store"
)

// State checks that the engine keeps checkpoints as store.StateRows promises.
func State(t *testing.T, e Engine) {
	for name, check := range map[string]func(*bench){
		"rows come back in order":               stateOrder,
		"a row replaces the one with its key":   stateReplace,
		"an empty body removes":                 stateRemove,
		"bytes are kept whatever they are":      stateBytes,
		"the bytes put are not kept by the row": stateCopies,
		"the walk stops at an error":            stateStop,
		"the mark is set and moved":             stateMark,
		"rows and mark are one transaction":     stateRollback,
		"clear forgets everything":              stateClear,
	} {
		t.Run(name, func(t *testing.T) { check(newBench(t, e)) })
	}
}

func row(part, key, body string) state.Row {
	return state.Row{Part: part, Key: []byte(key), Body: []byte(body)}
}

func (b *bench) put(rows ...state.Row) {
	b.Helper()
	b.write(func(tx *store.Tx) error {
		v := tx.State()
		for _, r := range rows {
			if err := v.Put(b.ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// rows returns every row as text.
func (b *bench) rows() (out []string) {
	b.Helper()
	b.read(func(tx *store.Tx) error {
		return tx.State().Each(b.ctx, func(r state.Row) error {
			out = append(out, fmt.Sprintf("%s/%s=%s", r.Part, r.Key, r.Body))
			return nil
		})
	})
	return out
}

func (b *bench) wantRows(want ...string) {
	b.Helper()
	if got := b.rows(); !slices.Equal(got, want) {
		b.Errorf("rows %q, want %q", got, want)
	}
}

func (b *bench) mark() (applied uint64, ok bool) {
	b.Helper()
	b.read(func(tx *store.Tx) (err error) {
		applied, ok, err = tx.State().Mark(b.ctx)
		return err
	})
	return applied, ok
}

func stateOrder(b *bench) {
	b.wantRows()
	b.put(row("pair", "b", "1"), row("account", "\xff", "2"), row("pair", "a", "3"), row("account", "a", "4"), row("account", "aa", "5"))
	b.wantRows("account/a=4", "account/aa=5", "account/\xff=2", "pair/a=3", "pair/b=1")
}

func stateReplace(b *bench) {
	b.put(row("pair", "a", "1"), row("pair", "b", "2"), row("account", "a", "3"))
	b.put(row("pair", "a", "4"), row("pair", "a", "5"))
	b.wantRows("account/a=3", "pair/a=5", "pair/b=2")
}

func stateRemove(b *bench) {
	b.put(row("pair", "a", "1"), row("pair", "b", "2"), row("account", "a", "3"))
	b.put(row("pair", "a", ""), state.Row{Part: "account", Key: []byte("a")}, row("none", "a", ""))
	b.wantRows("pair/b=2")
	b.put(row("pair", "a", "4"))
	b.wantRows("pair/a=4", "pair/b=2")
}

func stateBytes(b *bench) {
	body := make([]byte, 200_000)
	for i := range body {
		body[i] = byte(i * 7)
	}
	b.put(state.Row{Part: "p", Key: []byte{0}, Body: body}, state.Row{Part: "p", Body: []byte{0}})
	var seen int
	b.read(func(tx *store.Tx) error {
		return tx.State().Each(b.ctx, func(r state.Row) error {
			switch seen++; {
			case len(r.Key) == 0 && bytes.Equal(r.Body, []byte{0}):
			case bytes.Equal(r.Key, []byte{0}) && bytes.Equal(r.Body, body):
			default:
				b.Errorf("key %v, %d bytes", r.Key, len(r.Body))
			}
			return nil
		})
	})
	if seen != 2 {
		b.Errorf("%d rows", seen)
	}
}

func stateCopies(b *bench) {
	b.write(func(tx *store.Tx) error {
		v := tx.State()
		r := row("p", "a", "one")
		if err := v.Put(b.ctx, r); err != nil {
			return err
		}
		r.Key[0] = 'b'
		copy(r.Body, "two")
		return v.Put(b.ctx, r)
	})
	b.wantRows("p/a=one", "p/b=two")
}

func stateStop(b *bench) {
	b.put(row("p", "a", "1"), row("p", "b", "2"))
	stop := errors.New("stop")
	seen := 0
	err := b.db.Read(b.ctx, func(tx *store.Tx) error {
		return tx.State().Each(b.ctx, func(state.Row) error { seen++; return stop })
	})
	if !errors.Is(err, stop) || seen != 1 {
		b.Errorf("%v after %d rows", err, seen)
	}
}

func stateMark(b *bench) {
	if n, ok := b.mark(); ok {
		b.Errorf("a mark of nothing: %d", n)
	}
	for _, n := range []uint64{0, 7, 3, math.MaxInt64} {
		b.write(func(tx *store.Tx) error { return tx.State().SetMark(b.ctx, n) })
		if got, ok := b.mark(); !ok || got != n {
			b.Errorf("mark %d, %v, want %d", got, ok, n)
		}
	}
	if err := b.db.Write(b.ctx, func(tx *store.Tx) error { return tx.State().SetMark(b.ctx, math.MaxInt64+1) }); err == nil {
		b.Error("a mark that the database cannot hold was taken")
	}
}

func stateRollback(b *bench) {
	b.put(row("p", "a", "1"))
	b.write(func(tx *store.Tx) error { return tx.State().SetMark(b.ctx, 5) })
	stop := errors.New("stop")
	err := b.db.Write(b.ctx, func(tx *store.Tx) error {
		v := tx.State()
		return errors.Join(v.Put(b.ctx, row("p", "a", "2")), v.SetMark(b.ctx, 9), v.Clear(b.ctx), v.Put(b.ctx, row("p", "c", "3")), stop)
	})
	if !errors.Is(err, stop) {
		b.Fatal(err)
	}
	b.wantRows("p/a=1")
	if n, ok := b.mark(); !ok || n != 5 {
		b.Errorf("mark %d, %v", n, ok)
	}
}

func stateClear(b *bench) {
	b.put(row("p", "a", "1"), row("q", "a", "1"))
	b.write(func(tx *store.Tx) error { return tx.State().SetMark(b.ctx, 5) })
	b.write(func(tx *store.Tx) error { return tx.State().Clear(b.ctx) })
	b.wantRows()
	if n, ok := b.mark(); ok {
		b.Errorf("mark %d", n)
	}
	b.put(row("p", "b", "2"))
	b.wantRows("p/b=2")
}
