package storetest

import (
	"errors"
	"testing"
	"time"

	"haris/internal/casefile"
	"haris/internal/lead"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// Looks is what every engine must do with second looks.
func Looks(t *testing.T, e Engine) {
	b := newBench(t, e)
	id := b.apply(start(), matter("k1", "ali", taxonomy.P2, start())).Case
	b.clear(id, start())
	l := lead.Look{Case: id, N: 3, At: start(), First: "ada", Finding: casefile.FindingCleared}
	for range 2 { // the same finding is drawn once
		b.write(func(tx *store.Tx) error { return tx.Looks().Draw(b.ctx, l) })
	}
	waiting := func(who string, want int) {
		b.Helper()
		b.read(func(tx *store.Tx) error {
			list, err := tx.Looks().Waiting(b.ctx, who, 10)
			if len(list) != want {
				b.Errorf("%s may take %d, want %d", who, len(list), want)
			}
			return err
		})
	}
	waiting("ada", 0)
	waiting("bob", 1)
	l.Second = lead.Second{Who: "bob", Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyGrooming, Reason: "many children", At: start().Add(time.Hour)}
	b.write(func(tx *store.Tx) error { return tx.Looks().Answer(b.ctx, l) })
	if err := b.db.Write(b.ctx, func(tx *store.Tx) error { return tx.Looks().Answer(b.ctx, l) }); !errors.Is(err, lead.ErrLooked) {
		b.Errorf("answered twice: %v", err)
	}
	waiting("bob", 0)
	b.read(func(tx *store.Tx) error {
		if got, err := tx.Looks().Get(b.ctx, id, 3); err != nil || got != l {
			b.Errorf("%+v (%v), want %+v", got, err, l)
		}
		if _, err := tx.Looks().Get(b.ctx, id, 4); !errors.Is(err, lead.ErrNoLook) {
			b.Errorf("one that is not there: %v", err)
		}
		for at, want := range map[time.Time]int{start(): 1, start().Add(2 * time.Hour): 0} {
			if list, err := tx.Looks().Since(b.ctx, at, 10); err != nil || len(list) != want {
				b.Errorf("since %v: %d (%v)", at, len(list), err)
			}
		}
		return nil
	})
	err := b.db.Write(b.ctx, func(tx *store.Tx) error {
		own := l
		own.N, own.Second.Who = 5, "ada"
		if err := tx.Looks().Draw(b.ctx, own); err != nil {
			return err
		}
		return tx.Looks().Answer(b.ctx, own)
	})
	if err == nil {
		b.Error("the schema let a person look at their own finding")
	}
}
