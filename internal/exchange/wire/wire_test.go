package wire_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"haris/internal/exchange"
	"haris/internal/exchange/wire"
)

const secret = "a-secret-that-must-not-be-shown"

func client(t *testing.T, h http.HandlerFunc, change ...func(*wire.Options)) *wire.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	o := wire.Options{Base: s.URL + "/base", Wait: time.Millisecond, Auth: func(h http.Header) { h.Set("Authorization", secret) }}
	for _, f := range change {
		f(&o)
	}
	c, err := wire.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAddresses(t *testing.T) {
	for base, ok := range map[string]bool{
		"https://exchange.example.org/v1": true, "http://127.0.0.1:8430": true, "http://localhost/x": true, "http://[::1]:1": true,
		"http://exchange.example.org": false, "ftp://exchange.example.org": false, "https://": false, "https://u:" + secret + "@exchange.example.org": false,
		"https://exchange.example.org?x=1": false, "http://127.0.0.1.example.org": false, "": false, ":": false,
	} {
		_, err := wire.New(wire.Options{Base: base})
		if (err == nil) != ok || err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", base, err)
		}
	}
}

func TestWhatIsAskedAgain(t *testing.T) {
	for _, tt := range []struct {
		name   string
		call   wire.Call
		status int
		after  string
		calls  int32
		retry  bool
	}{
		{"a busy server", wire.Call{}, 503, "", 5, true},
		{"too many requests", wire.Call{}, 429, "", 5, true},
		{"a long wait is for the next sync", wire.Call{}, 429, "60", 1, true},
		{"refused credentials", wire.Call{}, 401, "", 1, false},
		{"not there", wire.Call{}, 404, "", 1, false},
		{"what changes something", wire.Call{Method: http.MethodPost}, 503, "", 1, true},
		{"what changes the same again", wire.Call{Method: http.MethodPut, Twice: true}, 503, "", 5, true},
		{"elsewhere", wire.Call{}, 302, "", 1, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var n atomic.Int32
			c := client(t, func(w http.ResponseWriter, _ *http.Request) {
				n.Add(1)
				w.Header().Set("Location", "/base/other")
				if tt.after != "" {
					w.Header().Set("Retry-After", tt.after)
				}
				w.WriteHeader(tt.status)
			})
			tt.call.Op, tt.call.Path = "test", "/x?token="+secret
			_, err := c.Do(t.Context(), tt.call)
			var e *exchange.Error
			if !errors.As(err, &e) || e.Retry != tt.retry || e.Status != tt.status || n.Load() != tt.calls {
				t.Errorf("%v after %d calls", err, n.Load())
			}
			if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "127.0.0.1") {
				t.Errorf("%v shows too much", err)
			}
			if tt.after != "" && e.After != time.Minute {
				t.Errorf("asked to wait %s", e.After)
			}
		})
	}
}

func TestAnAnswerAfterFaults(t *testing.T) {
	var n atomic.Int32
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) < 3 {
			w.WriteHeader(500)
			return
		}
		fmt.Fprint(w, r.Header.Get("Authorization"), r.URL.Path)
	})
	r, err := c.Do(t.Context(), wire.Call{Op: "test", Path: "/x"})
	if err != nil || string(r.Body) != secret+"/base/x" {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err = c.Do(t.Context(), wire.Call{Op: "test", Path: "/x", Open: true}); err != nil || string(r.Body) != "/base/x" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestBodies(t *testing.T) {
	long := client(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("x", 101)) }, func(o *wire.Options) { o.Bytes = 100 })
	if _, err := long.Do(t.Context(), wire.Call{Op: "test", Path: "/"}); err == nil || !strings.Contains(err.Error(), "longer than 100 bytes") {
		t.Error(err)
	}
	cut := client(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, "x")
	})
	var e *exchange.Error
	if _, err := cut.Do(t.Context(), wire.Call{Op: "test", Path: "/"}); !errors.As(err, &e) || !e.Retry {
		t.Error(err)
	}
}

func TestTimeAndEnd(t *testing.T) {
	release := make(chan struct{})
	c := client(t, func(http.ResponseWriter, *http.Request) { <-release }, func(o *wire.Options) { o.Timeout = 5 * time.Millisecond })
	defer close(release)
	var e *exchange.Error
	if _, err := c.Do(t.Context(), wire.Call{Op: "test", Method: http.MethodPost, Path: "/"}); !errors.As(err, &e) || !e.Retry {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Do(ctx, wire.Call{Op: "test", Path: "/"}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestNextPages(t *testing.T) {
	c, err := wire.New(wire.Options{Base: "https://exchange.example.org/v1"})
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]string{
		"/entries?b=2&a=1": "/entries?a=1&b=2",
		"https://exchange.example.org/v1/entries?after=x&token=" + secret: "/entries?after=x",
		"https://EXCHANGE.example.org/v1/entries":                         "/entries",
		"https://evil.example.org/v1/entries":                             "",
		"http://exchange.example.org/v1/entries":                          "",
		"//evil.example.org/v1/entries":                                   "",
		"https://exchange.example.org@evil.example.org/v1/x":              "",
		"https://exchange.example.org/v2/entries":                         "",
		"https://exchange.example.org/v10":                                "",
		"/../v2/entries":                                                  "",
		"/a/%2e%2e/b":                                                     "",
		"/a/..":                                                           "",
		"entries":                                                         "",
		"":                                                                "",
		"https://exchange.example.org/v1/%zz":                             "",
	} {
		got, err := c.Below(raw, "token")
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", raw, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "evil") {
			t.Errorf("%v repeats the address", err)
		}
	}
}

// FuzzBelow shows that no address leads away from the server.
func FuzzBelow(f *testing.F) {
	c, err := wire.New(wire.Options{Base: "https://exchange.example.org/v1"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("/entries?x=1")
	f.Add("https://exchange.example.org/v1/entries")
	f.Add("//evil.example.org/x")
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := c.Below(raw)
		if err != nil {
			return
		}
		u, err := url.Parse("https://exchange.example.org/v1" + got)
		if err != nil || u.Host != "exchange.example.org" || u.User != nil || !strings.HasPrefix(u.EscapedPath(), "/v1/") || strings.Contains(u.Path, "/../") {
			t.Errorf("%q leads to %q", raw, got)
		}
	})
}
