package storetest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/go-cmp/cmp"

	"haris/internal/casefile"
	"haris/internal/store"
)

func (b *bench) putQueue(q casefile.Queue) (out casefile.Queue) {
	b.Helper()
	b.write(func(tx *store.Tx) (err error) {
		out, err = tx.Queues().Put(b.ctx, q)
		return err
	})
	return out
}

func (b *bench) setRound(person string, list ...casefile.Queue) {
	b.Helper()
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	b.write(func(tx *store.Tx) error { return tx.Queues().SetRound(b.ctx, person, ids) })
}

// sameRound reads a round and the queues one by one.
func (b *bench) sameRound(person string, want ...casefile.Queue) {
	b.Helper()
	b.read(func(tx *store.Tx) error {
		got, err := tx.Queues().Round(b.ctx, person)
		if d := cmp.Diff(want, got); d != "" {
			b.Errorf("the round of %s: %s", person, d)
		}
		for _, q := range want {
			one, err := tx.Queues().Get(b.ctx, q.ID)
			if d := cmp.Diff(q, one); err != nil || d != "" {
				b.Errorf("%v: %s", err, d)
			}
		}
		return err
	})
}

func roundsKept(b *bench) {
	people := casefile.Queue{Name: "named", Owner: "lead", Shared: true, At: start(), People: []string{"bea", "ada", "bea"}}
	named, open := b.putQueue(people), b.putQueue(casefile.Queue{Name: "open", Owner: "lead", Shared: true, At: start()})
	own := b.putQueue(casefile.Queue{Name: "own", Owner: "ada", At: start()})
	if d := cmp.Diff([]string{"ada", "bea"}, named.People); d != "" {
		b.Error(d)
	}
	b.sameRound("ada")
	b.setRound("ada", own, named, open)
	b.setRound("bea", named)
	b.sameRound("ada", own, named, open)
	b.sameRound("bea", named)
	b.setRound("ada", open, own, named)
	b.sameRound("ada", open, own, named)
	named.People = []string{"cem"}
	named = b.putQueue(named)
	b.sameRound("bea", named)
	b.write(func(tx *store.Tx) error { return tx.Queues().Delete(b.ctx, named.ID) })
	b.sameRound("ada", open, own)
	b.sameRound("bea")
	b.setRound("ada")
	b.sameRound("ada")
	for name, f := range map[string]func(tx *store.Tx) error{
		"a queue that is none": func(tx *store.Tx) error { return tx.Queues().SetRound(b.ctx, "ada", []string{named.ID}) },
		"one queue twice":      func(tx *store.Tx) error { return tx.Queues().SetRound(b.ctx, "ada", []string{own.ID, own.ID}) },
		"the round of nobody":  func(tx *store.Tx) error { return tx.Queues().SetRound(b.ctx, "", []string{own.ID}) },
		"nobody works it": func(tx *store.Tx) error {
			return putIn(b, tx, casefile.Queue{Name: "x", Owner: "ada", Shared: true, At: start(), People: []string{""}})
		},
		"one's own with people": func(tx *store.Tx) error {
			return putIn(b, tx, casefile.Queue{Name: "x", Owner: "ada", People: []string{"bea"}})
		},
	} {
		err := b.db.Write(b.ctx, f)
		refused := err != nil && (strings.Contains(strings.ToLower(fmt.Sprint(err)), "constraint") || errors.Is(err, casefile.ErrQueue))
		if !refused {
			b.Errorf("%s: %v, want a refusal", name, err)
		}
	}
}

func putIn(b *bench, tx *store.Tx, q casefile.Queue) error {
	_, err := tx.Queues().Put(b.ctx, q)
	return err
}
