package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/console"
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
				m.Labels = append(m.Labels, map[bool]string{true: "rare", false: "common"}[i%50 == 0])
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
		b.close(n / 5)
		w := b.as(auth.Lead)
		var queue string
		for i := range 10 {
			queue = w.save(url.Values{"name": {fmt.Sprint("queue ", i)}, "typology": {"trafficking"}, "priority": {"P2"}, "queue": {"night"}, "who": {"nobody"}})
		}
		rare := w.save(url.Values{"name": {"rare"}, "label": {"rare"}, "detector": {"D3"}})
		limited := w.save(url.Values{"name": {"limited"}, "queue": {"night"}, "limit": {"30"}, "unit": {"d"}})
		nothing := w.save(url.Values{"name": {"none"}, "queue": {"no such queue"}})
		id := b.open("z", "acc-z", taxonomy.P1)
		for name, path := range map[string]string{
			"queue": "/queue", "filtered": "/queue?typology=trafficking&priority=P1&who=nobody&days=1", "saved": "/queue?q=" + queue,
			"by label": "/queue?q=" + rare, "limited": "/queue?q=" + limited, "nothing": "/queue?q=" + nothing, "put off": "/queue?status=asleep", "case": "/case/" + id,
		} {
			w.measure(name, path)
		}
		b.writeAbout(n)
		b.narrowed()
		b.as(auth.Reviewer, auth.Lead, auth.Legal, auth.Admin, auth.Auditor).everyPage("")
		for name, words := range map[string]string{
			"rare word": "lighthouse", "in every note": "school", "two common": "school coach", "beginning": "s", "beginnings": "scho", "never together": "school minor", "nothing": "nowhere", "with rare": "school lighthou",
		} {
			w.measureFind(name, words)
		}
	})
}

// close opens more cases and decides them, half of them confirmed, and begins a report of every tenth.
func (b *bundle) close(n int) {
	b.t.Helper()
	began := time.Now()
	var confirmed []string
	for i := range n {
		d := casefile.Disposition{Finding: casefile.FindingCleared, Reason: "her coach; the club confirms it", Confidence: "high"}
		if i%2 == 0 {
			d.Finding, d.Typology, d.Policy = casefile.FindingConfirmed, taxonomy.TypologyGrooming, "child safety"
		}
		who := []string{"ada", "bea", "cleo"}[i%3]
		at := b.now().Add(-time.Duration(i) * 90 * 24 * time.Hour / time.Duration(n))
		err := b.db.Write(b.t.Context(), func(tx *store.Tx) error {
			c, err := tx.Cases().Apply(b.t.Context(), at, matter("x"+strconv.Itoa(i), "acc-x"+strconv.Itoa(i), taxonomy.P2))
			if err != nil {
				return err
			}
			if i%20 == 0 {
				confirmed = append(confirmed, c.Case)
			}
			claim, err := casefile.NewEvent(c.Case, at, who, casefile.Claimed, casefile.ClaimedBody{Ends: at.Add(time.Hour)})
			if err == nil {
				_, err = tx.Cases().Append(b.t.Context(), claim)
			}
			if err != nil {
				return err
			}
			finding, err := casefile.NewEvent(c.Case, at, who, casefile.Disposed, casefile.DisposedBody{Disposition: d})
			if err == nil {
				_, err = tx.Cases().Append(b.t.Context(), finding)
			}
			return err
		})
		if err != nil {
			b.t.Fatal(err)
		}
	}
	for _, id := range confirmed {
		if _, err := b.deps.Reports.Create(b.t.Context(), "ada", id); err != nil {
			b.t.Fatal(err)
		}
	}
	b.t.Logf("%d cases decided, %d reports begun in %s", n, len(confirmed), time.Since(began).Round(time.Second))
}

// narrowed measures the pages of people who see a part of the cases, or rest from a kind of matter. The label "rare" is that of one case in fifty,
// "common" that of the others; the queue "night" has every third.
func (b *bundle) narrowed() {
	b.t.Helper()
	for _, x := range []struct {
		name           string
		queues, labels []string
		closed         bool // to everybody else; the person does not have it
		confined       bool // the person sees nothing else
	}{
		{"confined to a label", nil, []string{"rare"}, false, true},
		{"confined to a queue", []string{"night"}, nil, false, true},
		{"confined to both", []string{"night"}, []string{"rare"}, false, true},
		{"confined to nothing", nil, nil, false, true},
		{"a closed label", nil, []string{"rare"}, true, false},
		{"a common closed label", nil, []string{"common"}, true, false},
		{"a closed queue", []string{"night"}, nil, true, false},
	} {
		w := b.as(auth.Reviewer, auth.Lead, auth.Legal, auth.Admin, auth.Auditor)
		var held []string
		remove := func() {}
		if len(x.queues)+len(x.labels) > 0 {
			c, err := b.auth.PutCompartment(b.t.Context(), "test", auth.Compartment{Name: x.name, Queues: x.queues, Labels: x.labels, Closed: x.closed})
			if err != nil {
				b.t.Fatal(err)
			}
			if x.confined {
				held = []string{c.ID}
			}
			remove = func() {
				if err := b.auth.RemoveCompartment(b.t.Context(), "test", c.ID); err != nil {
					b.t.Fatal(err)
				}
			}
		}
		if err := b.auth.SetCompartments(b.t.Context(), "test", w.person.ID, held, x.confined); err != nil {
			b.t.Fatal(err)
		}
		w.measure(x.name, "/queue")
		w.measureNext(x.name)
		if len(x.labels) == 1 {
			w.measureFind(x.name, "school coach")
			w.measureFind(x.name, "school minor")
			w.everyPage(x.name)
		}
		remove()
	}
	w := b.as(auth.Reviewer)
	if got := w.post("/me", "/me/rotation", url.Values{"kind": {"trafficking"}, "until": {b.day(13)}}); got.status != http.StatusSeeOther {
		b.t.Fatal(got.status)
	}
	w.measure("rests from a kind", "/queue")
	w.measureNext("rests from a kind")
	lead, ada := b.as(auth.Lead), b.as(auth.Reviewer)
	for i := range 5 {
		lead.named(url.Values{"name": {fmt.Sprint("desk ", i)}, "queue": {[]string{"main", "urgent", "night"}[i%3]}, "priority": {"P" + strconv.Itoa(i%4)}}, ada)
	}
	ada.measureNext("a round of five")
}

// measureNext prints what asking for the next case takes, until the page is there, 100 times.
func (w *browser) measureNext(name string) {
	w.b.t.Helper()
	form := url.Values{"token": {w.token("/queue")}}
	var took []time.Duration
	for range 100 {
		began := time.Now()
		got := w.send("/queue/next", form)
		if got = w.get(got.header.Get("Location")); got.status != http.StatusOK {
			w.b.t.Fatalf("%s: %d", name, got.status)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	w.b.t.Logf("next: %-16s p50 %5.1f ms, p99 %5.1f ms", name, float64(took[50].Microseconds())/1000, float64(took[98].Microseconds())/1000)
}

// everyPage measures each page that has an address of its own.
func (w *browser) everyPage(name string) {
	w.b.t.Helper()
	for _, r := range console.RouteTable() {
		if r.Method != http.MethodGet || r.Anyone || strings.Contains(r.Pattern, "{") {
			continue
		}
		if got := w.get(r.Pattern); got.status == http.StatusOK {
			w.measure(strings.TrimSpace(name+" "+r.Pattern), r.Pattern)
		}
	}
	if path := "/dashboard?days=90"; w.get(path).status == http.StatusOK {
		w.measure(strings.TrimSpace(name+" 90 days"), path)
	}
}

// writeAbout writes a note about every case: a common sentence, in one of fifty a place, and in one of a thousand a rare word.
func (b *bundle) writeAbout(n int) {
	b.t.Helper()
	began := time.Now()
	err := b.db.Write(b.t.Context(), func(tx *store.Tx) error {
		list, cursor := []casefile.Case(nil), ""
		for i := 0; i == 0 || cursor != ""; {
			var err error
			if list, cursor, err = tx.Cases().List(b.t.Context(), casefile.Filter{Cursor: cursor, Limit: 500}); err != nil {
				return err
			}
			for _, k := range list {
				text := fmt.Sprintf("Asked the school in town %d; the coach has answered after %d days.", i%50, i%9)
				if i%1000 == 0 {
					text += " They meet at the lighthouse."
				}
				e, err := casefile.NewEvent(k.ID, b.now(), "ada", casefile.Noted, casefile.NotedBody{Text: text})
				if err == nil {
					_, err = tx.Cases().Append(b.t.Context(), e)
				}
				if err != nil {
					return err
				}
				i++
			}
		}
		return nil
	})
	if err == nil {
		err = b.db.Write(b.t.Context(), func(tx *store.Tx) error { // as a database does by itself after a while
			_, err := tx.Exec(b.t.Context(), `ANALYZE`)
			return err
		})
	}
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Logf("%d notes written in %s", n, time.Since(began).Round(time.Second))
}

// measureFind prints what a search takes, 100 times.
func (w *browser) measureFind(name, words string) {
	w.b.t.Helper()
	form := url.Values{"words": {words}, "token": {w.token("/find")}}
	var took []time.Duration
	for i := range 103 {
		began := time.Now()
		if got := w.send("/find", form); got.status != http.StatusOK {
			w.b.t.Fatalf("%s: %d", words, got.status)
		}
		if i >= 3 {
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	w.b.t.Logf("find %-15s p50 %5.1f ms, p99 %5.1f ms", name, float64(took[50].Microseconds())/1000, float64(took[98].Microseconds())/1000)
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
	w.b.t.Logf("%-22s p50 %5.1f ms, p99 %5.1f ms", name, float64(took[100].Microseconds())/1000, float64(took[197].Microseconds())/1000)
}
