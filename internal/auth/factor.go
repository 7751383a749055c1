package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Factor is the second factor of a person as it is kept: a secret of one-time codes. Secret and Pending are sealed.
type Factor struct {
	Person  string
	Secret  []byte // nil until one was confirmed
	Pending []byte // handed out and not confirmed yet; nil when there is none
	Step    int64  // the last step whose code was used; no code of it or before it is taken again
	Since   time.Time
}

// Factors keeps second factors and recovery codes within the caller's transaction.
type Factors interface {
	// Get returns a person's factor, confirmed or not; ErrNotFound.
	Get(ctx context.Context, person string) (Factor, error)
	// Put stores a factor, in the place of the one before.
	Put(ctx context.Context, f Factor) error
	// Advance moves the last used step; ErrNotFound when it is not after the one before, so that no code is taken twice.
	Advance(ctx context.Context, person string, step int64) error
	// Remove takes the factor and every recovery code away.
	Remove(ctx context.Context, person string) error
	// SetCodes replaces the recovery codes of a person, by their hashes.
	SetCodes(ctx context.Context, person string, hashes [][]byte) error
	// UseCode marks a recovery code as used; ErrNotFound when there is none or it was used.
	UseCode(ctx context.Context, person string, hash []byte, at time.Time) error
	// CodesLeft counts the recovery codes that were not used.
	CodesLeft(ctx context.Context, person string) (int, error)
}

// What callers test for.
var (
	// ErrCode says that a one-time or recovery code is wrong, used or too old.
	ErrCode = errors.New("auth: this code is not right")
	// ErrRequired says that a second factor cannot be taken away because everyone must have one.
	ErrRequired = errors.New("auth: a second factor is required here")
)

// FactorState is what a person may know of their own second factor.
type FactorState struct {
	Set      bool // confirmed and asked for at sign-in
	Since    time.Time
	Codes    int // recovery codes left
	Required bool
	Secret   string // one that waits for its first code, as text; empty when there is none
	URI      string // the same, for a picture
}

// FactorState says how a person's second factor stands, with the secret that waits for its first code.
func (s *Service) FactorState(ctx context.Context, p *Person) (st FactorState, err error) {
	st.Required = s.required
	var f Factor
	err = s.db.Read(ctx, func(tx Tx) error {
		if f, err = tx.Factors().Get(ctx, p.ID); err != nil {
			return err
		}
		st.Codes, err = tx.Factors().CodesLeft(ctx, p.ID)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return st, nil
	}
	if err != nil {
		return FactorState{}, err
	}
	st.Set, st.Since = f.Secret != nil, f.Since
	if f.Pending != nil {
		secret, err := s.seal.open(p.ID, f.Pending)
		if err != nil {
			return FactorState{}, err
		}
		st.Secret, st.URI = secretText(secret), secretURI(p.Login, secret)
	}
	return st, nil
}

// BeginFactor hands out a new secret, which is asked for at sign-in once ConfirmFactor has seen a code of it. The factor before, if
// there is one, stays good until then.
func (s *Service) BeginFactor(ctx context.Context, p *Person) error {
	secret := make([]byte, secretBytes)
	if _, err := io.ReadFull(s.rand, secret); err != nil {
		return fmt.Errorf("auth: read random bytes: %w", err)
	}
	sealed, err := s.seal.seal(p.ID, secret)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx Tx) error {
		f, err := tx.Factors().Get(ctx, p.ID)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		f.Person, f.Pending = p.ID, sealed
		return tx.Factors().Put(ctx, f)
	})
}

// ConfirmFactor takes a code of the secret that was handed out. From then on a code is asked for at every sign-in with a password.
// Every other session of the person ends. It returns recovery codes, which are shown once. ErrCode, a *RateError.
func (s *Service) ConfirmFactor(ctx context.Context, p *Person, token, code string) (codes []string, err error) {
	if err := s.takeCode(p.ID); err != nil {
		return nil, err
	}
	codes, hashes, err := s.newCodes(p.ID)
	if err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx Tx) error {
		f, err := tx.Factors().Get(ctx, p.ID)
		if errors.Is(err, ErrNotFound) || err == nil && f.Pending == nil {
			return ErrCode
		}
		if err != nil {
			return err
		}
		secret, err := s.seal.open(p.ID, f.Pending)
		if err != nil {
			return err
		}
		step, ok := matchStep(secret, plainCode(code), s.now())
		if !ok {
			return ErrCode
		}
		f.Secret, f.Pending, f.Step, f.Since = f.Pending, nil, step, s.now()
		if err := tx.Factors().Put(ctx, f); err != nil {
			return err
		}
		if err := tx.Factors().SetCodes(ctx, p.ID, hashes); err != nil {
			return err
		}
		if err := s.endOthers(ctx, tx, p.ID, tokenHash(token)); err != nil {
			return err
		}
		return note(ctx, tx, s.entry(p.ID, "person.factor_set", "person/"+p.ID, nil))
	})
	if err != nil {
		return nil, err
	}
	s.tries.Forget("code " + p.ID)
	return codes, nil
}

// RenewCodes replaces a person's recovery codes and returns the new ones, which are shown once. ErrNotFound when they have no second
// factor.
func (s *Service) RenewCodes(ctx context.Context, person string) ([]string, error) {
	codes, hashes, err := s.newCodes(person)
	if err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx Tx) error {
		f, err := tx.Factors().Get(ctx, person)
		if err != nil {
			return err
		}
		if f.Secret == nil {
			return ErrNotFound
		}
		if err := tx.Factors().SetCodes(ctx, person, hashes); err != nil {
			return err
		}
		return note(ctx, tx, s.entry(person, "person.codes_renewed", "person/"+person, nil))
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// RemoveFactor takes a person's second factor and their recovery codes away. Nobody takes their own away where one is required
// (ErrRequired). When somebody else does it, because a device was lost, every session of the person ends. ErrNotFound.
func (s *Service) RemoveFactor(ctx context.Context, who, person string) error {
	if who == person && s.required {
		return ErrRequired
	}
	return s.db.Write(ctx, func(tx Tx) error {
		if _, err := tx.Factors().Get(ctx, person); err != nil {
			return err
		}
		if err := tx.Factors().Remove(ctx, person); err != nil {
			return err
		}
		act := "person.factor_removed"
		if who != person {
			act = "person.factor_reset"
			if _, err := tx.Sessions().EndAll(ctx, person); err != nil {
				return err
			}
		}
		return note(ctx, tx, s.entry(who, act, "person/"+person, nil))
	})
}

// checkSecond checks a one-time or a recovery code within a transaction and uses it up. It returns which of the two it was; ErrCode.
func (s *Service) checkSecond(ctx context.Context, tx Tx, person, code string) (Way, error) {
	f, err := tx.Factors().Get(ctx, person)
	if errors.Is(err, ErrNotFound) || err == nil && f.Secret == nil {
		return "", ErrCode
	}
	if err != nil {
		return "", err
	}
	code = plainCode(code)
	if len(code) == recoveryChars {
		err := tx.Factors().UseCode(ctx, person, codeHash(person, code), s.now())
		if errors.Is(err, ErrNotFound) {
			return "", ErrCode
		}
		return ByRecovery, err
	}
	secret, err := s.seal.open(person, f.Secret)
	if err != nil {
		return "", err
	}
	step, ok := matchStep(secret, code, s.now())
	if !ok {
		return "", ErrCode
	}
	err = tx.Factors().Advance(ctx, person, step)
	if errors.Is(err, ErrNotFound) {
		return "", ErrCode
	}
	return ByTOTP, err
}

// takeCode counts a try of a code against the person, as wrong passwords are counted.
func (s *Service) takeCode(person string) error {
	if wait := s.tries.Take(s.now(), "code "+person, loginBurst, loginRefill); wait > 0 {
		return &RateError{wait}
	}
	return nil
}
