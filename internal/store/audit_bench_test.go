package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"haris/internal/audit"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

// fillAudit writes n entries of a year, without the hashes of the tree, which no list reads: 40 people, of whom one seldom does anything; nine of
// ten entries say that a case was read.
func fillAudit(tb testing.TB, db *store.DB, n int) {
	tb.Helper()
	ctx := context.Background()
	start := time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
	err := db.Write(ctx, func(tx *store.Tx) error {
		for i := range n {
			e := audit.Entry{
				Index: int64(i), At: start.Add(time.Duration(i) * (365 * 24 * time.Hour / time.Duration(n))), Who: fmt.Sprintf("person-%02d", i*7919%39),
				Act: "case.viewed", Object: fmt.Sprintf("case/%d", i*104729%20000), Detail: map[string]string{"why": "queue"},
			}
			if i%10 == 0 {
				e.Act = fmt.Sprintf("case.deed_%02d", i/10*31%60)
			}
			if i%20011 == 0 {
				e.Who = "person-39"
			}
			e, record, err := audit.Record(e)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO audit_entry (idx, at, who, act, object, record) VALUES ($1, $2, $3, $4, $5, $6)`,
				e.Index, e.At.UnixMilli(), e.Who, e.Act, e.Object, string(record)); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `INSERT INTO audit_head (id, size, hash, edge) VALUES (1, $1, $2, $3)`, n, make([]byte, 32), []byte{})
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkAuditList prints what a page of 101 entries costs in a log of a million, at many places of it: the half and 99 of 100.
func BenchmarkAuditList(b *testing.B) {
	const n = 1_000_000
	db := storetest.SQLite(b)
	fillAudit(b, db, n)
	day := func(d int) time.Time { return time.Date(2025, 3, 1+d, 0, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		name string
		f    audit.Filter
	}{
		{"all", audit.Filter{}},
		{"who", audit.Filter{Who: "person-07"}},
		{"who-seldom", audit.Filter{Who: "person-39"}},
		{"nobody", audit.Filter{Who: "nobody"}},
		{"act", audit.Filter{Act: "case.deed_07"}},
		{"object", audit.Filter{Object: "case/777"}},
		{"object-reads", audit.Filter{Object: "case/777", Kind: audit.Read}},
		{"deeds", audit.Filter{Kind: audit.Deed}},
		{"who-deeds", audit.Filter{Who: "person-07", Kind: audit.Deed}},
		{"who-seldom-act", audit.Filter{Who: "person-39", Act: "case.deed_08"}},
		{"week", audit.Filter{From: day(100), Until: day(107)}},
		{"week-who-deeds", audit.Filter{From: day(100), Until: day(107), Who: "person-07", Kind: audit.Deed}},
		{"day-seldom", audit.Filter{From: day(50), Until: day(51), Who: "person-39", Kind: audit.Read}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				begun := time.Now()
				err := db.Read(b.Context(), func(tx *store.Tx) error {
					_, err := tx.Audit().List(b.Context(), tt.f, int64(n-i*7919%n), 101)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
	b.Run("words", func(b *testing.B) {
		for b.Loop() {
			if err := db.Read(b.Context(), func(tx *store.Tx) error { _, _, err := tx.AuditWords(b.Context()); return err }); err != nil {
				b.Fatal(err)
			}
		}
	})
}
