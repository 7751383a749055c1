package bank_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"haris/internal/bank"
)

func TestParse(t *testing.T) {
	raw := bytes.Repeat([]byte{7, 200}, 72)
	b64 := base64.StdEncoding.EncodeToString(raw)
	numbers := strings.TrimSuffix(strings.Repeat("7, 200,", 72), ",")
	video := `["` + strings.Repeat("0f", 32) + `,80,0.0","` + strings.Repeat("f0", 32) + `,70,1.0"]`
	tests := []struct {
		name string
		kind bank.Kind
		text string
		want string // empty: refused
	}{
		{"md5", bank.MD5, " " + strings.Repeat("AB", 16), strings.Repeat("ab", 16)},
		{"md5 cut", bank.MD5, strings.Repeat("ab", 15), ""},
		{"md5 of other letters", bank.MD5, strings.Repeat("zz", 16), ""},
		{"sha1", bank.SHA1, strings.Repeat("ab", 20), strings.Repeat("ab", 20)},
		{"sha256", bank.SHA256, strings.Repeat("Ab", 32), strings.Repeat("ab", 32)},
		{"pdq", bank.PDQ, strings.Repeat("0F", 32), strings.Repeat("0f", 32)},
		{"pdq too long", bank.PDQ, strings.Repeat("0f", 33), ""},
		{"vpdq", bank.VPDQ, video, video},
		{"vpdq lines", bank.VPDQ, "0,80," + strings.Repeat("0f", 32) + ",0.000\n1,70," + strings.Repeat("f0", 32) + ",1.000", video},
		{"vpdq without frames", bank.VPDQ, "[]", ""},
		{"vpdq broken", bank.VPDQ, `["x"]`, ""},
		{"photodna base64", bank.PhotoDNA, b64, b64},
		{"photodna digits", bank.PhotoDNA, hex.EncodeToString(raw), b64},
		{"photodna numbers", bank.PhotoDNA, numbers, b64},
		{"photodna cut", bank.PhotoDNA, b64[:40], ""},
		{"photodna too large a number", bank.PhotoDNA, strings.Replace(numbers, "200", "256", 1), ""},
		{"photodna endless", bank.PhotoDNA, strings.Repeat("1,", 10_000) + "1", ""},
		{"tmk digest", bank.TMK, strings.Repeat("AB", 32), strings.Repeat("ab", 32)},
		{"tmk of another file", bank.TMK, base64.StdEncoding.EncodeToString(make([]byte, 263_344)), ""},
		{"netclean", bank.NetClean, "Abc/12345=", "Abc/12345="},
		{"netclean with a space", bank.NetClean, "abc 12345", ""},
		{"netclean too short", bank.NetClean, "abc", ""},
		{"no kind", "phash", "abc", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, err := bank.Parse(tt.kind, tt.text)
			if tt.want == "" {
				if !errors.Is(err, bank.ErrHash) {
					t.Fatalf("%+v, %v: expected ErrHash", h, err)
				}
				return
			}
			if err != nil || h.Value != tt.want || h.Kind != tt.kind {
				t.Fatalf("%+v, %v; want %s", h, err, tt.want)
			}
			if again, err := bank.Parse(h.Kind, h.Value); err != nil || again != h {
				t.Errorf("the canonical text reads as %+v, %v", again, err)
			}
		})
	}
}

func TestGuess(t *testing.T) {
	for text, want := range map[string]bank.Kind{
		strings.Repeat("a", 32): bank.MD5, strings.Repeat("a", 40): bank.SHA1, "pdq:" + strings.Repeat("a", 64): bank.PDQ,
		"SHA256:" + strings.Repeat("a", 64): bank.SHA256, strings.Repeat("a", 64): "", "abc": "", "other:abc": "",
	} {
		h, err := bank.Guess(text)
		if h.Kind != want || (err == nil) != (want != "") {
			t.Errorf("%.12s: %+v, %v", text, h, err)
		}
	}
}

func TestATMKFileIsItsDigest(t *testing.T) {
	file := make([]byte, 263_344)
	copy(file, "TMK1FVECPDQF")
	h, err := bank.Parse(bank.TMK, base64.StdEncoding.EncodeToString(file))
	if err != nil || len(h.Value) != 64 {
		t.Fatalf("%+v, %v", h, err)
	}
}

// TestKindIsReadInEitherCase: a kind in capitals once came back as an empty hash without an error.
func TestKindIsReadInEitherCase(t *testing.T) {
	h, err := bank.Parse(" PDQ", strings.Repeat("0f", 32))
	if err != nil || h.Kind != bank.PDQ || h.Value != strings.Repeat("0f", 32) {
		t.Fatalf("%+v, %v", h, err)
	}
	if _, err := bank.Parse("", strings.Repeat("0f", 32)); !errors.Is(err, bank.ErrHash) {
		t.Fatalf("no kind: %v", err)
	}
}

// FuzzParse: whatever is read is canonical, and nothing panics.
func FuzzParse(f *testing.F) {
	for _, k := range bank.Kinds() {
		f.Add(string(k), strings.Repeat("0f", 32))
		f.Add(strings.ToUpper(string(k)), strings.Repeat("0f", 32))
		f.Add(string(k), `["`+strings.Repeat("0f", 32)+`,80,0.0"]`)
	}
	f.Fuzz(func(t *testing.T, kind, text string) {
		h, err := bank.Parse(bank.Kind(kind), text)
		if err != nil {
			if !errors.Is(err, bank.ErrHash) {
				t.Fatalf("%v is not ErrHash", err)
			}
			return
		}
		if again, err := bank.Parse(h.Kind, h.Value); err != nil || again != h {
			t.Fatalf("%q reads as %+v, then as %+v, %v", text, h, again, err)
		}
	})
}
