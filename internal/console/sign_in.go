package console

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"haris/internal/auth"
)

// signInForm is what the sign-in page shows again. The password is never among it.
type signInForm struct {
	login, next, bad string
	passkeys         bool   // can be used here
	passwords        bool   // are taken here
	provider         string // host of the identity provider; empty when there is none
}

// signInShow shows the page.
func (c *console) signInShow(w http.ResponseWriter, r *request) error {
	if r.person.ID != "" {
		return c.see(w, r, "/")
	}
	if r.half.ID != "" {
		return c.see(w, r, secondPath(nextPath(r.query.Get("next"))))
	}
	return c.showSignIn(w, r, http.StatusOK, signInForm{next: nextPath(r.query.Get("next"))})
}

func (c *console) showSignIn(w http.ResponseWriter, r *request, status int, f signInForm) error {
	f.passkeys, f.passwords, f.provider = c.Auth.PasskeysWork(), c.Auth.TakesPasswords(), c.Auth.OIDCName()
	v := c.view(r, "sign_in.title")
	v.path = "/sign-in"
	return c.render(w, r, status, signInPage(v, f))
}

// signIn checks the password.
func (c *console) signIn(w http.ResponseWriter, r *request) error {
	if c.plainHTTP(r.Request) {
		return errPlain
	}
	f := signInForm{login: text(r, "login"), next: nextPath(r.PostForm.Get("next"))}
	in, err := c.Auth.SignIn(r.Context(), auth.Attempt{Login: f.login, Password: r.PostForm.Get("password"), Addr: c.address(r.Request), Agent: r.UserAgent()})
	v := c.view(r, "sign_in.title")
	var rate *auth.RateError
	switch {
	case err == nil:
		return c.comeIn(w, r, in, f.next)
	case errors.Is(err, auth.ErrDenied):
		f.bad = v.T("sign_in.denied")
		return c.showSignIn(w, r, http.StatusUnprocessableEntity, f)
	case errors.As(err, &rate):
		f.bad = tooMany(w, v, rate)
		return c.showSignIn(w, r, http.StatusTooManyRequests, f)
	}
	return err
}

// comeIn hands out the session and leads on: to where the person wanted to go, or to the page that asks for the second factor.
func (c *console) comeIn(w http.ResponseWriter, r *request, in auth.SignedIn, next string) error {
	if err := c.letIn(w, r, in); err != nil {
		return err
	}
	if in.Half {
		next = secondPath(next)
	}
	return c.see(w, r, next)
}

// tooMany says how long to wait, in words and for programs.
func tooMany(w http.ResponseWriter, v *view, rate *auth.RateError) string {
	w.Header().Set("Retry-After", strconv.Itoa(int(rate.Wait.Seconds())+1))
	return v.T("sign_in.rate", "span", v.Span(rate.Wait))
}

// oidcPath is the link to the identity provider, which leads on to next.
func oidcPath(next string) string { return "/sign-in/oidc?" + url.Values{"next": {next}}.Encode() }

// proveOIDCPath is the link to the identity provider for who is signed in and shows again who they are.
func proveOIDCPath(next string) string { return "/prove/oidc?" + url.Values{"next": {next}}.Encode() }

// nextPath is where to go after sign-in: a page of ours, or the first one.
func nextPath(s string) string {
	if !local(s) {
		return "/"
	}
	return s
}

// signOut ends the session.
func (c *console) signOut(w http.ResponseWriter, r *request) error {
	if err := c.Auth.SignOut(r.Context(), r.cookie); err != nil {
		return err
	}
	c.setCookie(w, r, sessionCookie, "")
	return c.see(w, r, "/sign-in")
}

// language sets the language of the person's pages.
func (c *console) language(w http.ResponseWriter, r *request) error {
	if c.words[r.PostForm.Get("lang")] == nil {
		return errForm
	}
	if err := c.Auth.SetLang(r.Context(), r.person.ID, r.PostForm.Get("lang")); err != nil {
		return errForm
	}
	return c.see(w, r, nextPath(r.PostForm.Get("back")))
}
