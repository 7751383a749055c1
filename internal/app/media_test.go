package app_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"haris/internal/api"
	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/bank"
	"haris/internal/config"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// blocks is a picture of grey blocks, of 16 bits a sample.
func blocks(seed uint64, side int) *image.Gray16 {
	r := rand.New(rand.NewPCG(seed, 1))
	cells := make([]uint16, 256)
	for i := range cells {
		cells[i] = uint16(r.UintN(1 << 16)) //nolint:gosec // below 2^16
	}
	img := image.NewGray16(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			img.SetGray16(x, y, color.Gray16{Y: cells[(y*16/side)*16+x*16/side]})
		}
	}
	return img
}

func asJPEG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// desk is a running haris with a list in force, and a key.
type desk struct {
	*testing.T
	a   *app.App
	key string
}

func withList(t *testing.T, c config.Config) *desk {
	t.Helper()
	d := &desk{T: t, a: start(t, c)}
	var err error
	if _, d.key, err = d.a.Core().Auth.CreateKey(t.Context(), "test", auth.NewKey{Source: "/s", Scopes: auth.Scopes()}); err != nil {
		t.Fatal(err)
	}
	err = d.a.Core().DB.Write(t.Context(), func(tx *store.Tx) error {
		b := bank.New("list", "List")
		b.Mode = taxonomy.ModeEnforce
		_, err := tx.Banks().Put(t.Context(), b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// list puts a hash on the list.
func (d *desk) list(k bank.Kind, value string) {
	d.Helper()
	err := d.a.Core().DB.Write(d.Context(), func(tx *store.Tx) error {
		_, _, err := tx.Banks().Add(d.Context(), "list", []bank.Entry{{Hash: bank.Hash{Kind: k, Value: value}, Provenance: bank.Provenance{Source: bank.File, Who: "ada"}}})
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
}

func post[T any](d *desk, path, kind string, body []byte) (out T) {
	d.Helper()
	r, err := http.NewRequestWithContext(d.Context(), http.MethodPost, d.a.URL()+path, bytes.NewReader(body))
	if err != nil {
		d.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+d.key)
	r.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		d.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		var p api.Problem
		if err := json.NewDecoder(resp.Body).Decode(&p); err != nil {
			d.Fatal(err)
		}
		d.Fatalf("%s: %d %+v", path, resp.StatusCode, p)
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		d.Fatal(err)
	}
	return out
}

// Whatever comes in, the answer is the right one or unscanned with a reason; of a file nothing stays.
func TestUploadsAreAnsweredWithOneOfThree(t *testing.T) {
	c := settings(t)
	c.Media.MaxPixels = 100_000
	d := withList(t, c)
	known, other := asJPEG(t, blocks(1, 128)), asJPEG(t, blocks(2, 128))
	hashes := post[api.Hashed](d, "/v1/media/hash", "image/jpeg", known)
	if hashes.Media.PDQ == "" || hashes.Media.Kind != "image" || hashes.Format != "jpeg" || hashes.Media.Bytes != int64(len(known)) {
		t.Fatalf("%+v", hashes)
	}
	d.list(bank.PDQ, hashes.Media.PDQ)
	d.list(bank.SHA256, post[api.Hashed](d, "/v1/media/hash", "", []byte("a text")).Media.SHA256)
	var moving bytes.Buffer
	frame := func(seed uint64) *image.Paletted {
		p := image.NewPaletted(image.Rect(0, 0, 128, 128), color.Palette{color.Black, color.Gray{Y: 80}, color.Gray{Y: 160}, color.White})
		img := blocks(seed, 128)
		for y := range 128 {
			for x := range 128 {
				p.Set(x, y, img.At(x, y))
			}
		}
		return p
	}
	if err := gif.EncodeAll(&moving, &gif.GIF{Image: []*image.Paletted{frame(2), frame(1)}, Delay: []int{100, 100}}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, kind string
		body       []byte
		answer     string // with its reasons
	}{
		{"known", "image/jpeg", known, "match"},
		{"known, smaller and of 16 bits", "image/png", asPNG(t, blocks(1, 100)), "match"},
		{"known, under another name", "text/plain", known, "match"},
		{"another", "image/jpeg", other, "clean"},
		{"cut", "image/jpeg", known[:len(known)*9/10], "unscanned damaged"},
		{"too many pixels", "image/png", asPNG(t, blocks(1, 400)), "unscanned too_large"},
		{"too little to see", "image/png", asPNG(t, image.NewGray(image.Rect(0, 0, 200, 200))), "unscanned low_quality"},
		{"no picture", "image/png", []byte("another text"), "unscanned unsupported"},
		{"no picture, but a known file", "image/png", []byte("a text"), "match unsupported"},
		{"damaged", "image/png", append(asPNG(t, blocks(2, 100))[:60], bytes.Repeat([]byte{7}, 900)...), "unscanned damaged"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := post[api.LookedUp](d, "/v1/media/lookup", tt.kind, tt.body)
			if s := strings.TrimSpace(got.Answer + " " + strings.Join(got.Reasons, ",")); s != tt.answer {
				t.Errorf("%s, want %s: %+v", s, tt.answer, got)
			}
		})
	}
	d.list(bank.PDQ, post[api.Hashed](d, "/v1/media/hash", "image/png", asPNG(t, frame(1))).Media.PDQ)
	if got := post[api.LookedUp](d, "/v1/media/lookup", "image/gif", moving.Bytes()); got.File.Media.Hashes["vpdq"] != "" && (got.Answer != "match" || got.Results[0].Frame != 2) || got.Answer == "clean" {
		t.Errorf("of a picture that moves: %+v %+v", got, got.File)
	}
	if left, err := os.ReadDir(d.a.Core().Dir.Spool()); err != nil || len(left) > 0 {
		t.Errorf("in the spool: %v, %v", left, err)
	}
}

// What is fetched by URL comes from hosts that the configuration names.
func TestLookupByURL(t *testing.T) {
	picture := asJPEG(t, blocks(1, 128))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/1.jpg" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(picture)
	}))
	defer s.Close()
	host := strings.Replace(s.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	c := settings(t)
	c.Media.Hosts, c.Media.Private, c.Media.Plain = []string{host}, []string{"127.0.0.0/8"}, true
	d := withList(t, c)
	d.list(bank.PDQ, post[api.Hashed](d, "/v1/media/hash", "", picture).Media.PDQ)
	body := func(url string) []byte { return []byte(`{"url":"` + url + `"}`) }
	if got := post[api.LookedUp](d, "/v1/media/lookup", "application/json", body("http://"+host+"/1.jpg")); got.Answer != "match" || got.Results[0].Bank != "list" {
		t.Errorf("%+v", got)
	}
	for url, status := range map[string]int{"http://" + host + "/2.jpg": 502, s.URL + "/1.jpg": 400, "http://other.example/": 400, "file:///etc/passwd": 400} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.a.URL()+"/v1/media/lookup", bytes.NewReader(body(url)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+d.key)
		r.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil || resp.StatusCode != status {
			t.Errorf("%s: %d, want %d (%v)", url, resp.StatusCode, status, err)
		}
	}
}

// A media of an event that has a URL and no hash is fetched and compared; one that is not there is told, and is not clean.
func TestMediaOfEventsAreFetched(t *testing.T) {
	picture := asJPEG(t, blocks(1, 128))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/1.jpg" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(picture)
	}))
	defer s.Close()
	host := strings.Replace(s.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	c := settings(t)
	c.Media.Hosts, c.Media.Private, c.Media.Plain = []string{host}, []string{"127.0.0.0/8"}, true
	d := withList(t, c)
	d.list(bank.PDQ, post[api.Hashed](d, "/v1/media/hash", "", picture).Media.PDQ)
	line := func(id, path string) string {
		return `{"specversion":"1.0","id":"` + id + `","source":"/s","type":"post.published","time":"2026-03-02T10:00:00Z","data":{"account":"ali","post":"` + id +
			`","media":[{"id":"m-` + id + `","kind":"image","url":"http://` + host + path + `"}]}}` + "\n"
	}
	if code, body := call(t, "POST", d.a.URL()+"/v1/events", d.key, line("p1", "/1.jpg")+line("p2", "/2.jpg")); code != 200 {
		t.Fatalf("%d %s", code, body)
	}
	found := casesOf(t, d.a, 1)
	if len(found) != 1 || found[0].Subject != "ali" || found[0].Signals[0].Matches[0].Media != "m-p1" || found[0].Signals[0].Events[0] != 1 {
		t.Errorf("%+v", found)
	}
	left := func() (n int64) {
		for _, k := range (app.Doctor{Core: d.a.Core(), App: d.a}).Checks(t.Context()) {
			if k.Name == "media_bring" {
				n = k.Count
			}
		}
		return n
	}
	for tick := time.NewTicker(50 * time.Millisecond); left() == 0; <-tick.C {
		if t.Context().Err() != nil {
			t.Fatal("what is not there is not told")
		}
	}
}
