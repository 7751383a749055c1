package auth_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
)

func TestSignIn(t *testing.T) {
	b := setup(t)
	p := b.person("mona@example.org", auth.Reviewer).Person
	out := b.person("gone@example.org", auth.Reviewer).Person
	if err := b.Disable(t.Context(), "test", out.ID); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		try  auth.Attempt
		want error
	}{
		"right":                    {auth.Attempt{Login: "mona@example.org", Password: goodPassword, Addr: "192.0.2.1"}, nil},
		"login in capitals":        {auth.Attempt{Login: " Mona@Example.org ", Password: goodPassword, Addr: "192.0.2.2"}, nil},
		"wrong password":           {auth.Attempt{Login: "mona@example.org", Password: "quiet river stones 43", Addr: "192.0.2.3"}, auth.ErrDenied},
		"empty password":           {auth.Attempt{Login: "mona@example.org", Addr: "192.0.2.4"}, auth.ErrDenied},
		"unknown login":            {auth.Attempt{Login: "nobody", Password: goodPassword, Addr: "192.0.2.5"}, auth.ErrDenied},
		"disabled":                 {auth.Attempt{Login: "gone@example.org", Password: goodPassword, Addr: "192.0.2.6"}, auth.ErrDenied},
		"password of great length": {auth.Attempt{Login: "mona@example.org", Password: strings.Repeat("x", 5000), Addr: "192.0.2.7"}, auth.ErrDenied},
		"login of great length":    {auth.Attempt{Login: strings.Repeat("x", 5000), Password: goodPassword, Addr: "192.0.2.8"}, auth.ErrDenied},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := b.SignIn(t.Context(), c.try)
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if err == nil && in.Person.ID != p.ID {
				t.Errorf("signed in as %s", in.Person.ID)
			}
			if err != nil && in.Token != "" {
				t.Error("a refused try got a token")
			}
		})
	}
	if log := b.log.text(); strings.Contains(log, "nobody") || strings.Contains(log, goodPassword) {
		t.Error("the audit log repeats what was typed")
	}
	if !b.log.has("sign_in.refused", "person/"+out.ID) {
		t.Error("the try of somebody shut out is missing in the audit log")
	}
	if !b.log.has("person.signed_in", "person/"+p.ID) || !b.log.has("sign_in.refused", "person/"+p.ID) {
		t.Error("a sign-in or a refusal is missing in the audit log")
	}
}

func TestSessionEnds(t *testing.T) {
	sequential(t)
	for name, c := range map[string]struct {
		do   func(*bundle, auth.SignedIn) error
		live bool
	}{
		"stays while used": {func(b *bundle, in auth.SignedIn) error {
			for range 3 {
				b.pass(7 * time.Hour)
				if _, err := b.Who(b.t.Context(), in.Token); err != nil {
					return err
				}
			}
			return nil
		}, true},
		"only peeked at for 8 hours": {func(b *bundle, in auth.SignedIn) error {
			b.pass(auth.SessionIdle / 2)
			if _, err := b.Peek(b.t.Context(), in.Token); err != nil {
				return err
			}
			b.pass(auth.SessionIdle / 2)
			return nil
		}, false},
		"unused for 8 hours": {func(b *bundle, _ auth.SignedIn) error { b.pass(auth.SessionIdle); return nil }, false},
		"24 hours old": {func(b *bundle, in auth.SignedIn) error {
			for range 4 {
				b.pass(6*time.Hour - time.Second)
				if _, err := b.Who(b.t.Context(), in.Token); err != nil {
					return err
				}
			}
			b.pass(4 * time.Second)
			return nil
		}, false},
		"signed out":      {func(b *bundle, in auth.SignedIn) error { return b.SignOut(b.t.Context(), in.Token) }, false},
		"person disabled": {func(b *bundle, in auth.SignedIn) error { return b.Disable(b.t.Context(), "test", in.Person.ID) }, false},
		"disabled and enabled again": {func(b *bundle, in auth.SignedIn) error {
			return errors.Join(b.Disable(b.t.Context(), "test", in.Person.ID), b.Enable(b.t.Context(), "test", in.Person.ID))
		}, false},
		"another link used": {func(b *bundle, in auth.SignedIn) error {
			l, err := b.CreateLink(b.t.Context(), "test", in.Person.ID)
			if err != nil {
				return err
			}
			_, err = b.UseLink(b.t.Context(), l.Token, goodPassword, auth.Device{})
			return err
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := setup(t)
			in := b.person("mona", auth.Reviewer)
			if err := c.do(b, in); err != nil {
				t.Fatal(err)
			}
			_, err := b.Who(t.Context(), in.Token)
			if live := err == nil; live != c.live {
				t.Fatalf("live %v (%v), want %v", live, err, c.live)
			}
			if err != nil && !errors.Is(err, auth.ErrSession) {
				t.Errorf("got %v, want ErrSession", err)
			}
		})
	}
}

func TestSignInRotates(t *testing.T) {
	b := setup(t)
	first := b.person("mona", auth.Reviewer)
	second, err := b.SignIn(t.Context(), auth.Attempt{Login: "mona", Password: goodPassword, Addr: "192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	if first.Token == second.Token || len(second.Token) < 43 {
		t.Errorf("tokens %q and %q: expected two different ones of 256 bits", first.Token, second.Token)
	}
}

func TestWhoRefusesTokensThatAreNone(t *testing.T) {
	b := setup(t)
	for _, token := range []string{"", "x", strings.Repeat("y", 43), strings.Repeat("z", 10_000)} {
		if _, err := b.Who(t.Context(), token); !errors.Is(err, auth.ErrSession) {
			t.Errorf("token of %d bytes: got %v, want ErrSession", len(token), err)
		}
	}
}

func TestWhoDoesNotTakeAFailedReadForNoSession(t *testing.T) {
	b := setup(t)
	in := b.person("mona", auth.Reviewer)
	b.db.fail = errors.New("disk")
	if _, err := b.Who(t.Context(), in.Token); err == nil || errors.Is(err, auth.ErrSession) {
		t.Errorf("got %v, want the store's error", err)
	}
}

func TestTriesAreLimited(t *testing.T) {
	b := setup(t)
	b.person("mona", auth.Reviewer)
	try := func(login, password, addr string) error {
		_, err := b.SignIn(t.Context(), auth.Attempt{Login: login, Password: password, Addr: addr})
		return err
	}
	var rate *auth.RateError
	for i := range 5 {
		if err := try("mona", "wrong", "2001:db8::1"); !errors.Is(err, auth.ErrDenied) {
			t.Fatalf("try %d: got %v", i, err)
		}
	}
	if err := try("mona", goodPassword, "198.51.100.7"); !errors.As(err, &rate) {
		t.Fatalf("sixth try from elsewhere: got %v, want a RateError", err)
	}
	b.pass(rate.Wait)
	if err := try("mona", goodPassword, "198.51.100.7"); err != nil {
		t.Fatalf("after the wait: %v", err)
	}
	if err := try("mona", "wrong", "198.51.100.7"); !errors.Is(err, auth.ErrDenied) {
		t.Fatalf("a right password takes the login's tries back: got %v", err)
	}
}

func TestTriesOfOneNetworkAreLimited(t *testing.T) {
	l := auth.NewLimiter(10)
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for i := range 3 {
		if w := l.Take(now, "a", 3, time.Minute); w != 0 {
			t.Fatalf("try %d must wait %v", i, w)
		}
	}
	if w := l.Take(now, "a", 3, time.Minute); w != time.Minute {
		t.Errorf("fourth try waits %v, want 1m", w)
	}
	if w := l.Take(now, "b", 3, time.Minute); w != 0 {
		t.Errorf("another name waits %v", w)
	}
	if w := l.Take(now.Add(time.Minute), "a", 3, time.Minute); w != 0 {
		t.Errorf("after the wait it waits %v", w)
	}
}

func TestLimiterIsBounded(t *testing.T) {
	l := auth.NewLimiter(2)
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	l.Take(now, "a", 3, time.Minute)
	l.Take(now, "b", 3, time.Minute)
	if w := l.Take(now, "c", 3, time.Minute); w == 0 {
		t.Error("a third name was let through a full limiter")
	}
	if w := l.Take(now.Add(2*time.Minute), "c", 3, time.Minute); w != 0 {
		t.Errorf("the old names have drained, yet it waits %v", w)
	}
}
