package auth

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 says SHA-1, and that is what every authenticator app makes
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"hash"
	"net/url"
	"time"
)

// A one-time code has six digits and changes every 30 seconds; one step before and one after are taken as well, for clocks that
// differ (RFC 6238, section 5.2). A secret is as long as the hash (RFC 4226, section 4).
const (
	codeDigits  = 6
	codeStep    = 30 * time.Second
	codeSkew    = 1
	secretBytes = 20
)

// stepOf is the number of the step in which a moment lies.
func stepOf(at time.Time) int64 { return at.Unix() / int64(codeStep/time.Second) }

// oneTimeCode is the code of a step (RFC 4226, section 5.3).
func oneTimeCode(h func() hash.Hash, secret []byte, step int64, digits int) string {
	m := hmac.New(h, secret)
	m.Write(binary.BigEndian.AppendUint64(nil, uint64(step)))
	sum := m.Sum(nil)
	at := sum[len(sum)-1] & 0x0f
	n := binary.BigEndian.Uint32(sum[at:]) & 0x7fffffff
	mod := uint32(1)
	for range digits {
		mod *= 10
	}
	return fmt.Sprintf("%0*d", digits, n%mod)
}

// matchStep returns the step of which this is the code at a moment; ok is false when it is that of none. Every step is compared,
// so that the time of the answer tells nothing.
func matchStep(secret []byte, code string, now time.Time) (step int64, ok bool) {
	for s := stepOf(now) - codeSkew; s <= stepOf(now)+codeSkew; s++ {
		if subtle.ConstantTimeCompare([]byte(oneTimeCode(sha1.New, secret, s, codeDigits)), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

// secretText is a secret as people type it into an app.
func secretText(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// secretURI is a secret as apps read it from a picture.
func secretURI(login string, secret []byte) string {
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/haris:" + login, RawQuery: url.Values{"secret": {secretText(secret)}, "issuer": {"haris"}}.Encode()}
	return u.String()
}
