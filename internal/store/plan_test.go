package store_test

import (
	"context"
	"fmt"
	"math/bits"
	"regexp"
	"strings"
	"testing"
	"time"

	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/job"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

// plan returns how SQLite runs a query, one line a step.
func plan(t *testing.T, tx *store.Tx, q store.Query) []string {
	t.Helper()
	rows, err := tx.Query(t.Context(), "EXPLAIN QUERY PLAN "+q.SQL, q.Args...)
	if err != nil {
		t.Fatalf("%s: %v", q.SQL, err)
	}
	defer func() {
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
	}()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil || len(steps) == 0 {
		t.Fatalf("no plan for %s: %v", q.SQL, err)
	}
	return steps
}

// ofSubquery is a scan of what a bounded query has found, and of no table.
var ofSubquery = regexp.MustCompile(`^SCAN (a|n|p[0-9]+|CONSTANT ROW)$`)

// checkPlan fails for a query that reads a whole table or, unless sorting is allowed, sorts what it found.
func checkPlan(t *testing.T, tx *store.Tx, q store.Query, maySort bool) {
	t.Helper()
	for _, step := range plan(t, tx, q) {
		scans := strings.HasPrefix(step, "SCAN") && !ofSubquery.MatchString(step)
		if scans || (strings.Contains(step, "TEMP B-TREE") && !maySort) {
			t.Errorf("%q\n%s", step, q.SQL)
		}
	}
}

// TestListsRunAlongIndexes checks every combination of up to three of a filter's fields. Only the cases of one account are sorted: they are few.
func TestListsRunAlongIndexes(t *testing.T) {
	db := storetest.SQLite(t)
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		for fields := range uint(1 << 13) {
			if bits.OnesCount(fields) > 3 {
				continue
			}
			var f casefile.Filter
			set := func(bit int, do func()) {
				if fields&(1<<bit) != 0 {
					do()
				}
			}
			set(0, func() { f.Queue = "main" })
			set(1, func() { f.Typology = taxonomy.TypologyGrooming })
			set(2, func() { f.AtLeast = taxonomy.P1 })
			set(3, func() { f.Subject = "u1" })
			set(4, func() { f.Claimant, f.Now = "ada", time.UnixMilli(1) })
			set(5, func() { f.Resting, f.Now = casefile.Awake, time.UnixMilli(1) })
			set(12, func() { f.NotTypologies = []taxonomy.Typology{taxonomy.TypologyGrooming, taxonomy.TypologySextortion} })
			set(11, func() { f.LateAfter, f.Now = time.Hour, time.UnixMilli(1) })
			set(6, func() { f.Detector = "D1" })
			set(7, func() { f.Label = "l" })
			set(8, func() { f.Assignee = "ada" })
			set(9, func() { f.FreeFor, f.OpenedBy, f.Now = "ada", time.UnixMilli(1), time.UnixMilli(1) })
			set(10, func() { f.CountTo, f.Unassigned = 100, true })
			for _, shelves := range [][]string{nil, {"3", "5", "7"}, strings.Fields(strings.Repeat("3 ", 30))} {
				page, count := store.CaseListQueries(f, shelves)
				for _, q := range page {
					checkPlan(t, tx, q, f.Subject != "")
				}
				for _, q := range count { // one that joins tags or runs along shelves groups what it counts
					checkPlan(t, tx, q, f.Subject != "" || f.Detector+f.Label != "" || shelves != nil)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOtherListsRunAlongIndexes(t *testing.T) {
	db := storetest.SQLite(t)
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		checkPlan(t, tx, store.JobDueQuery(), false)
		for _, q := range append(store.ExposureListQueries(), store.LookQueries()...) {
			checkPlan(t, tx, q, false)
		}
		for _, kind := range []string{"", "k"} {
			checkPlan(t, tx, store.JobListQuery(kind, job.Dead), false)
		}
		day := time.UnixMilli(1)
		for _, f := range []audit.Filter{{}, {From: day, Until: day}, {Who: "a"}, {Act: "b"}, {Object: "c"}, {Who: "a", Act: "b"}, {Who: "a", Act: "b", Object: "c", From: day}} {
			checkPlan(t, tx, store.AuditListQuery(f, nil), false)
		}
		if steps := strings.Join(plan(t, tx, store.AuditBlocksQuery()), "\n"); !strings.Contains(steps, "audit_entry_block (<expr>=? AND at>? AND at<?)") {
			t.Error(steps)
		}
		alongAudit(t, tx, audit.Filter{Object: "c", Who: "a", Act: "b"}, nil, "audit_entry_object (object=? AND idx>? AND idx<?)", 1)
		alongAudit(t, tx, audit.Filter{Object: "c", Kind: audit.Read}, []string{"x", "y"}, "audit_entry_object (object=? AND idx>? AND idx<?)", 1)
		alongAudit(t, tx, audit.Filter{Kind: audit.Read}, []string{"x", "y"}, "audit_entry_act (act=? AND idx>? AND idx<?)", 2)
		alongAudit(t, tx, audit.Filter{Who: "a", Kind: audit.Read}, []string{"x", "y"}, "audit_entry_who_act (who=? AND act=? AND idx>? AND idx<?)", 2)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// alongAudit fails unless the list runs along an index as often as wanted, and reads no table from end to end.
func alongAudit(t *testing.T, tx *store.Tx, f audit.Filter, acts []string, want string, times int) {
	t.Helper()
	n := 0
	steps := plan(t, tx, store.AuditListQuery(f, acts))
	for _, step := range steps {
		if strings.HasPrefix(step, "SCAN audit_entry") || step == "SCAN e" {
			t.Errorf("%+v: %q", f, step)
		}
		if strings.HasSuffix(step, want) {
			n++
		}
	}
	if n != times {
		t.Errorf("%+v: %d times along %s, want %d:\n%s", f, n, want, times, strings.Join(steps, "\n"))
	}
}

// fillCases copies one open case n times, each about another account.
func fillCases(tb testing.TB, db *store.DB, n int) {
	tb.Helper()
	ctx := context.Background()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for from := 0; from < n; from += 5000 {
		err := db.Write(ctx, func(tx *store.Tx) error {
			for i := from; i < min(n, from+5000); i++ {
				_, err := tx.Cases().Apply(ctx, at.Add(time.Duration(i)*time.Second), casefile.Matter{
					Key: fmt.Sprint("k", i), Subject: fmt.Sprint("u", i), Typology: []taxonomy.Typology{taxonomy.TypologyGrooming, taxonomy.TypologyTrafficking}[i%2],
					Priority: []taxonomy.Priority{taxonomy.P3, taxonomy.P3, taxonomy.P2, taxonomy.P1, taxonomy.P0}[i%5], Queue: []string{"main", "urgent", "night"}[i%3],
					At: at, Victims: []string{fmt.Sprint("v", i)},
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// BenchmarkList prints what the first and a later page of 50 cost among 100,000 open cases, and a count of them.
func BenchmarkList(b *testing.B) {
	db := storetest.SQLite(b)
	fillCases(b, db, 100_000)
	for name, f := range map[string]casefile.Filter{
		"open":     {Statuses: casefile.OpenStatuses()},
		"queue":    {Statuses: casefile.OpenStatuses(), Queue: "night"},
		"narrow":   {Statuses: casefile.OpenStatuses(), Queue: "night", Typology: taxonomy.TypologyTrafficking, AtLeast: taxonomy.P2},
		"account":  {Subject: "v77777"},
		"nothing":  {Statuses: casefile.OpenStatuses(), Queue: "no such queue"},
		"claimant": {Claimant: "ada"},
	} {
		run := func(b *testing.B, do func(tx *store.Tx) error) {
			for b.Loop() {
				if err := db.Read(b.Context(), do); err != nil {
					b.Fatal(err)
				}
			}
		}
		var cursor string
		b.Run(name+"/first", func(b *testing.B) {
			run(b, func(tx *store.Tx) error {
				_, next, err := tx.Cases().List(b.Context(), f)
				cursor = next
				return err
			})
		})
		if cursor != "" {
			f := f
			f.Cursor = cursor
			b.Run(name+"/next", func(b *testing.B) {
				run(b, func(tx *store.Tx) error { _, _, err := tx.Cases().List(b.Context(), f); return err })
			})
		}
		b.Run(name+"/count", func(b *testing.B) {
			run(b, func(tx *store.Tx) error { _, err := tx.Cases().Count(b.Context(), f); return err })
		})
	}
}

// BenchmarkApply prints what opening a case costs, and growing one, in transactions of many.
func BenchmarkApply(b *testing.B) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, subjects := range map[string]int{"open": 1 << 60, "grow": 500} {
		b.Run(name, func(b *testing.B) {
			db := storetest.SQLite(b)
			i := 0
			for b.Loop() {
				err := db.Write(b.Context(), func(tx *store.Tx) error {
					for range 500 {
						i++
						_, err := tx.Cases().Apply(b.Context(), at, casefile.Matter{
							Key: fmt.Sprint("k", i), Subject: fmt.Sprint("u", i%subjects), Typology: taxonomy.TypologyGrooming, Priority: taxonomy.P2,
							Queue: "main", At: at, Victims: []string{fmt.Sprint("v", i%subjects)},
						})
						if err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(i), "µs/matter")
		})
	}
}

// BenchmarkAuditAppend prints what one entry costs: in a transaction of a hundred, and in one of its own with its sync to disk.
func BenchmarkAuditAppend(b *testing.B) {
	for _, per := range []int{1, 100} {
		b.Run(fmt.Sprintf("%d-a-transaction", per), func(b *testing.B) {
			db := storetest.SQLite(b)
			i := 0
			for b.Loop() {
				err := db.Write(b.Context(), func(tx *store.Tx) error {
					for range per {
						i++
						_, err := tx.Audit().Append(b.Context(), audit.Entry{At: time.UnixMilli(int64(i)), Who: "ada", Act: "case.viewed", Object: fmt.Sprint("case/", i)})
						if err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(i), "µs/entry")
		})
	}
}

// BenchmarkAuditVerify prints what verifying an entry costs.
func BenchmarkAuditVerify(b *testing.B) {
	const n = 100_000
	db := storetest.SQLite(b)
	err := db.Write(b.Context(), func(tx *store.Tx) error {
		for i := range n {
			if _, err := tx.Audit().Append(b.Context(), audit.Entry{At: time.UnixMilli(int64(i)), Who: "ada", Act: "case.viewed", Object: fmt.Sprint("case/", i)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		err := db.Read(b.Context(), func(tx *store.Tx) error {
			r, err := audit.Verify(b.Context(), tx.AuditSource())
			if r.Fault != nil {
				b.Fatalf("%+v", r.Fault)
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/n, "µs/entry")
}
