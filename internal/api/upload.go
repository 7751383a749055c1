package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

// maxPart is how much a body in parts may be longer than its file.
const maxPart = 1 << 20

// watched remembers how reading ended, so that what the caller did is told from what went wrong here.
type watched struct {
	io.Reader
	err error
}

// Read implements io.Reader.
func (w *watched) Read(b []byte) (int, error) {
	n, err := w.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

// incoming reads what a request brings: JSON names a media, multipart/form-data holds a file, and whatever else is the file itself. What
// the Content-Type says of a file proves nothing and is not looked at.
func (a *api) incoming(w http.ResponseWriter, r *request) (in incoming, err error) {
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return in, unsupported("content_encoding", "files are taken as they are", []string{"identity"}, http.Header{"Accept-Encoding": {"identity"}})
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	if kind == string(formAny) {
		return in, a.readJSON(w, r, &in.ref)
	}
	a.allow(w, r)
	if kind == "multipart/form-data" {
		in.body, err = a.part(w, r)
		return in, err
	}
	if r.ContentLength > a.Limits.MediaBytes {
		return in, a.fileTooLarge()
	}
	if r.ContentLength == 0 {
		return in, badRequest("empty", "the body is empty", `a file, or JSON that names one`)
	}
	in.body = &watched{Reader: r.Body}
	return in, nil
}

// allow gives a file the time that it may take, which is longer than that of other requests.
func (a *api) allow(w http.ResponseWriter, r *request) {
	c, until := http.NewResponseController(w), r.start.Add(a.Limits.MediaTime)
	for _, set := range []func(time.Time) error{c.SetReadDeadline, c.SetWriteDeadline} {
		if err := set(until); err != nil && !errors.Is(err, http.ErrNotSupported) {
			a.Logger.Warn("the time of a request could not be extended", "error", err)
		}
	}
}

// part finds the file in a body of several parts: the first that has a file's name.
func (a *api) part(w http.ResponseWriter, r *request) (*watched, error) {
	body := &watched{Reader: http.MaxBytesReader(w, r.Body, a.Limits.MediaBytes+maxPart)}
	r.Body = io.NopCloser(body)
	parts, err := r.MultipartReader()
	for err == nil {
		p, e := parts.NextPart()
		if e != nil {
			err = e
			break
		}
		if p.FileName() != "" {
			r.field = p.FormName()
			return &watched{Reader: p}, nil
		}
	}
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return nil, a.fileTooLarge()
	case r.Context().Err() != nil:
		return nil, errGone
	}
	return nil, badRequest("no_file", "the body has no part that is a file, or ends before it", "multipart/form-data with a file")
}

// readJSON reads a body of one JSON value, all of whose fields are known.
func (a *api) readJSON(w http.ResponseWriter, r *request, to any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != string(formAny) {
		return unsupported("content_type", "the body is not JSON, as its Content-Type says", []string{string(formAny)}, http.Header{"Accept-Post": {string(formAny)}})
	}
	text, err := a.read(w, r.Request)
	if err != nil {
		return err
	}
	return parseJSON(text, to)
}

// parseJSON is readJSON of a text.
func parseJSON(text string, to any) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(to)
	if err == nil {
		if _, more := d.Token(); errors.Is(more, io.EOF) {
			return nil
		}
		err = errors.New("more than one value")
	}
	p := badRequest("bad_json", "the body cannot be read as what is expected here", "one JSON object with the fields that the document at /openapi.json names, and no others")
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" && !strings.ContainsAny(wrong.Field, "[]\"") {
		p.Detail = "the field " + ours(wrong.Field) + " is of the wrong type"
	}
	p.Line = 1 + bytes.Count([]byte(text[:min(int(d.InputOffset()), len(text))]), []byte("\n"))
	return p
}

// ours leaves the key of a map out of the name of a field: it is the caller's and is not repeated.
func ours(field string) string {
	if i := strings.Index(field, "hashes."); i >= 0 {
		return field[:i] + "hashes"
	}
	return field
}
