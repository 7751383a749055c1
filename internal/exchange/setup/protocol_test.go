package setup_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/internal/bank"
	"haris/internal/exchange"
	"haris/internal/exchange/exchangetest"
	"haris/internal/exchange/setup"
)

// TestSecondsWithTooMany has seconds that hold more entries than a stretch should: they are read page by page all the same.
func TestSecondsWithTooMany(t *testing.T) {
	b := open(t, protocols()["ncmec"], exchangetest.Options{})
	for i := range 11_000 {
		b.Put(exchangetest.MakeItem(i, start().Add(-time.Duration(i/10_500)*time.Hour-time.Hour)))
	}
	b.sync()
	b.check()
	entries := 0
	for _, c := range b.Calls() {
		if strings.HasSuffix(c.Path, "/entries") {
			entries++
		}
	}
	if entries > 130 { // 11 pages, the empty years before, and the cuts on the way
		t.Errorf("%d requests", entries)
	}
}

func TestLargeFingerprintsAreFetched(t *testing.T) {
	b := open(t, protocols()["ncmec"], exchangetest.Options{})
	tmk := append([]byte("TMK1FVECPDQF"), bytes.Repeat([]byte{7}, 263_344-12)...)
	want, err := bank.Parse(bank.TMK, base64.StdEncoding.EncodeToString(tmk))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"there", "missing"} {
		i := exchangetest.MakeItem(5, start().Add(-time.Hour))
		i.ID, i.Hashes = id, []bank.Hash{want, exchangetest.PhotoDNA(3)}
		b.Put(i)
	}
	b.PutBlob("there", tmk)
	b.sync()
	if got := b.have["105-there"].Hashes; !slices.Equal(got, []bank.Hash{want, exchangetest.PhotoDNA(3)}) {
		t.Errorf("%v", got)
	}
	if got := b.have["105-missing"].Hashes; !slices.Equal(got, []bank.Hash{exchangetest.PhotoDNA(3)}) || b.passed["tmk-pdqf that cannot be read"] != 1 {
		t.Errorf("%v, %v", got, b.passed)
	}
}

func TestMembersThatAreWanted(t *testing.T) {
	p := protocols()["ncmec"]
	p.text += ", members: ['101']"
	b := open(t, p, exchangetest.Options{})
	b.Fill(20, start().Add(-time.Hour))
	b.sync()
	for key := range b.have {
		if !strings.HasPrefix(key, "101-") {
			t.Error(key)
		}
	}
	if len(b.have) != 3 || b.passed["entry of another member"] != 17 {
		t.Errorf("%d, %v", len(b.have), b.passed)
	}
}

func TestStances(t *testing.T) {
	for name, want := range map[string]map[exchange.Stance]exchange.Stance{
		"stopncii":       {exchange.Seed: exchange.Seed, exchange.Positive: exchange.Positive},
		"threatexchange": {exchange.Seed: exchange.Seed, exchange.Positive: exchange.Positive, exchange.Negative: exchange.Negative},
	} {
		for is, becomes := range want {
			b := open(t, protocols()[name], exchangetest.Options{})
			i := exchangetest.MakeItem(1, start().Add(-time.Hour))
			i.Stance = is
			b.Put(i)
			b.sync()
			for _, r := range b.have {
				if r.Stance() != becomes {
					t.Errorf("%s: %s became %s", name, is, r.Stance())
				}
			}
			if len(b.have) == 0 {
				t.Errorf("%s: %s is nothing", name, is)
			}
		}
	}
}

// TestAFileThatChanges reads a list from a file.
func TestAFileThatChanges(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list.csv")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	row := func(n int) string { return "md5," + exchangetest.Hash(bank.MD5, n).Value + ",a1,k,somebody\n" }
	head := "kind,value,classification,key,owner\n"
	b := open(t, protocol{text: "type: list, path: " + path, kinds: []bank.Kind{bank.MD5}}, exchangetest.Options{})
	if _, err := b.page(); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("a file that is not there: %v", err)
	}
	write(head + row(1) + row(2) + row(1) + "md5,zz,,\n")
	if n := b.sync(); n != 1 || len(b.have) != 2 || b.passed["line that cannot be read"] != 1 {
		t.Errorf("%d pages, %+v, %v", n, b.have, b.passed)
	}
	r := b.have["md5/"+exchangetest.Hash(bank.MD5, 1).Value]
	if r.Classification != "A1" || r.Opinions[0].Owner != "somebody" || r.Note != "record k." {
		t.Errorf("%+v", r)
	}
	if b.sync(); b.begun != 1 {
		t.Error("a file that has not changed was read again")
	}
	write(head + row(2) + row(3))
	b.sync()
	if len(b.have) != 2 || b.begun != 2 {
		t.Errorf("%+v", b.have)
	}
	for name, text := range map[string]string{"a page of a proxy": "<html>\n<body>Come back later.</body>\n", "mostly unreadable": head + row(1) + "md5,a,,\nmd5,b,,\n"} {
		write(text)
		var e *exchange.Error
		if _, err := b.page(); !errors.As(err, &e) || e.Retry {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAListOfManyPages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list.csv")
	var text strings.Builder
	text.WriteString("kind,value\n")
	for n := range 12_000 {
		fmt.Fprintf(&text, "md5,%032x\n", n)
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	b := open(t, protocol{text: "type: list, path: " + path}, exchangetest.Options{})
	for n := 1; ; n++ {
		p, err := b.page()
		if err != nil {
			t.Fatal(err)
		}
		if n == 2 { // another list comes in between
			b.restart()
			if err := os.WriteFile(path, []byte(strings.Replace(text.String(), "\nmd5,"+strings.Repeat("0", 32), "", 1)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if !p.More {
			break
		}
	}
	if len(b.have) != 11_999 || b.begun != 2 {
		t.Errorf("%d, %d passes", len(b.have), b.begun)
	}
}

// FuzzAnswers gives a client what no server should.
func FuzzAnswers(f *testing.F) {
	names := []string{"ncmec", "stopncii", "threatexchange", "terrorism", "list"}
	for i, name := range names {
		b := open(f, protocols()[name], exchangetest.Options{Page: 3})
		b.Fill(4, start().Add(-time.Hour))
		b.Take("i000003")
		f.Add(i, seed(b))
	}
	f.Add(1, []byte(`{"hashRecords":[{"signalType":"ImagePDQ","hashValue":null}],"hasMoreRecords":true,"nextPageToken":""}`))
	f.Add(2, []byte(`{"data":[{"type":"HASH_MD5","indicator":"x","descriptors":[]}],"paging":{"next":"http://evil.example.org"}}`))
	var body []byte
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = w.Write([]byte(`{"token":"t"}`))
			return
		}
		_, _ = w.Write(body)
	}))
	f.Cleanup(web.Close)
	var sources []exchange.Source
	for _, name := range names {
		path := filepath.Join(f.TempDir(), "exchanges.yaml")
		if err := os.WriteFile(path, []byte("exchanges:\n- {name: x, "+strings.ReplaceAll(protocols()[name].text, "%s", web.URL)+"}\n"), 0o600); err != nil {
			f.Fatal(err)
		}
		list, err := setup.Load(path, setup.Options{Env: environment, Now: (&clock{start()}).now})
		if err != nil {
			f.Fatal(err)
		}
		sources = append(sources, list[0].Source)
	}
	f.Fuzz(func(t *testing.T, n int, b []byte) {
		body = b
		p, err := sources[uint(n)%uint(len(sources))].Next(t.Context(), nil)
		var e *exchange.Error
		if err != nil {
			if !errors.As(err, &e) || len(err.Error()) > 2000 {
				t.Errorf("%v", err)
			}
			return
		}
		if len(p.Checkpoint) == 0 {
			t.Error("no checkpoint")
		}
		for _, r := range p.Records {
			if r.Key == "" || len(r.Key) > exchange.MaxKey || len(r.Handle) > exchange.MaxKey || r.Classification.Check() != nil {
				t.Errorf("%+v", r)
			}
			for _, h := range r.Hashes {
				if again, err := bank.Parse(h.Kind, h.Value); err != nil || again != h {
					t.Errorf("%+v: %v", h, err)
				}
			}
		}
	})
}

// seed is an answer of the stand-in.
func seed(b *bench) []byte {
	w := httptest.NewRecorder()
	at := map[string]string{
		exchangetest.HashSharingPath + "/v2/entries": "?from=2026-02-01T00:00:00Z&to=2026-03-01T00:00:00Z",
		exchangetest.StopNCIIPath:                    "/FetchHashes?startTimestamp=10&pageSize=3",
		exchangetest.ThreatExchangePath:              "/4711/threat_updates/?limit=3&fields=should_delete&access_token=" + exchangetest.GraphToken,
		exchangetest.TerrorismPath + "/api":          "/hash-list/v2/all?order=asc",
		exchangetest.ListPath:                        "",
	}
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+b.protocol.path+at[b.protocol.path], nil)
	r.SetBasicAuth(exchangetest.User, exchangetest.Password)
	if strings.HasPrefix(b.protocol.path, exchangetest.ListPath) {
		r.Header.Set("Authorization", "Bearer "+exchangetest.ListToken)
	}
	r.Header.Set("x-functions-key", exchangetest.FetchKey)
	r.Header.Set("Ocp-Apim-Subscription-Key", exchangetest.Subscription)
	b.ServeHTTP(w, r)
	if w.Code != http.StatusOK && b.protocol.path != exchangetest.TerrorismPath+"/api" {
		b.Fatal(b.protocol.path, w.Code, w.Body)
	}
	if w.Code != http.StatusOK { // it wants a token
		return []byte(`{"count":1,"next":null,"results":[{"id":7,"hash_digest":"` + strings.Repeat("ab", 16) + `","algorithm":"MD5","deleted":false}],"checkpoint":"1,1"}`)
	}
	return w.Body.Bytes()
}
