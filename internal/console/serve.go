package console

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"haris/internal/auth"
	"haris/internal/casefile"
)

// maxForm bounds the body of a form.
const maxForm = 256 << 10

// policy is the content security policy of every answer: everything comes from here, nothing is inline, nobody frames us.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// request is a request with who asks, in which language, and the secret of their cookie.
type request struct {
	*http.Request
	route  *route
	person auth.Person // empty before sign-in
	half   auth.Person // of whom only the password is known yet; empty otherwise
	enrol  bool        // the person must set up a second factor first
	sess   auth.Session
	scope  casefile.Scope // which cases the person may see; the context has it, too
	cookie string         // the session's token, or that of a visitor
	lang   string
	query  url.Values
}

// handler builds the mux from the table.
func (c *console) handler() http.Handler {
	mux := http.NewServeMux()
	table := routes()
	for i := range table {
		mux.Handle(table[i].method+" "+table[i].pattern, c.serve(&table[i]))
	}
	mux.Handle("/", c.serve(&route{access: anyone, do: (*console).missing}))
	return mux
}

// serve runs one route: headers first, then who asks, then whether they may, then the page.
func (c *console) serve(rt *route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := c.Now()
		c.headers(w.Header(), r)
		rec := &recorder{ResponseWriter: w}
		req := &request{Request: r, route: rt, query: r.URL.Query()}
		err := c.enter(rec, req)
		if err != nil {
			err = c.fail(rec, req, err)
		}
		c.line(req, rec, c.Now().Sub(start), err)
	})
}

// enter finds out who asks and runs the route if they may.
func (c *console) enter(w http.ResponseWriter, r *request) error {
	if err := c.identify(w, r); err != nil {
		return err
	}
	switch {
	case r.route.access == anyone:
	case r.person.ID == "":
		return errSignIn
	case r.route.access == signedIn:
	case r.route.access != permitted || !r.person.Can(r.route.need):
		return errForbidden
	}
	if r.enrol && r.route.access != anyone && !r.route.early {
		return errEnrol
	}
	if r.Method == http.MethodPost && !r.route.upload {
		if err := c.checkForm(w, r); err != nil {
			return err
		}
	}
	if r.route.fresh != "" && r.sess.ProofLeft(c.Now()) == 0 {
		return c.refuseStale(w, r)
	}
	if err := c.guard(r); err != nil {
		return err
	}
	return r.route.do(c, w, r)
}

// identify fills in the person and the language. A visitor gets a token of their own, so that the forms before sign-in are
// protected as well.
func (c *console) identify(w http.ResponseWriter, r *request) error {
	r.lang = pick(r.query.Get("lang"), r.Header.Get("Accept-Language"))
	if r.route.still {
		return nil
	}
	if token := c.readCookie(r, sessionCookie); token != "" {
		v, err := c.Auth.Visit(r.Context(), token, r.Header.Get("HX-Request") == "true") // a page that refreshes itself is no use
		switch {
		case err == nil && v.Session.Stage == auth.First:
			r.half, r.cookie, r.lang = v.Person, token, pick(v.Person.Lang, "")
			return nil
		case err == nil:
			r.person, r.cookie, r.lang = v.Person, token, pick(v.Person.Lang, "")
			r.sess, r.enrol, r.scope = v.Session, v.Enrol, v.Scope
			r.Request = r.WithContext(casefile.Under(r.Context(), v.Scope))
			return nil
		case !errors.Is(err, auth.ErrSession):
			return err
		}
	}
	if r.cookie = c.readCookie(r, visitorCookie); r.cookie != "" || r.Method != http.MethodGet {
		return nil
	}
	token, err := c.Auth.NewToken()
	if err != nil {
		return err
	}
	r.cookie = token
	c.setCookie(w, r, visitorCookie, token)
	return nil
}

// checkForm refuses a form that another site sent, or that does not carry the token of the cookie.
func (c *console) checkForm(w http.ResponseWriter, r *request) error {
	if err := c.cross.Check(r.Request); err != nil {
		return errForged
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errForm
	}
	if !r.sess.TakesForm(r.cookie, r.PostForm.Get("token")) {
		return errForged
	}
	return nil
}

// headers are those of every answer. Pages are never kept; assets say otherwise themselves.
func (c *console) headers(h http.Header, r *http.Request) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	if c.secure(r) {
		h.Set("Strict-Transport-Security", "max-age=63072000")
	}
}

// render writes a page whole, so that a page that cannot be made leaves no half of itself behind.
func (c *console) render(w http.ResponseWriter, r *request, status int, page templ.Component) error {
	var b bytes.Buffer
	if err := page.Render(r.Context(), &b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	return err
}

// see sends the browser to a page after a form was taken.
func (c *console) see(w http.ResponseWriter, r *request, path string) error {
	http.Redirect(w, r.Request, path, http.StatusSeeOther)
	return nil
}

// line logs one request: the route's pattern rather than its address, and no query.
func (c *console) line(r *request, w *recorder, took time.Duration, err error) {
	if r.route.still {
		return
	}
	args := []any{"method", r.Method, "route", r.route.pattern, "status", w.status, "bytes", w.bytes, "took", took}
	if r.person.ID != "" {
		args = append(args, "person", r.person.ID)
	}
	if err != nil && r.Context().Err() != nil { // who asked has left
		c.Logger.InfoContext(context.WithoutCancel(r.Context()), "page", append(args, "left", err)...)
		return
	}
	if err != nil {
		c.Logger.ErrorContext(context.WithoutCancel(r.Context()), "page", append(args, "error", err)...)
		return
	}
	c.Logger.InfoContext(r.Context(), "page", args...)
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status, bytes int
}

// WriteHeader remembers the status.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write remembers the length.
func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += n
	return n, err
}

// Unwrap gives http.ResponseController the writer below.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// local reports whether a path that came with a request leads to a page of ours and nowhere else.
func local(path string) bool {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return false
	}
	_, err := url.Parse(path)
	return err == nil
}
