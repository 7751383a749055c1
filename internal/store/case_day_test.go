package store_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"haris/internal/lead"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

func TestCaseDays(t *testing.T) { storetest.Each(t, storetest.CaseDays) }

// TestDaysRunAlongIndexes: the pages of a lead read counts and one index of open cases, never the cases themselves.
func TestDaysRunAlongIndexes(t *testing.T) {
	db := storetest.SQLite(t)
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		for _, q := range store.CaseDayQueries() {
			checkPlan(t, tx, q, true)
			if p := plan(t, tx, q); !strings.Contains(p[0], "case_file_claimant") && !strings.Contains(p[0], "case_day") {
				t.Errorf("%s: %s", q.SQL, p)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// BenchmarkDays prints what reading half a year of counts costs, which is done once by a process, and the p99 of what the page of a lead reads at each
// request, for ranges of 7, 30 and 90 days: among 100,000 open cases, a million events and about 580 different counts a day.
func BenchmarkDays(b *testing.B) {
	db := storetest.SQLite(b)
	fillCases(b, db, 100_000)
	now := time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)
	err := db.Write(b.Context(), func(tx *store.Tx) error { return fillDays(b.Context(), tx, now) })
	if err != nil {
		b.Fatal(err)
	}
	var all map[lead.Day][]lead.Sum
	b.Run("half-a-year", func(b *testing.B) {
		for b.Loop() {
			err := db.Read(b.Context(), func(tx *store.Tx) (err error) {
				all, err = tx.Days().Sums(b.Context(), lead.Last(180, now))
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, days := range []int{7, 30, 90} {
		b.Run(fmt.Sprintf("%d-days", days), func(b *testing.B) {
			var took []time.Duration
			began := cpu(b)
			for b.Loop() {
				start := time.Now()
				err := db.Read(b.Context(), func(tx *store.Tx) error {
					f := lead.Facts{Range: lead.Last(days, now), Now: now, Days: maps.Clone(all)}
					fresh, err := tx.Days().Sums(b.Context(), lead.Last(2, now))
					if err != nil {
						return err
					}
					maps.Copy(f.Days, fresh)
					if f.Open, err = tx.Days().Open(b.Context(), now); err != nil {
						return err
					}
					if board := lead.NewBoard(&f); board.Opened.Now == 0 {
						b.Fatal("nothing was counted")
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			b.ReportMetric(float64((cpu(b)-began).Microseconds())/1000/float64(len(took)), "ms-cpu")
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99")
		})
	}
}

// cpu is the time that this process has worked, which other processes on the machine do not lengthen.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// fillDays writes nine more events for each case, and half a year of counts.
func fillDays(ctx context.Context, tx *store.Tx, now time.Time) error {
	for n := range 9 {
		_, err := tx.Exec(ctx, `INSERT INTO case_event (case_id, n, at, who, kind, body) SELECT id, $1, opened_at, 'haris', 'noted', '{"text":"x"}' FROM case_file`, n+2)
		if err != nil {
			return err
		}
	}
	for d := range 182 {
		day := int64(lead.DayOf(now)) - int64(d)
		for kind, parts := range map[lead.Kind]int{
			lead.Inflow: 12, lead.Looked: 12, lead.LookedQueue: 9, lead.LookTime: 80, lead.Decided: 9, lead.DecideTime: 80, lead.DecidedBy: 120,
			lead.Reopened: 3, lead.Spoke: 60, lead.Band: 12, lead.Region: 60, lead.Language: 40, lead.Scanned: 40, lead.ShownSeconds: 25, lead.ShownItems: 25,
		} {
			for i := range parts {
				_, err := tx.Exec(ctx, `INSERT INTO case_day (day, kind, part, what, n) VALUES ($1, $2, $3, $4, 3) ON CONFLICT DO NOTHING`, day, string(kind), fmt.Sprint("part", i/2), fmt.Sprint(i%2))
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func TestSecondLooks(t *testing.T) { storetest.Each(t, storetest.Looks) }

func TestGolden(t *testing.T) { storetest.Each(t, storetest.Golden) }

func TestCoaching(t *testing.T) { storetest.Each(t, storetest.Coaching) }
