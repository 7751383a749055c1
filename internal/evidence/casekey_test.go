package evidence_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"haris/internal/evidence"
	"haris/internal/store"
)

func wrongKey(b *bench) {
	i := b.seal("c1", "t.txt", "x")
	other, err := evidence.GenerateWorkingKey()
	if err != nil {
		b.Fatal(err)
	}
	_, err = b.open(b.with(other, nil), i.ID)
	if !errors.Is(err, evidence.ErrWrongKey) || !strings.Contains(err.Error(), b.key.Public()) {
		b.Errorf("got %v, want ErrWrongKey naming the key that is needed", err)
	}
	if d := cmp.Diff([]evidence.Act{evidence.Sealed}, b.acts(i.ID)); d != "" {
		b.Errorf("custody: %s", d)
	}
}

// decrypt is what someone does with the age tool.
func decrypt(t testing.TB, sealed []byte, id age.Identity) string {
	t.Helper()
	r, err := age.Decrypt(bytes.NewReader(sealed), id)
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func escrow(b *bench) {
	offline, err := age.GenerateX25519Identity()
	if err != nil {
		b.Fatal(err)
	}
	i, err := b.with(b.key, offline.Recipient()).Seal(b.Context(), request("c1", "t.txt", "kept"))
	if err != nil {
		b.Fatal(err)
	}
	var k evidence.Key
	err = b.db.Read(b.Context(), func(tx *store.Tx) (err error) {
		k, err = tx.Evidence().Key(b.Context(), "c1")
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	id, err := age.ParseX25519Identity(decrypt(b, k.Escrow, offline))
	if err != nil {
		b.Fatal(err)
	}
	r, err := b.blobs.Get(b.Context(), i.SealedSHA)
	if err != nil {
		b.Fatal(err)
	}
	sealed, err := io.ReadAll(r)
	if err != nil {
		b.Fatal(err)
	}
	if got := decrypt(b, sealed, id); got != "kept" {
		b.Errorf("got %q", got)
	}
}
