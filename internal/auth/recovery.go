package auth

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
)

// A recovery code has 16 characters of Crockford's alphabet, 80 bits: too many to guess, so that its plain SHA-256 is kept.
const (
	recoveryCodes = 10
	recoveryChars = 16
)

// newCodes makes recovery codes, in groups of four as people read them, with the hashes that are kept of them.
func (s *Service) newCodes(person string) (codes []string, hashes [][]byte, err error) {
	for range recoveryCodes {
		var b [recoveryChars]byte
		if _, err := io.ReadFull(s.rand, b[:]); err != nil {
			return nil, nil, fmt.Errorf("auth: read random bytes: %w", err)
		}
		for i := range b {
			b[i] = crockford[b[i]&31]
		}
		c := string(b[:])
		codes = append(codes, c[:4]+"-"+c[4:8]+"-"+c[8:12]+"-"+c[12:])
		hashes = append(hashes, codeHash(person, c))
	}
	return codes, hashes, nil
}

// codeHash is what is kept of a recovery code.
func codeHash(person, code string) []byte {
	h := sha256.Sum256([]byte("haris recovery code " + person + " " + code))
	return h[:]
}

// plainCode is a code without what people put between: spaces and hyphens; letters that look like digits are those digits.
func plainCode(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-' || r == '\u00a0':
			return -1
		case r >= '٠' && r <= '٩':
			return '0' + r - '٠'
		case r >= '۰' && r <= '۹':
			return '0' + r - '۰'
		}
		return r
	}, strings.ToUpper(strings.TrimSpace(s)))
	return strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(s)
}
