package review_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"haris/internal/casefile"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// opens opens one case and returns its id.
func (d *desk) opens(key string, p taxonomy.Priority, queue string, at time.Time) (id string) {
	d.Helper()
	err := d.db.Write(d.Context(), func(tx *store.Tx) error {
		c, err := tx.Cases().Apply(d.Context(), at, casefile.Matter{Key: key, Subject: key, Typology: taxonomy.TypologyGrooming, Priority: p, Queue: queue, At: at})
		id = c.Case
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	return id
}

// TestNextGoesThroughARound takes every case of two queues: by priority, then by the time that is left in the queue, then in the order of the round.
func TestNextGoesThroughARound(t *testing.T) {
	d := setup(t)
	at := d.now
	ask := func(word string, limit time.Duration) review.Ask {
		n := casefile.Narrow{Queue: word}
		return review.Ask{Queue: casefile.Queue{ID: word, Limit: limit, Narrow: n}, Filter: n.Filter("ada", at)}
	}
	day, night := ask("day", 0), ask("night", 30*time.Minute)
	want := []string{
		d.opens("a", taxonomy.P0, "night", at.Add(time.Minute)),
		d.opens("b", taxonomy.P1, "night", at.Add(5*time.Minute)), // 35 minutes, by the queue
		d.opens("c", taxonomy.P1, "day", at),                      // 4 hours
		d.opens("d", taxonomy.P3, "night", at),                    // 30 minutes, by the queue
		d.opens("e", taxonomy.P3, "day", at),                      // no limit
	}
	d.opens("f", taxonomy.P0, "other", at)
	d.now = at.Add(10 * time.Minute)
	for i, id := range want {
		c, from, err := d.Next(t.Context(), "ada", day, night)
		if err != nil || c.ID != id || c.Holder(d.now) != "ada" {
			t.Fatalf("case %d is %s (%v), want %s", i, c.Subject, err, id)
		}
		if word := []string{"day", "night"}[from]; word != c.Queue {
			t.Errorf("%s comes from %s, not from %s", c.Subject, c.Queue, word)
		}
	}
	for _, asks := range [][]review.Ask{{day, night}, nil} {
		if c, _, err := d.Next(t.Context(), "bea", asks...); !errors.Is(err, review.ErrNothing) {
			t.Errorf("nothing is left, got %s, %v", c.Subject, err)
		}
	}
}

func TestRoundsAreChanged(t *testing.T) {
	d := setup(t)
	ctx := t.Context()
	put := func(who string, q casefile.Queue) casefile.Queue {
		t.Helper()
		q, err := d.PutQueue(ctx, who, q)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	names := func(who string) string {
		t.Helper()
		list, err := d.Round(ctx, who)
		var out []string
		for _, q := range list {
			out = append(out, q.Name)
		}
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(out)
	}
	step := func(who, person string, q casefile.Queue, s casefile.Step) error {
		return d.ChangeRound(ctx, who, review.Turn{Person: person, Roles: []string{"reviewer"}, Queue: q.ID, Step: s})
	}
	own, open := put("ada", casefile.Queue{Name: "own"}), put("lead", casefile.Queue{Name: "open", Shared: true})
	leads := put("lead", casefile.Queue{Name: "leads", Shared: true, Roles: []string{"lead"}})
	named := put("lead", casefile.Queue{Name: "named", Shared: true, Roles: []string{"lead"}, People: []string{"bea", "ada"}})
	if got := names("ada") + names("bea") + names("cem"); got != "[named][named][]" {
		t.Errorf("who is named gets the queue into their round: %s", got)
	}
	d.wrote("round.changed", "queue", named.ID)
	for name, tt := range map[string]struct {
		who, person string
		q           casefile.Queue
	}{
		"a queue of another role": {"ada", "ada", leads}, "one that others were named for": {"cem", "cem", named}, "another's own": {"lead", "ada", own},
		"one's own for another": {"ada", "bea", own}, "none": {"ada", "ada", casefile.Queue{ID: "none"}},
	} {
		if err := step(tt.who, tt.person, tt.q, casefile.StepIn); !errors.Is(err, casefile.ErrNoQueue) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, err := range []error{
		step("ada", "ada", own, casefile.StepIn), step("lead", "ada", open, casefile.StepIn), step("lead", "ada", open, casefile.StepUp), step("ada", "ada", named, casefile.StepDown),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	if got := names("ada"); got != "[open named own]" {
		t.Errorf("%s", got)
	}
	named.People = []string{"bea"}
	put("lead", named)
	if got := names("ada"); got != "[open named own]" {
		t.Errorf("what they no longer work stays, to be seen: %s", got)
	}
	if err := step("ada", "ada", named, casefile.StepOut); err != nil {
		t.Error(err)
	}
	if err := d.DeleteQueue(ctx, "lead", open.ID); err != nil {
		t.Error(err)
	}
	if got := names("ada"); got != "[own]" {
		t.Errorf("%s", got)
	}
}
