package api

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

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
