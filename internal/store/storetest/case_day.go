package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"haris/internal/casefile"
	"haris/internal/lead"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// CaseDays is what every engine must count of cases, in the transaction of what it counts.
func CaseDays(t *testing.T, e Engine) {
	run := func(name string, f func(*bench)) { t.Run(name, func(t *testing.T) { f(newBench(t, e)) }) }
	run("what happens to a case is counted with it", countedDays)
	run("what was undone is not counted", uncountedDays)
	run("earlier days are counted once, to the same numbers", filledDays)
	run("a day's exposure is added up once", shownDays)
	run("open cases are counted by age, queue and holder", openDays)
}

// sums are the counts of all days, in order.
func (b *bench) sums() []lead.Sum {
	b.Helper()
	var out []lead.Sum
	b.read(func(tx *store.Tx) error {
		days, err := tx.Days().Sums(b.ctx, lead.Range{From: 0, To: 1 << 40})
		for _, list := range days {
			out = append(out, list...)
		}
		return err
	})
	slices.SortFunc(out, func(x, y lead.Sum) int { return cmpSum(x.Tick, y.Tick) })
	return out
}

func cmpSum(a, b lead.Tick) int {
	return slices.Compare([]string{string(a.Kind), a.Part, a.What}, []string{string(b.Kind), b.Part, b.What})
}

// n is how often a tick was counted.
func n(list []lead.Sum, k lead.Kind, part, what string) int64 {
	for _, s := range list {
		if s.Tick == (lead.Tick{Kind: k, Part: part, What: what}) {
			return s.N
		}
	}
	return 0
}

// life opens a case, clears it a day later and opens it again.
func (b *bench) life() string {
	b.Helper()
	id := b.apply(start(), matter("k1", "ali", taxonomy.P2, start())).Case
	b.clear(id, start().Add(26*time.Hour))
	b.must(id, start().Add(27*time.Hour), "ada", casefile.Reopened, casefile.ReasonBody{Reason: "more was said"})
	return id
}

func countedDays(b *bench) {
	b.life()
	got := b.sums()
	p := taxonomy.P2.String()
	for _, want := range []lead.Sum{
		{Tick: lead.Tick{Kind: lead.Inflow, Part: "main", What: p}, N: 1},
		{Tick: lead.Tick{Kind: lead.Looked, Part: p, What: lead.Late}, N: 1},
		{Tick: lead.Tick{Kind: lead.Decided, Part: "main", What: "cleared"}, N: 1},
		{Tick: lead.Tick{Kind: lead.DecidedBy, Part: "ada", What: "cleared"}, N: 1},
		{Tick: lead.Tick{Kind: lead.Reopened, Part: "main", What: "cleared"}, N: 1},
	} {
		if have := n(got, want.Kind, want.Part, want.What); have != want.N {
			b.Errorf("%v: %d, want %d; all: %v", want.Tick, have, want.N, got)
		}
	}
	b.read(func(tx *store.Tx) error {
		days, err := tx.Days().Sums(b.ctx, lead.Range{From: lead.DayOf(start()), To: lead.DayOf(start()) + 1})
		if len(days) != 1 || n(days[lead.DayOf(start())], lead.Inflow, "main", p) != 1 {
			b.Errorf("%+v", days)
		}
		return err
	})
}

func uncountedDays(b *bench) {
	id := b.apply(start(), matter("k1", "ali", taxonomy.P2, start())).Case
	before := b.sums()
	stop := errors.New("stop")
	err := b.db.Write(b.ctx, func(tx *store.Tx) error {
		e, err := casefile.NewEvent(id, start(), "ada", casefile.Noted, casefile.NotedBody{Text: "x"})
		if err != nil {
			return err
		}
		if _, err := tx.Cases().Append(b.ctx, e); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) || !slices.Equal(before, b.sums()) {
		b.Errorf("%v: %v", err, b.sums())
	}
}

func filledDays(b *bench) {
	b.life()
	want := b.sums()
	b.write(func(tx *store.Tx) error {
		for _, q := range []string{`DELETE FROM case_day`, `DELETE FROM case_open`} {
			if _, err := tx.Exec(b.ctx, q); err != nil {
				return err
			}
		}
		_, err := tx.Days().Fill(b.ctx)
		return err
	})
	b.read(func(tx *store.Tx) error {
		o, err := tx.Days().Open(b.ctx, start())
		if len(o.Cases) != 1 || o.Cases[0].N != 1 {
			b.Errorf("open: %+v", o)
		}
		return err
	})
	if got := b.sums(); !slices.Equal(want, got) {
		b.Errorf("counted again:\n%v, want\n%v", got, want)
	}
	b.write(func(tx *store.Tx) error {
		n, err := tx.Days().Fill(b.ctx)
		if n != 0 {
			b.Errorf("%d cases were counted twice", n)
		}
		return err
	})
}

func shownDays(b *bench) {
	d := lead.DayOf(start())
	list := []lead.Sum{{Tick: lead.Tick{Kind: lead.ShownSeconds, Part: "ada", What: ""}, N: 90}, {Tick: lead.Tick{Kind: lead.ShownItems, Part: "ada"}, N: 2}}
	for range 2 {
		b.write(func(tx *store.Tx) error { return tx.Days().AddShown(b.ctx, d, list) })
	}
	b.read(func(tx *store.Tx) error {
		missing, err := tx.Days().Missing(b.ctx, lead.Range{From: d - 1, To: d + 2})
		if !slices.Equal(missing, []lead.Day{d - 1, d + 1}) {
			b.Errorf("missing: %v", missing)
		}
		return err
	})
	if got := b.sums(); n(got, lead.ShownSeconds, "ada", "") != 90 || n(got, lead.ShownItems, "ada", "") != 2 {
		b.Errorf("%v", got)
	}
}

func openDays(b *bench) {
	b.apply(start(), matter("k1", "ali", taxonomy.P2, start()))
	id := b.apply(start().Add(50*time.Hour), matter("k2", "bea", taxonomy.P2, start())).Case
	now := start().Add(50*time.Hour + 30*time.Minute)
	b.must(id, now, "ada", casefile.Claimed, casefile.ClaimedBody{Ends: now.Add(30 * 24 * time.Hour)})
	b.read(func(tx *store.Tx) error {
		o, err := tx.Days().Open(b.ctx, now)
		want := []lead.Waiting{{Day: lead.DayOf(start()), Queue: "main", Priority: taxonomy.P2, N: 1}, {Day: lead.DayOf(now), Queue: "main", Priority: taxonomy.P2, N: 1}}
		if !slices.Equal(o.Cases, want) || len(o.Held) != 0 {
			b.Errorf("%+v", o)
		}
		if err != nil {
			return err
		}
		o, err = tx.Days().Open(b.ctx, now.Add(25*time.Hour))
		if o.Held["ada"] != 1 {
			b.Errorf("held past its limit: %+v", o)
		}
		return err
	})
	b.must(id, now, "ada", casefile.Disposed, casefile.DisposedBody{Disposition: casefile.Disposition{Finding: casefile.FindingCleared, Reason: "a coach"}})
	b.read(func(tx *store.Tx) error {
		o, err := tx.Days().Open(b.ctx, now)
		if len(o.Cases) != 1 || o.Cases[0].Day != lead.DayOf(start()) {
			b.Errorf("after one was closed: %+v", o)
		}
		return err
	})
}
