package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/auth/authtest"
)

func TestOIDCOnThePages(t *testing.T) {
	b := setup(t)
	var p *authtest.Provider
	b.at(func(d *auth.Deps) {
		p = authtest.New(t, d.Origin+auth.OIDCBack, b.now)
		d.OIDC = &auth.Provider{Issuer: p.URL, ClientID: authtest.ClientID, ClientSecret: authtest.ClientSecret, Invited: true}
		d.NoPasswords = true
	})
	if _, err := b.auth.CreatePerson(t.Context(), "test", auth.NewPerson{Name: "Mona", Login: "mona@example.org", Roles: []auth.Role{auth.Reviewer}}); err != nil {
		t.Fatal(err)
	}
	w := b.browser()
	body := w.get("/sign-in?next=/report").body
	if strings.Contains(body, `name="password"`) || !strings.Contains(body, `href="/sign-in/oidc?next=%2Freport"`) {
		t.Error("the page must offer the provider and no password")
	}
	if got := w.post("/sign-in", "/sign-in", url.Values{"login": {"mona@example.org"}, "password": {goodPassword}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a password: %d", got.status)
	}
	state, code := p.Authorize(w.get("/sign-in/oidc?next=/report").header.Get("Location"), nil)
	back := auth.OIDCBack + "?" + url.Values{"state": {state}, "code": {code}}.Encode()
	if got := b.browser().get(back); got.status != http.StatusUnprocessableEntity {
		t.Errorf("in another browser: %d", got.status)
	}
	if got := w.get(back); got.header.Get("Location") != "/report" {
		t.Fatalf("%d to %q", got.status, got.header.Get("Location"))
	}
	if got := w.get("/report"); got.status != http.StatusOK {
		t.Errorf("signed in: %d", got.status)
	}
	w = b.browser()
	state, code = p.Authorize(w.get("/sign-in/oidc?next=//elsewhere.example").header.Get("Location"), nil)
	if got := w.get(auth.OIDCBack + "?" + url.Values{"state": {state}, "code": {code}}.Encode()); got.header.Get("Location") != "/" {
		t.Errorf("an open redirect to %q", got.header.Get("Location"))
	}
	w = b.browser()
	state, code = p.Authorize(w.get("/sign-in/oidc").header.Get("Location"), map[string]any{"email": "adam@example.org", "sub": "adam"})
	if got := w.get(auth.OIDCBack + "?" + url.Values{"state": {state}, "code": {code}}.Encode()); got.status != http.StatusForbidden {
		t.Errorf("a stranger: %d", got.status)
	}
	if strings.Contains(b.log.String(), code) || strings.Contains(b.log.String(), state) {
		t.Error("the log holds what came back")
	}
}
