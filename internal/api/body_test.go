package api

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

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
		{name: "zstd window", encoding: "zstd", body: wideWindow(t), status: 400, code: "bad_encoding"},
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

// wideWindow is a short body that asks for 16 MiB of memory to undo.
func wideWindow(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithWindowSize(2*maxWindow))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{ev("e-1"), "\n"} {
		if _, err := io.WriteString(w, part); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestAnnouncedTooLong: a body that announces that it is too long is not read at all.
func TestAnnouncedTooLong(t *testing.T) {
	b := setup(t)
	unread := &counting{}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/events", unread)
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = int64(limits().BodyBytes) + 1
	r.Header.Set("Content-Type", string(formAny))
	r.Header.Set("Authorization", "Bearer all")
	w := newRecorder()
	b.handler.ServeHTTP(w, r)
	read[Problem](t, w, http.StatusRequestEntityTooLarge)
	if unread.n > 0 {
		t.Errorf("read %d times", unread.n)
	}
}

type counting struct{ n int }

func (c *counting) Read([]byte) (int, error) { c.n++; return 0, io.EOF }
