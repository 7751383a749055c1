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

// Golden is what every engine must do with golden cases.
func Golden(t *testing.T, e Engine) {
	b := newBench(t, e)
	id := b.apply(start(), matter("k1", "ali", taxonomy.P2, start())).Case
	g := lead.Golden{Case: id, N: 3, First: "ada", Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyGrooming, Why: "many children", By: "lea", At: start()}
	b.write(func(tx *store.Tx) error { return tx.Golden().Put(b.ctx, g) })
	put := func(g lead.Golden) error {
		return b.db.Write(b.ctx, func(tx *store.Tx) error { return tx.Golden().Put(b.ctx, g) })
	}
	if err := put(g); !errors.Is(err, lead.ErrIsGolden) {
		b.Errorf("set twice: %v", err)
	}
	open := func(who string, want int) {
		b.Helper()
		b.read(func(tx *store.Tx) error {
			list, err := tx.Golden().Open(b.ctx, who, 10)
			if len(list) != want || want > 0 && list[0] != g {
				b.Errorf("%s is given %+v, want %d", who, list, want)
			}
			return err
		})
	}
	open("ada", 0)
	open("lea", 0)
	open("bob", 1)
	a := lead.GoldenAnswer{Case: id, N: 3, Second: lead.Second{Who: "bob", Finding: casefile.FindingCleared, Reason: "few", At: start().Add(time.Hour)}}
	answer := func(a lead.GoldenAnswer) error {
		return b.db.Write(b.ctx, func(tx *store.Tx) error { return tx.Golden().Answer(b.ctx, a) })
	}
	if err := answer(a); err != nil {
		b.Fatal(err)
	}
	if err := answer(a); !errors.Is(err, lead.ErrLooked) {
		b.Errorf("answered twice: %v", err)
	}
	open("bob", 0)
	open("eve", 1)
	b.write(func(tx *store.Tx) error { return tx.Golden().Retire(b.ctx, id, 3, start().Add(2*time.Hour)) })
	if err := b.db.Write(b.ctx, func(tx *store.Tx) error { return tx.Golden().Retire(b.ctx, id, 3, start()) }); !errors.Is(err, lead.ErrNoGolden) {
		b.Errorf("retired twice: %v", err)
	}
	open("eve", 0)
	b.read(func(tx *store.Tx) error {
		if got, err := tx.Golden().Get(b.ctx, id, 3); err != nil || !got.Retired.Equal(start().Add(2*time.Hour)) || got.Why != g.Why {
			b.Errorf("%+v (%v)", got, err)
		}
		if _, err := tx.Golden().Get(b.ctx, id, 4); !errors.Is(err, lead.ErrNoGolden) {
			b.Errorf("one that is not there: %v", err)
		}
		for who, want := range map[string]int{"": 1, "bob": 1, "eve": 0} {
			if list, err := tx.Golden().Answers(b.ctx, who); err != nil || len(list) != want || want == 1 && list[0] != a {
				b.Errorf("answers of %q: %+v (%v)", who, list, err)
			}
		}
		list, err := tx.Golden().List(b.ctx)
		if len(list) != 1 {
			b.Errorf("%d golden cases", len(list))
		}
		return err
	})
}

// Coaching is what every engine must do with notes to colleagues.
func Coaching(t *testing.T, e Engine) {
	b := newBench(t, e)
	id := b.apply(start(), matter("k1", "ali", taxonomy.P2, start())).Case
	var n lead.Note
	b.write(func(tx *store.Tx) (err error) {
		n, err = tx.Coaching().Add(b.ctx, lead.Note{Case: id, Writer: "lea", Reader: "bob", Body: "look at the ages", At: start()})
		return err
	})
	unread := func(who string, want int) {
		b.Helper()
		b.read(func(tx *store.Tx) error {
			got, err := tx.Coaching().Unread(b.ctx, who)
			if got != want {
				b.Errorf("%s has %d unread, want %d", who, got, want)
			}
			return err
		})
	}
	unread("bob", 1)
	unread("lea", 0)
	b.write(func(tx *store.Tx) error { return tx.Coaching().Seen(b.ctx, "bob", start().Add(time.Hour)) })
	unread("bob", 0)
	b.write(func(tx *store.Tx) error { return tx.Coaching().Answer(b.ctx, n.ID, "I did", start().Add(2*time.Hour)) })
	if err := b.db.Write(b.ctx, func(tx *store.Tx) error { return tx.Coaching().Answer(b.ctx, n.ID, "again", start()) }); !errors.Is(err, lead.ErrNoNote) {
		b.Errorf("answered twice: %v", err)
	}
	n.Read, n.Answer, n.Answered = start().Add(time.Hour), "I did", start().Add(2*time.Hour)
	b.read(func(tx *store.Tx) error {
		if got, err := tx.Coaching().Get(b.ctx, n.ID); err != nil || got != n {
			b.Errorf("%+v (%v), want %+v", got, err, n)
		}
		for who, want := range map[string]int{"bob": 1, "lea": 1, "eve": 0} {
			if list, err := tx.Coaching().Of(b.ctx, who, 10); err != nil || len(list) != want {
				b.Errorf("notes of %s: %d (%v)", who, len(list), err)
			}
		}
		return nil
	})
}
