package console

import (
	"errors"
	"net/http"

	"haris/internal/auth"
)

// passkeyAsk answers the script with what it asks the person's device to make a passkey.
func (c *console) passkeyAsk(w http.ResponseWriter, r *request) error {
	ask, err := c.Auth.BeginPasskey(r.Context(), &r.person, r.cookie)
	return c.question(w, ask, err)
}

// passkeySignInAsk answers the script with what it asks any device.
func (c *console) passkeySignInAsk(w http.ResponseWriter, r *request) error {
	ask, err := c.Auth.BeginPasskeySignIn(r.Context(), r.cookie)
	return c.question(w, ask, err)
}

// question writes JSON for a script.
func (c *console) question(w http.ResponseWriter, ask []byte, err error) error {
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, err = w.Write(ask)
	return err
}

// passkeyAdd takes the device's answer.
func (c *console) passkeyAdd(w http.ResponseWriter, r *request) error {
	err := c.Auth.AddPasskey(r.Context(), &r.person, r.cookie, text(r, "name"), []byte(r.PostForm.Get("answer")))
	if bad := mistakesOf(err); bad != nil {
		return c.showMe(w, r, http.StatusUnprocessableEntity, meView{bad: bad})
	}
	if errors.Is(err, auth.ErrPasskey) || errors.Is(err, auth.ErrCeremony) {
		return c.showMe(w, r, http.StatusUnprocessableEntity, meView{bad: mistakes{"passkey": "passkey"}})
	}
	if err != nil {
		return err
	}
	return c.see(w, r, "/me")
}

// passkeyRemove takes one of the person's passkeys away.
func (c *console) passkeyRemove(w http.ResponseWriter, r *request) error {
	if err := c.Auth.RemovePasskey(r.Context(), r.person.ID, r.person.ID, r.PathValue("ref")); err != nil {
		return err
	}
	return c.see(w, r, "/me")
}

// passkeySignIn takes the device's answer and lets its person in.
func (c *console) passkeySignIn(w http.ResponseWriter, r *request) error {
	if c.plainHTTP(r.Request) {
		return errPlain
	}
	f := signInForm{next: nextPath(r.PostForm.Get("next"))}
	in, err := c.Auth.PasskeySignIn(r.Context(), r.cookie, []byte(r.PostForm.Get("answer")), c.device(r.Request))
	v := c.view(r, "sign_in.title")
	var rate *auth.RateError
	switch {
	case errors.Is(err, auth.ErrPasskey) || errors.Is(err, auth.ErrCeremony):
		f.bad = v.T("bad.passkey")
		return c.showSignIn(w, r, http.StatusUnprocessableEntity, f)
	case errors.As(err, &rate):
		f.bad = tooMany(w, v, rate)
		return c.showSignIn(w, r, http.StatusTooManyRequests, f)
	case err != nil:
		return err
	}
	return c.comeIn(w, r, in, f.next)
}
