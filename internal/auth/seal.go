package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
)

// SealKeyBytes is the length of the key that seals secrets which must be read again: AES-256.
const SealKeyBytes = 32

// errSeal says that a sealed secret cannot be opened: another key sealed it, or it was changed. It is never taken as "wrong code".
var errSeal = errors.New("auth: a sealed secret cannot be opened: the sign-in key of this installation is not the one that sealed it; restore it from a backup, or reset the second factor")

// sealer seals secrets with AES-GCM, each bound to its owner, so that a row moved to another person opens for nobody.
type sealer struct {
	aead cipher.AEAD
	rand io.Reader
}

func newSealer(key []byte, r io.Reader) (*sealer, error) {
	if len(key) != SealKeyBytes {
		return nil, fmt.Errorf("auth: the sign-in key has %d bytes, expected %d", len(key), SealKeyBytes)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &sealer{aead: aead, rand: r}, err
}

func (s *sealer) seal(owner string, plain []byte) ([]byte, error) {
	nonce := make([]byte, s.aead.NonceSize())
	if _, err := io.ReadFull(s.rand, nonce); err != nil {
		return nil, fmt.Errorf("auth: read random bytes: %w", err)
	}
	return s.aead.Seal(nonce, nonce, plain, []byte(owner)), nil
}

func (s *sealer) open(owner string, sealed []byte) ([]byte, error) {
	n := s.aead.NonceSize()
	if len(sealed) < n {
		return nil, errSeal
	}
	plain, err := s.aead.Open(nil, sealed[:n], sealed[n:], []byte(owner))
	if err != nil {
		return nil, errSeal
	}
	return plain, nil
}
