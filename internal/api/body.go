package api

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"haris/internal/event"
)

// form is how the events of a body are laid out.
type form string

// The forms, by media type.
const (
	formOne   form = "application/cloudevents+json"
	formBatch form = "application/cloudevents-batch+json"
	formLines form = "application/x-ndjson"
	formAny   form = "application/json" // one event or an array
)

func forms() []string {
	return []string{string(formOne), string(formBatch), string(formLines), string(formAny)}
}

func encodings() []string { return []string{"gzip", "zstd", "identity"} }

// formOf reads the media type of the body.
func formOf(h http.Header) (form, *Problem) {
	allowed := http.Header{"Accept-Post": {strings.Join(forms(), ", ")}}
	media, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return "", unsupported("content_type", "the Content-Type is missing or cannot be read", forms(), allowed)
	}
	if c, ok := params["charset"]; ok && !strings.EqualFold(c, "utf-8") {
		return "", unsupported("charset", "events are UTF-8 text", []string{"utf-8"}, nil)
	}
	for _, f := range forms() {
		if f == media {
			return form(f), nil
		}
	}
	return "", unsupported("content_type", "events do not come in a body of this Content-Type", forms(), allowed)
}

// cut tells the events of a body apart.
func (f form) cut(body string) ([]event.Piece, *Problem) {
	begin := strings.TrimLeft(body, " \t\r\n")
	if begin == "" {
		return nil, badRequest("empty", "the body is empty", "at least one event")
	}
	if f == formLines {
		return event.SplitLines(body), nil
	}
	if f == formBatch && begin[0] != '[' {
		p := badRequest("not_a_batch", "the body is not a JSON array", "a JSON array of events, or another Content-Type")
		p.Line = 1 + strings.Count(body[:len(body)-len(begin)], "\n")
		return nil, p
	}
	pieces, bad := event.Split(body)
	if bad != nil {
		return nil, uncut(bad)
	}
	if f == formOne && (begin[0] == '[' || len(pieces) != 1) {
		return nil, badRequest("not_one_event", "the body is not one event", "one JSON object whose brackets close, or Content-Type "+string(formBatch)+" or "+string(formLines))
	}
	return pieces, nil
}

const (
	firstRoom = 4 << 20 // a body that announces more has to bring it before more is set aside for it
	maxWindow = 8 << 20 // of zstd, as RFC 9659 bounds it
)

// read returns the body, decompressed, within the limit.
func (a *api) read(w http.ResponseWriter, r *http.Request) (string, error) {
	limit := a.Limits.BodyBytes
	if r.ContentLength > int64(limit) {
		return "", tooLarge(limit)
	}
	src, done, err := decompress(http.MaxBytesReader(w, r.Body, int64(limit)), r.Header.Get("Content-Encoding"))
	if err != nil {
		return "", readProblem(r, err, limit)
	}
	defer done()
	var b strings.Builder
	b.Grow(int(min(max(r.ContentLength, 0), firstRoom)))
	n, err := io.Copy(&b, io.LimitReader(src, int64(limit)+1))
	switch {
	case err != nil:
		return "", readProblem(r, err, limit)
	case n > int64(limit):
		return "", tooLarge(limit)
	}
	return b.String(), nil
}

// decompress undoes one content encoding; done frees what it took.
func decompress(src io.Reader, encoding string) (out io.Reader, done func(), err error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return src, func() {}, nil
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(src)
		return z, func() {}, err
	case "zstd":
		z, err := zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	}
	return nil, nil, unsupported("content_encoding", "bodies of this Content-Encoding are not taken", encodings(),
		http.Header{"Accept-Encoding": {"gzip, zstd"}})
}

// readProblem says why a body could not be read.
func readProblem(r *http.Request, err error, limit int) error {
	var p *Problem
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &long):
		return tooLarge(limit)
	case r.Context().Err() != nil:
		return errGone
	case r.Header.Get("Content-Encoding") != "":
		return badRequest("bad_encoding", "the body does not decompress: it is cut short, damaged or of another Content-Encoding; nothing was taken",
			"a whole body in the Content-Encoding that its header names")
	}
	return badRequest("body_cut_short", "the body ended before it was complete; nothing was taken", "a whole body")
}
