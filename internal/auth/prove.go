package auth

import (
	"context"
	"errors"
	"time"
)

// ProofLife is how long a proof of who somebody is holds for what must not be done by whoever finds a browser open.
const ProofLife = 15 * time.Minute

// ErrOther says that what was shown proves somebody else than the person who is signed in.
var ErrOther = errors.New("auth: this proves somebody else")

// ProofLeft is how long the last proof of the session still holds at now; 0 when it is too old or there was none.
func (s *Session) ProofLeft(now time.Time) time.Duration {
	return max(0, s.Proved.Add(ProofLife).Sub(now))
}

// ProofWays is how a person can show again who they are. Code asks for a code besides the password.
type ProofWays struct {
	Password, Code, Passkey bool
	OIDC                    string // host of the identity provider; empty when there is none
}

// ProofWays returns how a person can show again who they are.
func (s *Service) ProofWays(ctx context.Context, p *Person) (w ProofWays, err error) {
	w.OIDC, w.Password = s.OIDCName(), !s.keyless && p.HasPassword()
	err = s.db.Read(ctx, func(tx Tx) error {
		st, err := standing(ctx, tx, p.ID)
		w.Code, w.Passkey = w.Password && st.Factor, s.party != nil && st.Passkeys > 0
		return err
	})
	return w, err
}

// Proof is what somebody shows who is signed in. Code is needed of who has a second factor.
type Proof struct {
	Password, Code string
	From           Device
}

// Prove takes a password, with a code of who has a second factor, from the person behind a token. The session ends, and another begins with
// a fresh token. Tries are counted together with those of signing in. ErrSession, ErrDenied, ErrCode, a *RateError.
func (s *Service) Prove(ctx context.Context, token string, pr Proof) (SignedIn, error) {
	p, sess, err := s.session(ctx, token)
	if err != nil {
		return SignedIn{}, err
	}
	if sess.Stage != Whole {
		return SignedIn{}, ErrSession
	}
	if s.keyless || !p.HasPassword() {
		return SignedIn{}, ErrDenied
	}
	if err := s.take(p.Login, pr.From.Addr); err != nil {
		return SignedIn{}, err
	}
	ok, err := s.hash.Verify(ctx, p.PasswordHash, pr.Password)
	if err != nil {
		return SignedIn{}, err
	}
	if !ok {
		return SignedIn{}, s.refuse(ctx, &p, pr.From.Addr)
	}
	if pr.Code != "" {
		if err := s.takeCode(p.ID); err != nil {
			return SignedIn{}, err
		}
	}
	plain, hash, err := s.token()
	if err != nil {
		return SignedIn{}, err
	}
	err = s.db.Write(ctx, func(tx Tx) error {
		return s.proveByPassword(ctx, tx, &p, sess.Hash, pr, opening{hash: hash, way: ByPassword, from: pr.From, proved: s.now(), before: FormToken(token)})
	})
	if errors.Is(err, ErrCode) {
		return SignedIn{}, s.refuseCode(ctx, &p, pr.From.Addr)
	}
	if err != nil {
		return SignedIn{}, err
	}
	s.tries.Forget("login " + p.Login)
	s.tries.Forget("code " + p.ID)
	return SignedIn{Person: p, Token: plain}, nil
}

// proveByPassword goes on after the password was right: it asks for the code where there is a factor.
func (s *Service) proveByPassword(ctx context.Context, tx Tx, p *Person, before []byte, pr Proof, o opening) error {
	now, err := tx.People().Get(ctx, p.ID)
	if err != nil {
		return err
	}
	if now.Disabled() || now.PasswordHash != p.PasswordHash {
		return ErrSession
	}
	f, err := tx.Factors().Get(ctx, p.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if f.Secret != nil {
		if o.way, err = s.checkSecond(ctx, tx, p.ID, pr.Code); err != nil {
			return err
		}
	}
	return s.prove(ctx, tx, before, p, o)
}

// prove puts a session that was just proved into the place of the one before. ErrSession, ErrOther.
func (s *Service) prove(ctx context.Context, tx Tx, before []byte, p *Person, o opening) error {
	sess, err := tx.Sessions().Get(ctx, before)
	switch {
	case errors.Is(err, ErrNotFound):
		return ErrSession
	case err != nil:
		return err
	case sess.Stage != Whole || !sess.Live(s.now()):
		return ErrSession
	case sess.Person != p.ID:
		return ErrOther
	}
	if err := tx.Sessions().End(ctx, before); err != nil {
		return err
	}
	o.proof = true
	_, err = s.open(ctx, tx, p, o)
	return err
}
