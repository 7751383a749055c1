package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/exposure"
	"haris/internal/store"
)

// ExposureLimits checks that the engine keeps limits and rests as exposure.Guard promises.
func ExposureLimits(t *testing.T, e Engine) {
	for name, check := range map[string]func(*bench){
		"of each kind the newest limit counts": limitKinds,
		"rests stand beside each other":        restKinds,
		"rotations are kept and ended":         rotationsKept,
		"the schema refuses what cannot be":    limitChecks,
	} {
		t.Run(name, func(t *testing.T) { check(newBench(t, e)) })
	}
}

// bound is a limit that cleo set, or a person for themselves.
func bound(who string, own bool, items, minutes int) exposure.Bound {
	b := exposure.Bound{
		Who: who, Own: own, Limits: exposure.Limits{Items: items, Time: time.Duration(minutes) * time.Minute}, Why: "a hard week", By: "cleo", At: start(),
	}
	if own {
		b.By, b.Why = who, ""
	}
	return b
}

func (b *bench) bounds(who string) (out []exposure.Bound) {
	b.Helper()
	b.read(func(tx *store.Tx) (err error) {
		out, err = tx.Exposure().Bounds(b.ctx, who)
		return err
	})
	return out
}

func limitKinds(b *bench) {
	set := func(list ...exposure.Bound) {
		for _, x := range list {
			b.write(func(tx *store.Tx) error { return tx.Exposure().SetLimit(b.ctx, x) })
		}
	}
	team, ada, own, ben := bound("", false, 40, 90), bound("ada", false, 20, 0), bound("ada", true, 0, 30), bound("ben", false, 5, 0)
	set(ben, own, bound("ada", false, 99, 99), ada, team)
	if d := cmp.Diff([]exposure.Bound{team, ada, own}, b.bounds("ada")); d != "" {
		b.Error(d)
	}
	if d := cmp.Diff([]exposure.Bound{team, ada, own, ben}, b.bounds("")); d != "" {
		b.Error(d)
	}
	set(bound("ada", false, 0, 0), bound("", false, 0, 0))
	if d := cmp.Diff([]exposure.Bound{own}, b.bounds("ada")); d != "" {
		b.Error("what was taken away: " + d)
	}
}

func (b *bench) rests(who string, at time.Time) (out []exposure.Rest) {
	b.Helper()
	b.read(func(tx *store.Tx) (err error) {
		out, err = tx.Exposure().Rests(b.ctx, who, at)
		return err
	})
	return out
}

func restKinds(b *bench) {
	day := 24 * time.Hour
	lead := exposure.Rest{Who: "ada", Until: start().Add(2 * day), Why: "rotation", By: "cleo", At: start()}
	own := exposure.Rest{Who: "ada", Own: true, Until: start().Add(day), Why: "tired", By: "ada", At: start()}
	ben := exposure.Rest{Who: "ben", Until: start().Add(3 * day), Why: "rotation", By: "cleo", At: start()}
	first := own
	first.Until = start().Add(9 * day)
	for _, r := range []exposure.Rest{ben, first, own, lead} {
		b.write(func(tx *store.Tx) error { return tx.Exposure().SetRest(b.ctx, r) })
	}
	for name, c := range map[string]struct {
		who  string
		at   time.Time
		want []exposure.Rest
	}{
		"of everybody":          {"", start(), []exposure.Rest{lead, own, ben}},
		"of a person":           {"ada", start(), []exposure.Rest{lead, own}},
		"at the very end":       {"ada", start().Add(day), []exposure.Rest{lead}},
		"when all of it passed": {"ada", start().Add(5 * day), nil},
	} {
		if d := cmp.Diff(c.want, b.rests(c.who, c.at)); d != "" {
			b.Errorf("%s: %s", name, d)
		}
	}
	end := func() error {
		return b.db.Write(b.ctx, func(tx *store.Tx) error { return tx.Exposure().EndRest(b.ctx, "ada", false) })
	}
	if err := end(); err != nil {
		b.Fatal(err)
	}
	if err := end(); !errors.Is(err, exposure.ErrNoRest) {
		b.Errorf("ended twice: %v", err)
	}
	if d := cmp.Diff([]exposure.Rest{own}, b.rests("ada", start())); d != "" {
		b.Error("one's own went with the lead's: " + d)
	}
}

func limitChecks(b *bench) {
	foreign, silent, below := bound("ada", true, 1, 0), bound("ada", false, 1, 0), bound("ada", false, -1, 1)
	foreign.By, silent.Why = "cleo", ""
	limit := func(x exposure.Bound) func(exposure.Tx) error {
		return func(tx exposure.Tx) error { return tx.SetLimit(b.ctx, x) }
	}
	rest := func(x exposure.Rest) func(exposure.Tx) error {
		return func(tx exposure.Tx) error { return tx.SetRest(b.ctx, x) }
	}
	for name, f := range map[string]func(exposure.Tx) error{
		"another's own limit":      limit(foreign),
		"a lead's without why":     limit(silent),
		"less than none":           limit(below),
		"a rest of nobody":         rest(exposure.Rest{Until: start().Add(time.Hour), Why: "x", By: "cleo", At: start()}),
		"a rest without why":       rest(exposure.Rest{Who: "ada", Until: start().Add(time.Hour), By: "cleo", At: start()}),
		"a rest that is over":      rest(exposure.Rest{Who: "ada", Until: start(), Why: "x", By: "cleo", At: start()}),
		"one's own as of the lead": rest(exposure.Rest{Who: "ada", Until: start().Add(time.Hour), Why: "x", By: "ada", At: start()}),
	} {
		err := b.db.Write(b.ctx, func(tx *store.Tx) error { return f(tx.Exposure()) })
		if err == nil || !strings.Contains(strings.ToLower(fmt.Sprint(err)), "check") {
			b.Errorf("%s: %v, want a refusal by a CHECK", name, err)
		}
	}
}
