package auth_test

import (
	"crypto/rand"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/store/storetest"
)

// BenchmarkVerifyKey is what one request of an event source pays for its key.
func BenchmarkVerifyKey(b *testing.B) {
	s, err := auth.New(auth.Deps{DB: storetest.SQLite(b).Auth(), Now: time.Now, Rand: rand.Reader, Seal: make([]byte, auth.SealKeyBytes)})
	if err != nil {
		b.Fatal(err)
	}
	_, text, err := s.CreateKey(b.Context(), "test", auth.NewKey{Source: "/chat", Scopes: auth.Scopes()})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.VerifyKey(b.Context(), text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHash is what one sign-in costs.
func BenchmarkHash(b *testing.B) {
	h := auth.NewHasher(rand.Reader)
	for b.Loop() {
		if _, err := h.Hash(b.Context(), goodPassword); err != nil {
			b.Fatal(err)
		}
	}
}
