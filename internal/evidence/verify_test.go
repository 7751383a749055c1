package evidence_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"haris/internal/evidence"
	"haris/internal/store"
)

func (b *bench) damage(i evidence.Item, f func([]byte) []byte) {
	b.Helper()
	r, err := b.blobs.Get(b.Context(), i.SealedSHA)
	if err != nil {
		b.Fatal(err)
	}
	sealed, err := io.ReadAll(r)
	if err != nil {
		b.Fatal(err)
	}
	b.blobs.Set(i.SealedSHA, f(sealed))
}

func verified(b *bench) {
	long := strings.Repeat("keep this between us. ", 10_000)
	items := []struct {
		name   string
		damage func([]byte) []byte
		want   evidence.Condition
	}{
		{"whole", func(s []byte) []byte { return s }, evidence.Intact},
		{"a bit in the first half", func(s []byte) []byte { s[len(s)/3] ^= 1; return s }, evidence.Changed},
		{"a bit at the end", func(s []byte) []byte { s[len(s)-1] ^= 1; return s }, evidence.Changed},
		{"a bit in the header", func(s []byte) []byte { s[5] ^= 1; return s }, evidence.Changed},
		{"cut at a chunk", func(s []byte) []byte { return s[:len(s)-(len(s)-200)%(64<<10+16)] }, evidence.Changed},
		{"cut", func(s []byte) []byte { return s[:len(s)-1] }, evidence.Changed},
		{"longer", func(s []byte) []byte { return append(s, 0) }, evidence.Changed},
		{"empty", func([]byte) []byte { return nil }, evidence.Changed},
		{"missing", nil, evidence.Missing},
	}
	want := map[string]evidence.Condition{}
	for _, c := range items {
		i := b.seal("c1", c.name, long+c.name)
		if c.damage == nil {
			if err := b.blobs.Delete(b.Context(), i.SealedSHA); err != nil {
				b.Fatal(err)
			}
		} else {
			b.damage(i, c.damage)
		}
		want[c.name] = c.want
		if _, err := b.open(b.vault, i.ID); (err == nil) != (c.want == evidence.Intact) {
			b.Errorf("open of %s: %v", c.name, err)
		}
	}
	list, err := b.vault.VerifyCase(b.Context(), "p1", "check", "c1")
	if err != nil || len(list) != len(items) {
		b.Fatalf("%d results, %v", len(list), err)
	}
	for _, c := range list {
		if c.Condition != want[c.Item.Name] || (c.Detail == "") != (c.Condition == evidence.Intact) {
			b.Errorf("%s: %s (%s), want %s", c.Item.Name, c.Condition, c.Detail, want[c.Item.Name])
		}
		chain, err := b.vault.Custody(b.Context(), c.Item.ID)
		if err != nil || !strings.Contains(chain[len(chain)-1].Why, string(c.Condition)) {
			b.Errorf("custody of %s: %+v, %v", c.Item.Name, chain, err)
		}
	}
}

func unreadable(b *bench) {
	i := b.seal("c1", "t.txt", strings.Repeat("x", 200_000))
	b.blobs.Broken = errors.New("input/output error")
	if _, err := b.open(b.vault, i.ID); !errors.Is(err, b.blobs.Broken) || errors.Is(err, evidence.ErrTampered) {
		b.Errorf("open: %v", err)
	}
	list, err := b.vault.VerifyCase(b.Context(), "p1", "check", "c1")
	if err != nil || len(list) != 1 || list[0].Condition != evidence.Unreadable {
		b.Errorf("verify: %+v, %v", list, err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	cancel()
	if list, err := b.vault.VerifyCase(ctx, "p1", "check", "c1"); err == nil {
		b.Errorf("a verification that was cut off gave %+v", list)
	}
}

// Someone who can write to the database and the disk seals other contents to the public key and rewrites the manifest.
func exchanged(b *bench) {
	i, other := b.seal("c1", "t.txt", "true"), b.seal("c1", "u.txt", "false")
	err := b.db.Write(b.Context(), func(tx *store.Tx) error {
		if _, err := tx.Exec(b.Context(), `UPDATE evidence_item SET sealed_sha = $1 WHERE id = $2`, strings.Repeat("0", 64), other.ID); err != nil {
			return err
		}
		_, err := tx.Exec(b.Context(), `UPDATE evidence_item SET sealed_sha = $1, sha256 = $2, size = $3 WHERE id = $4`, other.SealedSHA, other.SHA256, other.Size, i.ID)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	if got, err := b.open(b.vault, i.ID); got != "false" || err != nil {
		b.Fatalf("the exchange is not complete: %q, %v", got, err)
	}
	list, err := b.vault.VerifyCase(b.Context(), "p1", "check", "c1")
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range list {
		if c.Condition != evidence.Changed {
			b.Errorf("%s: %s", c.Item.Name, c.Condition)
		}
	}
}

func (b *bench) exec(query string, args ...any) {
	b.Helper()
	err := b.db.Write(b.Context(), func(tx *store.Tx) error {
		n, err := tx.Exec(b.Context(), query, args...)
		if err == nil && n != 1 {
			err = fmt.Errorf("changed %d rows", n)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

func digests(b *bench) {
	for _, set := range []string{"sha256 = '" + strings.Repeat("0", 64) + "'", "size = size + 1"} {
		i := b.seal("c1", set[:4], "same")
		b.exec(`UPDATE evidence_item SET `+set+` WHERE id = $1`, i.ID)
		if _, err := b.open(b.vault, i.ID); !errors.Is(err, evidence.ErrTampered) {
			b.Errorf("%s: %v", set, err)
		}
	}
	one, two := b.seal("c1", "one", "same"), b.seal("c1", "two", "same")
	r, err := b.blobs.Get(b.Context(), two.SealedSHA)
	if err != nil {
		b.Fatal(err)
	}
	sealed, err := io.ReadAll(r)
	if err != nil {
		b.Fatal(err)
	}
	b.blobs.Set(one.SealedSHA, sealed) // the same contents, sealed another time
	if _, err := b.open(b.vault, one.ID); !errors.Is(err, evidence.ErrTampered) {
		b.Errorf("other sealed bytes with the same contents: %v", err)
	}
}

func keyExchanged(b *bench) {
	i := b.seal("c1", "t.txt", "x")
	b.seal("c2", "t.txt", "x")
	b.exec(`UPDATE evidence_key SET wrapped = (SELECT wrapped FROM evidence_key WHERE case_id = 'c2') WHERE case_id = 'c1'`)
	if _, err := b.open(b.vault, i.ID); !errors.Is(err, evidence.ErrTampered) || !strings.Contains(err.Error(), "not its own") {
		b.Errorf("got %v", err)
	}
}
