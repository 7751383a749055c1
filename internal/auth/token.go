package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"time"
)

// tokenBytes is the length of every secret token: 256 bits.
const tokenBytes = 32

// token is a secret that is handed out once and kept only as its hash. A plain SHA-256 is enough: nobody can guess 256 bits.
func (s *Service) token() (plain string, hash []byte, err error) {
	b := make([]byte, tokenBytes)
	if _, err := io.ReadFull(s.rand, b); err != nil {
		return "", nil, fmt.Errorf("auth: read random bytes: %w", err)
	}
	plain = base64.RawURLEncoding.EncodeToString(b)
	return plain, tokenHash(plain), nil
}

func tokenHash(plain string) []byte {
	h := sha256.Sum256([]byte(plain))
	return h[:]
}

// NewToken returns a fresh token that stands for a visitor who has not signed in, so that forms before sign-in are
// protected like those after it.
func (s *Service) NewToken() (string, error) {
	plain, _, err := s.token()
	return plain, err
}

// FormToken derives from a cookie's secret the token that its forms carry. Whoever cannot read the cookie cannot make it.
func FormToken(cookie string) string {
	m := hmac.New(sha256.New, []byte(cookie))
	m.Write([]byte("haris form token"))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// CheckFormToken reports, in constant time, whether a form carries the token of the cookie.
func CheckFormToken(cookie, form string) bool {
	return cookie != "" && hmac.Equal([]byte(FormToken(cookie)), []byte(form))
}

// TakesForm reports, in constant time, whether the session, whose token is in the cookie, takes a form with this token: one of its own
// pages, or of a page from before the last proof.
func (s *Session) TakesForm(cookie, form string) bool {
	return CheckFormToken(cookie, form) || s.FormBefore != "" && hmac.Equal([]byte(s.FormBefore), []byte(form))
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newID returns a time-ordered id: 10 characters of milliseconds and 16 random ones, in the alphabet of Crockford.
func newID(now time.Time, r io.Reader) (string, error) {
	var out [26]byte
	ms := uint64(now.UnixMilli())
	for i := 9; i >= 0; i-- {
		out[i] = crockford[ms&31]
		ms >>= 5
	}
	if _, err := io.ReadFull(r, out[10:]); err != nil {
		return "", fmt.Errorf("auth: read random bytes: %w", err)
	}
	for i := 10; i < len(out); i++ {
		out[i] = crockford[out[i]&31]
	}
	return string(out[:]), nil
}
