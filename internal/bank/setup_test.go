package bank_test

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"haris/internal/bank"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/pdq"
	"haris/vpdq"
)

// fixture is a store with banks.
type fixture struct {
	testing.TB
	db   *store.DB
	rnd  *rand.Rand
	read int // fails while above 0, counting down
}

func setup(t testing.TB) *fixture {
	return &fixture{TB: t, db: storetest.SQLite(t), rnd: rand.New(rand.NewPCG(3, 4))}
}

func (f *fixture) matcher(change ...func(*bank.Config)) *bank.Matcher {
	f.Helper()
	c := bank.Config{
		Read: func(ctx context.Context, do func(bank.Follow) error) error {
			if f.read > 0 {
				f.read--
				return context.DeadlineExceeded
			}
			return f.db.Read(ctx, func(tx *store.Tx) error { return do(tx.Banks()) })
		},
		Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler), Workers: 2,
	}
	for _, g := range change {
		g(&c)
	}
	m := bank.NewMatcher(c)
	f.Cleanup(func() {
		if err := m.Close(); err != nil {
			f.Error(err)
		}
	})
	return m
}

func (f *fixture) loaded(change ...func(*bank.Config)) *bank.Matcher {
	f.Helper()
	m := f.matcher(change...)
	if err := m.Follow(f.Context()); err != nil {
		f.Fatal(err)
	}
	return m
}

func (f *fixture) write(do func(context.Context, bank.Store) error) {
	f.Helper()
	if err := f.db.Write(f.Context(), func(tx *store.Tx) error { return do(f.Context(), tx.Banks()) }); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) put(list ...bank.Bank) {
	f.Helper()
	f.write(func(ctx context.Context, s bank.Store) error {
		for _, b := range list {
			if _, err := s.Put(ctx, b); err != nil {
				return err
			}
		}
		return nil
	})
}

func (f *fixture) add(to string, list ...bank.Hash) {
	f.Helper()
	var entries []bank.Entry
	for _, h := range list {
		entries = append(entries, bank.Entry{Hash: h, Provenance: bank.Provenance{Source: bank.File, Who: "ada", At: noon}})
	}
	f.write(func(ctx context.Context, s bank.Store) error {
		_, _, err := s.Add(ctx, to, entries)
		return err
	})
}

func (f *fixture) remove(from string, h bank.Hash) {
	f.Helper()
	f.write(func(ctx context.Context, s bank.Store) error {
		_, err := s.Remove(ctx, from, bank.Which{Hash: h}, bank.Removed)
		return err
	})
}

func (f *fixture) entries() (list []bank.Entry) {
	f.Helper()
	f.write(func(ctx context.Context, s bank.Store) (err error) {
		list, err = s.List(ctx, bank.Filter{Limit: 1000})
		return err
	})
	return list
}

func (f *fixture) one(m *bank.Matcher, media bank.Media) bank.Decision {
	f.Helper()
	return m.Match(f.Context(), []bank.Media{media})[0]
}

// pdq returns a hash in which about half of the bits are set.
func (f *fixture) pdq() (h pdq.Hash) {
	for i := range h {
		h[i] = f.rnd.Uint64()
	}
	return h
}

// near returns a hash that differs in n bits.
func (f *fixture) near(h pdq.Hash, n int) pdq.Hash {
	for _, k := range f.rnd.Perm(256)[:n] {
		h[k/64] ^= 1 << (k % 64)
	}
	return h
}

func (f *fixture) bytes(n int) string {
	b := make([]byte, n+8)
	for i := 0; i < n; i += 8 {
		binary.LittleEndian.PutUint64(b[i:], f.rnd.Uint64())
	}
	return hex.EncodeToString(b[:n])
}

func (f *fixture) video(frames ...pdq.Hash) bank.Hash {
	list := make([]vpdq.Feature, len(frames))
	for i, h := range frames {
		list[i] = vpdq.Feature{Frame: i, Quality: 90, Hash: h, Seconds: float32(i)}
	}
	return bank.Hash{Kind: bank.VPDQ, Value: vpdq.Signal(list)}
}

func ofPDQ(h pdq.Hash) bank.Hash { return bank.Hash{Kind: bank.PDQ, Value: h.String()} }

func picture(h pdq.Hash, more ...bank.Hash) bank.Media {
	return bank.Media{ID: "m", Quality: 90, Hashes: append([]bank.Hash{ofPDQ(h)}, more...)}
}
