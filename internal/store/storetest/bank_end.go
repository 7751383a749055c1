package storetest

import (
	"errors"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/bank"
	"haris/internal/store"
)

func bankEnded(b *bench) {
	b.putBank("one")
	b.putBank("two")
	b.addEntries("one", entryOf(hashOf(bank.MD5, 1), "r"))
	e := b.entries(bank.Filter{})[0]
	why := bank.Ending{Who: "ada", Why: "the wrong file", At: start()}
	do := func(f func(bank.Endings) error) error {
		return b.db.Write(b.ctx, func(tx *store.Tx) error { return f(tx.BankEndings()) })
	}
	for name, f := range map[string]func(bank.Endings) error{
		"of another bank": func(s bank.Endings) error { return s.End(b.ctx, "two", e.ID, why) },
		"not there":       func(s bank.Endings) error { return s.End(b.ctx, "one", 999, why) },
		"not removed":     func(s bank.Endings) error { return s.Revive(b.ctx, "one", e.ID) },
	} {
		if err := do(f); !errors.Is(err, bank.ErrNoEntry) {
			b.Errorf("%s: %v", name, err)
		}
	}
	if err := do(func(s bank.Endings) error { return s.End(b.ctx, "one", e.ID, why) }); err != nil {
		b.Fatal(err)
	}
	got := b.entries(bank.Filter{Key: "r"})[0]
	if got.State != bank.Removed || got.Seq <= e.Seq || got.Provenance.Ended == nil || !cmp.Equal(*got.Provenance.Ended, why) {
		b.Errorf("%+v", got)
	}
	if err := do(func(s bank.Endings) error { return s.End(b.ctx, "one", e.ID, why) }); !errors.Is(err, bank.ErrNoEntry) {
		b.Errorf("ended twice: %v", err)
	}
	if err := do(func(s bank.Endings) error { return s.Revive(b.ctx, "one", e.ID) }); err != nil {
		b.Fatal(err)
	}
	back := b.entries(bank.Filter{Key: "r"})[0]
	if back.State != bank.Live || back.Seq <= got.Seq || !cmp.Equal(back.Provenance, e.Provenance) {
		b.Errorf("%+v", back)
	}
	if list := b.entries(bank.Filter{Key: "other"}); len(list) != 0 {
		b.Errorf("of a record that is none: %v", list)
	}
}

func bankDays(b *bench) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	old := time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC)
	count := func(list ...bank.Day) {
		b.Helper()
		b.write(func(tx *store.Tx) error { return tx.BankDays().Count(b.ctx, list) })
	}
	count(bank.Day{Day: day(1), Bank: "one", Outcome: "match", Count: 2}, bank.Day{Day: day(2), Bank: "one", Outcome: "shadow", Count: 1}, bank.Day{Day: old, Bank: "one", Outcome: "match", Count: 1})
	count(bank.Day{Day: day(1).Add(23 * time.Hour), Bank: "one", Outcome: "match", Count: 3})
	count()
	for from, want := range map[time.Time][]bank.Day{
		day(1).Add(time.Hour): {{Day: day(1), Bank: "one", Outcome: "match", Count: 5}, {Day: day(2), Bank: "one", Outcome: "shadow", Count: 1}},
		day(3):                nil,
		old.AddDate(-1, 0, 0): {{Day: old, Bank: "one", Outcome: "match", Count: 1}, {Day: day(1), Bank: "one", Outcome: "match", Count: 5}, {Day: day(2), Bank: "one", Outcome: "shadow", Count: 1}},
	} {
		b.read(func(tx *store.Tx) error {
			got, err := tx.BankDays().Since(b.ctx, from)
			if d := cmp.Diff(want, got); d != "" || err != nil {
				b.Errorf("since %s: %v\n%s", from, err, d)
			}
			return nil
		})
	}
	if err := b.db.Write(b.ctx, func(tx *store.Tx) error {
		return tx.BankDays().Count(b.ctx, []bank.Day{{Day: day(1), Bank: "one", Outcome: "clean", Count: 1}})
	}); err == nil {
		b.Error("the schema takes an outcome that is none")
	}
}
