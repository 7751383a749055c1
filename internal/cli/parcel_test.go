package cli_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"haris/internal/cli"
	"haris/internal/parcel"
)

// TestVerifyParcel does what VERIFY.txt in a parcel tells its receiver to do: without server, without data directory.
func TestVerifyParcel(t *testing.T) {
	private, public, err := note.GenerateKey(rand.Reader, "haris-test")
	if err != nil {
		t.Fatal(err)
	}
	other, stranger, err := note.GenerateKey(rand.Reader, "haris-test")
	if err != nil || other == private {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	var b bytes.Buffer
	w := parcel.NewWriter(&b, at)
	if err := w.Add(parcel.File{Path: "data/note.txt", Kind: "note"}, []byte("keep this between us\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(parcel.Head{Kind: "deletion", ID: "c1", At: at}, parcel.Key{Signer: signer, Public: public}); err != nil {
		t.Fatal(err)
	}
	good := filepath.Join(t.TempDir(), "good.zip")
	broken := filepath.Join(t.TempDir(), "broken.zip")
	for name, body := range map[string][]byte{good: b.Bytes(), broken: b.Bytes()[:b.Len()/2]} {
		if err := os.WriteFile(name, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"with the provider's key", []string{good, "--key", public}, cli.OK, "deletion c1: "},
		{"with the parcel's own key", []string{good}, cli.OK, "not who made it"},
		{"with a stranger's key", []string{good, "--key", stranger}, cli.Failed, "is not as it was signed"},
		{"cut short", []string{broken, "--key", public}, cli.Failed, "is not as it was signed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, said bytes.Buffer
			code := cli.Run(t.Context(), cli.Env{Args: append([]string{"evidence", "verify"}, c.args...), Stdout: &out, Stderr: &said, Now: time.Now})
			if code != c.code || !strings.Contains(said.String(), c.says) {
				t.Errorf("exit %d, want %d\n%s\n%s", code, c.code, out.String(), said.String())
			}
		})
	}
}
