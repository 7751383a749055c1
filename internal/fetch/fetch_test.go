package fetch_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"haris/internal/fetch"
)

// names is a name service.
type names map[string][]string

func (n names) LookupNetIP(_ context.Context, _, host string) (out []netip.Addr, err error) {
	for _, a := range n[host] {
		out = append(out, netip.MustParseAddr(a))
	}
	if out == nil {
		err = &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return out, err
}

// storage is a server that a fetcher may reach under the name media.example.org.
type storage struct {
	*testing.T
	port string
	o    fetch.Options
}

func serve(t *testing.T, h http.HandlerFunc) *storage {
	t.Helper()
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	_, port, err := net.SplitHostPort(web.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return &storage{t, port, fetch.Options{
		Hosts: []string{"media.example.org:" + port, ".below.example.org:" + port}, Plain: true, Private: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Resolver: names{"media.example.org": {"127.0.0.1"}, "a.below.example.org": {"127.0.0.1"}}, Redirects: 2,
	}}
}

func (s *storage) url(path string) string { return "http://media.example.org:" + s.port + path }

// get fetches to the end.
func (s *storage) get(url string) ([]byte, error) {
	s.Helper()
	f, err := fetch.New(s.o)
	if err != nil {
		s.Fatal(err)
	}
	b, err := f.Fetch(s.Context(), url)
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(b)
	if err := b.Close(); err != nil {
		s.Error(err)
	}
	return got, err
}

// TestFetch brings in a file, whole, over a redirect too, and says nothing of whom it comes from.
func TestFetch(t *testing.T) {
	body := bytes.Repeat([]byte("picture "), 1000)
	var asked []http.Header
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header)
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new", http.StatusFound)
			return
		}
		_, _ = w.Write(body)
	})
	for _, url := range []string{s.url("/new"), s.url("/old"), "http://MEDIA.example.org.:" + s.port + "/new", "http://a.below.example.org:" + s.port + "/"} {
		if got, err := s.get(url); err != nil || !bytes.Equal(got, body) {
			t.Errorf("%s: %d bytes, %v", url, len(got), err)
		}
	}
	for _, h := range asked {
		for _, name := range []string{"Cookie", "Authorization", "Referer"} {
			if h.Get(name) != "" {
				t.Errorf("it sends %s", name)
			}
		}
	}
}

// TestRefused: nothing is asked of a host, port, scheme or address that is not allowed.
func TestRefused(t *testing.T) {
	reached := 0
	s := serve(t, func(http.ResponseWriter, *http.Request) { reached++ })
	for name, url := range map[string]string{
		"another host": "http://example.com:" + s.port + "/", "the address of the host": "http://127.0.0.1:" + s.port + "/", "another port": "http://media.example.org:1/",
		"the usual port": "http://media.example.org/", "a name before the host": "http://a.media.example.org:" + s.port + "/", "the host as a part": "http://media.example.org.evil.example:" + s.port + "/",
		"the top of a tree": "http://below.example.org:" + s.port + "/", "a password": "http://u:p@media.example.org:" + s.port + "/", "a file": "file:///etc/passwd", "no host": "http:///x",
		"opaque": "http:media.example.org", "not a URL": "http://[", "gopher": "gopher://media.example.org:" + s.port + "/", "nothing": "",
	} {
		if _, err := s.get(url); !errors.Is(err, fetch.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.o.Plain = false
	if _, err := s.get(s.url("/")); !errors.Is(err, fetch.ErrRefused) {
		t.Errorf("http: %v", err)
	}
	if reached != 0 {
		t.Errorf("the server was reached %d times", reached)
	}
}

// TestPrivateAddresses: a name that leads to an address which is not on the public internet is refused, also beside a public one.
func TestPrivateAddresses(t *testing.T) {
	reached := 0
	s := serve(t, func(http.ResponseWriter, *http.Request) { reached++ })
	s.o.Private = nil
	for _, a := range []string{
		"127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "198.18.0.1", "192.0.2.1",
		"::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "2001:0:1::1", "fec0::1",
	} {
		s.o.Resolver = names{"media.example.org": {a}}
		if _, err := s.get(s.url("/")); !errors.Is(err, fetch.ErrRefused) {
			t.Errorf("%s: %v", a, err)
		}
		s.o.Resolver = names{"media.example.org": {"93.184.215.14", a}}
		if _, err := s.get(s.url("/")); !errors.Is(err, fetch.ErrRefused) {
			t.Errorf("%s beside a public address: %v", a, err)
		}
	}
	if reached != 0 {
		t.Errorf("the server was reached %d times", reached)
	}
}

// TestTheNameChanges: what was looked at is what is connected to. A name service that says one thing and then another gains nothing.
func TestTheNameChanges(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "inside") })
	s.o.Private = []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}
	asked := 0
	s.o.Resolver = resolver(func() []netip.Addr {
		asked++
		if asked == 1 {
			return []netip.Addr{netip.MustParseAddr("127.0.0.2")} // allowed, and nobody is there
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	})
	if got, err := s.get(s.url("/")); err == nil || asked != 1 {
		t.Errorf("it fetched %q, and asked %d times", got, asked)
	}
}

type resolver func() []netip.Addr

func (r resolver) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) { return r(), nil }

// TestRedirects are looked at like the first address, and bounded.
func TestRedirects(t *testing.T) {
	s := serve(t, nil)
	web := serve(t, func(w http.ResponseWriter, r *http.Request) {
		to := map[string]string{
			"/out": "http://example.com/", "/inside": "http://127.0.0.1:1/", "/port": "http://media.example.org:1/", "/file": "file:///etc/passwd", "/loop": "/loop",
			"/private": "http://a.below.example.org:" + s.port + "/",
		}[r.URL.Path]
		http.Redirect(w, r, to, http.StatusFound)
	})
	web.o.Hosts = append(web.o.Hosts, "a.below.example.org:"+s.port)
	web.o.Resolver = names{"media.example.org": {"127.0.0.1"}, "a.below.example.org": {"10.0.0.1"}}
	for _, path := range []string{"/out", "/inside", "/port", "/file", "/loop", "/private"} {
		if _, err := web.get(web.url(path)); !errors.Is(err, fetch.ErrRefused) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestWhatIsNoFile: a wrong answer is an error and never an empty file, and the address stands in none.
func TestWhatIsNoFile(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/gone":
			http.NotFound(w, r)
		case "/busy":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/slow-down":
			w.WriteHeader(http.StatusTooManyRequests)
		case "/part":
			w.WriteHeader(http.StatusPartialContent)
		case "/packed":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, "x")
		case "/long":
			w.Header().Set("Content-Length", "1001")
			_, _ = w.Write(make([]byte, 1001))
		case "/endless":
			for range 1000 {
				_, _ = w.Write(make([]byte, 1000))
			}
		case "/cut":
			w.Header().Set("Content-Length", "900")
			_, _ = w.Write(make([]byte, 100))
			panic(http.ErrAbortHandler)
		case "/head":
			w.Header().Set("X-Long", strings.Repeat("x", 1<<20))
		case "/slow":
			_, _ = w.Write(make([]byte, 10))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
	})
	s.o.Bytes, s.o.Timeout = 1000, 500*time.Millisecond
	for path, want := range map[string]error{
		"/gone": fetch.ErrStatus, "/busy": fetch.ErrFailed, "/slow-down": fetch.ErrFailed, "/part": fetch.ErrStatus, "/packed": fetch.ErrStatus, "/long": fetch.ErrTooLarge,
		"/endless": fetch.ErrTooLarge, "/cut": fetch.ErrFailed, "/head": fetch.ErrFailed, "/slow": fetch.ErrFailed,
	} {
		_, err := s.get(s.url(path + "?token=secret-word"))
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
		if strings.Contains(fmt.Sprint(err), "secret-word") {
			t.Errorf("%s: the error tells the address: %v", path, err)
		}
	}
	s.o.Resolver = names{}
	if _, err := s.get(s.url("/?token=secret-word")); !errors.Is(err, fetch.ErrFailed) || strings.Contains(err.Error(), "secret-word") {
		t.Errorf("a name without address: %v", err)
	}
}

// TestExactlyTheLimit: a file as long as allowed is whole.
func TestExactlyTheLimit(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1000)) })
	s.o.Bytes = 1000
	if got, err := s.get(s.url("/")); err != nil || len(got) != 1000 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// TestOptions that cannot be meant.
func TestOptions(t *testing.T) {
	for _, h := range []string{"", ".", "https://media.example.org", "127.0.0.1", "media.example.org:", "media.example.org:x", "media example", "[::1]", "user@host", "a/b"} {
		if _, err := fetch.New(fetch.Options{Hosts: []string{h}}); err == nil {
			t.Errorf("%q passes for a host", h)
		}
	}
	if _, err := fetch.New(fetch.Options{Bytes: -1}); err == nil {
		t.Error("a negative limit passes")
	}
	f, err := fetch.New(fetch.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Fetch(t.Context(), "https://media.example.org/"); !errors.Is(err, fetch.ErrRefused) {
		t.Errorf("without hosts: %v", err)
	}
}

// FuzzFetch: whatever the URL is, nothing but the one host is reached.
func FuzzFetch(f *testing.F) {
	for _, s := range []string{"https://media.example.org/a", "https://media.example.org@evil.example/", "https://evil.example#@media.example.org", "https://media.example.org\\@evil.example/", "//media.example.org", "https://MEDIA.EXAMPLE.ORG.:443/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var asked []string
		x, err := fetch.New(fetch.Options{Hosts: []string{"media.example.org"}, Timeout: 50 * time.Millisecond, Resolver: spy{&asked}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := x.Fetch(t.Context(), raw); err == nil {
			t.Fatal("something was fetched")
		}
		for _, name := range asked {
			if !strings.EqualFold(strings.TrimSuffix(name, "."), "media.example.org") {
				t.Errorf("%q makes it look for %q", raw, name)
			}
		}
	})
}

type spy struct{ asked *[]string }

func (s spy) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	*s.asked = append(*s.asked, host)
	return nil, errors.New("no name service")
}
