package auth

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"haris/internal/casefile"
)

// How long a session lasts: 8 hours without use, 24 hours in all. Use is written down at most once a minute.
const (
	SessionIdle  = 8 * time.Hour
	SessionLife  = 24 * time.Hour
	touchedEvery = time.Minute
)

// halfLife is how long a session waits for the second factor.
const halfLife = 10 * time.Minute

// Stage is how far a sign-in has come.
type Stage string

// The stages. A session at First waits for the second factor and is good for nothing else.
const (
	First Stage = "first"
	Whole Stage = "whole"
)

// Way is how a person last showed who they are.
type Way string

// The ways.
const (
	ByLink     Way = "link"
	ByPassword Way = "password"
	ByTOTP     Way = "totp"
	ByRecovery Way = "recovery"
	ByPasskey  Way = "passkey"
	ByOIDC     Way = "oidc"
)

// Ways lists the ways.
func Ways() []Way { return []Way{ByLink, ByPassword, ByTOTP, ByRecovery, ByPasskey, ByOIDC} }

// Device is where somebody signs in from, as far as a request says so.
type Device struct {
	Addr  string // the network address, without port
	Agent string // what the browser calls itself
}

// Session is one sign-in of one person from one browser.
type Session struct {
	Hash    []byte // SHA-256 of the token in the cookie
	Person  string
	Stage   Stage
	Way     Way
	Begun   time.Time
	Used    time.Time
	Proved  time.Time // when the person last showed who they are, by a password with the factor, a passkey or at the identity provider
	Agent   string    // what the browser called itself, at most maxAgent bytes
	Network string    // from which it was begun
	// FormBefore is the form token of the session before the last proof, so that what somebody writes in another window is not lost.
	FormBefore string
}

// maxAgent bounds what is kept of a browser's name for itself, in bytes.
const maxAgent = 300

// Live reports whether the session is still good at now.
func (s *Session) Live(now time.Time) bool {
	if s.Stage == First && !now.Before(s.Begun.Add(halfLife)) {
		return false
	}
	return now.Before(s.Begun.Add(SessionLife)) && now.Before(s.Used.Add(SessionIdle))
}

// SessionID names a session in pages and in the audit log: the beginning of the hash of its token, from which nobody gets the token.
func SessionID(hash []byte) string { return hex.EncodeToString(hash[:min(8, len(hash))]) }

// SignedIn is a person who has just come in. Token goes into the cookie and is not kept anywhere else. Half says that the second
// factor is still to come.
type SignedIn struct {
	Person Person
	Token  string
	Half   bool
}

// Attempt is one try to sign in. Addr is the network address of the visitor, without port.
type Attempt struct{ Login, Password, Addr, Agent string }

// SignIn checks a password and begins a session with a fresh token, which waits for the second factor of who has one. It returns ErrDenied, a *RateError, or what the store said.
func (s *Service) SignIn(ctx context.Context, a Attempt) (SignedIn, error) {
	login := NormalLogin(a.Login)
	if s.keyless {
		return SignedIn{}, ErrDenied
	}
	if len(login) > maxLogin {
		return SignedIn{}, ErrDenied
	}
	if err := s.take(login, a.Addr); err != nil {
		return SignedIn{}, err
	}
	p, err := s.byLogin(ctx, login)
	if err != nil {
		return SignedIn{}, err
	}
	ok, err := s.hash.Verify(ctx, p.PasswordHash, a.Password)
	if err != nil {
		return SignedIn{}, err
	}
	if !ok || p.Disabled() {
		return SignedIn{}, s.refuse(ctx, &p, a.Addr)
	}
	in, err := s.begin(ctx, p.ID, p.PasswordHash, Device{Addr: a.Addr, Agent: a.Agent})
	if err == nil {
		s.tries.Forget("login " + login)
	}
	return in, err
}

// take counts the try against the address and the login.
func (s *Service) take(login, addr string) error {
	now := s.now()
	if wait := s.tries.Take(now, "addr "+network(addr), addrBurst, addrRefill); wait > 0 {
		return &RateError{wait}
	}
	if wait := s.tries.Take(now, "login "+login, loginBurst, loginRefill); wait > 0 {
		return &RateError{wait}
	}
	return nil
}

// byLogin returns the person, or an empty one when there is none, so that the caller takes the same time for both.
func (s *Service) byLogin(ctx context.Context, login string) (p Person, err error) {
	err = s.db.Read(ctx, func(tx Tx) error {
		p, err = tx.People().ByLogin(ctx, login)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return Person{}, nil
	}
	return p, err
}

// refuse writes down a failed try. The login itself is not written: people type their passwords into that field.
func (s *Service) refuse(ctx context.Context, p *Person, addr string) error {
	who := p.ID
	if who == "" {
		who = "unknown"
	}
	err := s.db.Write(ctx, func(tx Tx) error {
		return note(ctx, tx, s.entry("haris", "sign_in.refused", "person/"+who, map[string]string{"network": network(addr)}))
	})
	if err != nil {
		return err
	}
	return ErrDenied
}

// begin opens a session, unless the person was disabled or the password changed while it was being checked.
func (s *Service) begin(ctx context.Context, person, checked string, from Device) (SignedIn, error) {
	plain, hash, err := s.token()
	if err != nil {
		return SignedIn{}, err
	}
	var p Person
	var half bool
	err = s.db.Write(ctx, func(tx Tx) error {
		if p, err = tx.People().Get(ctx, person); err != nil {
			return err
		}
		if p.Disabled() || p.PasswordHash != checked {
			return ErrDenied
		}
		half, err = s.open(ctx, tx, &p, opening{hash: hash, way: ByPassword, from: from, proved: s.now()})
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	return SignedIn{Person: p, Token: plain, Half: half}, nil
}

// opening is what a session begins with.
type opening struct {
	hash   []byte
	way    Way
	from   Device
	proved time.Time // when the person showed who they are; zero when nobody knows
	before string    // the form token of the session whose place it takes
	proof  bool      // it takes the place of a session, whose person has shown again who they are
}

// open stores a session and its audit entry, and sweeps away the sessions that are over. A session by link or password is only half
// of one for a person who has a second factor.
func (s *Service) open(ctx context.Context, tx Tx, p *Person, o opening) (half bool, err error) {
	now := s.now()
	if _, err := tx.Sessions().Sweep(ctx, now.Add(-SessionLife), now.Add(-SessionIdle)); err != nil {
		return false, err
	}
	if o.proved.IsZero() {
		o.proved = time.UnixMilli(0)
	}
	n := Session{
		Hash: o.hash, Person: p.ID, Stage: Whole, Way: o.way, Begun: now, Used: now, Proved: o.proved,
		Agent: shorten(o.from.Agent, maxAgent), Network: network(o.from.Addr), FormBefore: o.before,
	}
	act := "person.signed_in"
	if o.proof {
		act = "person.proved"
	}
	if o.way == ByLink || o.way == ByPassword {
		f, err := tx.Factors().Get(ctx, p.ID)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return false, err
		}
		if f.Secret != nil {
			n.Stage, act = First, "person.first_factor"
		}
	}
	if err := tx.Sessions().Add(ctx, n); err != nil {
		return false, err
	}
	return n.Stage == First, note(ctx, tx, s.entry(p.ID, act, "person/"+p.ID, map[string]string{"way": string(o.way)}))
}

// endOthers ends every session of the person but one.
func (s *Service) endOthers(ctx context.Context, tx Tx, person string, but []byte) error {
	list, err := tx.Sessions().Of(ctx, person)
	if err != nil {
		return err
	}
	for i := range list {
		if bytes.Equal(list[i].Hash, but) {
			continue
		}
		if err := tx.Sessions().End(ctx, list[i].Hash); err != nil {
			return err
		}
	}
	return nil
}

// Visit is who stands behind a request.
type Visit struct {
	Person  Person
	Session Session
	// Scope is which cases they may see.
	Scope casefile.Scope
	// Enrol says that the person must set up a second factor before anything else.
	Enrol bool
}

// Visit returns who stands behind a session's token, whole or half, and counts it as used unless still. ErrSession.
func (s *Service) Visit(ctx context.Context, token string, still bool) (Visit, error) {
	p, sess, err := s.session(ctx, token)
	now := s.now()
	if err == nil && !still && now.Sub(sess.Used) >= touchedEvery {
		err = s.db.Write(ctx, func(tx Tx) error { return tx.Sessions().Touch(ctx, sess.Hash, now) })
	}
	if err != nil {
		return Visit{}, err
	}
	v := Visit{Person: p, Session: sess}
	w, err := s.Walls(ctx)
	if err != nil {
		return Visit{}, err
	}
	v.Scope = w.Scope(&p)
	if s.required && sess.Stage == Whole && (sess.Way == ByLink || sess.Way == ByPassword) {
		st, err := s.FactorState(ctx, &p)
		if err != nil {
			return Visit{}, err
		}
		v.Enrol = !st.Set
	}
	return v, nil
}

// Who returns the person behind a session's token and counts it as used; ErrSession when there is none, it is over or only half of
// one, or the person is disabled.
func (s *Service) Who(ctx context.Context, token string) (Person, error) {
	return s.whole(ctx, token, false)
}

// Peek is Who for a page that refreshes itself: a browser left open must not keep its session alive.
func (s *Service) Peek(ctx context.Context, token string) (Person, error) {
	return s.whole(ctx, token, true)
}

func (s *Service) whole(ctx context.Context, token string, still bool) (Person, error) {
	v, err := s.Visit(ctx, token, still)
	if err == nil && v.Session.Stage != Whole {
		err = ErrSession
	}
	if err != nil {
		return Person{}, err
	}
	return v.Person, nil
}

func (s *Service) session(ctx context.Context, token string) (Person, Session, error) {
	if len(token) == 0 || len(token) > 100 {
		return Person{}, Session{}, ErrSession
	}
	hash := tokenHash(token)
	var sess Session
	var p Person
	err := s.db.Read(ctx, func(tx Tx) (err error) {
		if sess, err = tx.Sessions().Get(ctx, hash); err != nil {
			return err
		}
		p, err = tx.People().Get(ctx, sess.Person)
		return err
	})
	switch {
	case errors.Is(err, ErrNotFound):
		return Person{}, Session{}, ErrSession
	case err != nil:
		return Person{}, Session{}, err
	case !sess.Live(s.now()) || p.Disabled():
		return Person{}, Session{}, ErrSession
	}
	return p, sess, nil
}

// SignOut ends the session behind a token; a token that is none changes nothing.
func (s *Service) SignOut(ctx context.Context, token string) error {
	p, _, err := s.session(ctx, token)
	if errors.Is(err, ErrSession) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx Tx) error {
		if err := tx.Sessions().End(ctx, tokenHash(token)); err != nil {
			return err
		}
		return note(ctx, tx, s.entry(p.ID, "person.signed_out", "person/"+p.ID, nil))
	})
}

// shorten cuts a text to at most n bytes, between characters.
func shorten(s string, n int) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
	for len(s) > n {
		_, size := utf8.DecodeLastRuneInString(s[:n+1])
		s = s[:n+1-size]
	}
	return s
}
