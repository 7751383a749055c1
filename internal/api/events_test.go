package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"haris/internal/event"
	"haris/internal/pipeline"
)

func compressor(encoding string, w io.Writer) io.WriteCloser {
	if encoding == "zstd" {
		z, err := zstd.NewWriter(w)
		if err != nil {
			panic(err)
		}
		return z
	}
	return gzip.NewWriter(w)
}

// TestForms sends the same two events in every form and encoding.
func TestForms(t *testing.T) {
	lines, array := ev("e-1")+"\n\n"+ev("e-2")+"\n", "[\n"+ev("e-1")+",\n"+ev("e-2")+"]"
	for _, c := range []struct {
		name, media, body string
		ids               []string
	}{
		{"one", string(formOne), ev("e-1"), []string{"e-1"}},
		{"one in JSON", string(formAny), ev("e-1"), []string{"e-1"}},
		{"one over several lines", string(formOne), strings.ReplaceAll(ev("e-1"), ",", ",\n"), []string{"e-1"}},
		{"array in JSON", string(formAny), array, []string{"e-1", "e-2"}},
		{"batch", string(formBatch), array, []string{"e-1", "e-2"}},
		{"empty batch", string(formBatch), " [ ] ", nil},
		{"lines", string(formLines), lines, []string{"e-1", "e-2"}},
		{"charset and case", "Application/X-NDJSON; charset=UTF-8", lines, []string{"e-1", "e-2"}},
	} {
		for _, encoding := range []string{"", "identity", "gzip", "zstd"} {
			t.Run(c.name+"/"+encoding, func(t *testing.T) {
				b := setup(t)
				body := c.body
				if encoding == "gzip" || encoding == "zstd" {
					body = squeeze(t, encoding, body)
				}
				q := post(body)
				q.media, q.encoding = c.media, encoding
				got := read[Taken](t, b.do(t, q), http.StatusOK)
				if d := cmp.Diff(Taken{Accepted: len(c.ids), Rejected: []Rejected{}}, got); d != "" {
					t.Error(d)
				}
				if d := cmp.Diff(c.ids, b.ingest.ids()); d != "" {
					t.Error(d)
				}
			})
		}
	}
}

func TestRepeatsAreDuplicates(t *testing.T) {
	b := setup(t)
	b.do(t, post(ev("e-1")))
	got := read[Taken](t, b.do(t, post("["+ev("e-1")+","+ev("e-2")+"]")), http.StatusOK)
	if got.Accepted != 1 || got.Duplicate != 1 {
		t.Errorf("%+v", got)
	}
}

// TestBadEvents puts one event that cannot be taken between two that can.
func TestBadEvents(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 20) + "1" + strings.Repeat("}", 20)
	good := ev("bad")
	for _, c := range []struct {
		name, event   string
		reason        event.Reason
		id, pointer   string
		expected      string
		noLetter      bool
		columnUnknown bool
	}{
		{name: "deep", event: strings.Replace(good, `"data":{`, `"data":{"x":`+deep+`,`, 1), reason: event.TooDeep, id: "bad"},
		{name: "invalid UTF-8", event: strings.Replace(good, private, private+"\xff", 1), reason: event.InvalidUTF8, expected: "UTF-8"},
		{name: "duplicate key", event: strings.Replace(good, `"from":"a-1"`, `"from":"a-1","from":"a-3"`, 1), reason: event.DuplicateKey, id: "bad"},
		{
			name: "far future", event: strings.Replace(good, "2026-01-02T11", "2026-01-02T14", 1), reason: event.FutureTime, id: "bad", pointer: "/time",
			expected: "not after 2026-01-02T13:00:00Z", columnUnknown: true,
		},
		{name: "too large", event: strings.Replace(good, private, private+strings.Repeat("x", 4<<10), 1), reason: event.TooLarge, expected: "4096 bytes", columnUnknown: true},
		{name: "missing", event: strings.Replace(good, `"from":"a-1",`, "", 1), reason: event.Missing, id: "bad", pointer: "/data/from", columnUnknown: true},
		{name: "wrong type", event: strings.Replace(good, `"a-1"`, "[1]", 1), reason: event.WrongType, id: "bad", pointer: "/data/from"},
		{name: "bad word", event: strings.Replace(good, `"from"`, `"surface":"`+private+`","from"`, 1), reason: event.BadValue, id: "bad", pointer: "/data/surface"},
		{name: "not JSON", event: private, reason: event.WrongType},
		{name: "cut short", event: good[:len(good)-10], reason: event.MalformedJSON, id: "bad"},
		{name: "id that is no id", event: ev(private + strings.Repeat("x", 300)), reason: event.BadValue, pointer: "/id"},
		{
			name: "another source", event: evFrom("/other", "bad"), reason: SourceNotAllowed, id: "bad", pointer: "/source",
			expected: "source that this key speaks for", noLetter: true, columnUnknown: true,
		},
		{name: "broken and of another source", event: strings.Replace(evFrom("/other", "bad"), `"a-1"`, "1", 1), reason: SourceNotAllowed, id: "bad", noLetter: true, columnUnknown: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t)
			q := post(ev("e-1") + "\n" + c.event + "\n" + ev("e-2") + "\n")
			q.media = string(formLines)
			got := read[Taken](t, b.do(t, q), http.StatusOK)
			if got.Accepted != 2 || len(got.Rejected) != 1 {
				t.Fatalf("%+v", got)
			}
			r := got.Rejected[0]
			if r.Index != 1 || r.Line != 2 || r.ID != c.id || r.Reason != string(c.reason) || r.Error == "" || !strings.Contains(r.Expected, c.expected) ||
				(c.pointer != "" && r.Pointer != c.pointer) || (r.Column == 0 && !c.columnUnknown) {
				t.Errorf("%+v", r)
			}
			dead := b.ingest.dead()
			if c.noLetter {
				if len(dead) != 0 {
					t.Errorf("a letter of a source that the key does not speak for: %+v", dead)
				}
				return
			}
			if len(dead) != 1 || dead[0].Source != "/chat" || dead[0].Event != c.id || string(dead[0].Body) != c.event ||
				dead[0].Reason == "" || strings.Contains(dead[0].Reason+dead[0].Place, private) {
				t.Errorf("letters %+v", dead)
			}
			b.noContentLogged(t)
		})
	}
}

func (b *bench) noContentLogged(t *testing.T) {
	t.Helper()
	if strings.Contains(b.log.String(), private) || strings.Contains(b.log.String(), "e-1") {
		t.Errorf("the log holds content:\n%s", b.log)
	}
	if strings.Count(b.log.String(), `msg="api request"`) != 1 {
		t.Errorf("not one line for a request:\n%s", b.log)
	}
}

// TestBadBodies sends bodies that cannot be taken as a whole.
func TestBadBodies(t *testing.T) {
	small := limits().BodyBytes
	bomb := squeeze(t, "gzip", strings.Repeat(" ", 100*small))
	zbomb := squeeze(t, "zstd", strings.Repeat(" ", 100*small))
	whole := squeeze(t, "gzip", evs(50))
	zwhole := squeeze(t, "zstd", evs(50))
	for _, c := range []struct {
		name, media, encoding, body, query string
		status                             int
		code, expected                     string
	}{
		{name: "empty", status: 400, code: "empty", expected: "at least one event"},
		{name: "blank", body: " \n\t\r\n", status: 400, code: "empty"},
		{name: "empty lines", media: string(formLines), body: "\n\n", status: 400, code: "empty"},
		{name: "empty gzip", encoding: "gzip", body: squeeze(t, "gzip", ""), status: 400, code: "empty"},
		{name: "open array", body: "[" + ev("e-1") + ",", status: 400, code: "malformed_json"},
		{name: "no comma", body: "[" + ev("e-1") + "\n" + ev("e-2") + "]", status: 400, code: "malformed_json", expected: `"," or "]"`},
		{name: "after the array", body: "[" + ev("e-1") + "] x", status: 400, code: "malformed_json"},
		{name: "batch that is none", media: string(formBatch), body: "\n" + ev("e-1"), status: 400, code: "not_a_batch"},
		{name: "array as one event", media: string(formOne), body: "[" + ev("e-1") + "]", status: 400, code: "not_one_event"},
		{name: "two as one event", media: string(formOne), body: ev("e-1") + "\n" + ev("e-2"), status: 400, code: "not_one_event"},
		{name: "too long", body: strings.Repeat("x", small+1), status: 413, code: "body_too_large"},
		{name: "zip bomb", encoding: "gzip", body: bomb, status: 413, code: "body_too_large"},
		{name: "zstd bomb", encoding: "zstd", body: zbomb, status: 413, code: "body_too_large"},
		{name: "truncated gzip", encoding: "gzip", body: whole[:len(whole)-12], status: 400, code: "bad_encoding"},
		{name: "truncated zstd", encoding: "zstd", body: zwhole[:len(zwhole)/2], status: 400, code: "bad_encoding"},
		{name: "damaged gzip", encoding: "gzip", body: whole[:20] + "\x00\x01\x02" + whole[23:], status: 400, code: "bad_encoding"},
		{name: "not gzip", encoding: "gzip", body: ev("e-1"), status: 400, code: "bad_encoding"},
		{name: "not zstd", encoding: "zstd", body: ev("e-1"), status: 400, code: "bad_encoding"},
		{name: "other encoding", encoding: "br", body: ev("e-1"), status: 415, code: "content_encoding"},
		{name: "two encodings", encoding: "gzip, zstd", body: ev("e-1"), status: 415, code: "content_encoding"},
		{name: "wrong type", media: "text/plain", body: ev("e-1"), status: 415, code: "content_type"},
		{name: "no type", media: " ", body: ev("e-1"), status: 415, code: "content_type"},
		{name: "charset", media: "application/json; charset=latin1", body: ev("e-1"), status: 415, code: "charset"},
		{name: "only another source", body: "[" + evFrom("/other", "1") + "," + evFrom("/other", "2") + "]", status: 403, code: "source_not_allowed"},
		{name: "verdicts on another source", query: "?verdict=true", body: evFrom("/other", "1"), status: 403, code: "source_not_allowed"},
		{name: "unknown parameter", query: "?verdicts=true", body: ev("e-1"), status: 400, code: "unknown_parameter"},
		{name: "bad verdict", query: "?verdict=1", body: ev("e-1"), status: 400, code: "bad_parameter"},
		{name: "two verdicts", query: "?verdict=true&verdict=false", body: ev("e-1"), status: 400, code: "bad_parameter"},
		{name: "deadline without verdict", query: "?deadline=1s", body: ev("e-1"), status: 400, code: "bad_parameter"},
		{name: "bad deadline", query: "?verdict=true&deadline=soon", body: ev("e-1"), status: 400, code: "bad_parameter"},
		{name: "no deadline", query: "?verdict=true&deadline=0s", body: ev("e-1"), status: 400, code: "bad_parameter"},
		{name: "unreadable query", query: "?a=%zz", body: ev("e-1"), status: 400, code: "bad_query"},
		{name: "too many for verdicts", media: string(formLines), query: "?verdict=true", body: evs(101), status: 400, code: "too_many_for_verdicts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t)
			q := post(c.body)
			q.path += c.query
			q.encoding = c.encoding
			if c.media != "" {
				q.media = strings.TrimSpace(c.media)
			}
			w := b.do(t, q)
			p := read[Problem](t, w, c.status)
			if p.Code != c.code || p.Detail == "" || p.Expected == "" || p.Title != http.StatusText(c.status) || p.Status != c.status || !strings.Contains(p.Expected, c.expected) {
				t.Errorf("%+v", p)
			}
			switch {
			case c.status == 413 && p.Limit != int64(small):
				t.Errorf("the limit is not said: %+v", p)
			case c.status == 415 && len(p.Allowed) == 0:
				t.Errorf("what is allowed is not said: %+v", p)
			case c.code == "content_encoding" && w.Header().Get("Accept-Encoding") != "gzip, zstd":
				t.Errorf("header %v", w.Header())
			case c.code == "content_type" && !strings.Contains(w.Header().Get("Accept-Post"), "application/x-ndjson"):
				t.Errorf("header %v", w.Header())
			}
			if len(b.ingest.batches) != 0 {
				t.Error("something was taken")
			}
		})
	}
}

// TestWhereABodyBreaks: the problem names the line.
func TestWhereABodyBreaks(t *testing.T) {
	b := setup(t)
	if p := read[Problem](t, b.do(t, post("[\n"+ev("e-1")+",\n"+`{"id":`)), 400); p.Line != 3 {
		t.Errorf("%+v", p)
	}
}

// TestLimitsAreExact: what just fits is taken.
func TestLimitsAreExact(t *testing.T) {
	b := setup(t)
	body := ev("e-1")
	body += strings.Repeat(" ", limits().BodyBytes-len(body))
	for name, encoding := range map[string]string{"plain": "", "gzip": "gzip", "zstd": "zstd"} {
		t.Run(name, func(t *testing.T) {
			q := post(body)
			if encoding != "" {
				q.body, q.encoding = squeeze(t, encoding, body), encoding
			}
			read[Taken](t, b.do(t, q), http.StatusOK)
			q = post(body + " ")
			if encoding != "" {
				q.body, q.encoding = squeeze(t, encoding, body+" "), encoding
			}
			read[Problem](t, b.do(t, q), http.StatusRequestEntityTooLarge)
		})
	}
}

// TestUnannouncedLength: a body without Content-Length is bounded all the same.
func TestUnannouncedLength(t *testing.T) {
	b := setup(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/events", io.MultiReader(strings.NewReader(strings.Repeat("x", limits().BodyBytes+1))))
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = -1
	r.Header.Set("Content-Type", string(formAny))
	r.Header.Set("Authorization", "Bearer all")
	w := newRecorder()
	b.handler.ServeHTTP(w, r)
	read[Problem](t, w, http.StatusRequestEntityTooLarge)
}

// TestCutShort: a connection that ends in the middle of a body is no body.
func TestCutShort(t *testing.T) {
	b := setup(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/events", io.MultiReader(strings.NewReader(ev("e-1")), broken{}))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", string(formAny))
	r.Header.Set("Authorization", "Bearer all")
	w := newRecorder()
	b.handler.ServeHTTP(w, r)
	if p := read[Problem](t, w, http.StatusBadRequest); p.Code != "body_cut_short" || len(b.ingest.batches) != 0 {
		t.Errorf("%+v, %d batches", p, len(b.ingest.batches))
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestLongBodies are handed on in order, in batches of the size that was set, with the place of each rejected event in the body.
func TestLongBodies(t *testing.T) {
	b := setup(t, func(d *Deps) { d.Limits.BodyBytes = 1 << 20 })
	lines := strings.Split(strings.TrimSpace(evs(350)), "\n")
	lines[10], lines[120], lines[349] = "{}", "{}", "{}"
	q := post(strings.Join(lines, "\n"))
	q.media = string(formLines)
	got := read[Taken](t, b.do(t, q), http.StatusOK)
	if got.Accepted != 347 || len(got.Rejected) != 3 {
		t.Fatalf("%d accepted, %d rejected", got.Accepted, len(got.Rejected))
	}
	for i, want := range []int{10, 120, 349} {
		if r := got.Rejected[i]; r.Index != want || r.Line != want+1 {
			t.Errorf("%+v, want index %d", r, want)
		}
	}
	var sizes []int
	for _, batch := range b.ingest.batches {
		sizes = append(sizes, len(batch.Events)+len(batch.Letters))
	}
	if d := cmp.Diff([]int{100, 100, 100, 50}, sizes); d != "" {
		t.Error(d)
	}
	ids := b.ingest.ids()
	for i, want := 0, 0; want < 350; want++ {
		if want == 10 || want == 120 || want == 349 {
			continue
		}
		if ids[i] != fmt.Sprintf("e-%d", want) {
			t.Fatalf("event %d is %s", want, ids[i])
		}
		i++
	}
}

// TestRefused: what the pipeline says reaches the caller, with how much was taken.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		err    error
		at     int // batch that is refused
		query  string
		status int
		code   string
		wait   string
	}{
		{"full", pipeline.ErrFull, 0, "", 429, "queue_full", "1"},
		{"full in the middle", fmt.Errorf("x: %w", pipeline.ErrFull), 2, "", 429, "queue_full", "1"},
		{"stopping", pipeline.ErrClosed, 0, "", 503, "stopping", "5"},
		{"failed", errDisk, 1, "", 503, "unavailable", "5"},
		{"full, verdicts", pipeline.ErrFull, 0, "?verdict=true", 429, "queue_full", "1"},
		{"failed, verdicts", errDisk, 0, "?verdict=true", 503, "unavailable", "5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t)
			b.ingest.fail = func(n int) error {
				if n == c.at {
					return c.err
				}
				return nil
			}
			q := post(evs(250))
			if c.query != "" {
				q.body = evs(3)
			}
			q.path += c.query
			q.media = string(formLines)
			w := b.do(t, q)
			p := read[Problem](t, w, c.status)
			if p.Code != c.code || p.Taken != 100*c.at || w.Header().Get("Retry-After") != c.wait {
				t.Errorf("%+v, Retry-After %s", p, w.Header().Get("Retry-After"))
			}
			if strings.Contains(p.Detail, "disk") {
				t.Error("the answer says what failed inside")
			}
			if errors.Is(c.err, errDisk) != strings.Contains(b.log.String(), "level=ERROR") {
				t.Errorf("log: %s", b.log)
			}
		})
	}
}

// TestAnswerThatDoesNotFit: when the pipeline speaks of other events than were sent, nothing is said to be accepted.
func TestAnswerThatDoesNotFit(t *testing.T) {
	for _, query := range []string{"", "?verdict=true"} {
		b := setup(t)
		b.ingest.short = true
		q := post(ev("e-1"))
		q.path += query
		if p := read[Problem](t, b.do(t, q), http.StatusInternalServerError); p.Code != "failed" {
			t.Errorf("%+v", p)
		}
	}
}

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

// TestParallelDecoding: many goroutines give what one gives.
func TestParallelDecoding(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(evs(1000)), "\n")
	for i := 3; i < len(lines); i += 7 {
		lines[i] = "{}"
	}
	pieces := event.SplitLines(strings.Join(lines, "\n"))
	one := &api{Deps: Deps{Limits: limits()}, workers: 1}
	want := one.parcel("/chat", pieces, 5, noon())
	for _, workers := range []int{2, 3, 16, 5000} {
		many := &api{Deps: Deps{Limits: limits()}, workers: workers}
		got := many.parcel("/chat", pieces, 5, noon())
		if len(got.batch.Events) != len(want.batch.Events) || len(got.batch.Letters) != len(want.batch.Letters) {
			t.Fatalf("%d workers: %d events", workers, len(got.batch.Events))
		}
		for i := range want.batch.Events {
			if got.batch.Events[i].Raw != want.batch.Events[i].Raw {
				t.Fatalf("%d workers: event %d differs", workers, i)
			}
		}
		if d := cmp.Diff(want.rejected, got.rejected); d != "" {
			t.Errorf("%d workers: %s", workers, d)
		}
	}
}

func TestNewSaysWhatIsMissing(t *testing.T) {
	good := setup(t).deps
	for name, change := range map[string]func(*Deps){
		"Keys": func(d *Deps) { d.Keys = nil }, "Ingester": func(d *Deps) { d.Ingester = nil }, "Letters": func(d *Deps) { d.Letters = nil },
		"Readiness": func(d *Deps) { d.Readiness = nil }, "Queue": func(d *Deps) { d.Queue = nil }, "Limits": func(d *Deps) { d.Limits.Depth = 0 },
		"Registry": func(d *Deps) { d.Registry = nil }, "Now": func(d *Deps) { d.Now = nil }, "Logger": func(d *Deps) { d.Logger = nil },
		"Version": func(d *Deps) { d.Version = "" },
	} {
		d := good
		change(&d)
		if _, err := New(d); err == nil || !bytes.Contains([]byte(err.Error()), []byte(name+" is required")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(good); err == nil {
		t.Error("the same metrics were registered twice")
	}
}
