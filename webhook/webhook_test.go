package webhook_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"haris/webhook"
)

const secretText = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

func secret(t testing.TB, s string) webhook.Secret {
	t.Helper()
	v, err := webhook.ParseSecret(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func fresh(t testing.TB) webhook.Secret {
	t.Helper()
	v, err := webhook.NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// byHand is HMAC-SHA256 (RFC 2104) written out, so that the signature is checked against the standard and not against itself.
func byHand(key []byte, message string) string {
	var inner, outer [64]byte
	copy(inner[:], key)
	copy(outer[:], key)
	for i := range inner {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	in := sha256.Sum256(append(inner[:], message...))
	out := sha256.Sum256(append(outer[:], in[:]...))
	return base64.StdEncoding.EncodeToString(out[:])
}

func TestSignatureByHand(t *testing.T) {
	body := `{"type":"action.asked"}`
	h := http.Header{}
	if err := webhook.Sign(h, webhook.Message{ID: "msg_1", At: time.Unix(1674087231, 5), Body: []byte(body)}, secret(t, secretText)); err != nil {
		t.Fatal(err)
	}
	want := "v1," + byHand([]byte("0123456789abcdef0123456789abcdef"), "msg_1.1674087231."+body)
	if got := h.Get("webhook-signature"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if h.Get("webhook-id") != "msg_1" || h.Get("webhook-timestamp") != "1674087231" {
		t.Errorf("headers %v", h)
	}
}

// The example of the specification's reference libraries: secret, id, time, body and signature are theirs.
func TestSignatureOfTheReference(t *testing.T) {
	h := http.Header{}
	m := webhook.Message{ID: "msg_p5jXN8AQM9LWM0D4loKWxJek", At: time.Unix(1614265330, 0), Body: []byte(`{"test": 2432232314}`)}
	if err := webhook.Sign(h, m, secret(t, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")); err != nil {
		t.Fatal(err)
	}
	if got, want := h.Get("webhook-signature"), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestVerify(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	old, next, other := secret(t, secretText), fresh(t), fresh(t)
	set := func(name, value string) func(http.Header) { return func(h http.Header) { h.Set(name, value) } }
	for _, c := range []struct {
		name    string
		change  func(http.Header)
		body    string
		now     time.Time
		secrets []webhook.Secret
		want    error
	}{
		{name: "as it was sent"},
		{name: "a receiver that has only the old secret", secrets: []webhook.Secret{old}},
		{name: "a receiver that has only the new secret", secrets: []webhook.Secret{next}},
		{name: "at the edge of the past", now: now.Add(webhook.Tolerance)},
		{name: "at the edge of the future", now: now.Add(-webhook.Tolerance)},
		{name: "an unknown version beside", change: func(h http.Header) {
			h.Set(webhook.HeaderSignature, "v1a,AAAA v2,x "+h.Get(webhook.HeaderSignature))
		}},
		{name: "stale", now: now.Add(webhook.Tolerance + time.Second), want: webhook.ErrStale},
		{name: "from the future", now: now.Add(-webhook.Tolerance - time.Second), want: webhook.ErrStale},
		{name: "another secret", secrets: []webhook.Secret{other}, want: webhook.ErrForged},
		{name: "no secret", secrets: []webhook.Secret{{}}, want: webhook.ErrForged},
		{name: "another body", body: `{"a":2}`, want: webhook.ErrForged},
		{name: "another id", change: set(webhook.HeaderID, "msg_2"), want: webhook.ErrForged},
		{name: "another time", change: set(webhook.HeaderTimestamp, "1800000001"), want: webhook.ErrForged},
		{name: "an empty signature", change: set(webhook.HeaderSignature, ""), want: webhook.ErrForged},
		{name: "an empty v1", change: set(webhook.HeaderSignature, "v1,"), want: webhook.ErrForged},
		{name: "too many signatures", change: func(h http.Header) {
			h.Set(webhook.HeaderSignature, strings.Repeat("v1,AAAA ", 16)+h.Get(webhook.HeaderSignature))
		}, want: webhook.ErrForged},
		{name: "no id", change: func(h http.Header) { h.Del(webhook.HeaderID) }, want: webhook.ErrHeader},
		{name: "no time", change: func(h http.Header) { h.Del(webhook.HeaderTimestamp) }, want: webhook.ErrHeader},
		{name: "no signature", change: func(h http.Header) { h.Del(webhook.HeaderSignature) }, want: webhook.ErrHeader},
		{name: "two ids", change: func(h http.Header) { h.Add(webhook.HeaderID, "msg_2") }, want: webhook.ErrHeader},
		{name: "a time with a sign", change: set(webhook.HeaderTimestamp, "+1800000000"), want: webhook.ErrHeader},
		{name: "a time that is no number", change: set(webhook.HeaderTimestamp, "now"), want: webhook.ErrHeader},
		{name: "an id with a dot", change: set(webhook.HeaderID, "msg.1"), want: webhook.ErrHeader},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, body := http.Header{}, []byte(`{"a":1}`)
			if err := webhook.Sign(h, webhook.Message{ID: "msg_1", At: now, Body: body}, next, old); err != nil {
				t.Fatal(err)
			}
			if c.change != nil {
				c.change(h)
			}
			if c.body != "" {
				body = []byte(c.body)
			}
			if c.now.IsZero() {
				c.now = now
			}
			if c.secrets == nil {
				c.secrets = []webhook.Secret{old, next}
			}
			m, err := webhook.Verify(h, body, c.now, c.secrets...)
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if err == nil && (m.ID != "msg_1" || !m.At.Equal(now) || !bytes.Equal(m.Body, body)) {
				t.Errorf("got %+v", m)
			}
		})
	}
}

// A receiver that was started without its secret must not take what anyone can sign with no key at all.
func TestVerifyWithoutSecret(t *testing.T) {
	h := http.Header{}
	h.Set(webhook.HeaderID, "m1")
	h.Set(webhook.HeaderTimestamp, "1800000000")
	h.Set(webhook.HeaderSignature, "v1,"+byHand(nil, "m1.1800000000.{}"))
	if _, err := webhook.Verify(h, []byte("{}"), time.Unix(1_800_000_000, 0), webhook.Secret{}); !errors.Is(err, webhook.ErrForged) {
		t.Errorf("got %v", err)
	}
	if _, err := webhook.Verify(h, []byte("{}"), time.Unix(1_800_000_000, 0)); !errors.Is(err, webhook.ErrForged) {
		t.Errorf("with no secret at all: %v", err)
	}
}

func TestSignRefuses(t *testing.T) {
	s := fresh(t)
	for name, f := range map[string]func() error{
		"an id with a dot":       func() error { return webhook.Sign(http.Header{}, webhook.Message{ID: "a.1"}, s) },
		"an id with a line feed": func() error { return webhook.Sign(http.Header{}, webhook.Message{ID: "a\nb"}, s) },
		"no id":                  func() error { return webhook.Sign(http.Header{}, webhook.Message{}, s) },
		"no secret":              func() error { return webhook.Sign(http.Header{}, webhook.Message{ID: "a"}) },
		"an empty secret":        func() error { return webhook.Sign(http.Header{}, webhook.Message{ID: "a"}, webhook.Secret{}) },
	} {
		if f() == nil {
			t.Errorf("%s was signed", name)
		}
	}
}

func TestParseSecret(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"no prefix", strings.TrimPrefix(secretText, "whsec_")},
		{"not base64", "whsec_!!!!"},
		{"too short", "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 23))},
		{"too long", "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 65))},
		{"empty", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := webhook.ParseSecret(c.text)
			if !errors.Is(err, webhook.ErrSecret) {
				t.Fatalf("got %v", err)
			}
			if rest := strings.TrimPrefix(c.text, "whsec_"); len(rest) > 8 && strings.Contains(err.Error(), rest) {
				t.Errorf("the error tells the secret: %v", err)
			}
		})
	}
	if got := secret(t, secretText).Reveal(); got != secretText {
		t.Errorf("revealed %q", got)
	}
}

func TestSecretPrintsMasked(t *testing.T) {
	s := secret(t, secretText)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", s)
	for _, got := range []string{fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s", s, s, s, s), log.String()} {
		if strings.Contains(got, secretText[6:]) || strings.Contains(got, "48 49") || strings.Contains(got, "0x30") {
			t.Errorf("printed %s", got)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("msg_1", "1800000000", "v1,AAAA", []byte("{}"))
	f.Add("", "", "", []byte(nil))
	f.Add("a.b", "-1", "v1, v1,=", []byte("x"))
	s := secret(f, secretText)
	now := time.Unix(1_800_000_000, 0)
	f.Fuzz(func(t *testing.T, id, stamp, signature string, body []byte) {
		h := http.Header{}
		h.Set(webhook.HeaderID, id)
		h.Set(webhook.HeaderTimestamp, stamp)
		h.Set(webhook.HeaderSignature, signature)
		if m, err := webhook.Verify(h, body, now, s); err == nil {
			t.Fatalf("a made-up signature was taken: %+v", m)
		}
		if webhook.Sign(h, webhook.Message{ID: id, At: now, Body: body}, s) != nil {
			return
		}
		if _, err := webhook.Verify(h, body, now, s); err != nil {
			t.Fatalf("what was signed is refused: %v", err)
		}
	})
}
