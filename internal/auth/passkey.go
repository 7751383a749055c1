package auth

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Passkey is a key of a person that stays in their device (WebAuthn level 3). Body is its public half with the counter.
type Passkey struct {
	ID     []byte
	Person string
	Name   string // as the person calls it
	Body   string // JSON of webauthn.Credential
	Made   time.Time
	Used   time.Time // zero when never
}

// Ref names a passkey in addresses and in the audit log.
func (k *Passkey) Ref() string { return hex.EncodeToString(tokenHash(string(k.ID))[:8]) }

// Passkeys keeps passkeys within the caller's transaction.
type Passkeys interface {
	// Add stores a passkey; ErrTaken when it is registered already.
	Add(ctx context.Context, k Passkey) error
	// Of returns the passkeys of a person, oldest first.
	Of(ctx context.Context, person string) ([]Passkey, error)
	// Used stores a passkey's new counter and the moment of its use; ErrNotFound.
	Used(ctx context.Context, id []byte, body string, at time.Time) error
	// Remove takes a passkey away; ErrNotFound.
	Remove(ctx context.Context, id []byte) error
}

// What callers test for.
var (
	// ErrOrigin says that passkeys cannot be used because it is not known where people reach the pages.
	ErrOrigin = errors.New("auth: passkeys need public_url in the configuration, with a name and not an address of numbers: https://haris.example.org")
	// ErrCeremony says that nothing was asked of this browser, that it was answered already, or too late.
	ErrCeremony = errors.New("auth: nothing was asked of this browser, or its answer comes too late")
	// ErrPasskey says that a passkey's answer is not right.
	ErrPasskey = errors.New("auth: the passkey's answer is not right")
)

// maxPasskeys bounds how many passkeys a person may have.
const maxPasskeys = 20

// newParty is the relying party of an origin; nil when there is none to which a passkey can be bound.
func newParty(origin string) (*webauthn.WebAuthn, error) {
	if origin == "" {
		return nil, nil
	}
	u, err := url.Parse(origin)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("auth: origin %q: expected an address such as https://haris.example.org", origin)
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return nil, nil // browsers bind passkeys to names alone
	}
	must := true
	w, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "haris", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: &must, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("auth: origin %q: %w", origin, err)
	}
	return w, nil
}

// holder is a person as the WebAuthn library sees them. The handle that goes into the device is the person's id and says nothing.
type holder struct {
	Person
	keys []webauthn.Credential
}

var _ webauthn.User = holder{}

func (h holder) WebAuthnID() []byte                         { return []byte(h.ID) }
func (h holder) WebAuthnName() string                       { return h.Login }
func (h holder) WebAuthnDisplayName() string                { return h.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func holderOf(ctx context.Context, tx Tx, p Person) (holder, error) {
	list, err := tx.Passkeys().Of(ctx, p.ID)
	if err != nil {
		return holder{}, err
	}
	h := holder{Person: p}
	for i := range list {
		var c webauthn.Credential
		if err := json.Unmarshal([]byte(list[i].Body), &c); err != nil {
			return holder{}, fmt.Errorf("auth: passkey %s cannot be read: %w", list[i].Ref(), err)
		}
		h.keys = append(h.keys, c)
	}
	return h, nil
}

// PasskeysWork reports whether passkeys can be used here, as ErrOrigin says.
func (s *Service) PasskeysWork() bool { return s.party != nil }

// Passkeys returns a person's passkeys, oldest first.
func (s *Service) Passkeys(ctx context.Context, person string) (list []Passkey, err error) {
	err = s.db.Read(ctx, func(tx Tx) error {
		list, err = tx.Passkeys().Of(ctx, person)
		return err
	})
	return list, err
}

// BeginPasskey returns what the browser behind the cookie asks a device, as JSON for navigator.credentials.create, to make a passkey
// for the person. ErrOrigin.
func (s *Service) BeginPasskey(ctx context.Context, p *Person, cookie string) ([]byte, error) {
	if s.party == nil {
		return nil, ErrOrigin
	}
	var h holder
	err := s.db.Read(ctx, func(tx Tx) (err error) {
		h, err = holderOf(ctx, tx, *p)
		return err
	})
	if err != nil {
		return nil, err
	}
	var not []protocol.CredentialDescriptor
	for i := range h.keys {
		not = append(not, h.keys[i].Descriptor())
	}
	options, asked, err := s.party.BeginRegistration(h, webauthn.WithExclusions(not))
	if err != nil {
		return nil, err
	}
	if err := s.ask(ctx, "passkey.register", cookie, asked); err != nil {
		return nil, err
	}
	return json.Marshal(options)
}

// AddPasskey takes the device's answer. ErrOrigin, ErrCeremony, ErrPasskey, ErrTaken, *InputError about the name.
func (s *Service) AddPasskey(ctx context.Context, p *Person, cookie, name string, answer []byte) error {
	if s.party == nil {
		return ErrOrigin
	}
	name = strings.TrimSpace(name)
	if name == "" || len(name) > maxName || !plain(name) {
		return &InputError{"passkey", "name", fmt.Sprintf("expected 1 to %d bytes of printable text", maxName)}
	}
	var asked webauthn.SessionData
	if err := s.asked(ctx, "passkey.register", cookie, &asked); err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	return s.db.Write(ctx, func(tx Tx) error {
		h, err := holderOf(ctx, tx, *p)
		if err != nil {
			return err
		}
		if len(h.keys) >= maxPasskeys {
			return &InputError{"passkey", "passkeys_many", fmt.Sprintf("at most %d passkeys are kept of one person: remove one first", maxPasskeys)}
		}
		c, err := s.party.CreateCredential(h, asked, parsed)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrPasskey, err)
		}
		body, err := json.Marshal(c)
		if err != nil {
			return err
		}
		k := Passkey{ID: c.ID, Person: p.ID, Name: name, Body: string(body), Made: s.now()}
		if err := tx.Passkeys().Add(ctx, k); err != nil {
			return err
		}
		return note(ctx, tx, s.entry(p.ID, "passkey.added", "person/"+p.ID, map[string]string{"passkey": k.Ref()}))
	})
}

// RemovePasskey takes one of a person's passkeys away, by its Ref. ErrNotFound.
func (s *Service) RemovePasskey(ctx context.Context, who, person, ref string) error {
	return s.db.Write(ctx, func(tx Tx) error {
		list, err := tx.Passkeys().Of(ctx, person)
		if err != nil {
			return err
		}
		for i := range list {
			if list[i].Ref() != ref {
				continue
			}
			if err := tx.Passkeys().Remove(ctx, list[i].ID); err != nil {
				return err
			}
			return note(ctx, tx, s.entry(who, "passkey.removed", "person/"+person, map[string]string{"passkey": ref}))
		}
		return ErrNotFound
	})
}

// The kinds of questions that a passkey answers.
const (
	askSignIn = "passkey.sign-in"
	askProof  = "passkey.prove"
)

// BeginPasskeySignIn returns what the browser behind the cookie asks a device, as JSON for navigator.credentials.get. It names nobody:
// the device says who. ErrOrigin.
func (s *Service) BeginPasskeySignIn(ctx context.Context, cookie string) ([]byte, error) {
	return s.askPasskey(ctx, askSignIn, cookie)
}

// BeginPasskeyProof is BeginPasskeySignIn for who is signed in and shows again who they are. cookie is the session's token. ErrOrigin.
func (s *Service) BeginPasskeyProof(ctx context.Context, cookie string) ([]byte, error) {
	return s.askPasskey(ctx, askProof, cookie)
}

func (s *Service) askPasskey(ctx context.Context, kind, cookie string) ([]byte, error) {
	if s.party == nil {
		return nil, ErrOrigin
	}
	options, asked, err := s.party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, err
	}
	if err := s.ask(ctx, kind, cookie, asked); err != nil {
		return nil, err
	}
	return json.Marshal(options)
}

// PasskeySignIn takes the device's answer and begins a whole session: a passkey with user verification is two factors in one.
// ErrOrigin, ErrCeremony, ErrPasskey, a *RateError.
func (s *Service) PasskeySignIn(ctx context.Context, cookie string, answer []byte, from Device) (SignedIn, error) {
	return s.answerPasskey(ctx, askSignIn, cookie, answer, func(tx Tx, p *Person, o opening) error {
		_, err := s.open(ctx, tx, p, o)
		return err
	}, from)
}

// PasskeyProof is PasskeySignIn for who is signed in with the token: their session ends, and another begins with a fresh token. ErrOrigin,
// ErrCeremony, ErrPasskey, ErrOther, ErrSession, a *RateError.
func (s *Service) PasskeyProof(ctx context.Context, token string, answer []byte, from Device) (SignedIn, error) {
	return s.answerPasskey(ctx, askProof, token, answer, func(tx Tx, p *Person, o opening) error {
		o.before = FormToken(token)
		return s.prove(ctx, tx, tokenHash(token), p, o)
	}, from)
}

// answerPasskey checks the answer to a question of a kind and carries out what follows of it in the same transaction.
func (s *Service) answerPasskey(ctx context.Context, kind, cookie string, answer []byte, then func(Tx, *Person, opening) error, from Device) (SignedIn, error) {
	if s.party == nil {
		return SignedIn{}, ErrOrigin
	}
	if wait := s.tries.Take(s.now(), "addr "+network(from.Addr), addrBurst, addrRefill); wait > 0 {
		return SignedIn{}, &RateError{wait}
	}
	var asked webauthn.SessionData
	if err := s.asked(ctx, kind, cookie, &asked); err != nil {
		return SignedIn{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return SignedIn{}, fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	plain, hash, err := s.token()
	if err != nil {
		return SignedIn{}, err
	}
	var p Person
	err = s.db.Write(ctx, func(tx Tx) error {
		if p, err = s.checkPasskey(ctx, tx, asked, parsed); err != nil {
			return err
		}
		return then(tx, &p, opening{hash: hash, way: ByPasskey, from: from, proved: s.now()})
	})
	if errors.Is(err, ErrPasskey) || errors.Is(err, ErrOther) {
		return SignedIn{}, errors.Join(s.refusePasskey(ctx, &p, from.Addr), err)
	}
	if err != nil {
		return SignedIn{}, err
	}
	return SignedIn{Person: p, Token: plain}, nil
}

// checkPasskey finds out whose passkey answered, whether rightly, and moves its counter. A counter that goes back means a copy of the
// passkey, which is refused.
func (s *Service) checkPasskey(ctx context.Context, tx Tx, asked webauthn.SessionData, parsed *protocol.ParsedCredentialAssertionData) (p Person, err error) {
	var broken error // of the database, which is not the passkey's fault
	find := func(_, handle []byte) (webauthn.User, error) {
		if p, broken = tx.People().Get(ctx, string(handle)); broken != nil {
			return nil, broken
		}
		h, err := holderOf(ctx, tx, p)
		broken = err
		return h, err
	}
	_, c, err := s.party.ValidatePasskeyLogin(find, asked, parsed)
	switch {
	case broken != nil && !errors.Is(broken, ErrNotFound):
		return p, broken
	case err != nil:
		return p, fmt.Errorf("%w: %w", ErrPasskey, err)
	case p.Disabled():
		return p, fmt.Errorf("%w: its person is shut out", ErrPasskey)
	case c.Authenticator.CloneWarning:
		return p, fmt.Errorf("%w: its counter went back, so there is a copy of it", ErrPasskey)
	}
	body, err := json.Marshal(c)
	if err != nil {
		return p, err
	}
	return p, tx.Passkeys().Used(ctx, bytes.Clone(c.ID), string(body), s.now())
}

// refusePasskey writes down a passkey that was refused.
func (s *Service) refusePasskey(ctx context.Context, p *Person, addr string) error {
	if err := s.refuse(ctx, p, addr); !errors.Is(err, ErrDenied) {
		return err
	}
	return nil
}
