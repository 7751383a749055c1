package store_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/auth"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

func TestPasskeyStore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		b := newPersonBench(t, e)
		k := auth.Passkey{ID: []byte{1, 2}, Person: "P1", Name: "هاتف", Body: "{}", Made: b.at}
		b.write(func(tx *store.Tx) error { return tx.Passkeys().Add(b.ctx(), k) })
		b.refused(auth.ErrTaken, func(tx *store.Tx) error { return tx.Passkeys().Add(b.ctx(), k) })
		k.Body, k.Used = `{"n":1}`, b.at.Add(time.Hour)
		b.write(func(tx *store.Tx) error { return tx.Passkeys().Used(b.ctx(), k.ID, k.Body, k.Used) })
		b.write(func(tx *store.Tx) error {
			list, err := tx.Passkeys().Of(b.ctx(), "P1")
			if diff := cmp.Diff([]auth.Passkey{k}, list); diff != "" {
				t.Error(diff)
			}
			return err
		})
		b.write(func(tx *store.Tx) error { return tx.Passkeys().Remove(b.ctx(), k.ID) })
		b.refused(auth.ErrNotFound, func(tx *store.Tx) error { return tx.Passkeys().Remove(b.ctx(), k.ID) })
		b.refused(auth.ErrNotFound, func(tx *store.Tx) error { return tx.Passkeys().Used(b.ctx(), k.ID, "{}", b.at) })
	})
}

func TestCeremonyStore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		b := newPersonBench(t, e)
		put := func(c byte, body string, ends, now time.Time) {
			b.write(func(tx *store.Tx) error {
				return tx.Ceremonies().Put(b.ctx(), auth.Ceremony{Hash: hash(c), Body: []byte(body), Ends: ends}, now)
			})
		}
		put(1, "old", b.at.Add(time.Minute), b.at)
		put(2, "first", b.at.Add(time.Hour), b.at)
		put(2, "second", b.at.Add(2*time.Hour), b.at.Add(2*time.Minute))
		b.refused(auth.ErrNotFound, func(tx *store.Tx) error { _, err := tx.Ceremonies().Take(b.ctx(), hash(1)); return err })
		b.write(func(tx *store.Tx) error {
			c, err := tx.Ceremonies().Take(b.ctx(), hash(2))
			if !bytes.Equal(c.Body, []byte("second")) || !c.Ends.Equal(b.at.Add(2*time.Hour)) {
				t.Errorf("%+v", c)
			}
			return err
		})
		b.refused(auth.ErrNotFound, func(tx *store.Tx) error { _, err := tx.Ceremonies().Take(b.ctx(), hash(2)); return err })
	})
}
