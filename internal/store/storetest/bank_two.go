package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/bank"
	"haris/internal/store"
)

func mediaSeen(b *bench) {
	h := hashOf(bank.PDQ, 1)
	s := bank.Sighting{Hash: h, Quality: 80, Account: "ali", Media: "m1", MediaKind: "image", Item: "p1", Event: 3, Last: start()}
	again, other, blind := s, s, s
	again.Media, again.Event, again.Last = "m2", 9, start().Add(time.Minute)
	other.Account, other.Event = "bea", 4
	blind.Hash, blind.Unscanned, blind.Quality = hashOf(bank.MD5, 2), bank.NotLoaded, bank.Unrated
	b.write(func(tx *store.Tx) error { return tx.Seen().Note(b.ctx, []bank.Sighting{s, other, blind}) })
	b.write(func(tx *store.Tx) error { return tx.Seen().Note(b.ctx, []bank.Sighting{again}) })
	b.read(func(tx *store.Tx) error {
		got, ok, err := tx.Seen().Find(b.ctx, h)
		want := bank.Stored{ID: 1, Hash: h, Quality: 80, First: start(), Last: start().Add(time.Minute), Count: 3}
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			b.Error(diff)
		}
		if err != nil {
			return err
		}
		list, err := tx.Seen().Of(b.ctx, 1, "", 0)
		again.First, again.Count = start(), 2
		other.First, other.Count = start(), 1
		if diff := cmp.Diff([]bank.Sighting{again, other}, list); diff != "" {
			b.Error(diff)
		}
		if err != nil {
			return err
		}
		if rest, err := tx.Seen().Of(b.ctx, 1, "ali", 1); len(rest) != 1 || rest[0].Account != "bea" || err != nil {
			b.Errorf("behind ali: %+v (%v)", rest, err)
		}
		blind.First, blind.Count = start(), 1
		mine, err := tx.SeenOf(b.ctx, "ali", 10)
		if diff := cmp.Diff([]bank.Sighting{again, blind}, mine); diff != "" || err != nil {
			b.Errorf("of ali: %s (%v)", diff, err)
		}
		if one, err := tx.SeenOf(b.ctx, "ali", 1); len(one) != 1 || err != nil {
			b.Errorf("one of ali: %+v (%v)", one, err)
		}
		if _, ok, err := tx.Seen().Find(b.ctx, hashOf(bank.MD5, 99)); ok || err != nil {
			b.Errorf("found what was never seen (%v)", err)
		}
		total, err := tx.Seen().Totals(b.ctx)
		if total.Hashes != 2 || total.Sightings != 3 || total.Unscanned[bank.NotLoaded] != 1 {
			b.Errorf("%+v", total)
		}
		return err
	})
	b.write(func(tx *store.Tx) error { return tx.Seen().Settle(b.ctx, []uint64{2}, "") })
	b.read(func(tx *store.Tx) error {
		last, err := tx.Seen().Last(b.ctx)
		if err != nil || last != 2 {
			b.Errorf("last %d (%v)", last, err)
		}
		var ids []uint64
		err = tx.Seen().Each(b.ctx, 0, last, func(s *bank.Stored) error {
			ids = append(ids, s.ID)
			if s.Unscanned != "" {
				b.Errorf("settled: %+v", s)
			}
			return nil
		})
		if !slices.Equal(ids, []uint64{1, 2}) {
			b.Errorf("%v", ids)
		}
		return err
	})
}

func mediaForgotten(b *bench) {
	old := bank.Sighting{Hash: hashOf(bank.PDQ, 1), Quality: 80, Account: "ali", Event: 1, Last: start()}
	young, other := old, old
	young.Account, young.Last = "bea", start().Add(time.Hour)
	other.Hash = hashOf(bank.MD5, 2)
	b.write(func(tx *store.Tx) error { return tx.Seen().Note(b.ctx, []bank.Sighting{old, young, other}) })
	forget := func(before time.Time, limit int, want bank.Forgotten) {
		b.Helper()
		b.write(func(tx *store.Tx) error {
			got, err := tx.Seen().Forget(b.ctx, before, limit)
			if got != want {
				b.Errorf("before %v: %+v, want %+v", before, got, want)
			}
			return err
		})
	}
	late := young // an event that comes late makes nothing older than it is
	late.Last = start().Add(-time.Hour)
	b.write(func(tx *store.Tx) error { return tx.Seen().Note(b.ctx, []bank.Sighting{late}) })
	forget(start(), 10, bank.Forgotten{})
	forget(start().Add(time.Minute), 1, bank.Forgotten{Sightings: 1})
	forget(start().Add(time.Minute), 10, bank.Forgotten{Sightings: 1, Hashes: 1})
	b.read(func(tx *store.Tx) error {
		list, err := tx.Seen().Of(b.ctx, 1, "", 0)
		if len(list) != 1 || list[0].Account != "bea" {
			b.Errorf("left: %+v", list)
		}
		return err
	})
	forget(start().Add(2*time.Hour), 10, bank.Forgotten{Sightings: 1, Hashes: 1})
	b.write(func(tx *store.Tx) error { return tx.Seen().Note(b.ctx, []bank.Sighting{young}) })
}

func bankSwept(b *bench) {
	b.putBank("one")
	b.addEntries("one", entryOf(hashOf(bank.MD5, 1), ""), entryOf(hashOf(bank.MD5, 2), ""))
	for _, n := range []uint64{2, 1} {
		b.write(func(tx *store.Tx) error { return tx.SweepMark().SetSwept(b.ctx, n) })
	}
	b.read(func(tx *store.Tx) error {
		n, err := tx.SweepMark().Swept(b.ctx)
		if n != 2 {
			b.Errorf("swept up to %d", n)
		}
		return err
	})
	b.write(func(tx *store.Tx) error {
		for _, want := range []bool{true, false} {
			if err := tx.SweepMark().SetPaused(b.ctx, want); err != nil {
				return err
			}
			if got, err := tx.SweepMark().Paused(b.ctx); got != want || err != nil {
				b.Errorf("paused %v (%v), want %v", got, err, want)
			}
		}
		return nil
	})
	blind := bank.Sighting{Hash: hashOf(bank.MD5, 2), Quality: -1, Account: "ali", Event: 1, Last: start(), Unscanned: bank.LowQuality}
	for _, reason := range []bank.Reason{bank.LowQuality, bank.Behind} {
		blind.Unscanned = reason
		blind.Hash = hashOf(bank.MD5, len(reason))
		b.write(func(tx *store.Tx) error {
			if err := tx.Seen().Note(b.ctx, []bank.Sighting{blind}); err != nil {
				return err
			}
			if got, err := tx.SweepMark().Waiting(b.ctx); got != reason.Again() || err != nil {
				b.Errorf("waiting because of %s: %v (%v)", reason, got, err)
			}
			return nil
		})
	}
	if err := b.db.Write(b.ctx, func(tx *store.Tx) error { return tx.SweepMark().SetSwept(b.ctx, 99) }); err == nil {
		b.Error("swept what is not there yet")
	}
}

// bankPair adds from two processes at once: whoever follows by the sequence sees every entry.
func bankPair(t *testing.T, e Engine) {
	x, y := e.Pair(t)
	a, c := &bench{T: t, ctx: t.Context(), db: x}, &bench{T: t, ctx: t.Context(), db: y}
	a.putBank("one")
	const each = 20
	done := make(chan error, 2)
	for i, b := range []*bench{a, c} {
		go func() {
			for n := range each {
				err := b.db.Write(b.ctx, func(tx *store.Tx) error {
					_, _, err := tx.Banks().Add(b.ctx, "one", []bank.Entry{entryOf(hashOf(bank.MD5, 1000*i+n), "")})
					return err
				})
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	seen, at := map[uint64]bool{}, uint64(0)
	for ended := 0; ended < 2; {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			ended++
		default:
		}
		a.read(func(tx *store.Tx) error {
			now, err := tx.Banks().Seq(a.ctx)
			if err != nil || now == at {
				return err
			}
			err = tx.Banks().Since(a.ctx, bank.Range{After: at, Until: now}, func(e *bank.Entry) error {
				seen[e.ID] = true
				return nil
			})
			at = now
			return err
		})
	}
	for id := range a.follow(bank.Range{After: at, Until: a.seq()}) {
		seen[id] = true
	}
	if len(seen) != 2*each {
		t.Errorf("a follower saw %d of %d", len(seen), 2*each)
	}
}
