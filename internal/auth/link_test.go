package auth_test

import (
	"errors"
	"testing"
	"time"

	"haris/internal/auth"
)

func TestLink(t *testing.T) {
	for name, c := range map[string]struct {
		before func(*bundle, auth.NewLink) error
		want   error
	}{
		"good":       {func(*bundle, auth.NewLink) error { return nil }, nil},
		"just alive": {func(b *bundle, _ auth.NewLink) error { b.pass(auth.LinkLife - time.Second); return nil }, nil},
		"expired":    {func(b *bundle, _ auth.NewLink) error { b.pass(auth.LinkLife); return nil }, auth.ErrLink},
		"used": {func(b *bundle, l auth.NewLink) error {
			_, err := b.UseLink(b.t.Context(), l.Token, goodPassword, auth.Device{})
			return err
		}, auth.ErrLink},
		"a newer one was made": {func(b *bundle, l auth.NewLink) error {
			_, err := b.CreateLink(b.t.Context(), "test", l.Person.ID)
			return err
		}, auth.ErrLink},
		"person disabled": {func(b *bundle, l auth.NewLink) error { return b.Disable(b.t.Context(), "test", l.Person.ID) }, auth.ErrLink},
	} {
		t.Run(name, func(t *testing.T) {
			b := setup(t)
			p, err := b.CreatePerson(t.Context(), "test", auth.NewPerson{Name: "Mona", Login: "mona", Roles: []auth.Role{auth.Reviewer}})
			if err != nil {
				t.Fatal(err)
			}
			l, err := b.CreateLink(t.Context(), "test", p.ID)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.before(b, l); err != nil {
				t.Fatal(err)
			}
			if _, err := b.LinkPerson(t.Context(), l.Token); !errors.Is(err, c.want) {
				t.Errorf("LinkPerson: got %v, want %v", err, c.want)
			}
			in, err := b.UseLink(t.Context(), l.Token, goodPassword, auth.Device{})
			if !errors.Is(err, c.want) {
				t.Fatalf("UseLink: got %v, want %v", err, c.want)
			}
			if err == nil {
				if who, err := b.Who(t.Context(), in.Token); err != nil || who.ID != p.ID {
					t.Errorf("session of %q, %v", who.ID, err)
				}
			}
		})
	}
}

func TestLinkStaysGoodAfterABadPassword(t *testing.T) {
	b := setup(t)
	l, needed, err := b.FirstLink(t.Context())
	if err != nil || !needed {
		t.Fatal(needed, err)
	}
	var bad *auth.InputError
	if _, err := b.UseLink(t.Context(), l.Token, "short", auth.Device{}); !errors.As(err, &bad) {
		t.Fatalf("got %v, want an InputError", err)
	}
	if _, err := b.UseLink(t.Context(), l.Token, goodPassword, auth.Device{}); err != nil {
		t.Fatal(err)
	}
}

func TestFirstLink(t *testing.T) {
	b := setup(t)
	first, needed, err := b.FirstLink(t.Context())
	if err != nil || !needed {
		t.Fatalf("an empty installation: needed %v, %v", needed, err)
	}
	again, needed, err := b.FirstLink(t.Context())
	if err != nil || !needed || again.Person.ID != first.Person.ID {
		t.Fatalf("a second start: needed %v, person %q, %v", needed, again.Person.ID, err)
	}
	if people, err := b.People(t.Context()); err != nil || len(people) != 1 {
		t.Fatalf("%d people, %v", len(people), err)
	}
	if _, err := b.UseLink(t.Context(), again.Token, goodPassword, auth.Device{}); err != nil {
		t.Fatal(err)
	}
	if _, needed, err := b.FirstLink(t.Context()); needed || err != nil {
		t.Fatalf("once somebody can sign in: needed %v, %v", needed, err)
	}
}

func TestFirstLinkIsNotBlockedByAReviewerWithAPassword(t *testing.T) {
	b := setup(t)
	b.person("mona", auth.Reviewer)
	if _, needed, err := b.FirstLink(t.Context()); !needed || err != nil {
		t.Fatalf("nobody can manage people: needed %v, %v", needed, err)
	}
}

func TestCheckPassword(t *testing.T) {
	p := &auth.Person{Name: "Mona Haddad", Login: "mona.haddad@example.org"}
	for name, c := range map[string]struct{ password, code string }{
		"good":               {goodPassword, ""},
		"arabic":             {"نهر هادئ وحجارة", ""},
		"too short":          {"river stone", "password_short"},
		"the login":          {"mona.haddad@example.org", "password_name"},
		"the name and a bit": {"Mona Haddad 1", "password_name"},
		"name in a sentence": {"mona walks along the river", ""},
		"one character":      {"aaaaaaaaaaaaaaaa", "password_same"},
	} {
		t.Run(name, func(t *testing.T) {
			err := auth.CheckPassword(p, c.password)
			var bad *auth.InputError
			switch {
			case c.code == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.code != "" && (!errors.As(err, &bad) || bad.Code != c.code):
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
}

func TestVerifyDoesNotTakeABrokenHashForAWrongPassword(t *testing.T) {
	h := auth.NewHasher(randReader{})
	good, err := h.Hash(t.Context(), goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := h.Verify(t.Context(), good, goodPassword); !ok || err != nil {
		t.Fatalf("right password: %v, %v", ok, err)
	}
	if ok, err := h.Verify(t.Context(), "", ""); ok || err != nil {
		t.Fatalf("no hash: %v, %v", ok, err)
	}
	for _, broken := range []string{"x", "$argon2id$v=19$m=1,t=1,p=1$AAAA$AAAA", good[:len(good)-40], "$argon2id$v=19$m=4294967295,t=3,p=2$" + good[30:]} {
		if ok, err := h.Verify(t.Context(), broken, goodPassword); ok || err == nil {
			t.Errorf("%.20s…: %v, %v, want an error", broken, ok, err)
		}
	}
}

type randReader struct{}

func (randReader) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(i)
	}
	return len(b), nil
}
