package partner_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"haris/internal/event"
	"haris/internal/partner"
)

var now = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// signer is the key of a partner, made from its name.
func signer(name string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(fmt.Sprintf("%-32s", name))[:32])
}

func partners() []partner.Partner {
	return []partner.Partner{{Name: "one", Key: signer("one").Public().(ed25519.PublicKey)}, {Name: "two", Key: signer("two").Public().(ed25519.PublicKey)}}
}

func good() partner.File {
	return partner.File{Provider: "one", Issued: now, Withdrawn: []string{"s0"}, Signals: []partner.Signal{{
		ID: "s1", Type: "grooming", Date: "2026-03-02", Keys: []partner.Key{{Kind: "phone", Hash: strings.Repeat("0a", 32)}},
	}}}
}

func seal(t testing.TB, f partner.File, by string) []byte {
	t.Helper()
	b, err := partner.Seal(&f, signer(by))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOpen(t *testing.T) {
	f, err := partner.Open(seal(t, good(), "one"), partners(), now)
	if err != nil || len(f.Signals) != 1 || !f.Signals[0].Expires.Equal(time.Date(2027, 3, 2, 0, 0, 0, 0, time.UTC)) {
		t.Fatal(f, err)
	}
	spoil := func(change func(f *partner.File)) []byte {
		f := good()
		change(&f)
		return seal(t, f, "one")
	}
	tampered := func() []byte {
		var e struct{ Payload, Signature string }
		if err := json.Unmarshal(seal(t, good(), "one"), &e); err != nil {
			t.Fatal(err)
		}
		p, _ := base64.StdEncoding.DecodeString(e.Payload)
		e.Payload = base64.StdEncoding.EncodeToString([]byte(strings.Replace(string(p), "s1", "s2", 1)))
		b, _ := json.Marshal(map[string]string{"payload": e.Payload, "signature": e.Signature})
		return b
	}
	for _, tt := range []struct {
		name, want string
		forged     bool
		b          []byte
	}{
		{"not JSON", "payload and signature", false, []byte("x")},
		{"changed since", "none of the 2 partners", true, tampered()},
		{"signed by nobody known", "none of the 2 partners", true, seal(t, good(), "three")},
		{"signed by another partner than it names", `of "one" and is signed by "two"`, true, seal(t, good(), "two")},
		{"without a signature", "none of the 2 partners", true, []byte(`{"payload":"e30=","signature":""}`)},
		{"no base64", "payload: expected base64", false, []byte(`{"payload":"!","signature":""}`)},
		{"issued in the future", "issued: expected", false, spoil(func(f *partner.File) { f.Issued = now.Add(48 * time.Hour) })},
		{"no id", "signal 1, id: expected", false, spoil(func(f *partner.File) { f.Signals[0].ID = "" })},
		{"another type", "type: expected one of grooming", false, spoil(func(f *partner.File) { f.Signals[0].Type = "spam" })},
		{"no day", "date: expected a day", false, spoil(func(f *partner.File) { f.Signals[0].Date = "yesterday" })},
		{"for ever", "at most two years", false, spoil(func(f *partner.File) { f.Signals[0].Expires = now.AddDate(9, 0, 0) })},
		{"no keys", "keys: expected 1 to 8", false, spoil(func(f *partner.File) { f.Signals[0].Keys = nil })},
		{"an address of the network", "kind: expected one of device", false, spoil(func(f *partner.File) { f.Signals[0].Keys[0].Kind = "ip" })},
		{"a value in place of a hash", "never the value itself", false, spoil(func(f *partner.File) { f.Signals[0].Keys[0].Hash = "+201001234567" })},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := partner.Open(tt.b, partners(), now)
			if err == nil || !strings.Contains(err.Error(), tt.want) || errors.Is(err, partner.ErrSignature) != tt.forged {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "partners.yaml")
	key := base64.StdEncoding.EncodeToString(signer("one").Public().(ed25519.PublicKey))
	for _, tt := range []struct{ text, want string }{
		{"partners:\n- name: one\n  key: " + key, ""},
		{"partners:\n- name: one\n  key: short", "Ed25519 public key"},
		{"partners:\n- key: " + key, "name: expected"},
		{"partners:\n- {name: one, key: '" + key + "'}\n- {name: one, key: '" + key + "'}", "no other partner has"},
		{"partner: []", "unknown field"},
	} {
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := partner.Load(path)
		if tt.want == "" && (err != nil || len(list) != 1) || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%q: %v", tt.text, err)
		}
	}
	if list, err := partner.Load(""); err != nil || list != nil {
		t.Error(list, err)
	}
}

// TestLog: what stands in the log comes back as it was, holds nothing of the partner's hash, and cannot be sent by a platform.
func TestLog(t *testing.T) {
	f, err := partner.Open(seal(t, good(), "one"), partners(), now)
	if err != nil {
		t.Fatal(err)
	}
	b := partner.BatchOf(&f, func(kind, hash string) string { return strings.Repeat("f", 32) })
	events, err := b.Events(now)
	if err != nil || len(events) != 2 {
		t.Fatal(events, err)
	}
	for i := range events {
		if got, ok := partner.Read(&events[i]); !ok || !reflect.DeepEqual(got, b.Told[i]) {
			t.Errorf("%+v, want %+v", got, b.Told[i])
		}
		if strings.Contains(events[i].Raw, "0a0a") {
			t.Error("the log holds the partner's hash")
		}
		if _, problem := event.Decode(events[i].Raw, 1, event.Limits{}); problem == nil {
			t.Error("a platform may say what a partner told")
		}
	}
	again, _ := b.Events(now.Add(time.Hour))
	if events[0].ID != again[0].ID || events[0].ID == events[1].ID {
		t.Error("the identity of an event must follow from the file")
	}
}

// TestSpool: batches come out in the order in which they were issued, and stay until they were taken.
func TestSpool(t *testing.T) {
	s := partner.NewSpool(filepath.Join(t.TempDir(), "x"))
	for _, day := range []int{2, 1, 1} {
		if err := s.Add(partner.Removal(fmt.Sprint("p", day), now.AddDate(0, 0, day))); err != nil {
			t.Fatal(err)
		}
	}
	busy := errors.New("busy")
	if err := s.Each(func(partner.Batch) error { return busy }); !errors.Is(err, busy) {
		t.Fatal(err)
	}
	var got []string
	for range 2 {
		if err := s.Each(func(b partner.Batch) error { got = append(got, b.Provider); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(got, []string{"p1", "p2"}) {
		t.Error(got)
	}
}

func FuzzOpen(f *testing.F) {
	list := partners()
	f.Add(seal(f, good(), "one"))
	f.Add([]byte(`{"payload":"e30=","signature":""}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if file, err := partner.Open(b, list, now); err == nil && file.Provider != "one" && file.Provider != "two" {
			t.Errorf("%+v", file)
		}
	})
}
