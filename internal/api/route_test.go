package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }

// tell is a logger that sends every message to a channel.
func tell(to chan string) *slog.Logger { return slog.New(teller{to}) }

type teller struct{ to chan string }

func (teller) Enabled(context.Context, slog.Level) bool { return true }

func (l teller) Handle(_ context.Context, r slog.Record) error {
	if strings.HasPrefix(r.Message, "api late") {
		l.to <- r.Message
		return nil
	}
	select {
	case l.to <- r.Message:
	default:
	}
	return nil
}
func (l teller) WithAttrs([]slog.Attr) slog.Handler { return l }
func (l teller) WithGroup(string) slog.Handler      { return l }

// count reads one counter.
func (b *bench) count(t *testing.T, name, label, value string) (sum float64) {
	t.Helper()
	families, err := b.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if f.GetName() == name && l.GetName() == label && l.GetValue() == value {
					sum += m.GetCounter().GetValue()
				}
			}
		}
	}
	return sum
}

// TestEndpointsAndScopes is every endpoint with every key.
func TestEndpointsAndScopes(t *testing.T) {
	header := []string{"none", "wrong", "revoked", "broken", "events", "verdict", "letters", "health", "media", "banks", "all"}
	for _, c := range []struct {
		method, path string
		status       [11]int
	}{
		{"POST", "/v1/events", [11]int{401, 401, 403, 503, 200, 403, 403, 403, 403, 403, 200}},
		{"POST", "/v1/events?verdict=true", [11]int{401, 401, 403, 503, 403, 403, 403, 403, 403, 403, 200}},
		{"GET", "/v1/letters", [11]int{401, 401, 403, 503, 403, 403, 200, 403, 403, 403, 200}},
		{"POST", "/v1/letters/l-1/replay", [11]int{401, 401, 403, 503, 403, 403, 200, 403, 403, 403, 200}},
		{"POST", "/v1/media/hash", [11]int{401, 401, 403, 503, 403, 403, 403, 403, 200, 403, 200}},
		{"POST", "/v1/media/lookup", [11]int{401, 401, 403, 503, 403, 403, 403, 403, 200, 403, 200}},
		{"POST", "/v1/media/lookup/batch", [11]int{401, 401, 403, 503, 403, 403, 403, 403, 200, 403, 200}},
		{"POST", "/v1/media/compare", [11]int{401, 401, 403, 503, 403, 403, 403, 403, 200, 403, 200}},
		{"GET", "/v1/banks", [11]int{401, 401, 403, 503, 403, 403, 403, 403, 200, 403, 200}},
		{"GET", "/v1/banks/list", [11]int{401, 401, 403, 503, 403, 403, 403, 403, 200, 403, 200}},
		{"GET", "/v1/banks/list/entries", [11]int{401, 401, 403, 503, 403, 403, 403, 403, 403, 200, 200}},
		{"POST", "/v1/banks/list/entries", [11]int{401, 401, 403, 503, 403, 403, 403, 403, 403, 200, 200}},
		{"POST", "/v1/banks/list/entries/5/remove", [11]int{401, 401, 403, 503, 403, 403, 403, 403, 403, 200, 200}},
		{"POST", "/v1/banks/list/entries/5/confirm", [11]int{401, 401, 403, 503, 403, 403, 403, 403, 403, 200, 200}},
		{"POST", "/v1/banks/list/entries/5/deny", [11]int{401, 401, 403, 503, 403, 403, 403, 403, 403, 200, 200}},
		{"GET", "/h/hash?url=https://media.example.org/1", [11]int{401, 401, 403, 503, 403, 403, 403, 403, 200, 403, 200}},
		{"GET", "/m/lookup?url=https://media.example.org/1", [11]int{401, 401, 403, 503, 403, 403, 403, 403, 200, 403, 200}},
		{"GET", "/m/raw_lookup?signal_type=pdq&signal=f8f8f0cee0f4a84f06370a2c038f63f0b36e2ed596621e1d33e6b39c4e9c9b22", [11]int{401, 401, 403, 503, 403, 403, 403, 403, 200, 403, 200}},
		{"POST", "/m/compare", [11]int{401, 401, 403, 503, 403, 403, 403, 403, 200, 403, 200}},
		{"GET", "/status", [11]int{200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200}},
		{"GET", "/status/live", [11]int{200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200}},
		{"DELETE", "/v1/banks/list", [11]int{405, 405, 405, 405, 405, 405, 405, 405, 405, 405, 405}},
		{"GET", "/healthz", [11]int{200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200}},
		{"GET", "/healthz?probe=1", [11]int{200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200}},
		{"GET", "/readyz", [11]int{200, 401, 200, 200, 200, 200, 200, 200, 200, 200, 200}},
		{"GET", "/openapi.json", [11]int{200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200}},
		{"GET", "/openapi.yaml", [11]int{200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200}},
		{"GET", "/v1/events", [11]int{405, 405, 405, 405, 405, 405, 405, 405, 405, 405, 405}},
		{"DELETE", "/v1/letters", [11]int{405, 405, 405, 405, 405, 405, 405, 405, 405, 405, 405}},
		{"GET", "/metrics", [11]int{404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404}},
		{"GET", "/v1/secrets", [11]int{404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404}},
		{"GET", "/", [11]int{404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404}},
	} {
		for i, key := range header {
			t.Run(c.method+" "+c.path+" "+key, func(t *testing.T) {
				b := setup(t)
				q := call{method: c.method, path: c.path, media: string(formAny), body: ev("e-1")}
				if good, ok := goodBodies()[c.path]; ok {
					q.body = good
				}
				if key != "none" {
					q.key = key
				}
				w := b.do(t, q)
				if w.Code != c.status[i] {
					t.Fatalf("status %d, want %d: %s", w.Code, c.status[i], w.Body)
				}
				if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
					t.Errorf("header %v", w.Header())
				}
				if w.Code >= 400 {
					read[Problem](t, w, w.Code)
					if len(b.ingest.batches) > 0 || b.letters.query != (LetterQuery{}) || b.letters.replay != (LetterReplay{}) || b.desk.asked() || b.banks.did != "" {
						t.Error("something was done for a caller who was refused")
					}
				}
				if (w.Code == 401) != (w.Header().Get("WWW-Authenticate") != "") || (w.Code == 405) != (w.Header().Get("Allow") != "") ||
					(w.Code == 503) != (w.Header().Get("Retry-After") != "") {
					t.Errorf("status %d with header %v", w.Code, w.Header())
				}
			})
		}
	}
}

// TestEveryRouteIsInTheTableAbove and is mounted by Patterns.
func TestEveryRouteIsMounted(t *testing.T) {
	mux := http.NewServeMux()
	for _, p := range Patterns() {
		mux.Handle(p, http.NotFoundHandler())
	}
	for _, rt := range routes() {
		path := strings.NewReplacer("{id}", "x", "{bank}", "x", "{entry}", "1").Replace(rt.pattern)
		if _, pattern := mux.Handler(httptest.NewRequest(rt.method, path, nil)); pattern == "" {
			t.Errorf("%s is not mounted", rt.pattern)
		}
	}
}

func TestAuthorizationHeader(t *testing.T) {
	for value, status := range map[string]int{
		"Bearer all": 200, "bearer all": 200, "BEARER  all": 200, "Basic all": 401, "all": 401, "Bearer": 401, "Bearer ": 401, "Bearer all extra": 401,
	} {
		b := setup(t)
		q := call{method: "GET", path: "/v1/letters", header: map[string]string{"Authorization": value}}
		if w := b.do(t, q); w.Code != status {
			t.Errorf("%q: status %d, want %d", value, w.Code, status)
		}
	}
}

func TestLetters(t *testing.T) {
	b := setup(t)
	got := read[LetterPage](t, b.do(t, call{method: "GET", path: "/v1/letters?from=c&limit=7", key: "letters"}), 200)
	want := LetterPage{Letters: []LetterLine{{ID: "l-1", Event: "e-1", At: noon(), Reason: "line 1: missing", Place: "/data/account"}}, Next: "l-0"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if b.letters.query != (LetterQuery{Source: "/chat", Cursor: "c", Limit: 7}) {
		t.Errorf("asked for %+v", b.letters.query)
	}
	b.do(t, call{method: "GET", path: "/v1/letters", key: "letters"})
	if b.letters.query != (LetterQuery{Source: "/chat", Limit: defaultLetters}) {
		t.Errorf("asked for %+v", b.letters.query)
	}
	for _, bad := range []string{"limit=0", "limit=501", "limit=x", "from=nonsense", "page=2"} {
		read[Problem](t, b.do(t, call{method: "GET", path: "/v1/letters?" + bad, key: "letters"}), 400)
	}
	if got := read[Replayed](t, b.do(t, call{method: "POST", path: "/v1/letters/l-1/replay", key: "letters"}), 200); !got.Taken {
		t.Error("not taken")
	}
	if b.letters.replay != (LetterReplay{Who: "key/k-letters", Source: "/chat", ID: "l-1"}) {
		t.Errorf("asked for %+v", b.letters.replay)
	}
	read[Problem](t, b.do(t, call{method: "POST", path: "/v1/letters/l-2/replay", key: "letters"}), 404)
	b.letters.err = errDisk
	read[Problem](t, b.do(t, call{method: "GET", path: "/v1/letters", key: "letters"}), 503)
	read[Problem](t, b.do(t, call{method: "POST", path: "/v1/letters/l-1/replay", key: "letters"}), 503)
}

func TestReady(t *testing.T) {
	for _, c := range []struct {
		name, key string
		state     readiness
		status    int
		details   bool
	}{
		{"well", "", readiness{true, 0, 4}, 200, false},
		{"database down", "", readiness{false, 0, 4}, 503, false},
		{"queue full", "", readiness{true, 4, 4}, 503, false},
		{"no queue", "", readiness{true, 0, 0}, 503, false},
		{"key with the scope", "health", readiness{false, 0, 4}, 503, true},
		{"key without it", "events", readiness{true, 0, 4}, 200, false},
		{"key that cannot be looked up", "broken", readiness{false, 0, 4}, 503, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t)
			*b.ready = c.state
			got := read[Ready](t, b.do(t, call{method: "GET", path: "/readyz", key: c.key}), c.status)
			if got.Ready != (c.status == 200) || len(got.Checks) != 3 || got.Checks[0].OK != c.state.database || (got.Checks[0].Detail != "") != c.details {
				t.Errorf("%+v", got)
			}
		})
	}
	t.Run("alive all the same", func(t *testing.T) {
		b := setup(t)
		*b.ready = readiness{}
		read[Health](t, b.do(t, call{method: "GET", path: "/healthz"}), 200)
		if w := b.do(t, call{method: "HEAD", path: "/healthz"}); w.Code != 200 {
			t.Errorf("HEAD: %d", w.Code)
		}
	})
}

func TestMetrics(t *testing.T) {
	b := setup(t)
	b.do(t, post("["+ev("e-1")+","+ev("e-2")+","+ev("e-2")+",{},"+evFrom("/other", "x")+"]"))
	b.do(t, post(""))
	b.do(t, call{method: "GET", path: "/v1/letters"})
	for _, c := range []struct {
		name, label, value string
		want               float64
	}{
		{"haris_api_events_total", "result", "accepted", 2},
		{"haris_api_events_total", "result", "duplicate", 1},
		{"haris_api_events_total", "result", "rejected", 2},
		{"haris_api_events_rejected_total", "reason", "missing", 1},
		{"haris_api_events_rejected_total", "reason", "source_not_allowed", 1},
		{"haris_api_requests_total", "outcome", "ok", 1},
		{"haris_api_requests_total", "outcome", "empty", 1},
		{"haris_api_requests_total", "outcome", "no_key", 1},
		{"haris_api_requests_total", "path", "/v1/events", 2},
	} {
		if got := b.count(t, c.name, c.label, c.value); got != c.want {
			t.Errorf("%s{%s=%q} = %v, want %v", c.name, c.label, c.value, got, c.want)
		}
	}
	w := newRecorder()
	MetricsHandler(b.metrics).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, line := range []string{"haris_queue_batches 1\n", "haris_queue_room 4\n", "haris_api_body_events_count 1\n", "haris_api_request_seconds_count"} {
		if !strings.Contains(w.Body.String(), line) {
			t.Errorf("no %q in\n%s", line, w.Body)
		}
	}
}

// TestLine: one line for a request, with what it did and nothing that was sent.
func TestLine(t *testing.T) {
	b := setup(t)
	q := post("[" + ev("e-1") + ",{}]")
	q.header = map[string]string{"User-Agent": private}
	b.do(t, q)
	for _, part := range []string{
		"level=INFO", `msg="api request"`, "method=POST", "path=/v1/events", "status=200", "outcome=ok", "key=k-all", "source=/chat", "events=2",
		"accepted=1", "rejected=1",
	} {
		if !strings.Contains(b.log.String(), part) {
			t.Errorf("no %s in %s", part, b.log)
		}
	}
	b.noContentLogged(t)
	b.log.Reset()
	b.do(t, call{method: private, path: "/" + private})
	if strings.Contains(b.log.String(), private) {
		t.Errorf("the log repeats what a caller made up: %s", b.log)
	}
}
