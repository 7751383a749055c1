package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/casefile"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// seed makes cases of every priority, typology, queue and status, and returns them as stored.
func seed(b *bench) []casefile.Case {
	b.Helper()
	priorities := []taxonomy.Priority{taxonomy.P3, taxonomy.P2, taxonomy.P1, taxonomy.P0}
	var ids []string
	for i := range 48 {
		at := start().Add(time.Duration(i) * time.Minute)
		m := matter(fmt.Sprintf("k%d", i), fmt.Sprintf("u%d", i), priorities[i%4], at)
		m.Queue = []string{"main", "urgent", "night"}[i%3]
		m.Typology = []taxonomy.Typology{taxonomy.TypologyGrooming, taxonomy.TypologyTrafficking}[i/4%2]
		id := b.apply(at, m).Case
		ids = append(ids, id)
		switch i % 5 {
		case 1:
			b.clear(id, at)
		case 2:
			b.must(id, at, "bea", casefile.Claimed, casefile.ClaimedBody{Ends: at.Add(time.Hour)})
		case 3:
			b.must(id, at, "ada", casefile.Claimed, casefile.ClaimedBody{Ends: at.Add(time.Hour)})
			b.must(id, at, "ada", casefile.Escalate, casefile.EscalatedBody{Reason: "above my head"})
		}
	}
	cases := make([]casefile.Case, len(ids))
	for i, id := range ids {
		cases[i] = b.get(id)
	}
	return cases
}

// wanted is the naive list: what List must return.
func wanted(all []casefile.Case, keep func(*casefile.Case) bool) []string {
	var kept []casefile.Case
	for _, c := range all {
		if keep(&c) {
			kept = append(kept, c)
		}
	}
	slices.SortFunc(kept, func(a, b casefile.Case) int {
		if a.Priority != b.Priority {
			return int(b.Priority) - int(a.Priority)
		}
		if c := a.Deadline.Compare(b.Deadline); c != 0 {
			return c
		}
		return a.OpenedAt.Compare(b.OpenedAt)
	})
	ids := make([]string, len(kept))
	for i, c := range kept {
		ids[i] = c.ID
	}
	return ids
}

func casesList(b *bench) {
	all := seed(b)
	want := wanted(all, func(*casefile.Case) bool { return true })
	for _, limit := range []int{1, 7, 48, 100} {
		var got []string
		f := casefile.Filter{Limit: limit}
		for {
			ids, next := b.list(f)
			if len(ids) > limit {
				b.Fatalf("a page of %d, limit %d", len(ids), limit)
			}
			got = append(got, ids...)
			if f.Cursor = next; next == "" {
				break
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			b.Errorf("limit %d: %s", limit, d)
		}
	}
	err := b.db.Read(b.ctx, func(tx *store.Tx) error {
		_, _, err := tx.Cases().List(b.ctx, casefile.Filter{Cursor: "made-up"})
		return err
	})
	if !errors.Is(err, casefile.ErrCursor) {
		b.Errorf("a made-up cursor: %v", err)
	}
}

func casesNarrow(b *bench) {
	all := seed(b)
	for _, tt := range []struct {
		name   string
		filter casefile.Filter
		keep   func(*casefile.Case) bool
	}{
		{
			"open",
			casefile.Filter{Statuses: casefile.OpenStatuses()},
			func(c *casefile.Case) bool { return c.Status.IsOpen() },
		},
		{
			"one status twice",
			casefile.Filter{Statuses: []casefile.Status{casefile.Escalated, casefile.Escalated}},
			func(c *casefile.Case) bool { return c.Status == casefile.Escalated },
		},
		{"queue", casefile.Filter{Queue: "night"}, func(c *casefile.Case) bool { return c.Queue == "night" }},
		{"typology", casefile.Filter{Typology: taxonomy.TypologyTrafficking}, func(c *casefile.Case) bool { return c.Typology == taxonomy.TypologyTrafficking }},
		{
			"not of a kind, but for P0",
			casefile.Filter{NotTypologies: []taxonomy.Typology{taxonomy.TypologyTrafficking, taxonomy.TypologySextortion}},
			func(c *casefile.Case) bool {
				return c.Typology == taxonomy.TypologyGrooming || c.Priority == taxonomy.P0
			},
		},
		{"at least P1", casefile.Filter{AtLeast: taxonomy.P1}, func(c *casefile.Case) bool { return c.Priority >= taxonomy.P1 }},
		{"at least P3", casefile.Filter{AtLeast: taxonomy.P3}, func(*casefile.Case) bool { return true }},
		{"victim", casefile.Filter{Subject: "child-of-u7"}, func(c *casefile.Case) bool { return c.Subject == "u7" }},
		{"claimant", casefile.Filter{Claimant: "bea"}, func(c *casefile.Case) bool { return c.Claim != nil && c.Claim.Who == "bea" }},
		{
			"all at once",
			casefile.Filter{
				Statuses: []casefile.Status{casefile.Open}, Queue: "main", Typology: taxonomy.TypologyGrooming, AtLeast: taxonomy.P2,
			},
			func(c *casefile.Case) bool {
				return c.Status == casefile.Open && c.Queue == "main" && c.Typology == taxonomy.TypologyGrooming && c.Priority >= taxonomy.P2
			},
		},
		{"nothing", casefile.Filter{Queue: "no such queue"}, func(*casefile.Case) bool { return false }},
	} {
		b.Run(tt.name, func(t *testing.T) {
			b := &bench{T: t, ctx: b.ctx, db: b.db}
			want := wanted(all, tt.keep)
			if len(want) == 0 && tt.name != "nothing" {
				t.Fatal("the check is empty")
			}
			var got []string
			for f := tt.filter; ; {
				f.Limit = 5
				ids, next := b.list(f)
				got = append(got, ids...)
				if f.Cursor = next; next == "" {
					break
				}
			}
			if d := cmp.Diff(want, append([]string{}, got...)); d != "" {
				t.Error(d)
			}
			b.read(func(tx *store.Tx) error {
				n, err := tx.Cases().Count(b.ctx, tt.filter)
				sum := 0
				for _, v := range n {
					sum += v
				}
				if sum != len(want) {
					t.Errorf("Count says %d, List %d", sum, len(want))
				}
				return err
			})
		})
	}
}

func casesCount(b *bench) {
	all := seed(b)
	want := map[taxonomy.Priority]int{}
	for _, c := range all {
		if c.Status.IsOpen() {
			want[c.Priority]++
		}
	}
	b.read(func(tx *store.Tx) error {
		got, err := tx.Cases().Count(b.ctx, casefile.Filter{Statuses: casefile.OpenStatuses(), Cursor: "not looked at", Limit: 1})
		if d := cmp.Diff(want, got); d != "" {
			b.Error(d)
		}
		return err
	})
}

func casesAccounts(b *bench) {
	m := matter("k1", "u1", taxonomy.P2, start())
	m.Linked, m.Victims = []string{"u1-second", "both"}, []string{"child", "both"}
	id := b.apply(start(), m).Case
	grown := matter("k2", "u1", taxonomy.P2, start())
	grown.Victims = []string{"child-later"}
	b.apply(start(), grown)
	for _, account := range []string{"u1", "u1-second", "child", "both", "child-later"} {
		if ids, _ := b.list(casefile.Filter{Subject: account}); !slices.Equal(ids, []string{id}) {
			b.Errorf("%s: %v", account, ids)
		}
	}
	if ids, _ := b.list(casefile.Filter{Subject: "somebody"}); len(ids) != 0 {
		b.Errorf("somebody: %v", ids)
	}
}

func casesClaims(b *bench) {
	id := b.apply(start(), matter("k1", "u1", taxonomy.P2, start())).Case
	ends := start().Add(30 * time.Minute)
	b.must(id, start(), "ada", casefile.Claimed, casefile.ClaimedBody{Ends: ends})
	other, err := casefile.NewEvent(id, ends.Add(-time.Second), "bea", casefile.Claimed, casefile.ClaimedBody{Ends: ends.Add(time.Hour)})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := b.try(other); !errors.Is(err, casefile.ErrClaimed) {
		b.Errorf("a second claim: %v", err)
	}
	for _, tt := range []struct {
		name string
		now  time.Time
		want int
	}{{"any time", time.Time{}, 1}, {"before it ends", ends.Add(-time.Millisecond), 1}, {"when it ends", ends, 0}} {
		if ids, _ := b.list(casefile.Filter{Claimant: "ada", Now: tt.now}); len(ids) != tt.want {
			b.Errorf("%s: %v", tt.name, ids)
		}
	}
	other.At = ends
	if c, err := b.try(other); err != nil || c.Claim.Who != "bea" {
		b.Errorf("after the first has ended: %v %+v", err, c.Claim)
	}
}
