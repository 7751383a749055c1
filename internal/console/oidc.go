package console

import (
	"context"
	"errors"
	"net/http"

	"haris/internal/auth"
)

// oidcBegin sends the browser to the identity provider. It is a link and not a form, because the policy lets no form lead elsewhere; what
// comes back is bound to this browser and taken once.
func (c *console) oidcBegin(w http.ResponseWriter, r *request) error {
	if c.plainHTTP(r.Request) {
		return errPlain
	}
	to, err := c.Auth.BeginOIDC(r.Context(), r.cookie, nextPath(r.query.Get("next")))
	if errors.Is(err, auth.ErrIssuer) {
		return c.oidcFailed(w, r, err)
	}
	if err != nil {
		return err
	}
	return c.see(w, r, to)
}

// oidcBack takes what the identity provider sent back with the browser.
func (c *console) oidcBack(w http.ResponseWriter, r *request) error {
	if c.plainHTTP(r.Request) {
		return errPlain
	}
	in, next, err := c.Auth.FinishOIDC(r.Context(), r.cookie, auth.OIDCReturn{State: r.query.Get("state"), Code: r.query.Get("code")}, c.device(r.Request))
	if err != nil && r.person.ID != "" {
		return c.proved(w, r, in, "/", err)
	}
	if err != nil {
		return c.oidcFailed(w, r, err)
	}
	return c.comeIn(w, r, in, nextPath(next))
}

// oidcFailed tells a person on the sign-in page what did not work, and an engineer in the log why.
func (c *console) oidcFailed(w http.ResponseWriter, r *request, err error) error {
	v := c.view(r, "sign_in.title")
	for _, k := range []struct {
		err    error
		status int
		bad    string
	}{
		{auth.ErrIssuer, http.StatusBadGateway, v.T("bad.oidc_issuer")},
		{auth.ErrIdentity, http.StatusUnprocessableEntity, v.T("bad.oidc_identity")},
		{auth.ErrStranger, http.StatusForbidden, v.T("bad.oidc_stranger")},
		{auth.ErrCeremony, http.StatusUnprocessableEntity, v.T("bad.oidc_late")},
	} {
		if errors.Is(err, k.err) {
			c.Logger.WarnContext(context.WithoutCancel(r.Context()), "sign-in by the identity provider", "error", err)
			return c.showSignIn(w, r, k.status, signInForm{next: "/", bad: k.bad})
		}
	}
	return err
}
