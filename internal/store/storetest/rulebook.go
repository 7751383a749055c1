package storetest

import (
	"errors"
	"testing"

	"haris/internal/rule"
	"haris/internal/rulebook"
	"haris/internal/store"
)

// Rulebook is what every engine must do with the rule book beside what package rulebook tests.
func Rulebook(t *testing.T, e Engine) {
	b := newBench(t, e)
	text := func(s string) rulebook.Text {
		return rulebook.Text{Packs: []rule.Source{{Name: "a.yaml", Text: s}}}
	}
	digest := func(s string) string { x := text(s); return x.Digest() }
	save := func(s string) {
		b.write(func(tx *store.Tx) error {
			return tx.Rules().SaveDraft(b.ctx, rulebook.Draft{Author: "ada", Text: text(s), SavedAt: start()})
		})
	}
	kept := func(s string, want bool) {
		b.Helper()
		b.read(func(tx *store.Tx) error {
			got, err := tx.Rules().Text(b.ctx, digest(s))
			if want && (err != nil || got.Digest() != digest(s)) || !want && !errors.Is(err, rulebook.ErrNotFound) {
				b.Errorf("%s: %+v %v", s, got, err)
			}
			return nil
		})
	}
	save("one")
	save("two")
	kept("one", false)
	var n int64
	b.write(func(tx *store.Tx) (err error) {
		n, err = tx.Rules().Add(b.ctx, rulebook.Version{Author: "ada", Reason: "x", ProposedAt: start()}, text("two"))
		return err
	})
	save("three")
	kept("two", true) // a version has it
	own := rulebook.Version{N: n, State: rulebook.Published, DecidedBy: "ada", DecidedAt: start()}
	if err := b.db.Write(b.ctx, func(tx *store.Tx) error { return tx.Rules().Decide(b.ctx, own) }); err == nil {
		b.Error("the schema let a person publish what they proposed")
	}
	for _, s := range []rulebook.State{"", rulebook.Proposed, rulebook.Published} {
		b.read(func(tx *store.Tx) error {
			list, err := tx.Rules().List(b.ctx, rulebook.Filter{State: s})
			if want := s != rulebook.Published; err != nil || (len(list) == 1) != want {
				b.Errorf("%q: %d versions (%v)", s, len(list), err)
			}
			return nil
		})
	}
}
