package store_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"haris/internal/auth"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

// personBench is an empty database with one person in it.
type personBench struct {
	*testing.T
	db   *store.DB
	at   time.Time
	mona auth.Person
}

func newPersonBench(t *testing.T, e storetest.Engine) *personBench {
	b := &personBench{T: t, db: e.New(t), at: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	b.mona = auth.Person{ID: "P1", Name: "منى", Login: "mona", Roles: []auth.Role{auth.Reviewer, auth.Lead}, Lang: "ar", CreatedAt: b.at}
	b.write(func(tx *store.Tx) error { return tx.People().Add(b.ctx(), b.mona) })
	return b
}

func (b *personBench) ctx() context.Context { return b.Context() }

func (b *personBench) write(f func(*store.Tx) error) {
	b.Helper()
	if err := b.db.Write(b.ctx(), f); err != nil {
		b.Fatal(err)
	}
}

// refused runs f and expects the error; the transaction must leave nothing behind.
func (b *personBench) refused(want error, f func(*store.Tx) error) {
	b.Helper()
	if err := b.db.Write(b.ctx(), f); !errors.Is(err, want) {
		b.Errorf("got %v, want %v", err, want)
	}
}

func hash(c byte) []byte { return bytes.Repeat([]byte{c}, 32) }

func TestPeopleStore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		b := newPersonBench(t, e)
		b.write(func(tx *store.Tx) error {
			got, err := tx.People().ByLogin(b.ctx(), "mona")
			if diff := cmp.Diff(b.mona, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
		other := auth.Person{ID: "P2", Name: "Adam", Login: "adam", Roles: []auth.Role{auth.Admin}, Lang: "en", CreatedAt: b.at}
		b.write(func(tx *store.Tx) error { return tx.People().Add(b.ctx(), other) })
		b.refused(auth.ErrTaken, func(tx *store.Tx) error {
			return tx.People().Add(b.ctx(), auth.Person{ID: "P3", Name: "x", Login: "mona", Roles: other.Roles, Lang: "en", CreatedAt: b.at})
		})
		other.PasswordHash, other.DisabledAt, other.Roles = "h", b.at.Add(time.Hour), []auth.Role{auth.Auditor}
		b.write(func(tx *store.Tx) error {
			if err := tx.People().Update(b.ctx(), other); err != nil {
				return err
			}
			list, err := tx.People().List(b.ctx())
			if diff := cmp.Diff([]auth.Person{other, b.mona}, list); diff != "" {
				t.Error(diff)
			}
			return err
		})
		b.refused(auth.ErrTaken, func(tx *store.Tx) error { p := other; p.Login = "mona"; return tx.People().Update(b.ctx(), p) })
		b.refused(auth.ErrNotFound, func(tx *store.Tx) error {
			p := other
			p.ID, p.Login = "none", "none"
			return tx.People().Update(b.ctx(), p)
		})
		b.refused(auth.ErrNotFound, func(tx *store.Tx) error { _, err := tx.People().Get(b.ctx(), "none"); return err })
	})
}

func TestPersonSchemaRefuses(t *testing.T) {
	for name, change := range map[string]func(*auth.Person){
		"no role":       func(p *auth.Person) { p.Roles = nil },
		"capital login": func(p *auth.Person) { p.Login = "Mona2" },
		"no name":       func(p *auth.Person) { p.Name = "" },
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, e storetest.Engine) {
				b := newPersonBench(t, e)
				p := b.mona
				p.ID, p.Login = "P9", "other"
				change(&p)
				if err := b.db.Write(b.ctx(), func(tx *store.Tx) error { return tx.People().Add(b.ctx(), p) }); err == nil {
					t.Error("the schema took it")
				}
			})
		})
	}
}

func TestLinkStore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		b := newPersonBench(t, e)
		for _, c := range []byte{1, 2} {
			b.write(func(tx *store.Tx) error {
				return tx.Links().Add(b.ctx(), auth.Link{Hash: hash(c), Person: "P1", Ends: b.at})
			})
		}
		b.write(func(tx *store.Tx) error {
			l, err := tx.Links().Get(b.ctx(), hash(1))
			if l.Person != "P1" || !l.Ends.Equal(b.at) {
				t.Errorf("%+v", l)
			}
			return errors.Join(err, tx.Links().Use(b.ctx(), hash(1), b.at))
		})
		b.refused(auth.ErrNotFound, func(tx *store.Tx) error { return tx.Links().Use(b.ctx(), hash(1), b.at) })
		b.refused(auth.ErrNotFound, func(tx *store.Tx) error { _, err := tx.Links().Get(b.ctx(), hash(1)); return err })
		b.write(func(tx *store.Tx) error { return tx.Links().EndAll(b.ctx(), "P1", b.at) })
		b.refused(auth.ErrNotFound, func(tx *store.Tx) error { _, err := tx.Links().Get(b.ctx(), hash(2)); return err })
	})
}

func TestSessionStore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		b := newPersonBench(t, e)
		for i, c := range []byte{1, 2, 3} {
			begun := b.at.Add(time.Duration(i) * time.Hour)
			b.write(func(tx *store.Tx) error {
				return tx.Sessions().Add(b.ctx(), auth.Session{Hash: hash(c), Person: "P1", Stage: auth.Whole, Way: auth.ByPassword, Begun: begun, Used: begun, Proved: begun, Agent: "b", Network: "n"})
			})
		}
		b.write(func(tx *store.Tx) error {
			later := b.at.Add(5 * time.Hour)
			if err := errors.Join(tx.Sessions().Touch(b.ctx(), hash(2), later), tx.Sessions().Touch(b.ctx(), hash(2), b.at)); err != nil {
				return err
			}
			s, err := tx.Sessions().Get(b.ctx(), hash(2))
			if !s.Used.Equal(later) || !s.Begun.Equal(b.at.Add(time.Hour)) {
				t.Errorf("%+v: use must not move back", s)
			}
			return err
		})
		b.write(func(tx *store.Tx) error {
			list, err := tx.Sessions().Of(b.ctx(), "P1")
			if len(list) != 3 || !bytes.Equal(list[0].Hash, hash(2)) || list[2].Agent != "b" || list[2].Way != auth.ByPassword {
				t.Errorf("%+v: the last used comes first, whole", list)
			}
			return err
		})
		b.write(func(tx *store.Tx) error {
			n, err := tx.Sessions().Sweep(b.ctx(), b.at.Add(time.Minute), b.at.Add(3*time.Hour))
			if n != 2 {
				t.Errorf("swept %d, want the old one and the unused one", n)
			}
			return err
		})
		b.write(func(tx *store.Tx) error {
			if _, err := tx.Sessions().Get(b.ctx(), hash(2)); err != nil {
				return err
			}
			n, err := tx.Sessions().EndAll(b.ctx(), "P1")
			if n != 1 {
				t.Errorf("ended %d, want 1", n)
			}
			return errors.Join(err, tx.Sessions().End(b.ctx(), hash(2)))
		})
		b.refused(auth.ErrNotFound, func(tx *store.Tx) error { _, err := tx.Sessions().Get(b.ctx(), hash(2)); return err })
	})
}

func TestKeyStore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		b := newPersonBench(t, e)
		old := auth.Key{ID: "K1", Source: "/chat", Scopes: auth.Scopes(), Hash: hash(1), CreatedAt: b.at, CreatedBy: "P1"}
		young := auth.Key{ID: "K2", Source: "/posts", Scopes: []auth.Scope{auth.EventsWrite}, Hash: hash(2), CreatedAt: b.at.Add(time.Hour), CreatedBy: "P1"}
		b.write(func(tx *store.Tx) error {
			return errors.Join(tx.Keys().Add(b.ctx(), old), tx.Keys().Add(b.ctx(), young))
		})
		b.write(func(tx *store.Tx) error {
			return errors.Join(tx.Keys().Used(b.ctx(), "K1", b.at.Add(time.Minute)), tx.Keys().Revoke(b.ctx(), "K2", b.at.Add(2*time.Hour)))
		})
		old.UsedAt, young.RevokedAt = b.at.Add(time.Minute), b.at.Add(2*time.Hour)
		b.write(func(tx *store.Tx) error {
			list, err := tx.Keys().List(b.ctx())
			if diff := cmp.Diff([]auth.Key{young, old}, list, cmpopts.EquateApproxTime(0)); diff != "" {
				t.Error(diff)
			}
			return err
		})
		b.refused(auth.ErrNotFound, func(tx *store.Tx) error { return tx.Keys().Revoke(b.ctx(), "K2", b.at) })
		b.refused(auth.ErrNotFound, func(tx *store.Tx) error { _, err := tx.Keys().Get(b.ctx(), "none"); return err })
	})
}
