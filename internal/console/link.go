package console

import (
	"errors"
	"net/http"

	"haris/internal/auth"
)

// linkForm is what the page of a sign-in link shows.
type linkForm struct {
	link, login string
	bad         mistakes
}

// linkShow shows whom the link signs in. It does not use the link up, so that a program that looks at links spoils nothing.
func (c *console) linkShow(w http.ResponseWriter, r *request) error {
	if c.plainHTTP(r.Request) {
		return errPlain
	}
	f := linkForm{link: r.query.Get("token")}
	p, err := c.Auth.LinkPerson(r.Context(), f.link)
	if errors.Is(err, auth.ErrLink) {
		return c.render(w, r, http.StatusGone, linkDeadPage(c.view(r, "link.dead.title")))
	}
	if err != nil {
		return err
	}
	f.login = p.Login
	return c.render(w, r, http.StatusOK, linkPage(c.view(r, "link.title"), f))
}

// linkUse sets the password and signs the person in.
func (c *console) linkUse(w http.ResponseWriter, r *request) error {
	if c.plainHTTP(r.Request) {
		return errPlain
	}
	f := linkForm{link: r.PostForm.Get("link")}
	p, err := c.Auth.LinkPerson(r.Context(), f.link)
	var in auth.SignedIn
	switch {
	case err != nil:
	case r.PostForm.Get("password") != r.PostForm.Get("again"):
		err = mistakes{"again": "again"}
	default:
		in, err = c.Auth.UseLink(r.Context(), f.link, r.PostForm.Get("password"), c.device(r.Request))
	}
	if errors.Is(err, auth.ErrLink) {
		return c.render(w, r, http.StatusGone, linkDeadPage(c.view(r, "link.dead.title")))
	}
	if f.bad = mistakesOf(err); f.bad != nil {
		f.login = p.Login
		return c.render(w, r, http.StatusUnprocessableEntity, linkPage(c.view(r, "link.title"), f))
	}
	if err != nil {
		return err
	}
	return c.comeIn(w, r, in, "/")
}
