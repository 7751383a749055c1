package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/bank"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// Banks checks that the engine keeps banks, their entries and what was seen as package bank promises.
func Banks(t *testing.T, e Engine) {
	for name, check := range map[string]func(*bench){
		"a bank is kept whole and changed whole":             bankKept,
		"what cannot be is refused":                          bankRefused,
		"an entry is added once, comes again and is changed": bankEntries,
		"a follower misses nothing":                          bankFollowed,
		"entries end one by one, by record, by hash, by age": bankEnds,
		"lists are narrowed, counted and bounded":            bankLists,
		"a person ends an entry and takes that back":         bankEnded,
		"what banks say is counted by day":                   bankDays,
		"what was seen is kept once for each account":        mediaSeen,
		"what was seen long ago is forgotten":                mediaForgotten,
		"the sweep only goes forward":                        bankSwept,
		"the schema refuses what cannot be":                  bankChecks,
	} {
		t.Run(name, func(t *testing.T) { check(newBench(t, e)) })
	}
	if e.Pair != nil {
		t.Run("two processes take places in the order in which they are seen", func(t *testing.T) { bankPair(t, e) })
	}
}

func (b *bench) banks(f func(bank.Store) error) {
	b.Helper()
	b.write(func(tx *store.Tx) error { return f(tx.Banks()) })
}

func (b *bench) putBank(id string) (out bank.Bank) {
	b.Helper()
	b.banks(func(s bank.Store) (err error) {
		out, err = s.Put(b.ctx, bank.New(id, "List "+id))
		return err
	})
	return out
}

// hashOf is a hash that no other n has.
func hashOf(k bank.Kind, n int) bank.Hash {
	return bank.Hash{Kind: k, Value: fmt.Sprintf("%0*x", map[bank.Kind]int{bank.MD5: 32, bank.SHA1: 40}[k]+64*boolInt(k == bank.PDQ || k == bank.SHA256), n)}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func entryOf(h bank.Hash, key string) bank.Entry {
	return bank.Entry{Hash: h, Provenance: bank.Provenance{Source: bank.Exchange, Origin: "ncmec", Key: key, Who: "haris", At: start()}}
}

func (b *bench) addEntries(to string, list ...bank.Entry) (added, changed int) {
	b.Helper()
	b.banks(func(s bank.Store) (err error) {
		added, changed, err = s.Add(b.ctx, to, list)
		return err
	})
	return added, changed
}

func (b *bench) entries(f bank.Filter) (list []bank.Entry) {
	b.Helper()
	b.banks(func(s bank.Store) (err error) {
		list, err = s.List(b.ctx, f)
		return err
	})
	return list
}

func bankKept(b *bench) {
	first := b.putBank("one")
	if first.Version != 1 || first.Created.IsZero() {
		b.Errorf("%+v", first)
	}
	b.putBank("another")
	first.Mode, first.Radius, first.Keep, first.Classification = taxonomy.ModeEnforce, 20, time.Hour, "B1"
	b.banks(func(s bank.Store) error {
		changed, err := s.Put(b.ctx, first)
		first.Version = 3
		if diff := cmp.Diff(first, changed); diff != "" {
			b.Error(diff)
		}
		if err != nil {
			return err
		}
		list, err := s.Banks(b.ctx)
		if len(list) != 2 || list[0].ID != "another" {
			b.Fatalf("%+v", list)
		}
		if diff := cmp.Diff(first, list[1]); diff != "" {
			b.Error(diff)
		}
		return err
	})
}

func bankRefused(b *bench) {
	b.putBank("one")
	none := entryOf(hashOf(bank.MD5, 1), "")
	bad, upper, nobody := none, none, none
	bad.Value, upper.Value, nobody.Provenance.Who = "xyz", strings.ToUpper(hashOf(bank.MD5, 171).Value), ""
	for name, tt := range map[string]struct {
		do   func(bank.Store) error
		want error
	}{
		"a bank that cannot be": {func(s bank.Store) error { _, err := s.Put(b.ctx, bank.New("", "x")); return err }, bank.ErrBank},
		"into no bank":          {func(s bank.Store) error { _, _, err := s.Add(b.ctx, "none", []bank.Entry{none}); return err }, bank.ErrNotFound},
		"out of no bank": {func(s bank.Store) error {
			_, err := s.Remove(b.ctx, "none", bank.Which{ID: 1}, bank.Removed)
			return err
		}, bank.ErrNotFound},
		"no hash":             {func(s bank.Store) error { _, _, err := s.Add(b.ctx, "one", []bank.Entry{bad}); return err }, bank.ErrHash},
		"not canonical":       {func(s bank.Store) error { _, _, err := s.Add(b.ctx, "one", []bank.Entry{upper}); return err }, bank.ErrHash},
		"nobody added it":     {func(s bank.Store) error { _, _, err := s.Add(b.ctx, "one", []bank.Entry{nobody}); return err }, bank.ErrBank},
		"an end that is none": {func(s bank.Store) error { _, err := s.Remove(b.ctx, "one", bank.Which{ID: 1}, bank.Live); return err }, bank.ErrBank},
	} {
		err := b.db.Write(b.ctx, func(tx *store.Tx) error { return tt.do(tx.Banks()) })
		if !errors.Is(err, tt.want) {
			b.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if list := b.entries(bank.Filter{}); len(list) != 0 {
		b.Errorf("left behind: %+v", list)
	}
}

func bankEntries(b *bench) {
	b.putBank("one")
	e := entryOf(hashOf(bank.PDQ, 5), "r1")
	if a, c := b.addEntries("one", e, entryOf(hashOf(bank.MD5, 5), "r1"), entryOf(hashOf(bank.PDQ, 5), "r2")); a != 3 || c != 0 {
		b.Errorf("added %d, changed %d", a, c)
	}
	if a, c := b.addEntries("one", e); a != 0 || c != 0 {
		b.Errorf("the same again: added %d, changed %d", a, c)
	}
	before := b.entries(bank.Filter{})[0]
	e.Classification = "A2"
	if a, c := b.addEntries("one", e); a != 0 || c != 1 {
		b.Errorf("with another classification: added %d, changed %d", a, c)
	}
	after := b.entries(bank.Filter{})[0]
	if after.ID != before.ID || after.Seq <= before.Seq || after.Classification != "A2" || after.Provenance.Key != "r1" || !after.Provenance.At.Equal(start()) {
		b.Errorf("%+v", after)
	}
	e.Expires = start().Add(time.Hour)
	if _, c := b.addEntries("one", e); c != 1 {
		b.Error("another end is no change")
	}
	// A bank that keeps entries for a while gives each its end.
	b.banks(func(s bank.Store) error {
		k := bank.New("short", "Short")
		k.Keep = 24 * time.Hour
		_, err := s.Put(b.ctx, k)
		return err
	})
	b.addEntries("short", entryOf(hashOf(bank.MD5, 7), ""))
	if list := b.entries(bank.Filter{Bank: "short"}); !list[0].Expires.Equal(start().Add(24 * time.Hour)) {
		b.Errorf("%+v", list[0])
	}
}

// follow returns the ids that changed in a range, with the state they are in.
func (b *bench) follow(r bank.Range) map[uint64]bank.State {
	b.Helper()
	out := map[uint64]bank.State{}
	b.banks(func(s bank.Store) error {
		return s.Since(b.ctx, r, func(e *bank.Entry) error {
			out[e.ID] = e.State
			return nil
		})
	})
	return out
}

func (b *bench) seq() (n uint64) {
	b.Helper()
	b.banks(func(s bank.Store) (err error) {
		n, err = s.Seq(b.ctx)
		return err
	})
	return n
}

func bankFollowed(b *bench) {
	if b.seq() != 0 {
		b.Error("the sequence begins at 0")
	}
	b.putBank("one")
	b.addEntries("one", entryOf(hashOf(bank.PDQ, 1), ""), entryOf(hashOf(bank.PDQ, 2), ""), entryOf(hashOf(bank.MD5, 3), ""))
	at := b.seq()
	all := b.follow(bank.Range{Until: at})
	if len(all) != 3 {
		b.Fatalf("%v", all)
	}
	if got := b.follow(bank.Range{Until: at, Not: bank.PDQ}); len(got) != 1 {
		b.Errorf("%v", got)
	}
	b.banks(func(s bank.Store) error {
		_, err := s.Remove(b.ctx, "one", bank.Which{Hash: hashOf(bank.PDQ, 1)}, bank.Removed)
		return err
	})
	b.addEntries("one", entryOf(hashOf(bank.PDQ, 9), ""))
	now := b.seq()
	if got := b.follow(bank.Range{After: at, Until: now}); len(got) != 2 {
		b.Errorf("after the removal: %v", got)
	}
	if got := b.follow(bank.Range{After: at, Until: now, Live: true, Only: bank.PDQ}); len(got) != 1 {
		b.Errorf("live ones: %v", got)
	}
	b.banks(func(s bank.Store) error {
		if n, err := s.Live(b.ctx, bank.PDQ); n != 2 || err != nil {
			b.Errorf("%d live (%v)", n, err)
		}
		got, err := s.Get(b.ctx, []uint64{2, 3, 999})
		if len(got) != 2 || got[0].Provenance.Origin != "ncmec" {
			b.Errorf("%+v", got)
		}
		return err
	})
}

func bankEnds(b *bench) {
	b.putBank("one")
	b.putBank("two")
	ends := entryOf(hashOf(bank.MD5, 4), "r3")
	ends.Expires = start().Add(time.Hour)
	b.addEntries("one", entryOf(hashOf(bank.PDQ, 1), "r1"), entryOf(hashOf(bank.MD5, 2), "r1"), entryOf(hashOf(bank.PDQ, 1), "r2"), ends)
	b.addEntries("two", entryOf(hashOf(bank.PDQ, 1), "r1"))
	remove := func(w bank.Which, s bank.State) (n int) {
		b.banks(func(st bank.Store) (err error) {
			n, err = st.Remove(b.ctx, "one", w, s)
			return err
		})
		return n
	}
	if n := remove(bank.Which{Key: "r1"}, bank.Withdrawn); n != 2 {
		b.Errorf("%d withdrawn by record", n)
	}
	if n := remove(bank.Which{Key: "r1"}, bank.Withdrawn); n != 0 {
		b.Errorf("%d withdrawn again", n)
	}
	if n := remove(bank.Which{Hash: hashOf(bank.PDQ, 1)}, bank.Removed); n != 1 {
		b.Errorf("%d removed by hash", n)
	}
	if n := remove(bank.Which{}, bank.Removed); n != 0 {
		b.Errorf("%d removed by nothing", n)
	}
	for _, tt := range []struct {
		at   time.Time
		want int
	}{{start().Add(59 * time.Minute), 0}, {start().Add(time.Hour), 1}} {
		b.banks(func(s bank.Store) error {
			n, err := s.Expire(b.ctx, tt.at)
			if n != tt.want {
				b.Errorf("%d expired at %v, want %d", n, tt.at, tt.want)
			}
			return err
		})
	}
	var states []bank.State
	for _, e := range b.entries(bank.Filter{}) {
		states = append(states, e.State)
	}
	if want := []bank.State{bank.Withdrawn, bank.Withdrawn, bank.Removed, bank.Expired, bank.Live}; !slices.Equal(states, want) {
		b.Errorf("%v, want %v", states, want)
	}
	if a, _ := b.addEntries("one", entryOf(hashOf(bank.MD5, 2), "r1")); a != 1 {
		b.Error("what was withdrawn can come back")
	}
}

func bankLists(b *bench) {
	b.putBank("one")
	b.putBank("two")
	for i := range 3 {
		b.addEntries("one", entryOf(hashOf(bank.PDQ, i), ""), entryOf(hashOf(bank.MD5, i), ""))
	}
	b.addEntries("two", entryOf(hashOf(bank.PDQ, 1), ""))
	for name, tt := range map[string]struct {
		f    bank.Filter
		want int
	}{
		"all": {bank.Filter{}, 7}, "of a bank": {bank.Filter{Bank: "one"}, 6}, "of a kind": {bank.Filter{Bank: "one", Kind: bank.MD5}, 3},
		"with a hash": {bank.Filter{Hash: hashOf(bank.PDQ, 1)}, 2}, "ended": {bank.Filter{State: bank.Removed}, 0}, "a page": {bank.Filter{Limit: 2}, 2},
	} {
		if got := b.entries(tt.f); len(got) != tt.want {
			b.Errorf("%s: %d, want %d", name, len(got), tt.want)
		}
	}
	page := b.entries(bank.Filter{Limit: 4})
	if rest := b.entries(bank.Filter{After: page[3].ID}); len(rest) != 3 {
		b.Errorf("the page behind has %d", len(rest))
	}
	b.banks(func(s bank.Store) error {
		n, err := s.Count(b.ctx)
		if n["one"][bank.PDQ] != 3 || n["one"][bank.MD5] != 3 || n["two"][bank.PDQ] != 1 {
			b.Errorf("%v", n)
		}
		return err
	})
}

func bankChecks(b *bench) {
	b.putBank("one")
	b.addEntries("one", entryOf(hashOf(bank.MD5, 1), ""))
	b.write(func(tx *store.Tx) error {
		return tx.Seen().Note(b.ctx, []bank.Sighting{{Hash: hashOf(bank.MD5, 1), Quality: -1, Account: "ali", Event: 1, Last: start()}})
	})
	for _, q := range []string{
		`UPDATE bank SET mode = 'on'`,
		`UPDATE bank SET polarity = ''`,
		`UPDATE bank SET id = 'two'`,
		`DELETE FROM bank`,
		`INSERT INTO bank_clock (id, seq, swept, paused) VALUES (2, 0, 0, 0)`,
		`UPDATE bank_entry SET state = 'gone'`,
		`UPDATE bank_entry SET kind = 'phash'`,
		`UPDATE bank_entry SET classification = 'C1'`,
		`UPDATE bank_entry SET seq = 0`,
		`UPDATE media_hash SET quality = 101`,
		`UPDATE media_hash SET count = 0`,
		`UPDATE media_seen SET account = ''`,
		`DELETE FROM media_hash`,
	} {
		err := b.db.Write(b.ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(b.ctx, q)
			return err
		})
		if err == nil {
			b.Errorf("let in: %s", q)
		}
	}
}
