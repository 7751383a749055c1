package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"haris/internal/auth"
)

// request is a request with who asks and what will be said of it in the log.
type request struct {
	*http.Request
	route *route
	key   auth.Key // empty where anyone may ask
	query url.Values
	start time.Time
	line  []slog.Attr
	field string // of a form, in which a file came
}

// note adds to the canonical line.
func (r *request) note(attrs ...slog.Attr) { r.line = append(r.line, attrs...) }

// serve answers one path: headers, who asks, whether they may, then the endpoint; whatever came of it is one line and one count.
func (a *api) serve(pattern string, group []route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w}
		rec.Header().Set("X-Content-Type-Options", "nosniff")
		rec.Header().Set("Cache-Control", "no-store")
		req := &request{Request: r, start: a.Now()}
		err := a.enter(rec, req, group)
		outcome, fault := "ok", error(nil)
		var p *Problem
		switch {
		case err != nil && (r.Context().Err() != nil || errors.Is(err, errGone)):
			outcome = "gone"
		case errors.As(err, &p):
			outcome, fault = p.Code, p.cause
			if e := p.write(rec); e != nil {
				outcome = "gone"
			}
		case err != nil:
			outcome, fault = "failed", err
			if e := internal(err).write(rec); e != nil {
				outcome = "gone"
			}
		case rec.status == http.StatusAccepted:
			outcome = "late"
		}
		took := a.Now().Sub(req.start)
		a.metrics.request(pattern, outcome, took)
		a.line(pattern, req, rec, ending{outcome, fault, took})
	})
}

// internal is the answer when something broke that should not.
func internal(err error) *Problem {
	return &Problem{
		Status: http.StatusInternalServerError, Code: "failed", Detail: "something went wrong inside; nothing is acknowledged",
		Expected: "nothing of you: please tell the operator", cause: err,
	}
}

// ending is how a request ended.
type ending struct {
	outcome string
	fault   error
	took    time.Duration
}

// line writes the canonical line of a request. It names no path but the pattern and nothing that was sent.
func (a *api) line(pattern string, r *request, rec *recorder, e ending) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("method", method(r.Method)), slog.String("path", pattern), slog.Int("status", rec.status),
		slog.String("outcome", e.outcome), slog.Duration("took", e.took), slog.Int64("sent", rec.sent),
	}
	if r.key.ID != "" {
		attrs = append(attrs, slog.String("key", r.key.ID), slog.String("source", r.key.Source))
	}
	attrs = append(attrs, r.line...)
	if e.fault != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", e.fault.Error()))
	}
	a.Logger.LogAttrs(context.WithoutCancel(r.Context()), level, "api request", attrs...)
}

// method keeps words that a caller made up out of the log.
func method(s string) string {
	known := []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}
	if slices.Contains(known, s) {
		return s
	}
	return "other"
}

// enter finds the endpoint, who asks, and whether they may.
func (a *api) enter(w http.ResponseWriter, r *request, group []route) error {
	rt, p := pick(group, r.Method)
	if p != nil {
		return p
	}
	r.route = rt
	if rt.scope != "" {
		if err := a.identify(r); err != nil {
			return err
		}
		if err := permit(r, rt.scope); err != nil {
			return err
		}
	}
	var err error
	if r.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return badRequest("bad_query", "the query of the URL cannot be read", "name=value pairs with & between")
	}
	for name := range r.query {
		if rt.scope != "" && !slices.Contains(rt.query, name) {
			p := badRequest("unknown_parameter", "the query of the URL has a parameter that this path does not know", "only those allowed")
			p.Allowed = rt.query
			return p
		}
	}
	return rt.do(a, w, r)
}

// identify finds the key in the Authorization header.
func (a *api) identify(r *request) error {
	header := r.Header.Get("Authorization")
	if header == "" {
		return noKey("no key was sent")
	}
	scheme, text, ok := strings.Cut(header, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return noKey("the Authorization header holds no Bearer key")
	}
	key, err := a.Keys.VerifyKey(r.Context(), strings.TrimSpace(text))
	switch {
	case errors.Is(err, auth.ErrKey):
		return noKey("the key is unknown or was revoked")
	case err != nil:
		return unavailable(fmt.Errorf("api: look up a key: %w", err), "the key could not be looked up", 0)
	}
	r.key = key
	return nil
}

// permit asks whether the key has a scope.
func permit(r *request, s auth.Scope) error {
	if r.key.Allows(s) {
		return nil
	}
	return &Problem{
		Status: http.StatusForbidden, Code: "scope_missing", Detail: "the key does not have the scope " + string(s),
		Expected: "a key with this scope; keys are made in the console",
	}
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	sent   int64
}

// WriteHeader remembers the status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write counts bytes.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.sent += int64(n)
	return n, err
}

// Unwrap lets http.MaxBytesReader and http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
