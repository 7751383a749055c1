package auth_test

import (
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/auth/authtest"
)

const origin = "https://haris.example.org"

// provided is a bundle whose people come through an identity provider.
func provided(t *testing.T, change func(*auth.Provider)) (*bundle, *authtest.Provider) {
	t.Helper()
	b := setup(t)
	p := authtest.New(t, origin+auth.OIDCBack, b.now)
	cfg := auth.Provider{Issuer: p.URL, ClientID: authtest.ClientID, ClientSecret: authtest.ClientSecret, Invited: true}
	if change != nil {
		change(&cfg)
	}
	var err error
	b.Service, err = auth.New(auth.Deps{DB: b.db, Now: b.now, Rand: rand.Reader, Seal: make([]byte, auth.SealKeyBytes), Origin: origin, OIDC: &cfg, NoPasswords: true})
	if err != nil {
		t.Fatal(err)
	}
	return b, p
}

// invited adds somebody who has never signed in.
func (b *bundle) invited(login string, roles ...auth.Role) auth.Person {
	b.t.Helper()
	p, err := b.CreatePerson(b.t.Context(), "test", auth.NewPerson{Name: "Somebody", Login: login, Roles: roles})
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// through goes to the provider and back.
func (b *bundle) through(p *authtest.Provider, claims map[string]any) (auth.SignedIn, error) {
	b.t.Helper()
	to, err := b.BeginOIDC(b.t.Context(), "cookie", "/queue")
	if err != nil {
		return auth.SignedIn{}, err
	}
	state, code := p.Authorize(to, claims)
	in, next, err := b.FinishOIDC(b.t.Context(), "cookie", auth.OIDCReturn{State: state, Code: code}, auth.Device{})
	if err == nil && next != "/queue" {
		b.t.Errorf("leads to %q", next)
	}
	return in, err
}

func TestOIDCSignIn(t *testing.T) {
	b, p := provided(t, nil)
	mona := b.invited("mona@example.org", auth.Reviewer)
	in, err := b.through(p, nil)
	if err != nil || in.Person.ID != mona.ID || in.Half {
		t.Fatalf("%+v, %v", in, err)
	}
	if who, err := b.Who(t.Context(), in.Token); err != nil || who.ID != mona.ID {
		t.Error(who, err)
	}
	if again, err := b.through(p, map[string]any{"email": "other@example.org"}); err != nil || again.Person.ID != mona.ID {
		t.Errorf("the subject decides after the first time, not the address: %+v, %v", again.Person, err)
	}
	p.Rotate()
	if _, err := b.through(p, nil); err != nil {
		t.Errorf("after the provider changed its key: %v", err)
	}
	if !b.log.has("identity.linked", "person/"+mona.ID) || !b.log.has("person.signed_in", "person/"+mona.ID) {
		t.Error("the audit log lacks an entry")
	}
	if _, err := b.SignIn(t.Context(), auth.Attempt{Login: "mona@example.org", Password: goodPassword}); !errors.Is(err, auth.ErrDenied) {
		t.Errorf("a password where none are taken: %v", err)
	}
}

func TestOIDCRefusals(t *testing.T) {
	b, p := provided(t, func(c *auth.Provider) { c.Domains = []string{"example.org"} })
	b.invited("mona@example.org", auth.Reviewer)
	b.invited("mona@elsewhere.example", auth.Reviewer)
	off := b.invited("gone@example.org", auth.Reviewer)
	if err := b.Disable(t.Context(), "test", off.ID); err != nil {
		t.Fatal(err)
	}
	past := b.now().Add(-time.Hour).Unix()
	for name, c := range map[string]struct {
		claims map[string]any
		want   error
	}{
		"nonce of another question": {map[string]any{"nonce": "another"}, auth.ErrIdentity},
		"no nonce":                  {map[string]any{"nonce": nil}, auth.ErrIdentity},
		"another audience":          {map[string]any{"aud": "somebody else"}, auth.ErrIdentity},
		"another issuer":            {map[string]any{"iss": "https://elsewhere.example"}, auth.ErrIdentity},
		"expired":                   {map[string]any{"exp": past}, auth.ErrIdentity},
		"address not verified":      {map[string]any{"email_verified": false}, auth.ErrStranger},
		"no address":                {map[string]any{"email": nil}, auth.ErrStranger},
		"another domain":            {map[string]any{"email": "mona@elsewhere.example"}, auth.ErrStranger},
		"nobody invited them":       {map[string]any{"email": "adam@example.org"}, auth.ErrStranger},
		"shut out":                  {map[string]any{"email": "gone@example.org"}, auth.ErrStranger},
	} {
		t.Run(name, func(t *testing.T) {
			if in, err := b.through(p, c.claims); !errors.Is(err, c.want) || in.Token != "" {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestOIDCAnswersAreTakenOnceByTheBrowserThatAsked(t *testing.T) {
	b, p := provided(t, nil)
	b.invited("mona@example.org", auth.Reviewer)
	to, err := b.BeginOIDC(t.Context(), "cookie", "/")
	if err != nil {
		t.Fatal(err)
	}
	state, code := p.Authorize(to, nil)
	try := func(cookie, state, code string) error {
		_, _, err := b.FinishOIDC(t.Context(), cookie, auth.OIDCReturn{State: state, Code: code}, auth.Device{})
		return err
	}
	if err := try("another browser", state, code); !errors.Is(err, auth.ErrCeremony) {
		t.Errorf("another browser: %v", err)
	}
	if err := try("cookie", "invented", code); !errors.Is(err, auth.ErrCeremony) {
		t.Errorf("an invented state: %v", err)
	}
	if err := try("cookie", state, "invented"); !errors.Is(err, auth.ErrIdentity) {
		t.Errorf("an invented code: %v", err)
	}
	if err := try("cookie", state, code); !errors.Is(err, auth.ErrCeremony) {
		t.Errorf("the same state again: %v", err)
	}
	to, err = b.BeginOIDC(t.Context(), "cookie", "/")
	if err != nil {
		t.Fatal(err)
	}
	state, code = p.Authorize(to, nil)
	b.pass(6 * time.Minute)
	if err := try("cookie", state, code); !errors.Is(err, auth.ErrCeremony) {
		t.Errorf("after six minutes: %v", err)
	}
}

func TestOIDCProviderDown(t *testing.T) {
	b, p := provided(t, nil)
	b.invited("mona@example.org", auth.Reviewer)
	p.Down(true)
	if _, err := b.through(p, nil); !errors.Is(err, auth.ErrIssuer) {
		t.Errorf("while it is down: %v", err)
	}
	p.Down(false)
	to, err := b.BeginOIDC(t.Context(), "cookie", "/")
	if err != nil {
		t.Fatalf("after it came back: %v", err)
	}
	state, code := p.Authorize(to, nil)
	p.Down(true)
	if _, _, err := b.FinishOIDC(t.Context(), "cookie", auth.OIDCReturn{State: state, Code: code}, auth.Device{}); !errors.Is(err, auth.ErrIssuer) {
		t.Errorf("down between: %v", err)
	}
}

func TestOIDCGroupsGiveRoles(t *testing.T) {
	b, p := provided(t, func(c *auth.Provider) {
		c.Invited, c.Domains, c.Claim = false, []string{"example.org"}, "groups"
		c.Roles = []auth.GroupRole{{"safety", auth.Reviewer}, {"safety-leads", auth.Lead}, {"ops", auth.Admin}}
	})
	b.invited("root@example.org", auth.Admin)
	groups := func(g any) map[string]any { return map[string]any{"groups": g} }
	in, err := b.through(p, groups([]string{"safety", "football"}))
	if err != nil || !slices.Equal(in.Person.Roles, []auth.Role{auth.Reviewer}) || in.Person.Name != "Mona" {
		t.Fatalf("%+v, %v", in.Person, err)
	}
	if !b.log.has("person.created", "person/"+in.Person.ID) {
		t.Error("the audit log lacks who came")
	}
	if in, err := b.through(p, groups("safety-leads")); err != nil || !slices.Equal(in.Person.Roles, []auth.Role{auth.Lead}) {
		t.Errorf("%+v, %v", in.Person, err)
	}
	if who, err := b.Who(t.Context(), in.Token); err != nil || !slices.Equal(who.Roles, []auth.Role{auth.Lead}) || !b.log.has("person.roles_changed", "person/"+who.ID) {
		t.Errorf("%+v, %v: the roles hold from the next request of every session", who, err)
	}
	for name, g := range map[string]any{"no group of ours": []string{"football"}, "no list": 7, "none": nil} {
		if _, err := b.through(p, groups(g)); !errors.Is(err, auth.ErrStranger) {
			t.Errorf("%s: %v", name, err)
		}
	}
	sole := map[string]any{"groups": "safety", "sub": "root", "email": "root@example.org"}
	if _, err := b.through(p, sole); !errors.Is(err, auth.ErrLastOne) {
		t.Errorf("groups take the last admin away: %v", err)
	}
}
