package auth_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"haris/internal/auth"
)

func (b *bundle) key() (auth.Key, string) {
	b.t.Helper()
	k, text, err := b.CreateKey(b.t.Context(), "root", auth.NewKey{Source: "/chat", Scopes: []auth.Scope{auth.EventsWrite}})
	if err != nil {
		b.t.Fatal(err)
	}
	return k, text
}

func TestVerifyKey(t *testing.T) {
	b := setup(t)
	k, text := b.key()
	_, other := b.key()
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"right":               {text, true},
		"empty":               {"", false},
		"only the id":         {"hk_" + k.ID, false},
		"empty secret":        {"hk_" + k.ID + "_", false},
		"another's secret":    {"hk_" + k.ID + "_" + other[len("hk_")+27:], false},
		"unknown id":          {"hk_00000000000000000000000000_" + text[len("hk_")+27:], false},
		"another word before": {"xx" + text[2:], false},
		"one character more":  {text + "A", false},
		"very long":           {"hk_" + strings.Repeat("A", 1<<20) + "_x", false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := b.VerifyKey(t.Context(), c.text)
			if c.ok != (err == nil) || (!c.ok && !errors.Is(err, auth.ErrKey)) {
				t.Fatalf("got %v", err)
			}
			if c.ok && (got.ID != k.ID || got.Source != "/chat" || !got.Allows(auth.EventsWrite) || got.Allows(auth.VerdictsRead)) {
				t.Errorf("got %+v", got)
			}
		})
	}
	if strings.Contains(b.log.text(), text[len("hk_")+27:]) {
		t.Error("the audit log holds the secret")
	}
}

func TestRevokedKey(t *testing.T) {
	t.Run("by this process: at once", func(t *testing.T) {
		b := setup(t)
		k, text := b.key()
		if _, err := b.VerifyKey(t.Context(), text); err != nil {
			t.Fatal(err)
		}
		if err := b.RevokeKey(t.Context(), "root", k.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := b.VerifyKey(t.Context(), text); !errors.Is(err, auth.ErrKey) {
			t.Errorf("got %v, want ErrKey", err)
		}
		if err := b.RevokeKey(t.Context(), "root", k.ID); !errors.Is(err, auth.ErrNotFound) {
			t.Errorf("revoking again: %v, want ErrNotFound", err)
		}
	})
	t.Run("by another process: within KeyFresh", func(t *testing.T) {
		b := setup(t)
		k, text := b.key()
		other, err := auth.New(auth.Deps{DB: b.db, Now: b.now, Rand: randReader{}, Seal: make([]byte, auth.SealKeyBytes)})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the first look marks the key used, the second is the one that is kept
			if _, err := b.VerifyKey(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		}
		if err := other.RevokeKey(t.Context(), "root", k.ID); err != nil {
			t.Fatal(err)
		}
		b.pass(auth.KeyFresh)
		if _, err := b.VerifyKey(t.Context(), text); !errors.Is(err, auth.ErrKey) {
			t.Errorf("got %v, want ErrKey", err)
		}
	})
}

func TestVerifyKeyDoesNotAskTheStoreEachTime(t *testing.T) {
	b := setup(t)
	_, text := b.key()
	for range 2 {
		if _, err := b.VerifyKey(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	before := b.db.reads
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := b.VerifyKey(t.Context(), text); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if b.db.reads != before {
		t.Errorf("%d reads for 50 requests", b.db.reads-before)
	}
}

func TestVerifyKeyDoesNotTakeAFailedReadForABadKey(t *testing.T) {
	b := setup(t)
	_, text := b.key()
	b.db.fail = errors.New("disk")
	if _, err := b.VerifyKey(t.Context(), text); err == nil || errors.Is(err, auth.ErrKey) {
		t.Errorf("got %v, want the store's error", err)
	}
}

func TestKeyLastUsed(t *testing.T) {
	b := setup(t)
	_, text := b.key()
	if _, err := b.VerifyKey(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	keys, err := b.Keys(t.Context())
	if err != nil || len(keys) != 1 || !keys[0].UsedAt.Equal(b.now()) {
		t.Errorf("%+v, %v", keys, err)
	}
}

func TestCreateKeyRefuses(t *testing.T) {
	b := setup(t)
	for name, n := range map[string]auth.NewKey{
		"no source":     {Scopes: auth.Scopes()},
		"space":         {Source: "/my chat", Scopes: auth.Scopes()},
		"no scope":      {Source: "/chat"},
		"unknown scope": {Source: "/chat", Scopes: []auth.Scope{"all"}},
	} {
		var bad *auth.InputError
		if _, _, err := b.CreateKey(t.Context(), "root", n); !errors.As(err, &bad) {
			t.Errorf("%s: got %v, want an InputError", name, err)
		}
	}
}

func TestFormToken(t *testing.T) {
	if !auth.CheckFormToken("cookie", auth.FormToken("cookie")) {
		t.Error("the right token was refused")
	}
	for name, c := range map[string][2]string{
		"of another cookie": {"cookie", auth.FormToken("biscuit")},
		"empty":             {"cookie", ""},
		"no cookie":         {"", auth.FormToken("")},
		"the cookie itself": {"cookie", "cookie"},
	} {
		if auth.CheckFormToken(c[0], c[1]) {
			t.Errorf("%s was taken", name)
		}
	}
}
