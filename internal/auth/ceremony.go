package auth

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"time"
)

// Ceremony is what a browser was asked and has not answered yet. Body is sealed.
type Ceremony struct {
	Hash []byte // of what only that browser has
	Body []byte
	Ends time.Time
}

// Ceremonies keeps ceremonies within the caller's transaction.
type Ceremonies interface {
	// Put stores a ceremony in the place of the one before, and removes those that ended before now.
	Put(ctx context.Context, c Ceremony, now time.Time) error
	// Take returns a ceremony and removes it, so that it is answered once; ErrNotFound.
	Take(ctx context.Context, hash []byte) (Ceremony, error)
}

// ceremonyLife is how long a browser may take to answer.
const ceremonyLife = 5 * time.Minute

// ceremonyHash binds a ceremony to a kind and to the cookie of the browser that began it.
func ceremonyHash(kind, cookie string) []byte {
	h := sha256.Sum256([]byte("haris " + kind + " " + cookie))
	return h[:]
}

// ask remembers what a browser was asked.
func (s *Service) ask(ctx context.Context, kind, cookie string, question any) error {
	b, err := json.Marshal(question)
	if err != nil {
		return err
	}
	sealed, err := s.seal.seal(kind, b)
	if err != nil {
		return err
	}
	c := Ceremony{Hash: ceremonyHash(kind, cookie), Body: sealed, Ends: s.now().Add(ceremonyLife)}
	return s.db.Write(ctx, func(tx Tx) error { return tx.Ceremonies().Put(ctx, c, s.now()) })
}

// asked reads back what the browser was asked, once. ErrCeremony.
func (s *Service) asked(ctx context.Context, kind, cookie string, question any) error {
	var c Ceremony
	err := s.db.Write(ctx, func(tx Tx) (err error) {
		c, err = tx.Ceremonies().Take(ctx, ceremonyHash(kind, cookie))
		return err
	})
	if errors.Is(err, ErrNotFound) || err == nil && !s.now().Before(c.Ends) {
		return ErrCeremony
	}
	if err != nil {
		return err
	}
	b, err := s.seal.open(kind, c.Body)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, question)
}
