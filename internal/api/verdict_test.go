package api

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestVerdicts(t *testing.T) {
	b := setup(t)
	b.do(t, post(ev("e-1")))
	q := post("[" + ev("e-1") + ",{}," + ev("e-2") + "]")
	q.path += "?verdict=true"
	want := []Judged{
		{ID: "e-1", Duplicate: true, Reasons: []Why{}},
		{ID: "e-2", Verdict: "hold", Reasons: []Why{{"basic/many", "12 minors in 7 days"}}},
	}
	got := read[Taken](t, b.do(t, q), http.StatusOK)
	if d := cmp.Diff(want, got.Verdicts); d != "" || got.Accepted != 1 || got.Duplicate != 1 || len(got.Rejected) != 1 {
		t.Errorf("%+v\n%s", got, d)
	}
	q.path = "/v1/events?verdict=false"
	if got := read[Taken](t, b.do(t, q), http.StatusOK); got.Verdicts != nil {
		t.Errorf("verdicts that nobody asked for: %+v", got)
	}
}

// TestDeadline: the caller's deadline narrows the one that was set and never widens it.
func TestDeadline(t *testing.T) {
	for query, want := range map[string]time.Duration{
		"": 250 * time.Millisecond, "&deadline=100ms": 100 * time.Millisecond, "&deadline=10s": 250 * time.Millisecond,
	} {
		b := setup(t)
		q := post(ev("e-1"))
		q.path += "?verdict=true" + query
		read[Taken](t, b.do(t, q), http.StatusOK)
		if got := <-b.waited; got != want {
			t.Errorf("%q: waits %s, want %s", query, got, want)
		}
	}
}

// TestLate: past the deadline nothing is acknowledged, the work goes on, and what comes of it is counted.
func TestLate(t *testing.T) {
	for end, fail := range map[string]error{"done": nil, "failed": errDisk} {
		t.Run(end, func(t *testing.T) {
			finished := make(chan string, 1)
			b := setup(t, func(d *Deps) { d.Logger = tell(finished) })
			b.ingest.hold, b.ingest.began = make(chan struct{}), make(chan struct{})
			b.ingest.fail = func(int) error { return fail }
			b.alarm <- noon()
			ctx, cancel := context.WithCancel(t.Context())
			q := post(ev("e-1"))
			q.path += "?verdict=true"
			got := read[Late](t, b.doContext(t, ctx, q), http.StatusAccepted)
			if !got.Late || !strings.Contains(got.Detail, "nothing is acknowledged") {
				t.Errorf("%+v", got)
			}
			cancel() // as net/http does when the answer is out: the work must not mind
			<-b.ingest.began
			close(b.ingest.hold)
			for line := range finished {
				if strings.HasPrefix(line, "api late") {
					if line != "api late work "+end {
						t.Errorf("%q", line)
					}
					break
				}
			}
			if n := len(b.ingest.ids()); (n == 1) != (fail == nil) {
				t.Errorf("%d events were taken", n)
			}
			if n := b.count(t, "haris_api_late_total", "end", end); n != 1 {
				t.Errorf("late work that ended as %s is counted %v times", end, n)
			}
		})
	}
}

// TestGone: a caller who went away gets no answer, and a wait for verdicts does not stop the work.
func TestGone(t *testing.T) {
	for _, query := range []string{"", "?verdict=true"} {
		t.Run(query, func(t *testing.T) {
			finished := make(chan string, 4)
			b := setup(t, func(d *Deps) { d.Logger = tell(finished) })
			b.ingest.hold, b.ingest.began = make(chan struct{}), make(chan struct{})
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				<-b.ingest.began
				cancel()
			}()
			q := post(ev("e-1"))
			q.path += query
			if w := b.doContext(t, ctx, q); w.Body.Len() != 0 {
				t.Errorf("answered %s", w.Body)
			}
			close(b.ingest.hold)
			if n := b.count(t, "haris_api_requests_total", "outcome", "gone"); n != 1 {
				t.Errorf("counted %v times", n)
			}
			for line := range finished {
				if query == "" || line == "api late work done" {
					break
				}
			}
			if n := len(b.ingest.ids()); (n == 1) != (query != "") {
				t.Errorf("%d events were taken", n)
			}
		})
	}
}
