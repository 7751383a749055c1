// Package auth says who is asking and what they may do: people with roles, one-time sign-in links, passwords, sessions, and the
// API keys of event sources. It holds the permission table (deny by default), the rules that secrets must keep, and the
// service that the console, the API and the command line call. It renders no page and routes no request; what it keeps, it
// keeps through the small store interfaces of this package, which internal/store implements.
package auth

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
	"golang.org/x/sync/singleflight"

	"haris/internal/access"
	"haris/internal/audit"
)

// What callers test for. ErrDenied stands for every way in which a sign-in can fail, so that an answer never tells a stranger
// whether a login exists.
var (
	ErrNotFound = errors.New("auth: no such entry")
	ErrTaken    = errors.New("auth: this login is in use already")
	ErrDenied   = errors.New("auth: login or password is not right")
	ErrLink     = errors.New("auth: this sign-in link is unknown, used or expired")
	ErrSession  = errors.New("auth: no valid session")
	ErrKey      = errors.New("auth: no valid API key")
	ErrLastOne  = errors.New("auth: this would leave nobody who can manage people")
)

// People keeps persons within the caller's transaction.
type People interface {
	// Add stores a new person; ErrTaken when another has the login.
	Add(ctx context.Context, p Person) error
	// Get returns one person; ErrNotFound.
	Get(ctx context.Context, id string) (Person, error)
	// ByLogin returns the person with the login (as NormalLogin writes it); ErrNotFound.
	ByLogin(ctx context.Context, login string) (Person, error)
	// List returns everyone in order of login.
	List(ctx context.Context) ([]Person, error)
	// Update stores name, login, roles, language, password hash and disabling; ErrNotFound, ErrTaken.
	Update(ctx context.Context, p Person) error
}

// Links keeps one-time sign-in links within the caller's transaction, by the hash of their token.
type Links interface {
	// Add stores a link.
	Add(ctx context.Context, l Link) error
	// Get returns an unused link; ErrNotFound when there is none or it was used.
	Get(ctx context.Context, hash []byte) (Link, error)
	// Use marks the link as used; ErrNotFound when there is none or it was used before.
	Use(ctx context.Context, hash []byte, at time.Time) error
	// EndAll marks every unused link of the person as used.
	EndAll(ctx context.Context, person string, at time.Time) error
}

// Sessions keeps sessions within the caller's transaction, by the hash of their token.
type Sessions interface {
	// Add stores a session.
	Add(ctx context.Context, s Session) error
	// Get returns a session, ended or not; ErrNotFound.
	Get(ctx context.Context, hash []byte) (Session, error)
	// Touch moves the time of last use.
	Touch(ctx context.Context, hash []byte, at time.Time) error
	// End removes one session; ending what is not there changes nothing.
	End(ctx context.Context, hash []byte) error
	// EndAll removes every session of the person and returns how many.
	EndAll(ctx context.Context, person string) (int, error)
	// Of returns the sessions of a person, ended ones not among them, the last used first.
	Of(ctx context.Context, person string) ([]Session, error)
	// Sweep removes sessions begun before begun or last used before used.
	Sweep(ctx context.Context, begun, used time.Time) (int, error)
}

// Keys keeps API keys within the caller's transaction.
type Keys interface {
	// Add stores a key.
	Add(ctx context.Context, k Key) error
	// Get returns one key, revoked or not; ErrNotFound.
	Get(ctx context.Context, id string) (Key, error)
	// List returns every key, newest first.
	List(ctx context.Context) ([]Key, error)
	// Revoke ends a key; ErrNotFound when there is none or it is revoked.
	Revoke(ctx context.Context, id string, at time.Time) error
	// Used moves the time of last use.
	Used(ctx context.Context, id string, at time.Time) error
}

// Tx is what the service needs of one transaction; *store.Tx is one.
type Tx interface {
	People() People
	Links() Links
	Sessions() Sessions
	Keys() Keys
	Bounds
	Proofs
	Audit() audit.Log
}

// Bounds is what a transaction has of who may see what.
type Bounds interface {
	Compartments() Compartments
	AccessReviews() access.Store
}

// Proofs is what a transaction has of the ways to show who one is.
type Proofs interface {
	Factors() Factors
	Passkeys() Passkeys
	Ceremonies() Ceremonies
	Identities() Identities
}

// DB runs transactions. A function given to Write may run more than once, so it has no effects besides the transaction.
type DB interface {
	Write(ctx context.Context, f func(Tx) error) error
	Read(ctx context.Context, f func(Tx) error) error
}

// Deps is what a Service is made of; every field before Required is required.
type Deps struct {
	DB   DB
	Now  func() time.Time
	Rand io.Reader // cryptographic
	// Seal is the key of the secrets that must be read again, SealKeyBytes long.
	Seal []byte
	// Required makes everyone have a second factor: who has none is led to set one up before anything else.
	Required bool
	// Origin is where people reach the pages, such as https://haris.example.org; passkeys are bound to it. Empty means no passkeys.
	Origin string
	// OIDC is the identity provider through which people may sign in besides; nil means none.
	OIDC *Provider
	// NoPasswords refuses to sign anybody in by a password. Links go on working.
	NoPasswords bool
	// ReviewEvery is how often who may see what is to be reviewed; 0 for never asked.
	ReviewEvery time.Duration
}

// Service is who may come in and what they may do. Safe for concurrent use.
type Service struct {
	db     DB
	now    func() time.Time
	rand   io.Reader
	hash   *Hasher
	seal   *sealer
	tries  *Limiter
	cache  *keyCache
	flight singleflight.Group

	reviewEvery time.Duration

	required bool               // of a second factor
	keyless  bool               // nobody signs in by a password
	party    *webauthn.WebAuthn // nil where no origin is known
	issuer   *issuer            // nil where no identity provider is set up
}

// New returns a service.
func New(d Deps) (*Service, error) {
	if d.DB == nil || d.Now == nil || d.Rand == nil {
		return nil, errors.New("auth: DB, Now and Rand are required")
	}
	seal, err := newSealer(d.Seal, d.Rand)
	if err != nil {
		return nil, err
	}
	party, err := newParty(d.Origin)
	if err != nil {
		return nil, err
	}
	return &Service{
		party: party, issuer: newIssuer(d.OIDC, d.Origin, d.Now), keyless: d.NoPasswords,
		db: d.DB, now: d.Now, rand: d.Rand, required: d.Required, reviewEvery: d.ReviewEvery,
		hash:  NewHasher(d.Rand),
		seal:  seal,
		tries: NewLimiter(maxTracked),
		cache: newKeyCache(),
	}, nil
}

func (s *Service) entry(who, act, object string, detail map[string]string) audit.Entry {
	return audit.Entry{At: s.now(), Who: who, Act: act, Object: object, Detail: detail}
}

// note writes one audit entry.
func note(ctx context.Context, tx Tx, e audit.Entry) error {
	_, err := tx.Audit().Append(ctx, e)
	return err
}
