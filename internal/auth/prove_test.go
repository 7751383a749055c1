package auth_test

import (
	"errors"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/auth/authtest"
)

// left is how long the proof of the session behind a token still holds.
func (b *bundle) left(token string) time.Duration {
	b.t.Helper()
	v, err := b.Visit(b.t.Context(), token, true)
	if err != nil {
		b.t.Fatal(err)
	}
	return v.Session.ProofLeft(b.now())
}

func TestAProofGetsOldAndIsRenewed(t *testing.T) {
	sequential(t)
	b := setup(t)
	in := b.person("mona", auth.Lead)
	if got := b.left(in.Token); got != auth.ProofLife {
		t.Errorf("after signing in %v are left, want %v", got, auth.ProofLife)
	}
	b.pass(auth.ProofLife)
	if got := b.left(in.Token); got != 0 {
		t.Errorf("after %v still %v are left", auth.ProofLife, got)
	}
	if w, err := b.ProofWays(t.Context(), &in.Person); err != nil || w != (auth.ProofWays{Password: true}) {
		t.Errorf("%+v, %v", w, err)
	}
	if _, err := b.Prove(t.Context(), in.Token, auth.Proof{Password: "another password 1"}); !errors.Is(err, auth.ErrDenied) {
		t.Errorf("a wrong password: %v", err)
	}
	if b.left(in.Token) != 0 || !b.log.has("sign_in.refused", "person/"+in.Person.ID) {
		t.Error("a wrong password must prove nothing and be written down")
	}
	again, err := b.Prove(t.Context(), in.Token, auth.Proof{Password: goodPassword})
	if err != nil || again.Token == in.Token || b.left(again.Token) != auth.ProofLife {
		t.Fatalf("%+v, %v", again, err)
	}
	if _, err := b.Who(t.Context(), in.Token); !errors.Is(err, auth.ErrSession) {
		t.Errorf("the token from before the proof still opens a session: %v", err)
	}
	if _, err := b.Prove(t.Context(), in.Token, auth.Proof{Password: goodPassword}); !errors.Is(err, auth.ErrSession) {
		t.Errorf("and proves again: %v", err)
	}
	if !b.log.has("person.proved", "person/"+in.Person.ID) {
		t.Error("the audit log lacks the proof")
	}
	for _, e := range must(b.History(t.Context(), in.Person.ID))(t) {
		if e.Act == "person.proved" {
			t.Error("every proof stands on the person's own page")
		}
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestAProofAsksForTheFactorToo(t *testing.T) {
	sequential(t)
	b := setup(t)
	in := b.person("mona", auth.Lead)
	app, codes := b.enrol(in)
	b.pass(20 * time.Minute)
	if w, err := b.ProofWays(t.Context(), &in.Person); err != nil || !w.Code {
		t.Errorf("%+v, %v", w, err)
	}
	for _, code := range []string{"", "000000"} {
		if _, err := b.Prove(t.Context(), in.Token, auth.Proof{Password: goodPassword, Code: code}); !errors.Is(err, auth.ErrCode) || b.left(in.Token) != 0 {
			t.Errorf("the password with the code %q: %v", code, err)
		}
	}
	in2, err := b.Prove(t.Context(), in.Token, auth.Proof{Password: goodPassword, Code: app.code(b.now())})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Prove(t.Context(), in2.Token, auth.Proof{Password: goodPassword, Code: app.code(b.now())}); !errors.Is(err, auth.ErrCode) {
		t.Errorf("a code a second time: %v", err)
	}
	if _, err := b.Prove(t.Context(), in2.Token, auth.Proof{Password: goodPassword, Code: codes[0]}); err != nil {
		t.Errorf("a recovery code: %v", err)
	}
}

func TestHalfASessionProvesNothing(t *testing.T) {
	sequential(t)
	b := setup(t)
	app, _ := b.enrol(b.person("mona", auth.Lead))
	half, err := b.SignIn(t.Context(), auth.Attempt{Login: "mona", Password: goodPassword})
	if err != nil || !half.Half {
		t.Fatal(half, err)
	}
	if _, err := b.Prove(t.Context(), half.Token, auth.Proof{Password: goodPassword, Code: app.code(b.now())}); !errors.Is(err, auth.ErrSession) {
		t.Errorf("got %v", err)
	}
}

func TestTriesOfAProofAreCountedWithThoseOfSigningIn(t *testing.T) {
	sequential(t)
	b := setup(t)
	in := b.person("mona", auth.Lead)
	for range 3 {
		if _, err := b.Prove(t.Context(), in.Token, auth.Proof{Password: "another password 1"}); !errors.Is(err, auth.ErrDenied) {
			t.Fatal(err)
		}
	}
	for range 2 {
		if _, err := b.SignIn(t.Context(), auth.Attempt{Login: "mona", Password: "another password 1"}); !errors.Is(err, auth.ErrDenied) {
			t.Fatal(err)
		}
	}
	var rate *auth.RateError
	if _, err := b.Prove(t.Context(), in.Token, auth.Proof{Password: goodPassword}); !errors.As(err, &rate) {
		t.Errorf("the sixth try: %v", err)
	}
	b.pass(rate.Wait)
	if _, err := b.Prove(t.Context(), in.Token, auth.Proof{Password: goodPassword}); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

// proved goes to the provider and back with a session that is signed in.
func (b *bundle) proved(p *authtest.Provider, token string, claims map[string]any) (auth.SignedIn, error) {
	b.t.Helper()
	to, err := b.BeginOIDCProof(b.t.Context(), token, "/key")
	if err != nil {
		return auth.SignedIn{}, err
	}
	p.Anew(to)
	state, code := p.Authorize(to, claims)
	in, next, err := b.FinishOIDC(b.t.Context(), token, auth.OIDCReturn{State: state, Code: code}, auth.Device{})
	if err == nil && next != "/key" {
		b.t.Errorf("leads to %q", next)
	}
	return in, err
}

func TestAProofAtTheIdentityProvider(t *testing.T) {
	b, p := provided(t, nil)
	b.invited("mona@example.org", auth.Lead)
	b.invited("adam@example.org", auth.Lead)
	in, err := b.through(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if b.left(in.Token) != 0 {
		t.Error("a provider that does not say when somebody signed in has proved nothing")
	}
	hour := b.now().Add(-time.Hour).Unix()
	if in, err = b.through(p, map[string]any{"auth_time": hour}); err != nil || b.left(in.Token) != 0 {
		t.Errorf("signed in there an hour ago: %v left, %v", b.left(in.Token), err)
	}
	if in, err = b.through(p, map[string]any{"auth_time": b.now().Add(-5 * time.Minute).Unix()}); err != nil || b.left(in.Token) != 10*time.Minute {
		t.Errorf("signed in there 5 minutes ago: %v left, %v", b.left(in.Token), err)
	}
	b.pass(auth.ProofLife)
	for name, c := range map[string]struct {
		claims map[string]any
		want   error
	}{
		"does not say when":     {nil, auth.ErrOld},
		"did not ask anew":      {map[string]any{"auth_time": hour}, auth.ErrOld},
		"says it in words":      {map[string]any{"auth_time": "now"}, auth.ErrOld},
		"a time far from now":   {map[string]any{"auth_time": b.now().Add(48 * time.Hour).Unix()}, auth.ErrOld},
		"somebody else":         {map[string]any{"auth_time": b.now().Unix(), "sub": "adam", "email": "adam@example.org"}, auth.ErrOther},
		"somebody nobody knows": {map[string]any{"auth_time": b.now().Unix(), "sub": "eve", "email": "eve@example.org"}, auth.ErrStranger},
	} {
		if got, err := b.proved(p, in.Token, c.claims); !errors.Is(err, c.want) || got.Token != "" || b.left(in.Token) != 0 {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	again, err := b.proved(p, in.Token, map[string]any{"auth_time": b.now().Unix()})
	if err != nil || b.left(again.Token) != auth.ProofLife {
		t.Fatalf("%+v, %v", again, err)
	}
	if _, err := b.Who(t.Context(), in.Token); !errors.Is(err, auth.ErrSession) {
		t.Errorf("the token from before still opens a session: %v", err)
	}
	if _, err := b.proved(p, in.Token, map[string]any{"auth_time": b.now().Unix()}); !errors.Is(err, auth.ErrSession) {
		t.Errorf("and proves again: %v", err)
	}
}
