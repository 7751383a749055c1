package auth_test

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
)

// app is the authenticator of a person.
type app struct{ secret []byte }

func (a app) code(at time.Time) string { return auth.CodeAt(a.secret, at) }

// enrol gives a person a second factor.
func (b *bundle) enrol(in auth.SignedIn) (app, []string) {
	b.t.Helper()
	if err := b.BeginFactor(b.t.Context(), &in.Person); err != nil {
		b.t.Fatal(err)
	}
	st, err := b.FactorState(b.t.Context(), &in.Person)
	if err != nil || st.Set || !strings.Contains(st.URI, st.Secret) {
		b.t.Fatalf("%+v, %v", st, err)
	}
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(st.Secret)
	if err != nil {
		b.t.Fatal(err)
	}
	a := app{secret}
	codes, err := b.ConfirmFactor(b.t.Context(), &in.Person, in.Token, a.code(b.now()))
	if err != nil {
		b.t.Fatal(err)
	}
	b.pass(time.Minute)
	return a, codes
}

// half signs in with the password and stops before the code.
func (b *bundle) half(login string) string {
	b.t.Helper()
	in, err := b.SignIn(b.t.Context(), auth.Attempt{Login: login, Password: goodPassword, Addr: "192.0.2.1"})
	if err != nil || !in.Half {
		b.t.Fatalf("%+v, %v", in, err)
	}
	return in.Token
}

func TestSecondFactor(t *testing.T) {
	sequential(t)
	b := setup(t)
	in := b.person("mona", auth.Reviewer)
	a, codes := b.enrol(in)
	half := b.half("mona")
	if _, err := b.Who(t.Context(), half); !errors.Is(err, auth.ErrSession) {
		t.Errorf("half a session is taken for a whole one: %v", err)
	}
	code := a.code(b.now())
	whole, err := b.Second(t.Context(), half, code, auth.Device{Addr: "192.0.2.1", Agent: "agent"})
	if err != nil || whole.Token == half {
		t.Fatalf("%v, and the token must change", err)
	}
	if p, err := b.Who(t.Context(), whole.Token); err != nil || p.ID != in.Person.ID {
		t.Error(p, err)
	}
	if _, err := b.Second(t.Context(), half, a.code(b.now()), auth.Device{}); !errors.Is(err, auth.ErrSession) {
		t.Errorf("the half session goes on: %v", err)
	}
	if _, err := b.Second(t.Context(), whole.Token, a.code(b.now()), auth.Device{}); !errors.Is(err, auth.ErrSession) {
		t.Errorf("a whole session is completed again: %v", err)
	}
	if _, err := b.Second(t.Context(), b.half("mona"), code, auth.Device{}); !errors.Is(err, auth.ErrCode) {
		t.Errorf("the same code twice: %v", err)
	}
	if _, err := b.Second(t.Context(), b.half("mona"), codes[0], auth.Device{}); err != nil {
		t.Errorf("a recovery code: %v", err)
	}
	if _, err := b.Second(t.Context(), b.half("mona"), strings.ToLower(codes[0]), auth.Device{}); !errors.Is(err, auth.ErrCode) {
		t.Errorf("a recovery code twice: %v", err)
	}
	st, err := b.FactorState(t.Context(), &in.Person)
	if err != nil || !st.Set || st.Codes != len(codes)-1 || st.Secret != "" {
		t.Errorf("%+v, %v", st, err)
	}
	late := b.half("mona")
	b.pass(11 * time.Minute)
	if _, err := b.Second(t.Context(), late, a.code(b.now()), auth.Device{}); !errors.Is(err, auth.ErrSession) {
		t.Errorf("half a session after 11 minutes: %v", err)
	}
	log := b.log.text()
	for _, secret := range append(codes, code) {
		if strings.Contains(log, secret) {
			t.Error("a code stands in the audit log")
		}
	}
	if !b.log.has("person.factor_set", "person/"+in.Person.ID) || !b.log.has("person.first_factor", "person/"+in.Person.ID) {
		t.Error("the audit log lacks an entry")
	}
}

func TestCodesAreRateLimited(t *testing.T) {
	sequential(t)
	b := setup(t)
	in := b.person("mona", auth.Reviewer)
	a, _ := b.enrol(in)
	half := b.half("mona")
	var rate *auth.RateError
	for range 5 {
		if _, err := b.Second(t.Context(), half, "000000", auth.Device{}); !errors.Is(err, auth.ErrCode) {
			t.Fatal(err)
		}
	}
	if _, err := b.Second(t.Context(), half, a.code(b.now()), auth.Device{}); !errors.As(err, &rate) {
		t.Errorf("the right code after five wrong ones: %v", err)
	}
	b.pass(rate.Wait + time.Second)
	if _, err := b.Second(t.Context(), half, a.code(b.now()), auth.Device{}); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func TestALinkIsNoWayAroundTheSecondFactor(t *testing.T) {
	sequential(t)
	b := setup(t)
	in := b.person("mona", auth.Reviewer)
	b.enrol(in)
	l, err := b.CreateLink(t.Context(), "test", in.Person.ID)
	if err != nil {
		t.Fatal(err)
	}
	again, err := b.UseLink(t.Context(), l.Token, goodPassword, auth.Device{})
	if err != nil || !again.Half {
		t.Fatalf("%+v, %v", again, err)
	}
	if _, err := b.Who(t.Context(), again.Token); !errors.Is(err, auth.ErrSession) {
		t.Error(err)
	}
}

func TestConfirmingEndsOtherSessions(t *testing.T) {
	sequential(t)
	b := setup(t)
	in := b.person("mona", auth.Reviewer)
	other, err := b.SignIn(t.Context(), auth.Attempt{Login: "mona", Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.ConfirmFactor(t.Context(), &in.Person, in.Token, "123456"); !errors.Is(err, auth.ErrCode) {
		t.Errorf("nothing was handed out: %v", err)
	}
	b.enrol(in)
	if _, err := b.Who(t.Context(), other.Token); !errors.Is(err, auth.ErrSession) {
		t.Errorf("another session goes on: %v", err)
	}
	if _, err := b.Who(t.Context(), in.Token); err != nil {
		t.Errorf("the session itself ended: %v", err)
	}
}

func TestResetOfTheSecondFactor(t *testing.T) {
	sequential(t)
	b := setup(t)
	in, admin := b.person("mona", auth.Reviewer), b.person("root", auth.Admin)
	b.enrol(in)
	if err := b.RemoveFactor(t.Context(), admin.Person.ID, in.Person.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Who(t.Context(), in.Token); !errors.Is(err, auth.ErrSession) {
		t.Errorf("the sessions go on: %v", err)
	}
	if again, err := b.SignIn(t.Context(), auth.Attempt{Login: "mona", Password: goodPassword}); err != nil || again.Half {
		t.Errorf("%+v, %v", again, err)
	}
	if !b.log.has("person.factor_reset", "person/"+in.Person.ID) {
		t.Error("the audit log lacks the reset")
	}
	if err := b.RemoveFactor(t.Context(), admin.Person.ID, in.Person.ID); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
}

func TestRequiredSecondFactor(t *testing.T) {
	sequential(t)
	b := setup(t)
	in := b.person("mona", auth.Reviewer)
	strict, err := auth.New(auth.Deps{DB: b.db, Now: b.now, Rand: rand.Reader, Seal: make([]byte, auth.SealKeyBytes), Required: true})
	if err != nil {
		t.Fatal(err)
	}
	b.Service = strict
	if v, err := b.Visit(t.Context(), in.Token, true); err != nil || !v.Enrol {
		t.Errorf("%+v, %v: want to be led to enrol", v, err)
	}
	b.enrol(in)
	if v, err := b.Visit(t.Context(), in.Token, true); err != nil || v.Enrol {
		t.Errorf("%+v, %v: want nothing more", v, err)
	}
	if err := b.RemoveFactor(t.Context(), in.Person.ID, in.Person.ID); !errors.Is(err, auth.ErrRequired) {
		t.Errorf("taking it away: %v", err)
	}
}
