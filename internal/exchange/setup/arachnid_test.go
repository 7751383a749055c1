package setup_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"haris/internal/bank"
	"haris/internal/exchange"
	"haris/internal/exchange/exchangetest"
	"haris/internal/exchange/setup"
)

// posted is what the platform has seen.
type posted []bank.Stored

func (p *posted) add(quality int, hashes ...bank.Hash) {
	for _, h := range hashes {
		*p = append(*p, bank.Stored{ID: uint64(len(*p) + 1), Hash: h, Quality: quality})
	}
}

func (p *posted) after(_ context.Context, after uint64, most int) (list []bank.Stored, last uint64, err error) {
	for _, s := range *p {
		if s.ID > after && s.Hash.Kind == bank.PDQ && len(list) < most {
			list, last = append(list, s), s.ID
		}
	}
	if len(list) < most {
		last = uint64(len(*p))
	}
	return list, last, nil
}

// asked is a bench whose exchange is asked about what was posted. Of the shelf, items 1, 2, 3, 6 to 9 are pictures; 1, 4, 5, 8 and 9 are of classes A1 and A2.
func asked(t testing.TB, o exchangetest.Options) (*bench, *posted) {
	t.Helper()
	b := &bench{TB: t, clock: &clock{start()}, have: map[string]exchange.Record{}, passed: map[string]int{}}
	o.Now = b.now
	b.Server = exchangetest.NewServer(o)
	web := httptest.NewServer(b.Server)
	t.Cleanup(web.Close)
	seen := &posted{}
	b.source = arachnidAt(t, web.URL, seen, environment, start())
	b.Fill(10, start())
	return b, seen
}

func arachnidAt(t testing.TB, url string, seen *posted, env func(string) string, now time.Time) exchange.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "exchanges.yaml")
	text := "exchanges:\n- {name: x, type: arachnid, url: '" + url + exchangetest.ArachnidPath + "', username: stand-in, password_env: PASSWORD}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := setup.Load(path, setup.Options{Env: env, Now: (&clock{now}).now, Seen: seen.after})
	if err != nil {
		t.Fatal(err)
	}
	return list[0].Source
}

func picture(n int) bank.Hash { return exchangetest.Hash(bank.PDQ, n) }

// known checks which pictures are known, by stance.
func (b *bench) known(want map[int]exchange.Stance) {
	b.Helper()
	if len(b.have) != len(want) {
		b.Errorf("%d are known, want %d: %+v", len(b.have), len(want), b.have)
	}
	for n, stance := range want {
		if r := b.have[picture(n).Value]; r.Stance() != stance {
			b.Errorf("picture %d is %q, want %q", n, r.Stance(), stance)
		}
	}
}

func TestArachnidIsAskedAboutWhatWasPosted(t *testing.T) {
	b, seen := asked(t, exchangetest.Options{})
	first := picture(1).Value
	almost := bank.Hash{Kind: bank.PDQ, Value: map[bool]string{true: "0", false: "1"}[first[0] == '1'] + first[1:]}
	seen.add(80, picture(1), picture(2), picture(77), exchangetest.Hash(bank.MD5, 3), almost)
	seen.add(49, picture(3))
	seen.add(bank.Unrated, picture(8))
	b.sync()
	if r := b.have[almost.Value]; r.Stance() != exchange.Positive || !strings.Contains(r.Note, "nearly the same") {
		t.Errorf("%+v", r)
	}
	delete(b.have, almost.Value)
	b.known(map[int]exchange.Stance{1: exchange.Positive, 2: exchange.Seed, 8: exchange.Positive})
	if b.passed["picture with too little to see"] != 1 || b.begun != 1 || b.named != nil {
		t.Errorf("%v, %d, %v", b.passed, b.begun, b.named)
	}

	before := len(b.Calls())
	if b.sync(); len(b.Calls()) != before {
		t.Error("asked about nothing new")
	}
	seen.add(80, picture(6))
	b.Take("i000001")
	b.sync()
	b.known(map[int]exchange.Stance{1: exchange.Positive, 2: exchange.Seed, 8: exchange.Positive, 6: exchange.Seed})
}

// Everything is asked about again after a month, page by page, whatever happens between the pages.
func TestArachnidIsAskedAgain(t *testing.T) {
	b, seen := asked(t, exchangetest.Options{})
	for n := range 250 {
		seen.add(80, picture(n+1000))
	}
	seen.add(80, picture(1), picture(8))
	if n := b.sync(); n != 3 {
		t.Errorf("%d pages", n)
	}
	b.known(map[int]exchange.Stance{1: exchange.Positive, 8: exchange.Positive})
	b.Take("i000001")
	b.Put(exchangetest.Item{ID: "late", Hashes: []bank.Hash{picture(1007)}, Class: "A2"})
	later := start().Add(31 * 24 * time.Hour)
	web := httptest.NewServer(b.Server)
	t.Cleanup(web.Close)
	b.source = arachnidAt(t, web.URL, seen, environment, later)
	b.sync()
	b.known(map[int]exchange.Stance{8: exchange.Positive, 1007: exchange.Positive})
	if b.begun != 2 {
		t.Errorf("%d passes", b.begun)
	}
}

func TestArachnidWithFaults(t *testing.T) {
	for _, kind := range []exchangetest.FaultKind{exchangetest.Status, exchangetest.Busy, exchangetest.Close, exchangetest.Garbage, exchangetest.Page} {
		b, seen := asked(t, exchangetest.Options{})
		for n := range 150 {
			seen.add(80, picture(n))
		}
		b.Inject(exchangetest.Fault{Kind: kind, Status: http.StatusForbidden, Skip: 1, After: 60})
		failed := 0
		for range 10 {
			p, err := b.page()
			var e *exchange.Error
			if err != nil && !errors.As(err, &e) {
				t.Fatal(err)
			}
			if err != nil {
				failed++
			} else if !p.More {
				break
			}
		}
		if failed == 0 && kind != exchangetest.Close {
			t.Errorf("%s: nothing failed", kind)
		}
		b.known(map[int]exchange.Stance{1: exchange.Positive, 2: exchange.Seed, 3: exchange.Seed, 4: exchange.Positive, 6: exchange.Seed, 7: exchange.Seed, 8: exchange.Positive, 9: exchange.Positive})
	}
}

func TestArachnidRefuses(t *testing.T) {
	b, seen := asked(t, exchangetest.Options{})
	seen.add(80, picture(1))
	web := httptest.NewServer(b.Server)
	t.Cleanup(web.Close)
	_, err := arachnidAt(t, web.URL, seen, func(string) string { return "wrong-wrong" }, start()).Next(t.Context(), nil)
	var e *exchange.Error
	if !errors.As(err, &e) || e.Retry || e.Status != http.StatusUnauthorized || strings.Contains(err.Error(), "wrong") {
		t.Errorf("%v", err)
	}
}

// What is not answered, or not understood, is never taken for unknown.
func TestArachnidAnswersThatAreNone(t *testing.T) {
	for name, body := range map[string]string{
		"nothing": `{"scanned_hashes":{}}`, "no map": `{}`, "null": `{"scanned_hashes":{"%s":null}}`, "another word": `{"scanned_hashes":{"%s":{"classification":"maybe"}}}`, "a list": `[]`,
	} {
		t.Run(name, func(t *testing.T) {
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprint(w, strings.ReplaceAll(body, "%s", strings.Repeat("A", 43)+"="))
			}))
			t.Cleanup(web.Close)
			seen := &posted{}
			seen.add(80, bank.Hash{Kind: bank.PDQ, Value: strings.Repeat("0", 64)})
			p, err := arachnidAt(t, web.URL, seen, environment, start()).Next(t.Context(), nil)
			var e *exchange.Error
			if !errors.As(err, &e) || !e.Retry {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
}
