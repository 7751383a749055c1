package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"haris/internal/app"
	"haris/internal/casefile"
	"haris/internal/config"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/store"
)

// killed is one installation that is killed again and again.
type killed struct {
	t    *testing.T
	dir  string
	key  string
	rand *rand.Rand
	next int // number of the next matter

	mu    sync.Mutex
	acked map[string]bool   // event ids that were acknowledged
	open  map[string]string // batches that were not, by their first id
}

// matter is a batch of four events of which the last opens a case about an account of its own.
func matter(n int) (id, body string) {
	var b strings.Builder
	for i, e := range []string{
		fmt.Sprintf(`"account.created","data":{"account":"adult%d","age_band":"25+"}`, n),
		fmt.Sprintf(`"account.created","data":{"account":"child%d","age_band":"13-15"}`, n),
		fmt.Sprintf(`"message.sent","data":{"from":"adult%[1]d","to":["child%[1]d"],"conversation":"v%[1]d","relation":"none","text":"keep this between us"}`, n),
		fmt.Sprintf(`"account.reported","data":{"by":"child%[1]d","account":"adult%[1]d","reason":"sextortion"}`, n),
	} {
		at := time.Date(2026, 3, 2, 10, 0, n+i, 0, time.UTC)
		fmt.Fprintf(&b, `{"specversion":"1.0","id":"e%d-%d","source":"/s","time":"%s","type":%s}`+"\n", n, i, at.Format(time.RFC3339), e)
	}
	return fmt.Sprintf("e%d", n), b.String()
}

// send posts one batch and remembers whether it was acknowledged.
func (k *killed) send(url, id, body string) {
	req, err := http.NewRequest(http.MethodPost, url+"/v1/events", strings.NewReader(body))
	if err != nil {
		k.t.Error(err)
		return
	}
	req.Header.Set("Authorization", "Bearer "+k.key)
	req.Header.Set("Content-Type", "application/x-ndjson")
	resp, err := http.DefaultClient.Do(req)
	ok := false
	if err == nil {
		var taken struct{ Accepted, Duplicate int }
		ok = resp.StatusCode == http.StatusOK && json.NewDecoder(resp.Body).Decode(&taken) == nil && taken.Accepted+taken.Duplicate == 4
		if err := resp.Body.Close(); err != nil {
			ok = false
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if !ok {
		k.open[id] = body
		return
	}
	delete(k.open, id)
	for i := range 4 {
		k.acked[fmt.Sprintf("%s-%d", id, i)] = true
	}
}

// round sends from two goroutines until the process dies at a random moment.
func (k *killed) round(after time.Duration) {
	r := serve(k.t, "serve", "--data-dir", k.dir)
	again := k.open
	k.open = map[string]string{}
	for id, body := range again {
		k.send(r.URL, id, body)
	}
	ctx, cancel := context.WithCancel(k.t.Context())
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for ctx.Err() == nil {
				k.mu.Lock()
				n := k.next
				k.next++
				k.mu.Unlock()
				id, body := matter(n)
				k.send(r.URL, id, body)
			}
		})
	}
	<-time.After(after) // the moment of death, which is what is being tested
	r.kill()
	cancel()
	wg.Wait()
}

func TestNothingAcknowledgedIsLostWhenTheProcessIsKilled(t *testing.T) {
	rounds := 50
	if testing.Short() {
		rounds = 5
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("%d kills, seed %d", rounds, seed)
	k := &killed{
		t: t, dir: filepath.Join(t.TempDir(), "data"), rand: rand.New(rand.NewPCG(seed, 0)), acked: map[string]bool{}, open: map[string]string{},
	}
	first := serve(t, "serve", "--data-dir", k.dir)
	var made struct{ Key string }
	if err := json.Unmarshal(run(t, "key", "create", "/s", "--data-dir", k.dir, "-o", "json"), &made); err != nil {
		t.Fatal(err)
	}
	k.key = made.Key
	first.stop()
	for range rounds {
		k.round(time.Duration(5+k.rand.IntN(145)) * time.Millisecond)
	}
	last := serve(t, "serve", "--data-dir", k.dir)
	for id, body := range k.open {
		k.send(last.URL, id, body)
	}
	last.stop()
	if len(k.open) > 0 {
		t.Fatalf("%d batches are not taken by a process that nobody kills", len(k.open))
	}
	k.check()
	if out := run(t, "audit", "verify", "--data-dir", k.dir, "-o", "json"); !bytes.Contains(out, []byte(`"faults":[]`)) {
		t.Errorf("audit: %s", out)
	}
}

// check counts every event, case and job.
func (k *killed) check() {
	k.t.Helper()
	c := config.Default()
	c.DataDir = k.dir
	core, err := app.OpenCore(k.t.Context(), c, app.Options{Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		k.t.Fatal(err)
	}
	defer core.Close()
	logged, matters := map[string]int{}, map[string]bool{}
	err = core.Log.From(k.t.Context(), 1, func(events []event.Event) error {
		for _, e := range events {
			logged[e.ID]++
			if e.Type == event.AccountReported {
				matters[e.Data.Account] = true
			}
		}
		return nil
	})
	if err != nil {
		k.t.Fatal(err)
	}
	for id := range k.acked {
		if logged[id] != 1 {
			k.t.Errorf("acknowledged event %s is there %d times", id, logged[id])
		}
	}
	if len(logged) != len(k.acked) {
		k.t.Errorf("%d events in the log, %d were acknowledged in the end", len(logged), len(k.acked))
	}
	k.t.Logf("%d events acknowledged, %d matters", len(k.acked), len(matters))
	k.checkCases(core, matters)
}

func (k *killed) checkCases(core *app.Core, matters map[string]bool) {
	k.t.Helper()
	err := core.DB.Read(k.t.Context(), func(tx *store.Tx) error {
		cases := map[string]int{}
		f := casefile.Filter{Limit: 500}
		for {
			list, next, err := tx.Cases().List(k.t.Context(), f)
			if err != nil {
				return err
			}
			for _, c := range list {
				cases[c.Subject]++
			}
			if f.Cursor = next; next == "" {
				break
			}
		}
		for subject := range matters {
			if cases[subject] != 1 {
				k.t.Errorf("%d cases about %s", cases[subject], subject)
			}
		}
		var jobs, keys, opened int
		err := tx.QueryRow(k.t.Context(), `SELECT COUNT(*), COUNT(DISTINCT key) FROM job WHERE kind = $1`, evidence.JobSeal).Scan(&jobs, &keys)
		if err != nil {
			return err
		}
		err = tx.QueryRow(k.t.Context(), `SELECT COUNT(*) FROM case_event WHERE kind IN ('opened', 'grown')`).Scan(&opened)
		if jobs != keys || jobs != opened {
			k.t.Errorf("%d seal jobs with %d keys for %d findings", jobs, keys, opened)
		}
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
}
