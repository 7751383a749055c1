package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// The cost of one password hash (argon2id, RFC 9106) and how many may run at a time: at most 128 MiB together.
const (
	argonMemory  = 64 << 10 // KiB
	argonTime    = 3
	argonThreads = 2
	argonSalt    = 16
	argonKey     = 32
	hashesAtOnce = 2
)

// The length of a password: at least 12 characters, at most 1,024 bytes so that nobody hands us a book to hash.
const (
	MinPassword = 12
	maxPassword = 1024
)

// errHash says that a stored hash cannot be read; it is never taken as "wrong password".
var errHash = errors.New("auth: a stored password hash cannot be read")

// Hasher makes and checks password hashes, a bounded number at a time.
type Hasher struct {
	rand io.Reader
	turn chan struct{}
}

// NewHasher returns a hasher that takes salts from r.
func NewHasher(r io.Reader) *Hasher {
	return &Hasher{rand: r, turn: make(chan struct{}, hashesAtOnce)}
}

// Hash returns "$argon2id$v=19$m=…,t=…,p=…$salt$key".
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := io.ReadFull(h.rand, salt); err != nil {
		return "", fmt.Errorf("auth: read salt: %w", err)
	}
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey)
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		enc.EncodeToString(salt), enc.EncodeToString(key)), nil
}

// Verify reports whether the password is the one behind the hash. An empty hash is checked against nothing at the same cost,
// so that the time of the answer does not tell whether a login exists.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error) {
	if len(password) > maxPassword {
		return false, nil
	}
	c := argonCost{memory: argonMemory, time: argonTime, threads: argonThreads, salt: make([]byte, argonSalt), key: make([]byte, argonKey)}
	if hash != "" {
		var err error
		if c, err = parseHash(hash); err != nil {
			return false, err
		}
	}
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer h.leave()
	got := argon2.IDKey([]byte(password), c.salt, c.time, c.memory, c.threads, uint32(len(c.key)))
	return subtle.ConstantTimeCompare(got, c.key) == 1 && hash != "", nil
}

func (h *Hasher) enter(ctx context.Context) error {
	select {
	case h.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *Hasher) leave() { <-h.turn }

// argonCost is a parsed hash.
type argonCost struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

// parseHash reads what Hash wrote and refuses costs that would hurt us.
func parseHash(s string) (c argonCost, err error) {
	part := strings.Split(s, "$")
	if len(part) != 6 || part[1] != "argon2id" || part[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, errHash
	}
	if _, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads); err != nil {
		return c, errHash
	}
	if c.salt, err = base64.RawStdEncoding.DecodeString(part[4]); err != nil {
		return c, errHash
	}
	if c.key, err = base64.RawStdEncoding.DecodeString(part[5]); err != nil {
		return c, errHash
	}
	sane := c.memory >= 8*1024 && c.memory <= 1<<20 && c.time >= 1 && c.time <= 16 && c.threads >= 1 && c.threads <= 16 &&
		len(c.salt) >= 8 && len(c.salt) <= 64 && len(c.key) >= 16 && len(c.key) <= 64
	if !sane {
		return c, errHash
	}
	return c, nil
}

// CheckPassword says whether a person may take this password, as an *InputError when not: long enough, and not their own name
// or login with something around it. Nothing else is asked (NIST SP 800-63B).
func CheckPassword(p *Person, password string) error {
	switch {
	case utf8.RuneCountInString(password) < MinPassword:
		return &InputError{"password", "password_short", fmt.Sprintf("expected at least %d characters", MinPassword)}
	case len(password) > maxPassword:
		return &InputError{"password", "password_long", fmt.Sprintf("expected at most %d bytes", maxPassword)}
	case ownName(p, password):
		return &InputError{"password", "password_name", "must not be made of your name or login"}
	case oneRune(password):
		return &InputError{"password", "password_same", "must not be one character repeated"}
	}
	return nil
}

// ownName reports whether little is left of the password once the person's name and login are taken out.
func ownName(p *Person, password string) bool {
	rest := strings.ToLower(password)
	words := append(strings.Fields(strings.ToLower(p.Name)), p.Login)
	words = append(words, strings.FieldsFunc(p.Login, func(r rune) bool { return r == '@' || r == '.' })...)
	before := utf8.RuneCountInString(rest)
	for _, w := range words {
		if utf8.RuneCountInString(w) >= 3 {
			rest = strings.ReplaceAll(rest, w, "")
		}
	}
	left := utf8.RuneCountInString(rest)
	return left < before && left < MinPassword/2
}

func oneRune(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return strings.Trim(s, string(first)) == ""
}
