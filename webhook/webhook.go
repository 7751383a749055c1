// Package webhook signs and verifies webhooks as the Standard Webhooks specification (www.standardwebhooks.com) describes them:
// three headers, and HMAC-SHA256 over the id, the time and the body. haris signs with it what it asks of a platform; a platform
// written in Go verifies with it. It has no state, sends nothing and depends on the standard library alone. Anyone may import it.
package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The headers of a signed message.
const (
	HeaderID        = "Webhook-Id"        // stays the same when a message is sent again: the receiver's key against repeats
	HeaderTimestamp = "Webhook-Timestamp" // of this attempt, whole seconds since 1970
	HeaderSignature = "Webhook-Signature" // one or more "v1,<base64>" with spaces between, one for each secret in use
)

const (
	prefix  = "whsec_"
	version = "v1,"
	// minKey and maxKey are the bounds of the specification, in bytes.
	minKey, maxKey = 24, 64
	maxID          = 256
	// maxSignatures bounds the work that one message can ask for.
	maxSignatures = 16
)

// Tolerance is how far the time of a message may lie from the receiver's clock, on both sides.
const Tolerance = 5 * time.Minute

// What callers test for. A receiver answers all of them with 401 and acts on nothing.
var (
	ErrHeader = errors.New("webhook: the headers of a signed message are missing or malformed")
	ErrStale  = errors.New("webhook: the time of the message lies too far from now")
	ErrForged = errors.New("webhook: no signature fits")
	ErrSecret = errors.New(`webhook: a secret is "whsec_" and 24 to 64 bytes in base64`)
)

// Secret is a shared key. It prints masked; Reveal gives the text to hand over.
type Secret struct{ key []byte }

// ParseSecret reads "whsec_…"; ErrSecret. The error never holds the text.
func ParseSecret(s string) (Secret, error) {
	rest, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return Secret{}, fmt.Errorf("%w: the prefix is missing", ErrSecret)
	}
	key, err := base64.StdEncoding.Strict().DecodeString(rest)
	if err != nil {
		return Secret{}, fmt.Errorf("%w: not base64", ErrSecret)
	}
	if len(key) < minKey || len(key) > maxKey {
		return Secret{}, fmt.Errorf("%w: got %d bytes", ErrSecret, len(key))
	}
	return Secret{key}, nil
}

// NewSecret makes a secret of 32 bytes from random.
func NewSecret(random io.Reader) (Secret, error) {
	key := make([]byte, 32)
	if _, err := io.ReadFull(random, key); err != nil {
		return Secret{}, fmt.Errorf("webhook: random source: %w", err)
	}
	return Secret{key}, nil
}

// Reveal returns the text form, "whsec_…".
func (s Secret) Reveal() string { return prefix + base64.StdEncoding.EncodeToString(s.key) }

// String returns the prefix alone, so that a secret that is printed by mistake stays one.
func (s Secret) String() string { return prefix + "…" }

// GoString is String.
func (s Secret) GoString() string { return s.String() }

// LogValue is String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Message is what is signed.
type Message struct {
	ID   string    // 1 to 256 printable ASCII characters without "." and spaces
	At   time.Time // of this attempt; whole seconds count
	Body []byte
}

// Sign sets the three headers, with one signature for each secret: while secrets are changed, both the old and the new one.
// It fails for an id that cannot be signed unambiguously and when there is no secret.
func Sign(h http.Header, m Message, secrets ...Secret) error {
	if !validID(m.ID) {
		return fmt.Errorf("%w: id %q", ErrHeader, m.ID)
	}
	if len(secrets) == 0 || len(secrets) > maxSignatures {
		return fmt.Errorf("webhook: expected 1 to %d secrets, got %d", maxSignatures, len(secrets))
	}
	stamp := strconv.FormatInt(m.At.Unix(), 10)
	signatures := make([]string, len(secrets))
	for i, s := range secrets {
		if len(s.key) < minKey {
			return ErrSecret
		}
		signatures[i] = version + base64.StdEncoding.EncodeToString(s.mac(m.ID, stamp, m.Body))
	}
	h.Set(HeaderID, m.ID)
	h.Set(HeaderTimestamp, stamp)
	h.Set(HeaderSignature, strings.Join(signatures, " "))
	return nil
}

// Verify checks a received message against the secrets in use and the receiver's clock and returns what it says of itself.
// The body must be exactly the bytes received. ErrHeader, ErrStale, ErrForged. Comparing takes the same time whatever differs.
// It keeps no memory: a receiver that acts must itself remember the ids it has acted on.
func Verify(h http.Header, body []byte, now time.Time, secrets ...Secret) (Message, error) {
	id, stamp, at, err := head(h)
	if err != nil {
		return Message{}, err
	}
	if !signed(h.Get(HeaderSignature), id, stamp, body, secrets) {
		return Message{}, ErrForged
	}
	if d := now.Sub(at); d > Tolerance || d < -Tolerance {
		return Message{}, fmt.Errorf("%w: %s", ErrStale, d.Round(time.Second))
	}
	return Message{ID: id, At: at, Body: body}, nil
}

// head reads the id and the time; each must be there once.
func head(h http.Header) (id, stamp string, at time.Time, err error) {
	for _, name := range [...]string{HeaderID, HeaderTimestamp, HeaderSignature} {
		if len(h.Values(name)) != 1 {
			return "", "", at, fmt.Errorf("%w: expected %s once, got it %d times", ErrHeader, name, len(h.Values(name)))
		}
	}
	id, stamp = h.Get(HeaderID), h.Get(HeaderTimestamp)
	if !validID(id) {
		return "", "", at, fmt.Errorf("%w: %s", ErrHeader, HeaderID)
	}
	sec, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || strconv.FormatInt(sec, 10) != stamp {
		return "", "", at, fmt.Errorf("%w: %s: expected whole seconds since 1970", ErrHeader, HeaderTimestamp)
	}
	return id, stamp, time.Unix(sec, 0).UTC(), nil
}

// signed reports whether one of the signatures was made with one of the secrets. All are compared, so that the time taken tells
// nothing of which one fits.
func signed(header, id, stamp string, body []byte, secrets []Secret) bool {
	given := strings.Fields(header)
	if len(given) > maxSignatures {
		return false
	}
	ok := false
	for _, s := range secrets {
		if len(s.key) < minKey {
			continue
		}
		want := s.mac(id, stamp, body)
		for _, g := range given {
			text, v1 := strings.CutPrefix(g, version)
			got, err := base64.StdEncoding.DecodeString(text)
			if v1 && err == nil && hmac.Equal(got, want) {
				ok = true
			}
		}
	}
	return ok
}

// mac is HMAC-SHA256 over "id.timestamp.body".
func (s Secret) mac(id, stamp string, body []byte) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(id + "." + stamp + "."))
	h.Write(body)
	return h.Sum(nil)
}

// validID keeps out what would make "id.timestamp.body" ambiguous or a header unsafe.
func validID(s string) bool {
	if s == "" || len(s) > maxID {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || c == '.' {
			return false
		}
	}
	return true
}
