package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

// scaleEnv is the number of open cases among which TestDeskAtScale measures pages; without it nothing is measured.
const scaleEnv = "HARIS_SCALE"

// setup is a console on a fresh SQLite database.
func setup(t *testing.T) *bundle { return setupOn(t, storetest.SQLite(t)) }

// crowd opens n cases of every priority, a fifth of them assigned to somebody else.
func (b *bundle) crowd(n int) {
	b.t.Helper()
	for from := 0; from < n; from += 1000 {
		err := b.db.Write(b.t.Context(), func(tx *store.Tx) error {
			for i := from; i < min(n, from+1000); i++ {
				m := matter("s"+strconv.Itoa(i), "acc-s"+strconv.Itoa(i), []taxonomy.Priority{taxonomy.P3, taxonomy.P3, taxonomy.P2, taxonomy.P1, taxonomy.P0}[i%5])
				m.Typology = []taxonomy.Typology{taxonomy.TypologyGrooming, taxonomy.TypologyTrafficking}[i%2]
				m.Queue = []string{"main", "urgent", "night"}[i%3]
				if i%50 == 0 {
					m.Labels = append(m.Labels, "rare")
				}
				if _, err := tx.Cases().Apply(b.t.Context(), b.now().Add(-time.Duration(n-i)*time.Second), m); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.t.Fatal(err)
		}
	}
}

// TestDeskAtScale prints what pages take among many open cases, over HTTP on this machine, on SQLite, and on PostgreSQL when there is one.
// It judges nothing but that the pages are there: HARIS_SCALE=100000 scripts/with-postgres go test ./internal/console -run DeskAtScale -v
func TestDeskAtScale(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv(scaleEnv))
	if err != nil || n < 1 {
		t.Skipf("%s is not set: set it to a number of cases to measure", scaleEnv)
	}
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		b := setupOn(t, e.New(t))
		began := time.Now()
		b.crowd(n)
		t.Logf("%d cases opened in %s", n, time.Since(began).Round(time.Second))
		w := b.as(auth.Lead)
		var queue string
		for i := range 10 {
			queue = w.save(url.Values{"name": {fmt.Sprint("queue ", i)}, "typology": {"trafficking"}, "priority": {"P2"}, "queue": {"night"}, "who": {"nobody"}})
		}
		rare := w.save(url.Values{"name": {"rare"}, "label": {"rare"}, "detector": {"D3"}})
		nothing := w.save(url.Values{"name": {"none"}, "queue": {"no such queue"}})
		id := b.open("z", "acc-z", taxonomy.P1)
		for name, path := range map[string]string{
			"queue": "/queue", "filtered": "/queue?typology=trafficking&priority=P1&who=nobody&days=1", "saved": "/queue?q=" + queue,
			"by label": "/queue?q=" + rare, "nothing": "/queue?q=" + nothing, "put off": "/queue?status=asleep", "case": "/case/" + id,
		} {
			w.measure(name, path)
		}
	})
}

// measure prints the median and the 99th percentile of getting a page 200 times.
func (w *browser) measure(name, path string) {
	w.b.t.Helper()
	var took []time.Duration
	for i := range 205 {
		began := time.Now()
		if got := w.get(path); got.status != http.StatusOK {
			w.b.t.Fatalf("%s: %d", path, got.status)
		}
		if i >= 5 { // the first ones warm up
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	w.b.t.Logf("%-10s p50 %5.1f ms, p99 %5.1f ms", name, float64(took[100].Microseconds())/1000, float64(took[197].Microseconds())/1000)
}
