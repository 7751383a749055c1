// Package partner is the noun "partner": another provider that tells haris, signed, of accounts that it acted upon, by hashes of what they used. It
// reads and checks what a partner sends, brings it into the form in which it stands in the log, and keeps the list of partners. It decides
// nothing: what follows is a fold over the log, in internal/pipeline, and the clue that a detector makes of it. internal/pipeline,
// internal/app and internal/cli call it.
package partner

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of a file.
const (
	MaxBytes   = 64 << 20
	MaxSignals = 100_000
	maxKeys    = 8
	maxID      = 128
	longest    = 2 * 365 * 24 * time.Hour // that a signal may stand after its date
	standard   = 365 * 24 * time.Hour     // where it does not say
)

// ErrSignature says that a file was not signed by the partner that it names, or was changed since.
var ErrSignature = errors.New("partner: the signature does not fit")

// File is what a partner sends: signals, and what it takes back.
type File struct {
	Provider  string    `json:"provider"` // as partners.file names it
	Issued    time.Time `json:"issued"`
	Signals   []Signal  `json:"signals,omitempty"`
	Withdrawn []string  `json:"withdrawn,omitempty"` // ids of signals
}

// Signal says that the partner acted upon an account, why, and what the account used.
type Signal struct {
	ID      string    `json:"id"`      // names it at the partner; 1 to 128 bytes
	Type    string    `json:"type"`    // grooming, trafficking, abuse_material, sextortion or minor_safety
	Date    string    `json:"date"`    // of the act, as 2026-03-02
	Expires time.Time `json:"expires"` // at most two years after the date; a year when it is not said
	Keys    []Key     `json:"keys"`    // at most 8
}

// Key is one thing that the account used.
type Key struct {
	Kind string `json:"kind"` // device, phone, email, payout, recovery or handle
	Hash string `json:"hash"` // SHA-256 of the value in its one form (E.164, small letters …), 64 hexadecimal digits
}

// envelope is a file as it is sent: the payload is a File in JSON, the signature is Ed25519 over exactly these bytes.
type envelope struct {
	Payload   string `json:"payload"`   // base64
	Signature string `json:"signature"` // base64
}

// Seal signs a file, as a partner does.
func Seal(f *File, key ed25519.PrivateKey) ([]byte, error) {
	payload, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("partner: seal: %w", err)
	}
	return json.Marshal(envelope{base64.StdEncoding.EncodeToString(payload), base64.StdEncoding.EncodeToString(ed25519.Sign(key, payload))})
}

// Open checks and reads a file. Errors say what is wrong and where; ErrSignature when nobody in the list signed it.
func Open(b []byte, list []Partner, now time.Time) (File, error) {
	if len(b) > MaxBytes {
		return File{}, fmt.Errorf("partner: the file is longer than %d bytes; ask the partner to send it in parts", MaxBytes)
	}
	var e envelope
	if err := json.Unmarshal(b, &e); err != nil {
		return File{}, fmt.Errorf("partner: expected an object with payload and signature: %w", err)
	}
	payload, err := base64.StdEncoding.DecodeString(e.Payload)
	if err != nil {
		return File{}, fmt.Errorf("partner: payload: expected base64: %w", err)
	}
	signature, err := base64.StdEncoding.DecodeString(e.Signature)
	if err != nil {
		return File{}, fmt.Errorf("partner: signature: expected base64: %w", err)
	}
	i := slices.IndexFunc(list, func(p Partner) bool { return ed25519.Verify(p.Key, payload, signature) })
	if i < 0 {
		return File{}, fmt.Errorf("%w: none of the %d partners in partners.file signed this file", ErrSignature, len(list))
	}
	var f File
	if err := json.Unmarshal(payload, &f); err != nil {
		return File{}, fmt.Errorf("partner: %s: payload: %w", list[i].Name, err)
	}
	if f.Provider != list[i].Name {
		return File{}, fmt.Errorf("%w: it says that it is of %q and is signed by %q", ErrSignature, f.Provider, list[i].Name)
	}
	return f, f.check(now)
}

// check reports everything that is wrong with a file, and fills in what it leaves out.
func (f *File) check(now time.Time) error {
	var wrong []error
	bad := func(where, what string) {
		wrong = append(wrong, fmt.Errorf("partner: %s: %s: %s", f.Provider, where, what))
	}
	if f.Issued.IsZero() || f.Issued.After(now.Add(24*time.Hour)) {
		bad("issued", "expected when it was made, not in the future")
	}
	if len(f.Signals)+len(f.Withdrawn) > MaxSignals {
		bad("signals", fmt.Sprintf("expected at most %d; send the rest in another file", MaxSignals))
	}
	for i := range f.Signals {
		if len(wrong) > 20 {
			break
		}
		f.Signals[i].check("signal "+strconv.Itoa(i+1), now, bad)
	}
	return errors.Join(wrong...)
}

func (s *Signal) check(where string, now time.Time, bad func(where, what string)) {
	if s.ID == "" || len(s.ID) > maxID {
		bad(where+", id", "expected 1 to 128 bytes")
	}
	if !slices.Contains(Types(), s.Type) {
		bad(where+", type", "expected one of "+strings.Join(Types(), ", "))
	}
	date, err := time.Parse(time.DateOnly, s.Date)
	switch {
	case err != nil || date.After(now.Add(24*time.Hour)):
		bad(where+", date", "expected a day as 2026-03-02, not in the future")
	case s.Expires.IsZero():
		s.Expires = date.Add(standard)
	case s.Expires.Before(date) || s.Expires.Sub(date) > longest:
		bad(where+", expires", "expected a time at most two years after the date")
	}
	if len(s.Keys) == 0 || len(s.Keys) > maxKeys {
		bad(where+", keys", fmt.Sprintf("expected 1 to %d", maxKeys))
	}
	for _, k := range s.Keys {
		if !slices.Contains(Kinds(), k.Kind) {
			bad(where+", keys, kind", "expected one of "+strings.Join(Kinds(), ", "))
		}
		if b, err := hex.DecodeString(k.Hash); err != nil || len(b) != 32 || k.Hash != strings.ToLower(k.Hash) {
			bad(where+", keys, hash", "expected a SHA-256 in 64 small hexadecimal digits; never the value itself")
		}
	}
}

// Types lists why a partner may have acted.
func Types() []string {
	return []string{"grooming", "trafficking", "abuse_material", "sextortion", "minor_safety"}
}

// Kinds lists what accounts can be known by. An address of the network is none: too many share it.
func Kinds() []string {
	return []string{"device", "phone", "email", "payout", "recovery", "handle"}
}
