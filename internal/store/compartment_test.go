package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"haris/internal/auth"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

func TestCompartmentStore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		b := newPersonBench(t, e)
		one := auth.Compartment{ID: "C1", Name: "Europe", Queues: []string{"eu", "eu north"}, Labels: []string{"europe"}, Closed: true, MadeAt: b.at, MadeBy: "admin"}
		two := auth.Compartment{ID: "C2", Name: "Africa", Labels: []string{"africa"}, MadeAt: b.at, MadeBy: "admin"}
		add := func(c auth.Compartment) func(*store.Tx) error {
			return func(tx *store.Tx) error { return tx.Compartments().Add(b.ctx(), c) }
		}
		b.write(add(one))
		b.write(add(two))
		b.refused(auth.ErrTaken, add(auth.Compartment{ID: "C3", Name: "Europe", Queues: []string{"x"}, MadeAt: b.at, MadeBy: "admin"}))
		b.write(func(tx *store.Tx) error {
			list, err := tx.Compartments().List(b.ctx())
			if d := cmp.Diff([]auth.Compartment{two, one}, list); d != "" {
				t.Error(d)
			}
			return err
		})
		b.write(func(tx *store.Tx) error { return tx.Compartments().Give(b.ctx(), "P1", []string{"C1", "C2"}) })
		b.refused(auth.ErrNotFound, func(tx *store.Tx) error { return tx.Compartments().Give(b.ctx(), "P1", []string{"C9"}) })
		b.refused(auth.ErrTaken, func(tx *store.Tx) error {
			return tx.Compartments().Change(b.ctx(), auth.Compartment{ID: "C2", Name: "Europe", Queues: []string{"x"}})
		})
		b.refused(auth.ErrNotFound, func(tx *store.Tx) error {
			return tx.Compartments().Change(b.ctx(), auth.Compartment{ID: "C9", Name: "X", Queues: []string{"x"}})
		})
		held := func(want map[string][]string) {
			t.Helper()
			b.write(func(tx *store.Tx) error {
				got, err := tx.Compartments().Held(b.ctx())
				if d := cmp.Diff(want, got); d != "" {
					t.Error(d)
				}
				return err
			})
		}
		held(map[string][]string{"P1": {"C1", "C2"}})
		b.write(func(tx *store.Tx) error { return tx.Compartments().Remove(b.ctx(), "C1") })
		held(map[string][]string{"P1": {"C2"}})
		b.refused(auth.ErrNotFound, func(tx *store.Tx) error { return tx.Compartments().Remove(b.ctx(), "C1") })
		if err := b.db.Write(b.ctx(), add(auth.Compartment{ID: "C4", Name: "Nothing", MadeAt: b.at, MadeBy: "admin"})); err == nil {
			t.Error("the schema takes a compartment without words")
		}
	})
}
