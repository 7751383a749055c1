package app_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"haris/internal/app"
	"haris/internal/config"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/extern"
	"haris/internal/pipeline"
)

// endpoint is a scorer that finds two stages in everything, and remembers what it was asked.
type endpoint struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func newEndpoint(t *testing.T) *endpoint {
	t.Helper()
	e := &endpoint{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		e.mu.Lock()
		e.asked = append(e.asked, string(b))
		e.mu.Unlock()
		_, _ = io.WriteString(w, `{"scores":{"S4":2,"S5":2}}`)
	}))
	t.Cleanup(e.Close)
	return e
}

// all is everything that was asked.
func (e *endpoint) all() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(e.asked, "\n")
}

// external is the signal of D17 that stands about an account.
func external(a *app.App, id string) (out detect.Signal, ok bool) {
	a.Know(func(k *pipeline.Knowledge) {
		about, _ := k.About(id)
		for _, s := range about.Signals {
			if s.Detector == "D17" {
				out, ok = s, true
			}
		}
	})
	return out, ok
}

// TestAModelOfSomebodyElse: from events to the model and back, with an endpoint in between; without the switch nobody is asked.
func TestAModelOfSomebodyElse(t *testing.T) {
	model := newEndpoint(t)
	c := settings(t)
	var ahead atomic.Int64
	o := options()
	o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	c.External = config.External{Kind: extern.Scores, URL: model.URL, Model: "example-1", Timeout: 5 * time.Second, PerHour: 60, PerThousand: 10, Texts: 8}
	a, err := app.New(t.Context(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Stop(); err != nil {
			t.Error(err)
		}
	}()
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(events), "\n")[:4]
	lines = append([]string{`{"specversion":"1.0","id":"0","source":"/s","type":"account.created","time":"2026-03-02T09:00:00Z","data":{"account":"friend","age_band":"25+"}}`}, lines...)
	for i := range 120 { // so that one text is within one of a hundred
		lines = append(lines, fmt.Sprintf(`{"specversion":"1.0","id":"t%d","source":"/s","type":"message.sent","time":"2026-03-02T10:03:00Z","data":{"from":"friend","to":["adult"],"conversation":"w","text":"see you at work %d"}}`, i, i))
	}
	var b pipeline.Batch
	for _, l := range lines {
		e, p := event.Decode(l, 1, event.Limits{})
		if p != nil {
			t.Fatal(p)
		}
		b.Events = append(b.Events, e)
	}
	if _, err := a.Ingest(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	ahead.Store(int64(11 * time.Minute))
	tick, limit := time.NewTicker(20*time.Millisecond), time.After(30*time.Second)
	defer tick.Stop()
	for done := false; !done; {
		select {
		case <-tick.C:
			_, done = external(a, "adult")
		case <-limit:
			t.Fatalf("nothing was answered; asked: %s", model.all())
		}
	}
	sig, _ := external(a, "adult")
	if sig.Strength < 1 || sig.Strength > 1.5 || len(sig.Quoted) != 2 || sig.Quoted[0].Model != "example-1" || len(sig.Quoted[0].Policy) != 64 {
		t.Errorf("%+v", sig)
	}
	if got := model.all(); strings.Count(got, "keep this between us") != 1 || strings.Contains(got, "work") || strings.Contains(got, "adult") || strings.Contains(got, "child") {
		t.Errorf("what was sent: %s", got)
	}
}
