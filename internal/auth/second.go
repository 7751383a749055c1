package auth

import (
	"context"
	"errors"
)

// Second completes the session behind a token that waits for the second factor: it ends, and a whole one begins with a fresh token.
// code is a one-time code or a recovery code. ErrSession, ErrCode, a *RateError.
func (s *Service) Second(ctx context.Context, token, code string, from Device) (SignedIn, error) {
	p, sess, err := s.session(ctx, token)
	if err != nil {
		return SignedIn{}, err
	}
	if sess.Stage != First {
		return SignedIn{}, ErrSession
	}
	if err := s.takeCode(p.ID); err != nil {
		return SignedIn{}, err
	}
	plain, hash, err := s.token()
	if err != nil {
		return SignedIn{}, err
	}
	err = s.db.Write(ctx, func(tx Tx) error {
		if _, err := tx.Sessions().Get(ctx, sess.Hash); err != nil {
			return err
		}
		way, err := s.checkSecond(ctx, tx, p.ID, code)
		if err != nil {
			return err
		}
		if err := tx.Sessions().End(ctx, sess.Hash); err != nil {
			return err
		}
		_, err = s.open(ctx, tx, &p, opening{hash: hash, way: way, from: from, proved: s.now()})
		return err
	})
	switch {
	case errors.Is(err, ErrCode):
		return SignedIn{}, s.refuseCode(ctx, &p, from.Addr)
	case errors.Is(err, ErrNotFound):
		return SignedIn{}, ErrSession
	case err != nil:
		return SignedIn{}, err
	}
	s.tries.Forget("code " + p.ID)
	return SignedIn{Person: p, Token: plain}, nil
}

// refuseCode writes down a wrong code.
func (s *Service) refuseCode(ctx context.Context, p *Person, addr string) error {
	if err := s.refuse(ctx, p, addr); !errors.Is(err, ErrDenied) {
		return err
	}
	return ErrCode
}
