package review_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"haris/internal/casefile"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

// fill opens n more cases of falling urgency.
func fill(t *testing.T, db *store.DB, n int) {
	t.Helper()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		for i := range n {
			_, err := tx.Cases().Apply(t.Context(), at.Add(time.Duration(i)*time.Minute), casefile.Matter{
				Key: fmt.Sprint("n", i), Subject: fmt.Sprint("n", i), Typology: taxonomy.TypologyGrooming, Priority: taxonomy.P2, Queue: "main", At: at,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNextPassesOverWhatIsNotFree(t *testing.T) {
	d := setup(t) // one case of P1
	d.Decides = func(context.Context, string) (bool, error) { return true, nil }
	fill(t, d.db, 4)
	d.now = d.now.Add(time.Hour)
	ctx, waiting := t.Context(), review.Ask{Filter: casefile.Filter{Statuses: casefile.OpenStatuses()}}
	next := func(who string) casefile.Case {
		t.Helper()
		c, _, err := d.Next(ctx, who, waiting)
		if err != nil || c.Holder(d.now) != who {
			t.Fatalf("%+v, %v", c, err)
		}
		return c
	}
	if c := next("ada"); c.ID != d.id {
		t.Errorf("the most urgent is %s, got %s", d.id, c.ID)
	}
	first := next("bea")
	if first.Subject != "n0" {
		t.Errorf("then comes n0, got %s", first.Subject)
	}
	list, _, err := d.list(waiting.Filter)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Snooze(ctx, review.Act{Who: "cem", Case: list[2].ID, Seen: 1}, d.now.Add(time.Hour), "x"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Assign(ctx, review.Act{Who: "lead", Case: list[3].ID}, "dov", ""); err != nil {
		t.Fatal(err)
	}
	if c := next("cem"); c.ID != list[4].ID {
		t.Errorf("what is put off and what is another's was not passed over: %s", c.Subject)
	}
	if c := next("dov"); c.ID != list[3].ID {
		t.Errorf("what is theirs comes first: %s", c.Subject)
	}
	if _, _, err := d.Next(ctx, "eve", waiting); !errors.Is(err, review.ErrNothing) {
		t.Errorf("nothing is free: %v", err)
	}
	if _, err := d.Dispose(ctx, review.Act{Who: "bea", Case: first.ID, Seen: first.Events}, casefile.Disposition{
		Finding: casefile.FindingNeedsSecond, Proposed: casefile.FindingCleared, Reason: "x",
	}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Next(ctx, "bea", waiting); !errors.Is(err, review.ErrNothing) {
		t.Errorf("the first person is offered as the second: %v", err)
	}
	if c := next("eve"); c.ID != first.ID {
		t.Errorf("the second person gets %s", c.Subject)
	}
}

func (d *desk) list(f casefile.Filter) (out []casefile.Case, next string, err error) {
	err = d.db.Read(d.Context(), func(tx *store.Tx) error {
		out, next, err = tx.Cases().List(d.Context(), f)
		return err
	})
	return out, next, err
}

// TestNextIsNeverGivenTwice lets eight people ask at once, on PostgreSQL from two processes.
func TestNextIsNeverGivenTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		var dbs []*store.DB
		if e.Pair != nil {
			a, b := e.Pair(t)
			dbs = []*store.DB{a, b}
		} else {
			dbs = []*store.DB{e.New(t)}
		}
		// A round of two queues that hold the same cases, one with a time limit of its own.
		open := casefile.Filter{Statuses: casefile.OpenStatuses()}
		asks := []review.Ask{{Filter: open}, {Queue: casefile.Queue{ID: "q", Limit: time.Hour}, Filter: open}}
		const people, each = 8, 3
		fill(t, dbs[0], people*each)
		now := time.Date(2026, 3, 1, 14, 0, 0, 0, time.UTC)
		var mu sync.Mutex
		var wg sync.WaitGroup
		got := map[string]string{}
		for p := range people {
			db := dbs[p%len(dbs)]
			s := review.Service{Now: func() time.Time { return now }, Write: func(ctx context.Context, f func(review.Tx) error) error {
				return db.Write(ctx, func(tx *store.Tx) error { return f(tx) })
			}}
			wg.Go(func() {
				who := fmt.Sprint("p", p)
				for range each {
					c, _, err := s.Next(t.Context(), who, asks...)
					mu.Lock()
					if before, twice := got[c.ID]; err != nil || twice {
						t.Errorf("%s got %q, which %q has: %v", who, c.ID, before, err)
					}
					got[c.ID] = who
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if len(got) != people*each {
			t.Errorf("%d cases were given, want %d", len(got), people*each)
		}
	})
}

func TestQueuesAreSeenByRole(t *testing.T) {
	d := setup(t)
	put := func(who string, q casefile.Queue) casefile.Queue {
		t.Helper()
		q, err := d.PutQueue(t.Context(), who, q)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	own := put("ada", casefile.Queue{Name: "mine", Narrow: casefile.Narrow{Who: casefile.OfMine}})
	leads := put("lead", casefile.Queue{Name: "escalated", Shared: true, Roles: []string{"lead"}, Narrow: casefile.Narrow{Status: "escalated"}})
	all := put("lead", casefile.Queue{Name: "grooming", Shared: true, Narrow: casefile.Narrow{Typology: taxonomy.TypologyGrooming}})
	for who, want := range map[string][]string{"ada": {own.ID, all.ID}, "bea": {all.ID}, "lead": {leads.ID, all.ID}} {
		role := "reviewer"
		if who == "lead" {
			role = "lead"
		}
		list, err := d.Queues(t.Context(), who, []string{role})
		var ids []string
		for _, q := range list {
			ids = append(ids, q.ID)
		}
		if err != nil || fmt.Sprint(ids) != fmt.Sprint(want) {
			t.Errorf("%s sees %v, want %v (%v)", who, ids, want, err)
		}
	}
	own.Name = "theirs"
	if _, err := d.PutQueue(t.Context(), "bea", own); !errors.Is(err, casefile.ErrNoQueue) {
		t.Errorf("another's own queue was changed: %v", err)
	}
	if err := d.DeleteQueue(t.Context(), "lead", own.ID); !errors.Is(err, casefile.ErrNoQueue) {
		t.Errorf("another's own queue was deleted: %v", err)
	}
	if err := d.DeleteQueue(t.Context(), "ada", own.ID); err != nil {
		t.Error(err)
	}
	d.wrote("queue.deleted", "", "")
}
