package auth

import (
	"context"
	"errors"
	"time"
)

// How long a session lasts: 8 hours without use, 24 hours in all. Use is written down at most once a minute.
const (
	SessionIdle  = 8 * time.Hour
	SessionLife  = 24 * time.Hour
	touchedEvery = time.Minute
)

// Session is one sign-in of one person from one browser.
type Session struct {
	Hash   []byte // SHA-256 of the token in the cookie
	Person string
	Begun  time.Time
	Used   time.Time
}

// Live reports whether the session is still good at now.
func (s *Session) Live(now time.Time) bool {
	return now.Before(s.Begun.Add(SessionLife)) && now.Before(s.Used.Add(SessionIdle))
}

// SignedIn is a person who has just come in. Token goes into the cookie and is not kept anywhere else.
type SignedIn struct {
	Person Person
	Token  string
}

// Attempt is one try to sign in. Addr is the network address of the visitor, without port.
type Attempt struct{ Login, Password, Addr string }

// SignIn checks a password and begins a session with a fresh token. It returns ErrDenied, a *RateError, or what the store said.
func (s *Service) SignIn(ctx context.Context, a Attempt) (SignedIn, error) {
	login := NormalLogin(a.Login)
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
	in, err := s.begin(ctx, p.ID, p.PasswordHash)
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
func (s *Service) begin(ctx context.Context, person, checked string) (SignedIn, error) {
	plain, hash, err := s.token()
	if err != nil {
		return SignedIn{}, err
	}
	var p Person
	err = s.db.Write(ctx, func(tx Tx) error {
		if p, err = tx.People().Get(ctx, person); err != nil {
			return err
		}
		if p.Disabled() || p.PasswordHash != checked {
			return ErrDenied
		}
		return s.open(ctx, tx, &p, hash)
	})
	if err != nil {
		return SignedIn{}, err
	}
	return SignedIn{Person: p, Token: plain}, nil
}

// open stores a session and its audit entry, and sweeps away the sessions that are over.
func (s *Service) open(ctx context.Context, tx Tx, p *Person, hash []byte) error {
	now := s.now()
	if _, err := tx.Sessions().Sweep(ctx, now.Add(-SessionLife), now.Add(-SessionIdle)); err != nil {
		return err
	}
	if err := tx.Sessions().Add(ctx, Session{Hash: hash, Person: p.ID, Begun: now, Used: now}); err != nil {
		return err
	}
	return note(ctx, tx, s.entry(p.ID, "person.signed_in", "person/"+p.ID, nil))
}

// Who returns the person behind a session's token and counts it as used; ErrSession when there is none, it is over, or the
// person is disabled.
func (s *Service) Who(ctx context.Context, token string) (Person, error) {
	p, sess, err := s.session(ctx, token)
	now := s.now()
	if err == nil && now.Sub(sess.Used) >= touchedEvery {
		err = s.db.Write(ctx, func(tx Tx) error { return tx.Sessions().Touch(ctx, sess.Hash, now) })
	}
	if err != nil {
		return Person{}, err
	}
	return p, nil
}

// Peek is Who for a page that refreshes itself: a browser left open must not keep its session alive.
func (s *Service) Peek(ctx context.Context, token string) (Person, error) {
	p, _, err := s.session(ctx, token)
	return p, err
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
	p, err := s.Who(ctx, token)
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
