package evidence

import (
	"context"
	"crypto/md5" // NCMEC checks uploads with MD5; integrity rests on SHA-256
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"path"
	"slices"
	"strings"

	"filippo.io/age"
)

// New asks to seal something. Body is read once, to its end, and never held in memory whole.
type New struct {
	Case      string
	Kind      Kind
	Name      string // file name; it must not have directories or control characters
	MediaType string
	Origin    Origin
	Who, Why  string
	Body      io.Reader
}

// idDigits is how much of the sealed digest names an item: 128 bits.
const idDigits = 32

// Seal stores the contents under the case's key and returns the line of the manifest. It is durable when Seal returns nil.
// Sealing the same contents again under the same kind and name changes nothing and returns the first item, so a job may run
// it again. ErrInvalid; ErrDestroyed when the retention of the case has ended.
func (v *Vault) Seal(ctx context.Context, n New) (Item, error) {
	if err := n.check(); err != nil {
		return Item{}, err
	}
	k, err := v.caseKey(ctx, n)
	if err != nil {
		return Item{}, err
	}
	i, err := v.store(ctx, k, n)
	if err != nil {
		return Item{}, err
	}
	return v.enter(ctx, i, n.Why)
}

func (n New) check() error {
	switch {
	case n.Case == "":
		return invalid("case", "a case id")
	case !slices.Contains(Kinds(), n.Kind):
		return invalid("kind", fmt.Sprintf("one of %v, got %q", Kinds(), n.Kind))
	case n.Name == "" || len(n.Name) > 255 || n.Name != path.Base(n.Name) || strings.ContainsFunc(n.Name, unfit):
		return invalid("name", "a file name of 1 to 255 bytes without directories or control characters")
	case n.MediaType == "":
		return invalid("media type", `for example "application/json"`)
	case n.Body == nil:
		return invalid("body", "contents")
	}
	return named(n.Who, n.Why)
}

// unfit reports runes that have no place in a file name.
func unfit(r rune) bool { return r < 0x20 || r == 0x7f || r == '/' || r == '\\' }

// caseKey returns the key of the case, made now when this is the first item.
func (v *Vault) caseKey(ctx context.Context, n New) (Key, error) {
	fresh, err := newCaseKey(n.Case, v.working, v.escrow)
	if err != nil {
		return Key{}, err
	}
	fresh.CreatedAt = v.at()
	var k Key
	err = v.keeper.Write(ctx, func(tx Tx) (err error) {
		if k, err = tx.Key(ctx, n.Case); !errors.Is(err, ErrNotFound) {
			return err
		}
		added, err := tx.AddKey(ctx, fresh)
		if err != nil {
			return err
		}
		if added {
			k = fresh
			return nil
		}
		k, err = tx.Key(ctx, n.Case)
		return err
	})
	if err == nil && k.Destroyed() {
		err = fmt.Errorf("%w: case %s", ErrDestroyed, n.Case)
	}
	return k, err
}

// store encrypts the contents into a blob and describes it.
func (v *Vault) store(ctx context.Context, k Key, n New) (Item, error) {
	to, err := age.ParseX25519Recipient(k.Recipient)
	if err != nil {
		return Item{}, fmt.Errorf("evidence: public key of case %s: %w", k.Case, err)
	}
	d := newDigest()
	sealed, err := age.EncryptReader(io.TeeReader(n.Body, d), to)
	if err != nil {
		return Item{}, fmt.Errorf("evidence: seal: %w", err)
	}
	b, err := v.blobs.Put(ctx, sealed)
	if err != nil {
		return Item{}, err
	}
	return Item{
		ID: b.Name[:idDigits], Case: n.Case, Kind: n.Kind, Name: n.Name, MediaType: n.MediaType,
		SHA256: d.hexSHA(), MD5: d.hexMD5(), Size: d.size, SealedSHA: b.Name, SealedSize: b.Size,
		Origin: n.Origin, CreatedAt: v.at(), CreatedBy: n.Who,
	}, nil
}

// enter writes the manifest. When it fails the blob is left to Sweep: a commit may have happened although it reported an error,
// and deleting the contents of an item that exists would be worse than keeping a blob that nothing names for a day.
func (v *Vault) enter(ctx context.Context, i Item, why string) (Item, error) {
	var first *Item
	err := v.keeper.Write(ctx, func(tx Tx) error {
		k, err := tx.Key(ctx, i.Case)
		if err != nil {
			return err
		}
		if k.Destroyed() {
			return fmt.Errorf("%w: case %s", ErrDestroyed, i.Case)
		}
		if first, err = v.twin(ctx, tx, i); err != nil || first != nil {
			return err
		}
		if err := tx.AddItem(ctx, i); err != nil {
			return fmt.Errorf("evidence: enter %s: %w", i.ID, err)
		}
		return record(ctx, tx, Custody{Item: i.ID, At: i.CreatedAt, Who: i.CreatedBy, Act: Sealed, Why: why}, i)
	})
	if err != nil {
		return Item{}, err
	}
	if first == nil {
		return i, nil
	}
	return *first, v.blobs.Delete(ctx, i.SealedSHA)
}

// twin finds an item of the case with the same kind, name and contents whose blob is still there.
func (v *Vault) twin(ctx context.Context, tx Tx, i Item) (*Item, error) {
	items, err := tx.Items(ctx, i.Case)
	if err != nil {
		return nil, err
	}
	for _, o := range items {
		if o.Kind != i.Kind || o.Name != i.Name || o.SHA256 != i.SHA256 {
			continue
		}
		there, err := v.blobs.Has(ctx, o.SealedSHA)
		if err != nil {
			return nil, err
		}
		if there {
			return &o, nil
		}
	}
	return nil, nil
}

// digest takes the fingerprints of what flows through it.
type digest struct {
	sha, md5 hash.Hash
	size     int64
}

func newDigest() *digest { return &digest{sha: sha256.New(), md5: md5.New()} }

// Write never fails: hashes do not.
func (d *digest) Write(p []byte) (int, error) {
	d.sha.Write(p)
	d.md5.Write(p)
	d.size += int64(len(p))
	return len(p), nil
}

func (d *digest) hexSHA() string { return hex.EncodeToString(d.sha.Sum(nil)) }
func (d *digest) hexMD5() string { return hex.EncodeToString(d.md5.Sum(nil)) }
