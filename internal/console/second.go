package console

import (
	"errors"
	"net/http"
	"net/url"

	"haris/internal/auth"
)

// secondForm is what the page that asks for the second factor shows.
type secondForm struct{ next, bad string }

// secondPath is the page that asks for the second factor and leads on to next.
func secondPath(next string) string {
	if next == "/" {
		return "/sign-in/second"
	}
	return "/sign-in/second?next=" + url.QueryEscape(next)
}

// secondShow asks who has given their password for the second factor.
func (c *console) secondShow(w http.ResponseWriter, r *request) error {
	switch {
	case r.person.ID != "":
		return c.see(w, r, "/")
	case r.half.ID == "":
		return c.see(w, r, "/sign-in")
	}
	return c.render(w, r, http.StatusOK, secondPage(c.view(r, "second.title"), secondForm{next: nextPath(r.query.Get("next"))}))
}

// second checks the code.
func (c *console) second(w http.ResponseWriter, r *request) error {
	if r.half.ID == "" {
		return errSignIn
	}
	f := secondForm{next: nextPath(r.PostForm.Get("next"))}
	in, err := c.Auth.Second(r.Context(), r.cookie, text(r, "code"), c.device(r.Request))
	v := c.view(r, "second.title")
	var rate *auth.RateError
	switch {
	case errors.Is(err, auth.ErrSession):
		return errSignIn
	case errors.Is(err, auth.ErrCode):
		f.bad = v.T("bad.code")
		return c.render(w, r, http.StatusUnprocessableEntity, secondPage(v, f))
	case errors.As(err, &rate):
		f.bad = tooMany(w, v, rate)
		return c.render(w, r, http.StatusTooManyRequests, secondPage(v, f))
	case err != nil:
		return err
	}
	return c.comeIn(w, r, in, f.next)
}
