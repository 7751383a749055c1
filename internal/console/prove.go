package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"haris/internal/auth"
)

// proveSoon is how long before a proof gets too old a page says so, so that nobody fills in a form that is refused then.
const proveSoon = 5 * time.Minute

// provePath is the page on which people show again who they are; it leads on to next.
func provePath(next string) string { return "/prove?" + url.Values{"next": {next}}.Encode() }

// formPage is the page on which the form of a route that asks for a fresh proof stands.
func (r *request) formPage() string {
	page := r.route.fresh
	for _, name := range []string{"id", "n"} {
		page = strings.ReplaceAll(page, "{"+name+"}", url.PathEscape(r.PathValue(name)))
	}
	return page
}

// proofDue returns where people are sent to show again who they are, when a form on the page being looked at will ask for it and their
// proof is too old, or soon will be; empty otherwise.
func (c *console) proofDue(r *request) string {
	if r.person.ID == "" || r.sess.ProofLeft(c.Now()) > proveSoon {
		return ""
	}
	page, back := r.route.pattern, r.URL.RequestURI()
	if r.route.fresh != "" {
		page, back = r.route.fresh, r.formPage()
	}
	for _, f := range c.fresh[page] {
		if f.access == signedIn || r.person.Can(f.need) {
			return provePath(back)
		}
	}
	return ""
}

// freshForms are the routes that ask for a fresh proof, by the page on which their forms stand.
func freshForms() map[string][]route {
	out := map[string][]route{}
	for _, r := range routes() {
		if r.fresh != "" {
			out[r.fresh] = append(out[r.fresh], r)
		}
	}
	return out
}

// proveForm is what the page shows.
type proveForm struct {
	auth.ProofWays
	next, bad string
}

// proveShow asks who is signed in to show again who they are.
func (c *console) proveShow(w http.ResponseWriter, r *request) error {
	next := nextPath(r.query.Get("next"))
	if r.sess.ProofLeft(c.Now()) > proveSoon {
		return c.see(w, r, next)
	}
	return c.showProve(w, r, http.StatusOK, proveForm{next: next})
}

func (c *console) showProve(w http.ResponseWriter, r *request, status int, f proveForm) (err error) {
	if f.ProofWays, err = c.Auth.ProofWays(r.Context(), &r.person); err != nil {
		return err
	}
	v := c.view(r, "prove.title")
	v.path = "/prove"
	return c.render(w, r, status, provePage(v, f))
}

// prove checks the password and the code.
func (c *console) prove(w http.ResponseWriter, r *request) error {
	if c.plainHTTP(r.Request) {
		return errPlain
	}
	next := nextPath(r.PostForm.Get("next"))
	in, err := c.Auth.Prove(r.Context(), r.cookie, auth.Proof{Password: r.PostForm.Get("password"), Code: text(r, "code"), From: c.device(r.Request)})
	return c.proved(w, r, in, next, err)
}

// proved leads back to where the person was, with the cookie of the new session, or tells what was wrong.
func (c *console) proved(w http.ResponseWriter, r *request, in auth.SignedIn, next string, err error) error {
	if err == nil {
		return c.comeIn(w, r, in, next)
	}
	if errors.Is(err, auth.ErrSession) {
		return errSignIn
	}
	v := c.view(r, "prove.title")
	var rate *auth.RateError
	if errors.As(err, &rate) {
		return c.showProve(w, r, http.StatusTooManyRequests, proveForm{next: next, bad: tooMany(w, v, rate)})
	}
	for _, k := range []struct {
		err    error
		status int
		bad    string
	}{
		{auth.ErrDenied, http.StatusUnprocessableEntity, v.T("bad.prove_password")},
		{auth.ErrCode, http.StatusUnprocessableEntity, v.T("bad.code")},
		{auth.ErrOther, http.StatusUnprocessableEntity, v.T("bad.prove_other")},
		{auth.ErrPasskey, http.StatusUnprocessableEntity, v.T("bad.passkey")},
		{auth.ErrOld, http.StatusUnprocessableEntity, v.T("bad.prove_old")},
		{auth.ErrCeremony, http.StatusUnprocessableEntity, v.T("bad.prove_late")},
		{auth.ErrIssuer, http.StatusBadGateway, v.T("bad.oidc_issuer")},
		{auth.ErrIdentity, http.StatusUnprocessableEntity, v.T("bad.oidc_identity")},
		{auth.ErrStranger, http.StatusUnprocessableEntity, v.T("bad.prove_other")},
	} {
		if errors.Is(err, k.err) {
			c.Logger.WarnContext(context.WithoutCancel(r.Context()), "a person could not show again who they are", "person", r.person.ID, "error", err)
			return c.showProve(w, r, k.status, proveForm{next: next, bad: k.bad})
		}
	}
	return err
}

// provePasskeyAsk answers the script with what it asks the person's device.
func (c *console) provePasskeyAsk(w http.ResponseWriter, r *request) error {
	ask, err := c.Auth.BeginPasskeyProof(r.Context(), r.cookie)
	return c.question(w, ask, err)
}

// provePasskey takes the device's answer.
func (c *console) provePasskey(w http.ResponseWriter, r *request) error {
	in, err := c.Auth.PasskeyProof(r.Context(), r.cookie, []byte(r.PostForm.Get("answer")), c.device(r.Request))
	return c.proved(w, r, in, nextPath(r.PostForm.Get("next")), err)
}

// proveOIDC sends the browser to the identity provider, which asks anew; oidcBack takes the answer.
func (c *console) proveOIDC(w http.ResponseWriter, r *request) error {
	next := nextPath(r.query.Get("next"))
	to, err := c.Auth.BeginOIDCProof(r.Context(), r.cookie, next)
	if err != nil {
		return c.proved(w, r, auth.SignedIn{}, next, err)
	}
	return c.see(w, r, to)
}

// headProve tells a script where people show again who they are.
const headProve = "X-Haris-Prove"

// refuseStale answers an act whose person must first show again who they are. Nothing was done. A page leads there; a form that was filled
// in is answered with what was written into it, so that it can be copied.
func (c *console) refuseStale(w http.ResponseWriter, r *request) error {
	to := provePath(r.formPage())
	if r.Method == http.MethodGet {
		return c.see(w, r, to)
	}
	w.Header().Set(headProve, to)
	v := c.view(r, "late.title")
	v.prove = ""
	return c.render(w, r, http.StatusForbidden, latePage(v, to, written(r)))
}

// written is what a person wrote into a form, without secrets and what the page itself put there.
func written(r *request) (out []string) {
	for _, field := range []string{"name", "login", "source", "reason", "why", "words", "note"} {
		if s := text(r, field); s != "" && len(s) <= maxText {
			out = append(out, s)
		}
	}
	return out
}
