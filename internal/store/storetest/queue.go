package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// Queues checks saved filters, what they narrow by, and who has a case open.
func Queues(t *testing.T, e Engine) {
	for name, check := range map[string]func(*bench){
		"queues are put, changed and deleted": queuesKept,
		"lists narrow by tags":                tagsNarrow,
		"people of queues, and rounds":        roundsKept,
		"counts can be bounded":               countsBounded,
		"what is late by a limit":             lateByLimit,
		"old cases get their tags":            tagsOfOld,
		"old cases get their shelves":         shelvesOfOld,
		"who has a case open":                 presence,
	} {
		t.Run(name, func(t *testing.T) { check(newBench(t, e)) })
	}
}

func queuesKept(b *bench) {
	first := b.putQueue(casefile.Queue{Name: "urgent", Owner: "lead", Shared: true, Roles: []string{"lead", "reviewer"}, At: start(), Limit: 90 * time.Minute, Narrow: casefile.Narrow{AtLeast: taxonomy.P1}})
	own := b.putQueue(casefile.Queue{Name: "mine", Owner: "ada", At: start(), Narrow: casefile.Narrow{Who: casefile.OfMine, Days: 3}})
	b.putQueue(casefile.Queue{Name: "theirs", Owner: "bea", At: start()})
	list := func() (out []casefile.Queue) {
		b.read(func(tx *store.Tx) (err error) {
			out, err = tx.Queues().Of(b.ctx, "ada")
			return err
		})
		return out
	}
	if d := cmp.Diff([]casefile.Queue{first, own}, list()); d != "" {
		b.Error(d)
	}
	own.Name, own.Place, own.Limit = "later", 0, casefile.MaxQueueLimit
	b.putQueue(own)
	if d := cmp.Diff([]casefile.Queue{own, first}, list()); d != "" {
		b.Error(d)
	}
	b.write(func(tx *store.Tx) error { return tx.Queues().Delete(b.ctx, own.ID) })
	err := b.db.Write(b.ctx, func(tx *store.Tx) error { return tx.Queues().Delete(b.ctx, own.ID) })
	err2 := b.db.Read(b.ctx, func(tx *store.Tx) error {
		_, err := tx.Queues().Get(b.ctx, own.ID)
		return err
	})
	if !errors.Is(err, casefile.ErrNoQueue) || !errors.Is(err2, casefile.ErrNoQueue) {
		b.Errorf("a queue that is gone: %v, %v", err, err2)
	}
}

// tagged opens three cases: D1 and D3 with a label, D1 alone, and one in which D1 could not look.
func tagged(b *bench) (both, one, none string) {
	b.Helper()
	m := matter("k1", "u1", taxonomy.P2, start())
	m.Labels = []string{"minor-contact"}
	m.Signals = append(m.Signals, detect.Signal{Detector: "D3", Family: taxonomy.FamilyFeedback, Strength: 1, At: start()})
	blind := matter("k3", "u3", taxonomy.P2, start())
	blind.Signals[0].Unscanned = "state was evicted"
	return b.apply(start(), m).Case, b.apply(start(), matter("k2", "u2", taxonomy.P1, start())).Case, b.apply(start(), blind).Case
}

func (b *bench) same(name string, f casefile.Filter, want ...string) {
	b.Helper()
	ids, _ := b.list(f)
	if d := cmp.Diff(want, ids); d != "" {
		b.Errorf("%s: %s", name, d)
	}
	b.read(func(tx *store.Tx) error {
		n, err := tx.Cases().Count(b.ctx, f)
		sum := 0
		for _, k := range n {
			sum += k
		}
		total, err2 := tx.Cases().Total(b.ctx, f, 100)
		bounded, err3 := tx.Cases().Total(b.ctx, f, 1)
		if sum != len(want) || total != len(want) || bounded != min(2, len(want)) {
			b.Errorf("%s: counted %d, %d and at most two %d, listed %d", name, sum, total, bounded, len(want))
		}
		return errors.Join(err, err2, err3)
	})
}

func tagsNarrow(b *bench) {
	both, one, _ := tagged(b)
	open := casefile.OpenStatuses()
	b.same("D1", casefile.Filter{Detector: "D1"}, one, both)
	b.same("D3", casefile.Filter{Detector: "D3", Statuses: open}, both)
	b.same("label", casefile.Filter{Label: "minor-contact"}, both)
	b.same("D1 and label", casefile.Filter{Detector: "D1", Label: "minor-contact", AtLeast: taxonomy.P2}, both)
	b.same("at least P1", casefile.Filter{Detector: "D1", AtLeast: taxonomy.P1}, one)
	b.same("of an account", casefile.Filter{Detector: "D1", Subject: "u1"}, both)
	// The place of a case in lists changes, and its tags with it.
	grown := matter("k4", "u1", taxonomy.P0, start())
	grown.Labels = []string{"again"}
	b.apply(start(), grown)
	b.same("after it was raised", casefile.Filter{Detector: "D1", Statuses: open}, both, one)
	b.same("its new label", casefile.Filter{Label: "again", CountTo: 5}, both)
	b.clear(one, start())
	b.same("after one was cleared", casefile.Filter{Detector: "D1", Statuses: open}, both)
	b.must(both, start(), "lead", casefile.Assigned, casefile.AssignedBody{To: "ada"})
	b.same("assigned", casefile.Filter{Assignee: "ada", Detector: "D1"}, both)
	b.same("free for another", casefile.Filter{FreeFor: "bea", Detector: "D1", Statuses: open, Now: start()})
	b.same("free for them", casefile.Filter{FreeFor: "ada", Detector: "D1", Statuses: open, Now: start()}, both)
	b.same("nobody's", casefile.Filter{Unassigned: true, Detector: "D1"}, one)
	b.same("too young", casefile.Filter{OpenedBy: start().Add(-time.Second), Detector: "D1"})
	b.same("old enough", casefile.Filter{OpenedBy: start(), Detector: "D1"}, both, one)
}

func countsBounded(b *bench) {
	seed(b)
	f := casefile.Filter{Statuses: []casefile.Status{casefile.Open}, CountTo: 3}
	b.read(func(tx *store.Tx) error {
		n, err := tx.Cases().Count(b.ctx, f)
		for p, k := range n {
			if k != 4 {
				b.Errorf("%s: counted %d, want 4: one more than the bound", p, k)
			}
		}
		if len(n) != 4 {
			b.Errorf("%v", n)
		}
		f.AtLeast = taxonomy.P1
		few, err2 := tx.Cases().Count(b.ctx, f)
		if len(few) != 2 {
			b.Errorf("at least P1: %v", few)
		}
		return errors.Join(err, err2)
	})
}

func tagsOfOld(b *bench) {
	both, one, _ := tagged(b)
	b.write(func(tx *store.Tx) error {
		_, err := tx.Exec(b.ctx, `DELETE FROM case_tag`)
		_, err2 := tx.Exec(b.ctx, `UPDATE case_file SET indexed = 0`)
		return errors.Join(err, err2)
	})
	b.same("before", casefile.Filter{Detector: "D1"})
	if err := b.db.Index(b.ctx); err != nil {
		b.Fatal(err)
	}
	b.same("after", casefile.Filter{Detector: "D1"}, one, both)
}

// shelvesOfOld: a case from before there were shelves is seen by who sees a part once the database has been opened, and by nobody else before.
func shelvesOfOld(b *bench) {
	m := matter("k0", "u0", taxonomy.P1, start())
	m.Signals = append(m.Signals, detect.Signal{Detector: "D12", Subject: "u0", Unscanned: "evicted", At: start()}, detect.Signal{Detector: "D9", Subject: "u0", Unscanned: "evicted", At: start()})
	id := b.apply(start(), m).Case
	unscanned := func() (n int) {
		b.read(func(tx *store.Tx) error {
			return tx.QueryRow(b.ctx, `SELECT unscanned FROM case_file WHERE id = $1`, id).Scan(&n)
		})
		return n
	}
	if n := unscanned(); n != 2 {
		b.Errorf("%d signals could not look, want 2", n)
	}
	b.write(func(tx *store.Tx) error {
		_, err := tx.Exec(b.ctx, `DELETE FROM case_shelf`)
		_, err2 := tx.Exec(b.ctx, `UPDATE case_file SET shelf = 0, unscanned = 0`)
		return errors.Join(err, err2)
	})
	seen := casefile.Scope{NotQueues: []string{"closed"}}
	b.under(seen, func() { b.same("before", casefile.Filter{}) })
	if err := b.db.Index(b.ctx); err != nil {
		b.Fatal(err)
	}
	b.under(seen, func() { b.same("after", casefile.Filter{}, id) })
	if n := unscanned(); n != 2 {
		b.Errorf("after opening, %d signals could not look, want 2", n)
	}
	b.under(casefile.Scope{Confined: true, Queues: []string{"elsewhere"}}, func() { b.same("confined elsewhere", casefile.Filter{}) })
}

// lateByLimit asks an hour after four cases were opened, of which the one of P0 is past its own deadline.
func lateByLimit(b *bench) {
	p0, p1 := b.apply(start(), matter("k0", "u0", taxonomy.P0, start())).Case, b.apply(start().Add(20*time.Minute), matter("k1", "u1", taxonomy.P1, start())).Case
	p3, young := b.apply(start(), matter("k3", "u3", taxonomy.P3, start())).Case, b.apply(start().Add(59*time.Minute), matter("k4", "u4", taxonomy.P0, start())).Case
	f := casefile.Filter{Statuses: casefile.OpenStatuses(), Now: start().Add(time.Hour)}
	b.same("all", f, p0, young, p1, p3)
	for limit, want := range map[time.Duration][]string{
		time.Hour: {p0}, time.Hour - time.Minute: {p0, p3}, 40 * time.Minute: {p0, p3}, 39 * time.Minute: {p0, p1, p3}, 30 * time.Second: {p0, young, p1, p3},
	} {
		f := f
		f.LateAfter = limit
		b.same("after "+limit.String(), f, want...)
		f.Detector = "D1"
		b.same("after "+limit.String()+", by tag", f, want...)
		late := casefile.Queue{Limit: limit}
		for _, id := range []string{p0, p1, p3, young} {
			c := b.get(id)
			due, _ := late.Due(&c)
			if got := slices.Contains(want, id); got != f.Now.After(due) {
				b.Errorf("%s after %s: late is %v, by its clock %s", id, limit, got, due)
			}
		}
	}
}

func presence(b *bench) {
	here := func(who string, after time.Duration) (out []store.Presence) {
		b.write(func(tx *store.Tx) (err error) {
			now := start().Add(after)
			out, err = tx.Here(b.ctx, "c1", who, now, now.Add(-time.Minute))
			return err
		})
		return out
	}
	if got := here("ada", 0); len(got) != 0 {
		b.Errorf("ada sees %+v", got)
	}
	if d := cmp.Diff([]store.Presence{{Who: "ada", At: start()}}, here("bea", 30*time.Second)); d != "" {
		b.Error(d)
	}
	here("ada", 40*time.Second)
	if got := here("bea", 50*time.Second); len(got) != 1 || !got[0].At.Equal(start().Add(40*time.Second)) {
		b.Errorf("bea sees %+v", got)
	}
	if got := here("bea", 3*time.Minute); len(got) != 0 {
		b.Errorf("long after: %+v", got)
	}
}
