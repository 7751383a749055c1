package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"haris/internal/audit"
	"haris/internal/bank"
	"haris/internal/exchange"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

func TestPagesGoIntoTheBank(t *testing.T) {
	b := setup(t)
	p := exchange.Page{Records: []exchange.Record{record("a", 1, 2), record("b", 3)}, Begins: true, More: true}
	p.Pass("url", 2)
	b.source.then(p)
	b.source.then(exchange.Page{Records: []exchange.Record{record("c", 3), gone("z")}, Ends: true})
	st := b.sync()
	b.wantLive("x", "a 1", "a 2", "b 3", "c 3")
	want := exchange.Counts{Pages: 2, Records: 4, Added: 4, Passed: map[string]int{"url": 2}}
	if d := cmp.Diff(want, st.Last); d != "" || st.Records != 3 || st.Whole || string(st.Checkpoint) != "2" {
		t.Errorf("%s\n%+v", d, st)
	}
	if !st.LastSuccess.Equal(b.now) || !st.Next.Equal(b.now.Add(time.Hour)) || st.Stale(b.now.Add(23*time.Hour), b.x.Stale) || !st.Stale(b.now.Add(25*time.Hour), b.x.Stale) {
		t.Errorf("%+v", st)
	}
	err := b.db.Read(t.Context(), func(tx *store.Tx) error {
		list, err := tx.Banks().Banks(t.Context())
		if len(list) != 1 || list[0].Mode != taxonomy.ModeShadow || list[0].Source != bank.Exchange || list[0].Origin != "x" {
			t.Errorf("%+v", list)
		}
		if err != nil {
			return err
		}
		entries, err := tx.Banks().List(t.Context(), bank.Filter{Bank: "x", Key: "a"})
		if len(entries) != 2 || entries[0].Provenance.Owner != "m" || entries[0].Provenance.Who != "haris" || entries[0].Provenance.Origin != "x" {
			t.Errorf("%+v", entries)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatTheRecordsSayHolds(t *testing.T) {
	b := setup(t)
	b.source.then(exchange.Page{Records: []exchange.Record{record("a", 1, 2), record("b", 3), record("c", 4)}, Begins: true, Ends: true})
	b.sync()
	b.source.then(exchange.Page{Records: []exchange.Record{record("a", 9), record("a", 2, 5), gone("b"), record("c", 4)}})
	st := b.sync()
	b.wantLive("x", "a 2", "a 5", "c 4")
	if st.Last.Added != 1 || st.Last.Withdrawn != 2 || st.Last.Records != 3 || st.Records != 2 {
		t.Errorf("%+v", st)
	}
	b.source.then(exchange.Page{Records: []exchange.Record{record("b", 3)}})
	b.sync()
	b.wantLive("x", "a 2", "a 5", "b 3", "c 4")
	empty := record("c")
	b.source.then(exchange.Page{Records: []exchange.Record{empty}})
	b.sync()
	b.wantLive("x", "a 2", "a 5", "b 3")
}

func TestOpinionsChooseTheBank(t *testing.T) {
	b := setup(t)
	with := func(key string, n int, stances ...exchange.Stance) exchange.Record {
		r := record(key, n)
		r.Opinions = nil
		for i, s := range stances {
			r.Opinions = append(r.Opinions, exchange.Opinion{Owner: fmt.Sprint("m", i), Stance: s})
		}
		return r
	}
	b.source.then(exchange.Page{Records: []exchange.Record{
		with("pos", 1, exchange.Seed, exchange.Positive), with("neg", 2, exchange.Negative, exchange.Seed), with("seed", 3, exchange.Seed),
		with("both", 4, exchange.Negative, exchange.Positive), with("none", 5),
	}, Begins: true, Ends: true})
	b.sync()
	b.wantLive("x", "both 4", "pos 1")
	b.wantLive("x-not", "neg 2")
	b.wantLive("x-seed", "seed 3")
	err := b.db.Read(t.Context(), func(tx *store.Tx) error {
		list, err := tx.Banks().Banks(t.Context())
		for _, k := range list {
			if k.Mode != taxonomy.ModeShadow || (k.Polarity == bank.Negative) != (k.ID == "x-not") {
				t.Errorf("%+v", k)
			}
		}
		if err != nil {
			return err
		}
		both, err := tx.Banks().List(t.Context(), bank.Filter{Bank: "x", Key: "both"})
		if len(both) != 1 || both[0].Provenance.Note != "1 of 2 members say that it is not." || both[0].Provenance.Owner != "m1" {
			t.Errorf("%+v", both)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b.source.then(exchange.Page{Records: []exchange.Record{with("pos", 1, exchange.Negative), with("neg", 2, exchange.Positive), gone("seed")}})
	b.sync()
	b.wantLive("x", "both 4", "neg 2")
	b.wantLive("x-not", "pos 1")
	b.wantLive("x-seed")
}

func TestWhatAPersonRemovedStaysOut(t *testing.T) {
	b := setup(t)
	b.source.then(exchange.Page{Records: []exchange.Record{record("a", 1, 2)}, Begins: true, Ends: true})
	b.sync()
	err := b.db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Banks().Remove(t.Context(), "x", bank.Which{Hash: md5(1)}, bank.Removed)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b.source.then(exchange.Page{Records: []exchange.Record{record("a", 1, 2, 3)}})
	if st := b.sync(); st.Last.Kept != 1 {
		t.Errorf("%+v", st.Last)
	}
	b.wantLive("x", "a 2", "a 3")
	b.source.then(exchange.Page{Records: []exchange.Record{gone("a")}})
	b.sync()
	b.source.then(exchange.Page{Records: []exchange.Record{record("a", 1, 2)}})
	b.sync()
	b.wantLive("x", "a 2")
}

func many(n int) (out []exchange.Record) {
	for i := range n {
		out = append(out, record(fmt.Sprintf("%05d", i), i+1))
	}
	return out
}

func TestWhatAPassDoesNotNameIsWithdrawn(t *testing.T) {
	b := setup(t)
	b.source.then(exchange.Page{Records: many(2500), Begins: true, Ends: true})
	b.sync()
	b.source.then(exchange.Page{Records: many(700), Begins: true, More: true})
	b.source.then(exchange.Page{Records: append(many(1300)[600:], gone("00650")), Ends: true})
	st := b.sync()
	if len(b.live("x")) != 1299 || st.Records != 1299 || st.Last.Withdrawn != 1201 || st.Held != "" || st.Retiring {
		t.Errorf("%d live, %+v", len(b.live("x")), st)
	}
}

func TestAListThatShrankWaitsForAPerson(t *testing.T) {
	for _, left := range []int{0, 40} {
		b := setup(t)
		b.source.then(exchange.Page{Records: many(100), Begins: true, Ends: true})
		b.sync()
		b.source.then(exchange.Page{Records: many(left), Begins: true, Ends: true})
		st := b.sync()
		if len(b.live("x")) != 100 || st.Held != fmt.Sprintf("the list now names %d records, where there were 100", left) {
			t.Errorf("%d live, %+v", len(b.live("x")), st)
		}
		err := b.db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := exchange.Accept(t.Context(), tx, exchange.Act{Who: "lena", At: b.now}, "x")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if st = b.sync(); len(b.live("x")) != left || st.Records != left || st.Held != "" {
			t.Errorf("%d live, %+v", len(b.live("x")), st)
		}
		err = b.db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := exchange.Accept(t.Context(), tx, exchange.Act{Who: "lena", At: b.now}, "x")
			return err
		})
		if !errors.Is(err, exchange.ErrNothingHeld) {
			t.Error(err)
		}
		err = b.db.Read(t.Context(), func(tx *store.Tx) error {
			list, err := tx.Audit().List(t.Context(), audit.Filter{Act: "exchange.accepted"}, 0, 10)
			if len(list) != 1 || list[0].Who != "lena" || list[0].Object != "exchange/x" {
				t.Errorf("%+v", list)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAListThatGrewBackNeedsNobody(t *testing.T) {
	b := setup(t)
	for _, n := range []int{100, 3, 80} {
		b.source.then(exchange.Page{Records: many(n), Begins: true, Ends: true})
		b.sync()
	}
	if got := len(b.live("x")); got != 80 {
		t.Errorf("%d live", got)
	}
}

func TestFailures(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		wait time.Duration
	}{
		"passes by itself":           {&exchange.Error{Op: "x", Text: "busy", Retry: true}, 3750 * time.Millisecond},
		"asked to wait":              {&exchange.Error{Op: "x", Text: "busy", Retry: true, After: 10 * time.Minute}, 10 * time.Minute},
		"asked to wait for ever":     {&exchange.Error{Op: "x", Text: "busy", Retry: true, After: 1000 * time.Hour}, 24 * time.Hour},
		"a person must mend it":      {exchange.Refused("x", "the key was refused"), time.Hour},
		"of a kind that nobody knew": {errors.New("strange"), 3750 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			b := setup(t)
			b.source.then(exchange.Page{Records: many(2), Begins: true, Ends: true})
			b.sync()
			b.source.err = tt.err
			st, err := b.Sync(t.Context(), b.x)
			if !errors.Is(err, tt.err) || st.Failures != 1 || st.LastError != tt.err.Error() || st.Next.Sub(b.now) != tt.wait {
				t.Errorf("%v: %+v, next in %s", err, st, st.Next.Sub(b.now))
			}
			if st = b.sync(); st.Failures != 0 || st.LastError != "" {
				t.Errorf("%+v", st)
			}
		})
	}
}

func TestPagesThatAreRefused(t *testing.T) {
	for name, p := range map[string]exchange.Page{
		"too many records":        {Records: many(exchange.MaxPage + 1)},
		"the same page for ever":  {Checkpoint: at(0), More: true},
		"a record without a key":  {Records: []exchange.Record{record("", 1)}},
		"a key that is too long":  {Records: []exchange.Record{record(strings.Repeat("k", exchange.MaxKey+1), 1)}},
		"a classification of its": {Records: []exchange.Record{{Key: "a", Hashes: []bank.Hash{md5(1)}, Classification: "Z9", Opinions: record("a").Opinions}}},
		"a hash that is none":     {Records: []exchange.Record{record("ok", 1), {Key: "a", Hashes: []bank.Hash{{Kind: bank.MD5, Value: "x"}}, Opinions: record("a").Opinions}}},
	} {
		t.Run(name, func(t *testing.T) {
			b := setup(t)
			b.source.then(exchange.Page{Checkpoint: at(1), More: true})
			b.source.pages[0] = p
			if name == "the same page for ever" {
				b.source.pages = []exchange.Page{{More: true}, {More: true, Checkpoint: at(1)}}
			}
			st, err := b.Sync(t.Context(), b.x)
			if err == nil || st.Failures != 1 || st.Records != 0 {
				t.Errorf("%v: %+v", err, st)
			}
		})
	}
}

func TestABankOfSomebodyElse(t *testing.T) {
	b := setup(t)
	err := b.db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Banks().Put(t.Context(), bank.New("x", "Ours"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b.source.then(exchange.Page{Records: many(2)})
	if _, err := b.Sync(t.Context(), b.x); !errors.Is(err, exchange.ErrBank) {
		t.Error(err)
	}
	b.wantLive("x")
}

// TestTwoProcesses lets another process take the first page in while this one reads it.
func TestTwoProcesses(t *testing.T) {
	b := setup(t)
	b.source.then(exchange.Page{Records: many(5), Begins: true, More: true})
	b.source.then(exchange.Page{Records: many(9), Ends: true})
	other := *b.x
	b.x.Source = meanwhile{b.source, func() {
		if _, err := b.Sync(context.Background(), &other); err != nil {
			t.Error(err)
		}
	}}
	_, err := b.Sync(t.Context(), b.x)
	if !errors.Is(err, exchange.ErrConflict) {
		t.Error(err)
	}
	if got := len(b.live("x")); got != 9 {
		t.Errorf("%d live", got)
	}
}

type meanwhile struct {
	exchange.Source
	do func()
}

func (m meanwhile) Next(ctx context.Context, c exchange.Checkpoint) (exchange.Page, error) {
	p, err := m.Source.Next(ctx, c)
	m.do()
	return p, err
}

// TestStoppedAnywhere cuts syncs off at every call of the store: what stands in the end is what the exchange gave.
func TestStoppedAnywhere(t *testing.T) {
	broken := errors.New("power cut")
	for cut := range 12 {
		b := setup(t)
		b.source.then(exchange.Page{Records: many(30), Begins: true, More: true})
		b.source.then(exchange.Page{Records: append(many(60)[20:], gone("00003")), Ends: true})
		b.source.then(exchange.Page{Records: many(50), Begins: true, Ends: true})
		n, write := 0, b.Write
		b.Write = func(ctx context.Context, f func(exchange.Tx) error) error {
			n++
			if n != cut {
				return write(ctx, f)
			}
			return write(ctx, func(tx exchange.Tx) error { return errors.Join(f(tx), broken) })
		}
		for range 6 {
			if _, err := b.Sync(t.Context(), b.x); err != nil && !errors.Is(err, broken) {
				t.Fatal(err)
			}
		}
		b.Write = write
		if st := b.sync(); len(b.live("x")) != 50 || st.Records != 50 || st.Retiring {
			t.Errorf("cut %d: %d live, %+v", cut, len(b.live("x")), st)
		}
	}
}

// TestTheBankIsWhatTheExchangeSays takes random histories in, in random pages with failures between, and compares with a model.
func TestTheBankIsWhatTheExchangeSays(t *testing.T) {
	db, n := storetest.SQLite(t), 0
	rapid.Check(t, func(t *rapid.T) {
		b := on(t, db)
		n++
		b.x.Name = fmt.Sprint("x", n)
		model := map[string]exchange.Record{}
		for range rapid.IntRange(1, 5).Draw(t, "syncs") {
			whole := rapid.IntRange(0, 3).Draw(t, "whole") == 0
			if whole {
				model = map[string]exchange.Record{}
			}
			pages := rapid.IntRange(1, 3).Draw(t, "pages")
			for n := range pages {
				p := exchange.Page{Begins: whole && n == 0, Ends: whole && n == pages-1, More: n < pages-1}
				for range rapid.IntRange(0, 6).Draw(t, "records") {
					r := record(rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "key"), rapid.SliceOfNDistinct(rapid.IntRange(1, 5), 0, 3, rapid.ID).Draw(t, "hashes")...)
					r.Gone = rapid.IntRange(0, 3).Draw(t, "gone") == 0
					r.Opinions[0].Stance = rapid.SampledFrom(exchange.Stances()).Draw(t, "stance")
					p.Records = append(p.Records, r)
					model[r.Key] = r
				}
				b.source.then(p)
			}
			if rapid.Bool().Draw(t, "fails first") {
				b.source.err = &exchange.Error{Op: "x", Text: "busy", Retry: true}
				if _, err := b.Sync(context.Background(), b.x); err == nil {
					t.Fatal("no error")
				}
			}
			if st := b.sync(); st.Held != "" {
				if err := b.db.Write(context.Background(), func(tx *store.Tx) error {
					_, err := exchange.Accept(context.Background(), tx, exchange.Act{Who: "lena", At: b.now}, b.x.Name)
					return err
				}); err != nil {
					t.Fatal(err)
				}
				b.sync()
			}
			want := map[string][]string{}
			for _, key := range slices.Sorted(maps.Keys(model)) {
				r := model[key]
				for _, h := range r.Hashes {
					if !r.Gone {
						id := exchange.BankID(b.x.Name, r.Stance())
						want[id] = append(want[id], key+" "+strings.TrimLeft(h.Value, "0"))
					}
				}
			}
			for _, s := range exchange.Stances() {
				id := exchange.BankID(b.x.Name, s)
				slices.Sort(want[id])
				b.wantLive(id, want[id]...)
			}
		}
	})
}
