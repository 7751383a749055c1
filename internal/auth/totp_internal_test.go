package auth

import (
	"bytes"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"hash"
	"strings"
	"testing"
	"time"
)

// TestOneTimeCodes are the vectors of RFC 6238, appendix B, and of RFC 4226, appendix D.
func TestOneTimeCodes(t *testing.T) {
	keys := map[string]struct {
		new    func() hash.Hash
		secret string
	}{
		"SHA1":   {sha1.New, "12345678901234567890"},
		"SHA256": {sha256.New, "12345678901234567890123456789012"},
		"SHA512": {sha512.New, "1234567890123456789012345678901234567890123456789012345678901234"},
	}
	for _, c := range []struct {
		at   int64
		mode string
		want string
	}{
		{59, "SHA1", "94287082"},
		{59, "SHA256", "46119246"},
		{59, "SHA512", "90693936"},
		{1111111109, "SHA1", "07081804"},
		{1111111109, "SHA256", "68084774"},
		{1111111109, "SHA512", "25091201"},
		{1111111111, "SHA1", "14050471"},
		{1111111111, "SHA256", "67062674"},
		{1111111111, "SHA512", "99943326"},
		{1234567890, "SHA1", "89005924"},
		{1234567890, "SHA256", "91819424"},
		{1234567890, "SHA512", "93441116"},
		{2000000000, "SHA1", "69279037"},
		{2000000000, "SHA256", "90698825"},
		{2000000000, "SHA512", "38618901"},
		{20000000000, "SHA1", "65353130"},
		{20000000000, "SHA256", "77737706"},
		{20000000000, "SHA512", "47863826"},
	} {
		k := keys[c.mode]
		if got := oneTimeCode(k.new, []byte(k.secret), stepOf(time.Unix(c.at, 0)), 8); got != c.want {
			t.Errorf("%s at %d: %s, want %s", c.mode, c.at, got, c.want)
		}
	}
	for n, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := oneTimeCode(sha1.New, []byte("12345678901234567890"), int64(n), 6); got != want {
			t.Errorf("counter %d: %s, want %s", n, got, want)
		}
	}
}

func TestMatchStepBearsOneStepOfClock(t *testing.T) {
	secret, now := []byte("12345678901234567890"), time.Unix(1111111111, 0)
	for d, want := range map[int64]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
		step, ok := matchStep(secret, oneTimeCode(sha1.New, secret, stepOf(now)+d, codeDigits), now)
		if ok != want || ok && step != stepOf(now)+d {
			t.Errorf("%d steps away: %v, step %d", d, ok, step)
		}
	}
	for _, code := range []string{"", "0", strings.Repeat("0", 100)} {
		if _, ok := matchStep(secret, code, now); ok {
			t.Errorf("%q was taken", code)
		}
	}
}

func TestSealedSecretsOpenForTheirOwnerAlone(t *testing.T) {
	key := bytes.Repeat([]byte{7}, SealKeyBytes)
	s, err := newSealer(key, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := s.seal("P1", []byte("secret"))
	if err != nil || bytes.Contains(sealed, []byte("secret")) {
		t.Fatal("not sealed", err)
	}
	if plain, err := s.open("P1", sealed); err != nil || string(plain) != "secret" {
		t.Error(plain, err)
	}
	other, err := newSealer(bytes.Repeat([]byte{8}, SealKeyBytes), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for name, try := range map[string]func() ([]byte, error){
		"another person": func() ([]byte, error) { return s.open("P2", sealed) },
		"another key":    func() ([]byte, error) { return other.open("P1", sealed) },
		"changed":        func() ([]byte, error) { return s.open("P1", changed) },
		"cut off":        func() ([]byte, error) { return s.open("P1", sealed[:5]) },
	} {
		if _, err := try(); !errors.Is(err, errSeal) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := newSealer(key[:16], rand.Reader); err == nil {
		t.Error("a short key was taken")
	}
}

func TestPlainCode(t *testing.T) {
	for in, want := range map[string]string{" 123 456 ": "123456", "١٢٣٤٥٦": "123456", "abcd-efgh-jkmn-pqrs": "ABCDEFGHJKMNPQRS", "o1l0": "0110"} {
		if got := plainCode(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// CodeAt is the code that an app shows, for tests of the whole service.
func CodeAt(secret []byte, at time.Time) string {
	return oneTimeCode(sha1.New, secret, stepOf(at), codeDigits)
}
