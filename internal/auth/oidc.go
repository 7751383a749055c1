package auth

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// OIDCBack is the path to which an identity provider sends people back.
const OIDCBack = "/sign-in/oidc/back"

// Provider is an identity provider (OpenID Connect Core 1.0) and whom it may let in.
type Provider struct {
	Issuer, ClientID, ClientSecret string
	Domains                        []string    // of e-mail addresses; empty means any
	Claim                          string      // names a person's groups; empty means that roles are given here
	Roles                          []GroupRole // what groups give
	Invited                        bool        // a person must have been added before
}

// GroupRole says that a group has a role.
type GroupRole struct {
	Group string
	Role  Role
}

// Identities keeps which person an identity provider means, within the caller's transaction.
type Identities interface {
	// Add links an issuer's subject to a person; ErrTaken.
	Add(ctx context.Context, issuer, subject, person string, at time.Time) error
	// Person returns the id of the person; ErrNotFound.
	Person(ctx context.Context, issuer, subject string) (string, error)
}

// What callers test for.
var (
	// ErrIssuer says that the identity provider does not answer, or not as it must; trying again later may help.
	ErrIssuer = errors.New("auth: the identity provider does not answer as it must")
	// ErrIdentity says that what the identity provider sent cannot be believed.
	ErrIdentity = errors.New("auth: the answer of the identity provider is not right")
	// ErrStranger says that the identity provider knows the person and that they may not come in here all the same.
	ErrStranger = errors.New("auth: this identity may not sign in here")
	// ErrOld says that the identity provider was told to ask a person anew and does not say that it did.
	ErrOld = errors.New("auth: the identity provider does not say that the person signed in anew (auth_time)")
)

// issuerTime bounds every conversation with an identity provider.
const issuerTime = 10 * time.Second

// issuer is a provider that is asked about itself when it is first needed, so that one that is down does not keep haris from starting.
type issuer struct {
	Provider
	back string
	now  func() time.Time
	http *http.Client
	mu   sync.Mutex
	met  *oidc.Provider
}

func newIssuer(p *Provider, origin string, now func() time.Time) *issuer {
	if p == nil {
		return nil
	}
	return &issuer{Provider: *p, back: strings.TrimSuffix(origin, "/") + OIDCBack, now: now, http: &http.Client{Timeout: issuerTime}}
}

// meet asks the provider about itself, once. ErrIssuer.
func (i *issuer) meet() (*oidc.Provider, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.met != nil {
		return i.met, nil
	}
	// Not the context of a request: the provider's keys are fetched again with it later.
	p, err := oidc.NewProvider(oidc.ClientContext(context.Background(), i.http), i.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIssuer, err)
	}
	i.met = p
	return p, nil
}

func (i *issuer) client(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: i.ClientID, ClientSecret: i.ClientSecret, Endpoint: p.Endpoint(), RedirectURL: i.back,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
	}
}

// OIDCName is the name of the identity provider's host, for a button; empty when there is none.
func (s *Service) OIDCName() string {
	if s.issuer == nil {
		return ""
	}
	u, err := url.Parse(s.issuer.Issuer)
	if err != nil {
		return s.issuer.Issuer
	}
	return u.Hostname()
}

// TakesPasswords reports whether people may sign in by a password.
func (s *Service) TakesPasswords() bool { return !s.keyless }

// errand is what is remembered of a person who was sent to the identity provider.
type errand struct {
	Nonce, Verifier, Next string
	Proof                 bool // the person is signed in here and shows again who they are
	At                    time.Time
}

// BeginOIDC returns the address of the identity provider to which the browser behind the cookie goes; next is where the person wants to
// be afterwards. ErrNotFound when there is no provider; ErrIssuer.
func (s *Service) BeginOIDC(ctx context.Context, cookie, next string) (string, error) {
	return s.sendToIssuer(ctx, cookie, errand{Next: next})
}

// BeginOIDCProof is BeginOIDC for who is signed in with the token and shows again who they are: the provider is told to ask anew.
func (s *Service) BeginOIDCProof(ctx context.Context, token, next string) (string, error) {
	return s.sendToIssuer(ctx, token, errand{Next: next, Proof: true, At: s.now()},
		oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
}

func (s *Service) sendToIssuer(ctx context.Context, cookie string, e errand, with ...oauth2.AuthCodeOption) (string, error) {
	if s.issuer == nil {
		return "", ErrNotFound
	}
	p, err := s.issuer.meet()
	if err != nil {
		return "", err
	}
	state, _, err := s.token()
	if err != nil {
		return "", err
	}
	if e.Nonce, _, err = s.token(); err != nil {
		return "", err
	}
	if e.Verifier, _, err = s.token(); err != nil {
		return "", err
	}
	if err := s.ask(ctx, "oidc "+state, cookie, e); err != nil {
		return "", err
	}
	return s.issuer.client(p).AuthCodeURL(state, append(with, oidc.Nonce(e.Nonce), oauth2.S256ChallengeOption(e.Verifier))...), nil
}

// OIDCReturn is what an identity provider sends back with the browser.
type OIDCReturn struct{ State, Code string }

// authLeeway is how far the clock of an identity provider may be behind ours.
const authLeeway = time.Minute

// FinishOIDC takes what came back and begins a whole session: further factors are the provider's matter. It returns where the person
// wanted to be. After BeginOIDCProof it takes the place of the session before. ErrNotFound, ErrCeremony when this browser was not sent or the
// answer was taken before, ErrIssuer, ErrIdentity, ErrStranger; of a proof also ErrOld, ErrOther, ErrSession.
func (s *Service) FinishOIDC(ctx context.Context, cookie string, r OIDCReturn, from Device) (in SignedIn, next string, err error) {
	if s.issuer == nil {
		return SignedIn{}, "", ErrNotFound
	}
	if len(r.State) > 100 {
		return SignedIn{}, "", ErrCeremony
	}
	var e errand
	if err := s.asked(ctx, "oidc "+r.State, cookie, &e); err != nil {
		return SignedIn{}, "", err
	}
	id, err := s.issuer.identity(ctx, r.Code, e)
	if err != nil {
		return SignedIn{}, "", err
	}
	plain, hash, err := s.token()
	if err != nil {
		return SignedIn{}, "", err
	}
	if e.Proof && id.at.Before(e.At.Add(-authLeeway)) {
		return SignedIn{}, "", ErrOld
	}
	var p Person
	err = s.db.Write(ctx, func(tx Tx) error {
		if p, err = s.known(ctx, tx, id); err != nil {
			return err
		}
		o := opening{hash: hash, way: ByOIDC, from: from, proved: id.at}
		if e.Proof {
			o.proved, o.before = s.now(), FormToken(cookie)
			return s.prove(ctx, tx, tokenHash(cookie), &p, o)
		}
		_, err = s.open(ctx, tx, &p, o)
		return err
	})
	if errors.Is(err, ErrStranger) || errors.Is(err, ErrOther) {
		if e := s.refuse(ctx, &p, from.Addr); !errors.Is(e, ErrDenied) {
			err = errors.Join(err, e)
		}
	}
	if err != nil {
		return SignedIn{}, "", err
	}
	return SignedIn{Person: p, Token: plain}, e.Next, nil
}

// identity is what a provider says of a person.
type identity struct {
	issuer, subject, email, name string
	roles                        []Role    // nil where they are given here
	at                           time.Time // of signing in there, at most now; zero when the provider does not say
}

// identity exchanges the code and checks the token: signature by a key of the issuer, issuer, audience, time, nonce.
func (i *issuer) identity(ctx context.Context, code string, e errand) (identity, error) {
	p, err := i.meet()
	if err != nil {
		return identity{}, err
	}
	token, err := i.client(p).Exchange(oidc.ClientContext(ctx, i.http), code, oauth2.VerifierOption(e.Verifier))
	var said *oauth2.RetrieveError
	if errors.As(err, &said) && said.Response.StatusCode < http.StatusInternalServerError {
		return identity{}, fmt.Errorf("%w: the code was not taken: %s", ErrIdentity, said.ErrorCode)
	}
	if err != nil {
		return identity{}, fmt.Errorf("%w: %w", ErrIssuer, err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return identity{}, fmt.Errorf("%w: it has no ID token", ErrIdentity)
	}
	idToken, err := p.Verifier(&oidc.Config{ClientID: i.ClientID, Now: i.now}).Verify(oidc.ClientContext(ctx, i.http), raw)
	if err != nil {
		return identity{}, fmt.Errorf("%w: %w", ErrIdentity, err)
	}
	if subtle.ConstantTimeCompare([]byte(idToken.Nonce), []byte(e.Nonce)) != 1 {
		return identity{}, fmt.Errorf("%w: it answers another question", ErrIdentity)
	}
	var c struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
		Name     string `json:"name"`
	}
	var all map[string]json.RawMessage
	if err := errors.Join(idToken.Claims(&c), idToken.Claims(&all)); err != nil {
		return identity{}, fmt.Errorf("%w: %w", ErrIdentity, err)
	}
	id := identity{issuer: idToken.Issuer, subject: idToken.Subject, name: strings.TrimSpace(c.Name)}
	if c.Verified { // an address that nobody has verified is no address
		id.email = NormalLogin(c.Email)
	}
	if i.Claim != "" {
		id.roles = i.rolesOf(all[i.Claim])
	}
	id.at = signedInAt(all["auth_time"], i.now())
	return id, nil
}

// signedInAt reads when somebody signed in at the provider, in seconds. What cannot be read says nothing.
func signedInAt(claim json.RawMessage, now time.Time) time.Time {
	var sec float64
	if json.Unmarshal(claim, &sec) != nil || sec <= 0 || sec > float64(now.Add(time.Hour).Unix()) {
		return time.Time{}
	}
	if at := time.Unix(int64(sec), 0); at.Before(now) {
		return at
	}
	return now
}

// rolesOf reads the groups of a claim, which is a text or a list of texts; anything else gives no role.
func (i *issuer) rolesOf(claim json.RawMessage) []Role {
	var groups []string
	var one string
	if json.Unmarshal(claim, &one) == nil {
		groups = []string{one}
	} else if json.Unmarshal(claim, &groups) != nil {
		groups = nil
	}
	roles := []Role{}
	for _, g := range i.Roles {
		if slices.Contains(groups, g.Group) {
			roles = append(roles, g.Role)
		}
	}
	return tidy(roles)
}

// allows reports whether the domain of an address may come in.
func (i *issuer) allows(email string) bool {
	at := strings.LastIndex(email, "@")
	return len(i.Domains) == 0 || at >= 0 && slices.Contains(i.Domains, email[at+1:])
}

// known finds the person whom an identity means, links the two when the verified address is their login, or adds them where nobody
// needs an invitation. Roles of groups replace those held here. ErrStranger.
func (s *Service) known(ctx context.Context, tx Tx, id identity) (Person, error) {
	if !s.issuer.allows(id.email) || s.issuer.Claim != "" && len(id.roles) == 0 {
		return Person{}, ErrStranger
	}
	person, err := tx.Identities().Person(ctx, id.issuer, id.subject)
	var p Person
	switch {
	case err == nil:
		p, err = tx.People().Get(ctx, person)
	case errors.Is(err, ErrNotFound):
		p, err = s.meetPerson(ctx, tx, id)
	}
	if err != nil {
		return Person{}, err
	}
	if p.Disabled() {
		return p, ErrStranger
	}
	if id.roles == nil || slices.Equal(p.Roles, id.roles) {
		return p, nil
	}
	return p, s.takeRoles(ctx, tx, &p, id.roles)
}

// takeRoles gives a person the roles of their groups, unless nobody could manage people after it.
func (s *Service) takeRoles(ctx context.Context, tx Tx, p *Person, roles []Role) error {
	detail := map[string]string{"from": rolesText(p.Roles), "to": rolesText(roles)}
	p.Roles = roles
	if err := tx.People().Update(ctx, *p); err != nil {
		return err
	}
	people, err := tx.People().List(ctx)
	if err != nil {
		return err
	}
	if !manages(people) {
		return ErrLastOne
	}
	return note(ctx, tx, s.entry("oidc", "person.roles_changed", "person/"+p.ID, detail))
}

// meetPerson links an identity that comes for the first time.
func (s *Service) meetPerson(ctx context.Context, tx Tx, id identity) (Person, error) {
	if id.email == "" {
		return Person{}, ErrStranger
	}
	p, err := tx.People().ByLogin(ctx, id.email)
	if errors.Is(err, ErrNotFound) && !s.issuer.Invited {
		p, err = s.addPerson(ctx, tx, id)
	}
	if errors.Is(err, ErrNotFound) {
		return Person{}, ErrStranger
	}
	if err != nil {
		return Person{}, err
	}
	if p.Disabled() {
		return p, ErrStranger
	}
	if err := tx.Identities().Add(ctx, id.issuer, id.subject, p.ID, s.now()); err != nil {
		return Person{}, err
	}
	return p, note(ctx, tx, s.entry(p.ID, "identity.linked", "person/"+p.ID, map[string]string{"issuer": id.issuer}))
}

func (s *Service) addPerson(ctx context.Context, tx Tx, id identity) (Person, error) {
	name := id.name
	if name == "" {
		name = id.email
	}
	n, err := NewPerson{Name: shorten(name, maxName), Login: id.email, Roles: id.roles}.check()
	if err != nil {
		return Person{}, fmt.Errorf("%w: %w", ErrStranger, err)
	}
	person, err := newID(s.now(), s.rand)
	if err != nil {
		return Person{}, err
	}
	p := Person{ID: person, Name: n.Name, Login: n.Login, Roles: tidy(n.Roles), Lang: n.Lang, CreatedAt: s.now()}
	if err := tx.People().Add(ctx, p); err != nil {
		return Person{}, err
	}
	return p, note(ctx, tx, s.entry("oidc", "person.created", "person/"+p.ID, map[string]string{"roles": rolesText(p.Roles)}))
}
