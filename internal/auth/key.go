package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"
	"strings"
	"time"
)

// Scope is one thing that an API key may do.
type Scope string

// The scopes.
const (
	EventsWrite  Scope = "events.write"
	VerdictsRead Scope = "verdicts.read"
	LettersScope Scope = "letters.read"
	HealthScope  Scope = "health.read"
	MediaRead    Scope = "media.read"  // hash files, and ask the banks
	BanksWrite   Scope = "banks.write" // read, add and end the entries of banks
)

// Scopes lists the scopes in the order in which pages show them.
func Scopes() []Scope {
	return []Scope{EventsWrite, VerdictsRead, LettersScope, HealthScope, MediaRead, BanksWrite}
}

// How long a key that was looked up is believed without looking again, which is also how long a key revoked by another
// process goes on working; one revoked by this process stops at once. Use is written down at most once an hour.
const (
	KeyFresh    = 5 * time.Second
	usedEvery   = time.Hour
	maxCached   = 4096
	maxSource   = 256
	maxKeyText  = 128
	keyPrefix   = "hk_"
	keyParts    = 3
	secretChars = 43
)

// Key is an API key of an event source, as it is kept.
type Key struct {
	ID        string
	Source    string // CloudEvents source the key may speak for, for example "/chat"
	Scopes    []Scope
	Hash      []byte // SHA-256 of the secret
	CreatedAt time.Time
	CreatedBy string
	UsedAt    time.Time // to the hour; zero when never used
	RevokedAt time.Time // zero while it works
}

// Allows reports whether the key has the scope and works.
func (k *Key) Allows(s Scope) bool { return k.RevokedAt.IsZero() && slices.Contains(k.Scopes, s) }

// NewKey asks for a key.
type NewKey struct {
	Source string
	Scopes []Scope
}

func (n NewKey) check() error {
	if n.Source == "" || len(n.Source) > maxSource || !plain(n.Source) || strings.ContainsAny(n.Source, " \t\"<>") {
		return &InputError{"source", "source", `expected the "source" of the events, a URI reference such as /chat`}
	}
	if len(n.Scopes) == 0 {
		return &InputError{"scopes", "scopes", "expected at least one scope"}
	}
	for _, s := range n.Scopes {
		if !slices.Contains(Scopes(), s) {
			return &InputError{"scopes", "scopes", "unknown scope: expected events.write, verdicts.read, letters.read, health.read, media.read or banks.write"}
		}
	}
	return nil
}

// CreateKey makes a key and returns it with its text "hk_<id>_<secret>", which is shown once and not kept.
func (s *Service) CreateKey(ctx context.Context, who string, n NewKey) (Key, string, error) {
	if err := n.check(); err != nil {
		return Key{}, "", err
	}
	id, err := newID(s.now(), s.rand)
	if err != nil {
		return Key{}, "", err
	}
	secret, hash, err := s.token()
	if err != nil {
		return Key{}, "", err
	}
	k := Key{ID: id, Source: n.Source, Scopes: n.Scopes, Hash: hash, CreatedAt: s.now(), CreatedBy: who}
	err = s.db.Write(ctx, func(tx Tx) error {
		if err := tx.Keys().Add(ctx, k); err != nil {
			return err
		}
		return note(ctx, tx, s.entry(who, "key.created", "key/"+k.ID, map[string]string{"source": k.Source}))
	})
	if err != nil {
		return Key{}, "", err
	}
	return k, keyPrefix + id + "_" + secret, nil
}

// Keys lists every key, newest first.
func (s *Service) Keys(ctx context.Context) (keys []Key, err error) {
	err = s.db.Read(ctx, func(tx Tx) error {
		keys, err = tx.Keys().List(ctx)
		return err
	})
	return keys, err
}

// RevokeKey ends a key; ErrNotFound when there is none or it is revoked.
func (s *Service) RevokeKey(ctx context.Context, who, id string) error {
	err := s.db.Write(ctx, func(tx Tx) error { return s.revoke(ctx, tx, who, id) })
	s.cache.drop(id)
	return err
}

// revoke ends a key within a transaction; the caller drops it from the cache afterwards.
func (s *Service) revoke(ctx context.Context, tx Tx, who, id string) error {
	if err := tx.Keys().Revoke(ctx, id, s.now()); err != nil {
		return err
	}
	return note(ctx, tx, s.entry(who, "key.revoked", "key/"+id, nil))
}

// VerifyKey returns the key behind a text "hk_<id>_<secret>"; ErrKey when there is none. It asks the store at most once in
// KeyFresh for each key, so it may stand before every request. Any other error means that the answer is not known.
func (s *Service) VerifyKey(ctx context.Context, text string) (Key, error) {
	id, secret, ok := splitKey(text)
	if !ok {
		return Key{}, ErrKey
	}
	got, err := s.cachedKey(ctx, id)
	if err != nil {
		return Key{}, err
	}
	if subtle.ConstantTimeCompare(tokenHash(secret), got.key.Hash) != 1 || !got.found || !got.key.RevokedAt.IsZero() {
		return Key{}, ErrKey
	}
	if err := s.markUsed(ctx, got.key); err != nil {
		return Key{}, err
	}
	return got.key, nil
}

func splitKey(text string) (id, secret string, ok bool) {
	part := strings.SplitN(text, "_", keyParts)
	if len(text) > maxKeyText || len(part) != keyParts || part[0]+"_" != keyPrefix || part[1] == "" || len(part[2]) != secretChars {
		return "", "", false
	}
	return part[1], part[2], true
}

// cachedKey returns what is known of the key, asking the store when that is older than KeyFresh. Many requests that ask at
// the same time cause one look.
func (s *Service) cachedKey(ctx context.Context, id string) (cachedKey, error) {
	if c, ok := s.cache.get(id, s.now()); ok {
		return c, nil
	}
	v, err, _ := s.flight.Do(id, func() (any, error) {
		turn := s.cache.turn()
		c := cachedKey{at: s.now(), found: true}
		err := s.db.Read(context.WithoutCancel(ctx), func(tx Tx) (err error) {
			c.key, err = tx.Keys().Get(ctx, id)
			return err
		})
		if errors.Is(err, ErrNotFound) {
			c, err = cachedKey{at: c.at}, nil
		}
		if err == nil {
			s.cache.put(id, c, turn)
		}
		return c, err
	})
	if err != nil {
		return cachedKey{}, err
	}
	return v.(cachedKey), nil
}

// markUsed writes down that the key was used, once an hour.
func (s *Service) markUsed(ctx context.Context, k Key) error {
	now := s.now()
	if now.Sub(k.UsedAt) < usedEvery {
		return nil
	}
	if err := s.db.Write(ctx, func(tx Tx) error { return tx.Keys().Used(ctx, k.ID, now) }); err != nil {
		return err
	}
	s.cache.drop(k.ID)
	return nil
}
