package store_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"haris/internal/auth"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

func TestFactorStore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		b := newPersonBench(t, e)
		get := func() (f auth.Factor, err error) {
			b.write(func(tx *store.Tx) error { f, err = tx.Factors().Get(b.ctx(), "P1"); return nil })
			return f, err
		}
		if _, err := get(); !errors.Is(err, auth.ErrNotFound) {
			t.Errorf("before there is one: %v", err)
		}
		pending := auth.Factor{Person: "P1", Pending: []byte("sealed")}
		set := auth.Factor{Person: "P1", Secret: []byte("sealed"), Step: 7, Since: b.at}
		for _, f := range []auth.Factor{pending, set} {
			b.write(func(tx *store.Tx) error { return tx.Factors().Put(b.ctx(), f) })
			if got, err := get(); err != nil || cmp.Diff(f, got) != "" {
				t.Error(err, cmp.Diff(f, got))
			}
		}
		b.write(func(tx *store.Tx) error { return tx.Factors().Advance(b.ctx(), "P1", 8) })
		for _, step := range []int64{8, 7} {
			b.refused(auth.ErrNotFound, func(tx *store.Tx) error { return tx.Factors().Advance(b.ctx(), "P1", step) })
		}
		b.write(func(tx *store.Tx) error { return tx.Factors().SetCodes(b.ctx(), "P1", [][]byte{hash(1), hash(2)}) })
		b.write(func(tx *store.Tx) error { return tx.Factors().UseCode(b.ctx(), "P1", hash(1), b.at) })
		b.refused(auth.ErrNotFound, func(tx *store.Tx) error { return tx.Factors().UseCode(b.ctx(), "P1", hash(1), b.at) })
		b.refused(auth.ErrNotFound, func(tx *store.Tx) error { return tx.Factors().UseCode(b.ctx(), "P1", hash(3), b.at) })
		b.write(func(tx *store.Tx) error {
			if n, err := tx.Factors().CodesLeft(b.ctx(), "P1"); n != 1 || err != nil {
				t.Errorf("%d codes left, %v", n, err)
			}
			if err := tx.Factors().Remove(b.ctx(), "P1"); err != nil {
				return err
			}
			n, err := tx.Factors().CodesLeft(b.ctx(), "P1")
			if n != 0 {
				t.Errorf("%d codes left of a factor that is gone", n)
			}
			return err
		})
		if _, err := get(); !errors.Is(err, auth.ErrNotFound) {
			t.Errorf("after it was removed: %v", err)
		}
		if err := b.db.Write(b.ctx(), func(tx *store.Tx) error {
			return tx.Factors().Put(b.ctx(), auth.Factor{Person: "P1", Secret: []byte("x")})
		}); err == nil {
			t.Error("a secret without the moment since when it holds was taken")
		}
	})
}
