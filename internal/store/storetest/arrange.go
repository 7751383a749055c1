package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/casefile"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// Arranged checks what people do with cases besides deciding, and mutes.
func Arranged(t *testing.T, e Engine) {
	for name, check := range map[string]func(*bench){
		"what is put off leaves the list until its time": restsLeaveList,
		"a merged case is closed and found by account":   mergesAreFound,
		"evidence of a merged case lives with the other": mergesKeep,
		"mutes are added, counted and ended":             mutes,
	} {
		t.Run(name, func(t *testing.T) { check(newBench(t, e)) })
	}
}

func restsLeaveList(b *bench) {
	first := b.apply(start(), matter("k1", "u1", taxonomy.P2, start())).Case
	second := b.apply(start(), matter("k2", "u2", taxonomy.P2, start())).Case
	b.must(first, start(), "ada", casefile.Snoozed, casefile.RestBody{Until: start().Add(time.Hour), Reason: "later"})
	list := func(r casefile.Resting, after time.Duration) (ids []string) {
		f := casefile.Filter{Statuses: casefile.OpenStatuses(), Resting: r, Now: start().Add(after)}
		ids, _ = b.list(f)
		b.read(func(tx *store.Tx) error {
			n, err := tx.Cases().Count(b.ctx, f)
			if n[taxonomy.P2] != len(ids) {
				b.Errorf("%s after %s: counted %v, listed %d", r, after, n, len(ids))
			}
			return err
		})
		return ids
	}
	for _, tt := range []struct {
		name  string
		r     casefile.Resting
		after time.Duration
		want  []string
	}{
		{"awake", casefile.Awake, time.Minute, []string{second}},
		{"asleep", casefile.Asleep, time.Minute, []string{first}},
		{"both", casefile.AnyRest, time.Minute, []string{first, second}},
		{"its time has come", casefile.Awake, time.Hour, []string{first, second}},
		{"nothing sleeps then", casefile.Asleep, time.Hour, nil},
	} {
		if d := cmp.Diff(tt.want, list(tt.r, tt.after)); d != "" {
			b.Errorf("%s: %s", tt.name, d)
		}
	}
	b.apply(start(), matter("k3", "u1", taxonomy.P3, start()))
	if d := cmp.Diff([]string{first, second}, list(casefile.Awake, time.Minute)); d != "" {
		b.Errorf("it grew: %s", d)
	}
}

// merged opens two cases and merges the second into the first.
func merged(b *bench) (into, from string) {
	b.Helper()
	into = b.apply(start(), matter("k1", "u1", taxonomy.P2, start())).Case
	from = b.apply(start(), matter("k2", "u2", taxonomy.P2, start())).Case
	c := b.get(from)
	b.must(from, start(), "ada", casefile.MergedInto, casefile.MergedBody{Into: into, Reason: "one person"})
	b.must(into, start(), "ada", casefile.Absorbed, casefile.AbsorbedBody{From: from, Reason: "one person", Matter: casefile.Summary(&c)})
	return into, from
}

func mergesAreFound(b *bench) {
	into, from := merged(b)
	for _, tt := range []struct {
		name   string
		filter casefile.Filter
		want   []string
	}{
		{"merged", casefile.Filter{Statuses: []casefile.Status{casefile.Merged}}, []string{from}},
		{"cleared", casefile.Filter{Statuses: []casefile.Status{casefile.Cleared}}, nil},
		{"open", casefile.Filter{Statuses: casefile.OpenStatuses()}, []string{into}},
		{"all", casefile.Filter{}, []string{into, from}},
		{"its subject", casefile.Filter{Subject: "u2"}, []string{into, from}},
		{"its victim", casefile.Filter{Subject: "child-of-u2"}, []string{into, from}},
	} {
		ids, _ := b.list(tt.filter)
		if d := cmp.Diff(tt.want, ids); d != "" {
			b.Errorf("%s: %s", tt.name, d)
		}
	}
	b.must(from, start(), "ada", casefile.Reopened, casefile.ReasonBody{Reason: "two people"})
	if ids, _ := b.list(casefile.Filter{Statuses: casefile.OpenStatuses()}); len(ids) != 2 {
		b.Errorf("after it was taken back %v are open", ids)
	}
}

func mergesKeep(b *bench) {
	into, from := merged(b)
	b.write(func(tx *store.Tx) error {
		_, err := tx.Exec(b.ctx, `INSERT INTO evidence_hold (case_id, kind, source, reason, set_by, set_at, no_notice) VALUES ($1, 'legal_hold', '', 'x', 'ada', 0, 0)`, from)
		return err
	})
	closed := func() (yes bool) {
		b.read(func(tx *store.Tx) error {
			list, err := tx.Evidence().Keeping.Kept(b.ctx, from)
			if err == nil && len(list) == 1 {
				yes = list[0].Closed
			} else {
				b.Errorf("%+v", list)
			}
			return err
		})
		return yes
	}
	if closed() {
		b.Error("what was merged into an open case counts as closed")
	}
	b.clear(into, start())
	if !closed() {
		b.Error("what was merged into a closed case counts as open")
	}
}

func mutes(b *bench) {
	add := func(m casefile.Mute) (out casefile.Mute, err error) {
		err = b.db.Write(b.ctx, func(tx *store.Tx) error {
			out, err = tx.Mutes().Add(b.ctx, m)
			return err
		})
		return out, err
	}
	m := casefile.Mute{Subject: "u1", Detector: "D1", Owner: "lead", Reason: "a coach", At: start(), Ends: start().Add(time.Hour)}
	first, err := add(m)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := add(m); !errors.Is(err, casefile.ErrMuted) {
		b.Errorf("the same again: %v", err)
	}
	of := func(after time.Duration) (out []casefile.Mute) {
		b.read(func(tx *store.Tx) error {
			out, err = tx.Mutes().Of(b.ctx, "u1", start().Add(after))
			return err
		})
		return out
	}
	b.write(func(tx *store.Tx) error { return tx.Mutes().Hold(b.ctx, []string{first.ID}) })
	first.Held = 1
	if d := cmp.Diff([]casefile.Mute{first}, of(time.Minute)); d != "" {
		b.Error(d)
	}
	if got := of(time.Hour); len(got) != 0 {
		b.Errorf("after its end: %+v", got)
	}
	b.write(func(tx *store.Tx) error {
		_, err := tx.Mutes().End(b.ctx, first.ID, "lead", start().Add(2*time.Minute))
		return err
	})
	if got := of(3 * time.Minute); len(got) != 0 {
		b.Errorf("after it was ended: %+v", got)
	}
	err = b.db.Write(b.ctx, func(tx *store.Tx) error {
		_, err := tx.Mutes().End(b.ctx, first.ID, "lead", start().Add(4*time.Minute))
		return err
	})
	if !errors.Is(err, casefile.ErrNoMute) {
		b.Errorf("ended twice: %v", err)
	}
	m.At = start().Add(5 * time.Minute)
	second, err := add(m)
	if err != nil {
		b.Fatal(err)
	}
	b.read(func(tx *store.Tx) error {
		list, err := tx.Mutes().List(b.ctx, "", 1)
		if err == nil && (len(list) != 1 || list[0].ID != second.ID) {
			b.Errorf("newest: %+v", list)
		}
		older, err2 := tx.Mutes().List(b.ctx, second.ID, 10)
		if err2 == nil && (len(older) != 1 || older[0].EndedBy != "lead") {
			b.Errorf("older: %+v", older)
		}
		return errors.Join(err, err2)
	})
}
