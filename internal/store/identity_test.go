package store_test

import (
	"testing"

	"haris/internal/auth"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

func TestIdentityStore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		b := newPersonBench(t, e)
		const issuer = "https://login.example.org"
		b.write(func(tx *store.Tx) error { return tx.Identities().Add(b.ctx(), issuer, "s1", "P1", b.at) })
		b.refused(auth.ErrTaken, func(tx *store.Tx) error { return tx.Identities().Add(b.ctx(), issuer, "s1", "P1", b.at) })
		b.write(func(tx *store.Tx) error {
			if p, err := tx.Identities().Person(b.ctx(), issuer, "s1"); p != "P1" || err != nil {
				t.Errorf("%q, %v", p, err)
			}
			return nil
		})
		for _, k := range [][2]string{{issuer, "s2"}, {"https://elsewhere.example", "s1"}} {
			b.refused(auth.ErrNotFound, func(tx *store.Tx) error { _, err := tx.Identities().Person(b.ctx(), k[0], k[1]); return err })
		}
	})
}
