package stage_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"haris/internal/stage"
)

func encoded(t testing.TB, n int) (*stage.Model, []byte) {
	m := train(t, n, stage.Options{HeldOut: .3, Seed: 1, Least: 10})
	m.Card.Notes = "made up for a test"
	b, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return m, b
}

func TestFileKeepsTheModel(t *testing.T) {
	m, b := encoded(t, 100)
	got, err := stage.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	again, err := got.Encode()
	if err != nil || !bytes.Equal(again, b) {
		t.Errorf("read and written again it is another file (%v)", err)
	}
	if !reflect.DeepEqual(got.Heads(), m.Heads()) || !cmp.Equal(got.Card, m.Card) || !reflect.DeepEqual(got.Calibration(), m.Calibration()) {
		t.Errorf("%v %+v %v", got.Heads(), got.Card, got.Calibration())
	}
	var x stage.Extractor
	for _, text := range []string{"shall we meet after school", "keep this between us", "dinner is ready", "", "苹果"} {
		p, perr := m.Score(&x, text, "en", nil)
		q, qerr := got.Score(&x, text, "en", nil)
		if !reflect.DeepEqual(p, q) || (perr == nil) != (qerr == nil) {
			t.Errorf("%q: %v before, %v after", text, p, q)
		}
	}
	if c := got.Calibration(); len(c["en"]) != 2 || c["en"][0] < 10 || c["latn"] == nil {
		t.Errorf("calibration %v", c)
	}
}

// seal puts the right checksum behind a body.
func seal(body []byte) []byte {
	sum := sha256.Sum256(body)
	return append(bytes.Clone(body), sum[:]...)
}

func TestDecodeErrors(t *testing.T) {
	_, b := encoded(t, 20)
	body := b[:len(b)-sha256.Size]
	changed := bytes.Clone(b)
	changed[len(changed)/2] ^= 1
	version := bytes.Clone(b)
	version[8] = 9
	heads := bytes.Replace(body, []byte(`"heads":["S4","S8"]`), []byte(`"heads":["S4",   5]`), 1)
	for _, tt := range []struct {
		name, want string
		b          []byte
	}{
		{"empty", "does not begin", nil},
		{"another file", "does not begin", bytes.Repeat([]byte("no model"), 20)},
		{"another version", "version 9, want 2", version},
		{"cut", "checksum", b[:len(b)-1]},
		{"changed", "checksum", changed},
		{"a row too few", "rows in", seal(body[:len(body)-12])},
		{"ends before the weights", "ends before", seal(body[:13+int(binary.LittleEndian.Uint32(body[9:]))+5])},
		{"a head that is no word", "header", seal(heads)},
	} {
		if _, err := stage.Decode(tt.b); !errors.Is(err, stage.ErrModel) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	_, b := encoded(f, 12)
	body := b[:len(b)-sha256.Size]
	f.Add(body[:min(len(body), 600)])
	f.Add([]byte("HARISMDL\x01\x02\x00\x00\x00{}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := stage.Decode(seal(body))
		if err != nil {
			if !errors.Is(err, stage.ErrModel) {
				t.Fatal(err)
			}
			return
		}
		one, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := stage.Decode(one)
		if err != nil {
			t.Fatal(err)
		}
		if two, err := again.Encode(); err != nil || !bytes.Equal(one, two) {
			t.Fatalf("%v: another file", err)
		}
	})
}
