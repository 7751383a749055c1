package setup_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/bank"
	"haris/internal/exchange"
	"haris/internal/exchange/exchangetest"
	"haris/internal/exchange/setup"
)

// clock is a clock that stands still until it is moved.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

// protocol is one of the protocols as the tests see it.
type protocol struct {
	text  string // the exchange as it is written; %s is the server
	path  string // of what is read
	kinds []bank.Kind
	gone  bool // tells what was taken back; if not, it is no longer named
	// forgets is after how long without a sync everything is read again; 0 for never.
	forgets time.Duration
	pages   bool // the server cuts pages, whose addresses expire
}

func protocols() map[string]protocol {
	flat := []bank.Kind{bank.PDQ, bank.MD5}
	return map[string]protocol{
		"ncmec": {
			"type: ncmec, url: '%s/hashsharing', username: stand-in, password_env: PASSWORD", exchangetest.HashSharingPath + "/v2/entries",
			[]bank.Kind{bank.PDQ, bank.MD5, bank.SHA1},
			true, 0, true,
		},
		"stopncii": {
			"type: stopncii, url: '%s/stopncii/v1', fetch_key_env: FETCH, feedback_key_env: FEEDBACK, subscription_key_env: SUBSCRIPTION",
			exchangetest.StopNCIIPath, flat, true, 31 * 24 * time.Hour, true,
		},
		"threatexchange": {
			"type: threatexchange, url: '%s/graph/v21.0', group: '4711', token_env: GRAPH", exchangetest.ThreatExchangePath, flat, true, 86 * 24 * time.Hour, true,
		},
		"terrorism": {
			"type: terrorism, url: '%s/tat', username: stand-in, password_env: PASSWORD", exchangetest.TerrorismPath + "/api", flat, true, 31 * 24 * time.Hour, true,
		},
		"list": {
			"type: list, url: '%s/list/hashes.csv', token_env: LIST", exchangetest.ListPath, []bank.Kind{bank.PDQ, bank.MD5, bank.SHA1}, false, 0, false,
		},
	}
}

func environment(name string) string {
	return map[string]string{
		"PASSWORD": exchangetest.Password, "FETCH": exchangetest.FetchKey, "FEEDBACK": exchangetest.FeedbackKey,
		"SUBSCRIPTION": exchangetest.Subscription, "GRAPH": exchangetest.GraphToken, "LIST": exchangetest.ListToken,
	}[name]
}

// bench is a stand-in with a protocol that reads it, and what it has given so far.
type bench struct {
	testing.TB
	protocol
	*clock
	*exchangetest.Server
	path   string
	source exchange.Source
	at     exchange.Checkpoint
	have   map[string]exchange.Record
	named  map[string]bool // since the pass over everything began; nil when none runs
	begun  int
	passed map[string]int
}

func start() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func open(t testing.TB, p protocol, o exchangetest.Options) *bench {
	t.Helper()
	b := &bench{TB: t, protocol: p, clock: &clock{start()}, have: map[string]exchange.Record{}, passed: map[string]int{}}
	o.Now = b.now
	b.Server = exchangetest.NewServer(o)
	web := httptest.NewServer(b.Server)
	t.Cleanup(web.Close)
	b.path = filepath.Join(t.TempDir(), "exchanges.yaml")
	if err := os.WriteFile(b.path, []byte("exchanges:\n- {name: x, "+strings.ReplaceAll(p.text, "%s", web.URL)+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.restart()
	return b
}

// restart forgets all but the checkpoint, as a process does that is started again.
func (b *bench) restart() {
	b.Helper()
	list, err := setup.Load(b.path, setup.Options{Env: environment, Now: b.now})
	if err != nil {
		b.Fatal(err)
	}
	b.source = list[0].Source
}

// page reads one page.
func (b *bench) page() (exchange.Page, error) {
	p, err := b.source.Next(context.Background(), b.at)
	if err != nil {
		return p, err
	}
	b.at = p.Checkpoint
	if p.Begins {
		b.named, b.begun = map[string]bool{}, b.begun+1
	}
	for _, r := range p.Records {
		if r.Gone || len(r.Hashes) == 0 || r.Stance() == "" {
			delete(b.have, r.Key)
			delete(b.named, r.Key)
			continue
		}
		b.have[r.Key] = r
		if b.named != nil {
			b.named[r.Key] = true
		}
	}
	for why, n := range p.Passed {
		b.passed[why] += n
	}
	if p.Ends && b.named != nil {
		maps.DeleteFunc(b.have, func(key string, _ exchange.Record) bool { return !b.named[key] })
		b.named = nil
	}
	return p, nil
}

// sync reads pages until there are no more and returns how many there were.
func (b *bench) sync() int {
	b.Helper()
	for n := 1; ; n++ {
		p, err := b.page()
		if err != nil {
			b.Fatal(err)
		}
		if !p.More {
			return n
		}
		if n > 10_000 {
			b.Fatal("pages without end")
		}
	}
}

// check compares what was given with the shelf.
func (b *bench) check() {
	b.Helper()
	var want, got []string
	for _, i := range b.Items() {
		for _, h := range i.Hashes {
			if slices.Contains(b.kinds, h.Kind) {
				want = append(want, string(h.Kind)+":"+h.Value)
			}
		}
	}
	for _, r := range b.have {
		for _, h := range r.Hashes {
			got = append(got, string(h.Kind)+":"+h.Value)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		b.Errorf("%d instead of %d hashes:\n%.600s", len(got), len(want), d)
	}
}

func each(t *testing.T, f func(t *testing.T, p protocol)) {
	for name, p := range protocols() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, p)
		})
	}
}

func TestEverythingAndThenWhatChanges(t *testing.T) {
	each(t, func(t *testing.T, p protocol) {
		b := open(t, p, exchangetest.Options{Page: 30, TokenUses: 3})
		b.Fill(200, start().Add(-time.Hour))
		b.sync()
		b.check()
		if b.begun != 1 || b.named != nil || len(b.passed) == 0 {
			t.Errorf("%d passes, %v; passed over %v", b.begun, b.named, b.passed)
		}
		b.Time = b.Add(time.Minute)
		if b.sync(); b.begun != 1 {
			t.Errorf("%d passes", b.begun)
		}
		b.check()
		b.Put(exchangetest.MakeItem(500, b.Time))
		if len(p.kinds) == 3 { // elsewhere each hash is a record of its own, and an item cannot lose one
			changed := exchangetest.MakeItem(7, b.Time)
			changed.Hashes = []bank.Hash{exchangetest.Hash(bank.MD5, 999)}
			b.Put(changed)
		}
		b.Take("i000003", "i000004", "i000150")
		b.Time = b.Add(time.Minute)
		b.sync()
		b.check()
		for _, r := range b.have {
			if r.Classification == "" && len(p.kinds) == 3 {
				t.Errorf("%+v has lost its classification", r)
			}
		}
	})
}

// TestStartedAgainAfterEveryPage goes on from nothing but the checkpoint.
func TestStartedAgainAfterEveryPage(t *testing.T) {
	each(t, func(t *testing.T, p protocol) {
		b := open(t, p, exchangetest.Options{Page: 17})
		b.Fill(100, start().Add(-time.Hour))
		for n := 0; ; n++ {
			p, err := b.page()
			if err != nil {
				t.Fatal(err)
			}
			b.restart()
			if !p.More {
				break
			}
		}
		b.check()
	})
}

// TestFaults lets every request of a sync fail in every way; the sync fails or goes on, and the next one ends with what there is.
func TestFaults(t *testing.T) {
	each(t, func(t *testing.T, p protocol) {
		for _, kind := range []exchangetest.FaultKind{exchangetest.Status, exchangetest.Busy, exchangetest.Close, exchangetest.Garbage, exchangetest.Page} {
			for skip := range 4 {
				b := open(t, p, exchangetest.Options{Page: 25, TokenUses: 2})
				b.Fill(60, start().Add(-time.Hour))
				f := exchangetest.Fault{Path: p.path, Kind: kind, Skip: skip, After: 60}
				if kind == exchangetest.Status {
					f.Status, f.Times = 403, 1
				}
				b.Inject(f)
				failed := false
				for range 200 {
					page, err := b.page()
					var e *exchange.Error
					if err != nil && !errors.As(err, &e) {
						t.Fatalf("%s %d: %v is not of the exchange", kind, skip, err)
					}
					for _, secret := range []string{exchangetest.Password, exchangetest.GraphToken, "127.0.0.1", "token-"} {
						if err != nil && strings.Contains(err.Error(), secret) {
							t.Errorf("%v shows %s", err, secret)
						}
					}
					if failed = failed || err != nil; err == nil && !page.More {
						break
					}
				}
				if kind == exchangetest.Garbage && !failed && len(b.Calls()) > skip+1 && p.pages {
					t.Errorf("half a document at request %d was taken", skip)
				}
				b.check()
			}
		}
	})
}

func TestAPageThatIsNotKept(t *testing.T) {
	each(t, func(t *testing.T, p protocol) {
		if !p.pages {
			t.Skip("the list is one page of the server")
		}
		b := open(t, p, exchangetest.Options{Page: 20, PageLives: time.Minute})
		b.Fill(70, start().Add(-time.Hour))
		for len(b.have) == 0 {
			if _, err := b.page(); err != nil {
				t.Fatal(err)
			}
		}
		b.Time = b.Add(time.Hour)
		b.restart()
		b.sync()
		b.check()
	})
}

func TestWhatIsTooOldIsReadAgain(t *testing.T) {
	each(t, func(t *testing.T, p protocol) {
		b := open(t, p, exchangetest.Options{Page: 50})
		b.Fill(60, start().Add(-time.Hour))
		b.sync()
		b.Drop("i000001", "i000002") // deleted so long ago that nobody tells of it any more
		b.Time = b.Add(max(p.forgets, 10*24*time.Hour))
		b.sync()
		if p.forgets > 0 || !p.gone {
			b.check()
			if b.begun != 2 {
				t.Errorf("%d passes over everything", b.begun)
			}
		} else if b.begun != 1 {
			t.Errorf("%d passes over everything", b.begun)
		}
	})
}

func TestRefusedCredentials(t *testing.T) {
	each(t, func(t *testing.T, p protocol) {
		b := open(t, p, exchangetest.Options{})
		list, err := setup.Load(b.path, setup.Options{Now: b.now, Env: func(string) string { return "87654321|wrong-wrong-wrong-wrong-wrong" }})
		if err != nil {
			t.Fatal(err)
		}
		_, err = list[0].Source.Next(t.Context(), nil)
		var e *exchange.Error
		if !errors.As(err, &e) || e.Retry || e.Status != 401 || strings.Contains(err.Error(), "wrong") {
			t.Errorf("%v", err)
		}
	})
}

func TestCheckpointsHoldNoSecret(t *testing.T) {
	each(t, func(t *testing.T, p protocol) {
		b := open(t, p, exchangetest.Options{Page: 20})
		b.Fill(70, start().Add(-time.Hour))
		for n := range 5 {
			if _, err := b.page(); err != nil {
				t.Fatal(n, err)
			}
			for _, secret := range []string{"not-a-secret", "token-"} {
				if strings.Contains(string(b.at), secret) {
					t.Errorf("%s", b.at)
				}
			}
		}
	})
}

func TestOtherCheckpointsBeginAgain(t *testing.T) {
	each(t, func(t *testing.T, p protocol) {
		for _, c := range []string{`{}`, `[]`, `"x"`, `{"kind":"other","v":1,"at":{}}`, `{"kind":"hashsharing","v":99}`, `nonsense`} {
			b := open(t, p, exchangetest.Options{})
			b.Fill(5, start().Add(-time.Hour))
			b.at = exchange.Checkpoint(c)
			b.sync()
			b.check()
			if b.begun != 1 {
				t.Errorf("%s: %d passes", c, b.begun)
			}
		}
	})
}

func TestNoItems(t *testing.T) {
	each(t, func(t *testing.T, p protocol) {
		b := open(t, p, exchangetest.Options{})
		b.sync()
		b.check()
		b.Put(exchangetest.MakeItem(1, start().Add(10*time.Second)))
		b.Time = b.Add(time.Minute)
		b.sync()
		b.check()
		if len(b.have) == 0 {
			t.Error(fmt.Sprint(b.passed))
		}
	})
}
