package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haris/internal/auth"
	"haris/internal/pipeline"
	"haris/internal/taxonomy"
)

// private stands in every body where content would; no answer and no line of the log may hold it.
const private = "keep-this-between-us"

var errDisk = errors.New("disk failed")

// bench is an API with fakes behind it.
type bench struct {
	handler http.Handler
	deps    Deps
	ingest  *ingester
	letters *letters
	desk    *desk
	banks   *shelf
	ready   *readiness
	keys    keys
	log     *bytes.Buffer
	metrics *prometheus.Registry
	alarm   chan time.Time // what After returns
	waited  chan time.Duration
}

func limits() Limits {
	return Limits{
		BodyBytes: 64 << 10, EventBytes: 4 << 10, Depth: 8, Future: time.Hour, BatchEvents: 100, VerdictDeadline: 250 * time.Millisecond,
		MediaBytes: 32 << 10, MediaTime: time.Minute,
	}
}

func noon() time.Time { return time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC) }

func setup(t testing.TB, change ...func(*Deps)) *bench {
	t.Helper()
	b := &bench{
		ingest: &ingester{seen: map[string]bool{}}, letters: &letters{}, desk: &desk{file: picture()}, banks: &shelf{}, ready: &readiness{database: true, waiting: 1, room: 4},
		log: &bytes.Buffer{}, metrics: prometheus.NewRegistry(), alarm: make(chan time.Time, 1), waited: make(chan time.Duration, 1),
		keys: keys{
			"all":     {ID: "k-all", Source: "/chat", Scopes: auth.Scopes()},
			"events":  {ID: "k-events", Source: "/chat", Scopes: []auth.Scope{auth.EventsWrite}},
			"verdict": {ID: "k-verdict", Source: "/chat", Scopes: []auth.Scope{auth.VerdictsRead}},
			"letters": {ID: "k-letters", Source: "/chat", Scopes: []auth.Scope{auth.LettersScope}},
			"health":  {ID: "k-health", Source: "/chat", Scopes: []auth.Scope{auth.HealthScope}},
			"media":   {ID: "k-media", Source: "/chat", Scopes: []auth.Scope{auth.MediaRead}},
			"banks":   {ID: "k-banks", Source: "/chat", Scopes: []auth.Scope{auth.BanksWrite}},
			"revoked": {ID: "k-revoked", Source: "/chat", Scopes: auth.Scopes(), RevokedAt: noon()},
		},
	}
	b.deps = Deps{
		Keys: b.keys, Ingester: b.ingest, Letters: b.letters, Readiness: b.ready, Queue: b.ready, Desk: b.desk, Banks: b.banks, Limits: limits(), Registry: b.metrics,
		Now: noon, Logger: slog.New(slog.NewTextHandler(b.log, nil)), Version: "1.0.0-test",
		After: func(d time.Duration) <-chan time.Time {
			select {
			case b.waited <- d:
			default:
			}
			return b.alarm
		},
	}
	for _, f := range change {
		f(&b.deps)
	}
	var err error
	if b.handler, err = New(b.deps); err != nil {
		t.Fatal(err)
	}
	return b
}

// keys knows each key by a word; "broken" is one whose answer is not known.
type keys map[string]auth.Key

func (k keys) VerifyKey(_ context.Context, text string) (auth.Key, error) {
	if text == "broken" {
		return auth.Key{}, errDisk
	}
	key, ok := k[text]
	if !ok {
		return auth.Key{}, auth.ErrKey
	}
	return key, nil
}

// ingester remembers what it was given. Safe for concurrent use.
type ingester struct {
	mu      sync.Mutex
	seen    map[string]bool
	batches []pipeline.Batch
	// fail, when set, is asked before the n-th batch (from 0).
	fail func(n int) error
	// hold, when set, is waited for before a batch is taken; began says that it is.
	hold, began chan struct{}
	short       bool // answer for fewer events than there are
}

func (g *ingester) Ingest(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	if g.hold != nil {
		close(g.began)
		select {
		case <-g.hold:
		case <-ctx.Done():
			return pipeline.Answer{}, ctx.Err()
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fail != nil {
		if err := g.fail(len(g.batches)); err != nil {
			return pipeline.Answer{}, err
		}
	}
	g.batches = append(g.batches, b)
	return g.answer(b), nil
}

func (g *ingester) answer(b pipeline.Batch) pipeline.Answer {
	var ans pipeline.Answer
	for _, e := range b.Events {
		id := e.Source + "\x00" + e.ID
		fresh := !g.seen[id]
		g.seen[id] = true
		ans.New = append(ans.New, fresh)
		if b.Verdicts {
			v := pipeline.Verdict{}
			if fresh {
				v = pipeline.Verdict{Verdict: taxonomy.VerdictHold, Reasons: []pipeline.Reason{{Rule: "basic/many", Why: "12 minors in 7 days"}}}
			}
			ans.Verdicts = append(ans.Verdicts, v)
		}
	}
	if g.short && len(ans.New) > 0 {
		ans.New = ans.New[1:]
	}
	return ans
}

// ids lists the events that were handed over, in order.
func (g *ingester) ids() (out []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, b := range g.batches {
		for _, e := range b.Events {
			out = append(out, e.ID)
		}
	}
	return out
}

func (g *ingester) dead() (out []pipeline.Letter) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, b := range g.batches {
		out = append(out, b.Letters...)
	}
	return out
}

type letters struct {
	err    error
	query  LetterQuery
	replay LetterReplay
}

func (l *letters) List(_ context.Context, q LetterQuery) ([]Letter, string, error) {
	l.query = q
	if q.Cursor == "nonsense" {
		return nil, "", ErrCursor
	}
	return []Letter{{ID: "l-1", Source: "/chat", Event: "e-1", At: noon(), Reason: "line 1: missing", Place: "/data/account"}}, "l-0", l.err
}

func (l *letters) Replay(_ context.Context, r LetterReplay) (bool, error) {
	l.replay = r
	if r.ID != "l-1" {
		return false, ErrNotFound
	}
	return true, l.err
}

type readiness struct {
	database      bool
	waiting, room int
}

func (r *readiness) Ready(context.Context) []Check {
	return []Check{{Name: "database", OK: r.database, Detail: "took 1ms"}, {Name: "replay", OK: true}}
}

func (r *readiness) Depth() (waiting, room int) { return r.waiting, r.room }

// call is one request. A method and a path are required.
type call struct {
	method, path, key, media, encoding, body string
	header                                   map[string]string
}

func post(body string) call {
	return call{method: http.MethodPost, path: "/v1/events", key: "all", media: string(formAny), body: body}
}

func (b *bench) do(t testing.TB, c call) *httptest.ResponseRecorder {
	t.Helper()
	return b.doContext(t, t.Context(), c)
}

func (b *bench) doContext(t testing.TB, ctx context.Context, c call) *httptest.ResponseRecorder {
	t.Helper()
	w := b.send(ctx, c)
	if strings.Contains(w.Body.String(), private) {
		t.Errorf("the answer holds content: %s", w.Body)
	}
	return w
}

// send is do without a look at what the answer holds.
func (b *bench) send(ctx context.Context, c call) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, c.method, c.path, strings.NewReader(c.body))
	for name, value := range map[string]string{"Content-Type": c.media, "Content-Encoding": c.encoding} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return w
}

// read decodes an answer of the given status.
func read[T any](t testing.TB, w *httptest.ResponseRecorder, status int) (out T) {
	t.Helper()
	if w.Code != status {
		t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	want := "application/json"
	if _, problem := any(out).(Problem); problem {
		want = problemType
	}
	if got := w.Header().Get("Content-Type"); got != want {
		t.Fatalf("Content-Type %q, want %q", got, want)
	}
	d := json.NewDecoder(w.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// ev is a good event, of source /chat.
func ev(id string) string { return evFrom("/chat", id) }

func evFrom(source, id string) string {
	return fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":%q,"type":"message.sent","time":"2026-01-02T11:00:00Z",`+
		`"data":{"from":"a-1","to":["a-2"],"conversation":"c-1","text":%q}}`, id, source, private)
}

// evs are n good events, one a line.
func evs(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(ev(fmt.Sprintf("e-%d", i)) + "\n")
	}
	return b.String()
}

func squeeze(t testing.TB, encoding, body string) string {
	t.Helper()
	var b bytes.Buffer
	w := compressor(encoding, &b)
	if _, err := io.WriteString(w, body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
