package storetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/exposure"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// rotation is one that cleo set, or that a person took.
func rotation(who string, own bool, from, until int) exposure.Rotation {
	day := func(n int) time.Time { return start().AddDate(0, 0, n) }
	r := exposure.Rotation{Who: who, Own: own, Kinds: []taxonomy.Typology{"grooming", "trafficking"}, From: day(from), Until: day(until), Why: "rotation", By: "cleo", At: start()}
	if own {
		r.By, r.Why = who, ""
	}
	return r
}

func (b *bench) rotations(who string, at time.Time) (out []exposure.Rotation) {
	b.Helper()
	b.read(func(tx *store.Tx) (err error) {
		out, err = tx.Exposure().Rotations(b.ctx, who, at)
		return err
	})
	return out
}

func rotationsKept(b *bench) {
	own, lead, later, ben := rotation("ada", true, 0, 1), rotation("ada", false, 1, 3), rotation("ada", false, 14, 28), rotation("ben", false, 0, 2)
	for _, r := range []exposure.Rotation{ben, later, rotation("ada", true, 0, 9), own, lead} {
		b.write(func(tx *store.Tx) error { return tx.Exposure().SetRotation(b.ctx, r) })
	}
	for name, c := range map[string]struct {
		who  string
		day  int
		want []exposure.Rotation
	}{
		"of everybody":  {"", 0, []exposure.Rotation{own, lead, later, ben}},
		"of a person":   {"ada", 0, []exposure.Rotation{own, lead, later}},
		"a day later":   {"ada", 1, []exposure.Rotation{lead, later}},
		"when all over": {"", 28, nil},
	} {
		if d := cmp.Diff(c.want, b.rotations(c.who, start().AddDate(0, 0, c.day))); d != "" {
			b.Errorf("%s: %s", name, d)
		}
	}
	end := func() error {
		return b.db.Write(b.ctx, func(tx *store.Tx) error { return tx.Exposure().EndRotation(b.ctx, "ada", false, lead.From) })
	}
	if err := end(); err != nil {
		b.Fatal(err)
	}
	if err := end(); !errors.Is(err, exposure.ErrNoRest) {
		b.Errorf("ended twice: %v", err)
	}
	if d := cmp.Diff([]exposure.Rotation{own, later}, b.rotations("ada", start())); d != "" {
		b.Error(d)
	}
	nobody, silent, foreign, none, backward := ben, ben, ben, ben, ben
	nobody.Who, silent.Why, foreign.Own, none.Kinds, backward.Until = "", "", true, nil, ben.From
	for name, r := range map[string]exposure.Rotation{"of nobody": nobody, "without why": silent, "another's own": foreign, "from nothing": none, "over at once": backward} {
		err := b.db.Write(b.ctx, func(tx *store.Tx) error { return tx.Exposure().SetRotation(b.ctx, r) })
		if err == nil || !strings.Contains(strings.ToLower(fmt.Sprint(err)), "check") {
			b.Errorf("%s: %v, want a refusal by a CHECK", name, err)
		}
	}
}
