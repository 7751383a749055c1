package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"filippo.io/age"
)

// Open returns the contents of an item for someone to read, after the access stands in custody and in the audit log. Reading to
// the end proves the contents: the last Read fails with ErrTampered instead of io.EOF when they are not what was sealed, so
// nobody may rely on contents that were not read to a clean end. ErrNotFound, ErrDestroyed, ErrNoBlob, ErrWrongKey, ErrTampered.
func (v *Vault) Open(ctx context.Context, who, why, item string) (Item, io.ReadCloser, error) {
	return v.access(ctx, Custody{Item: item, Who: who, Act: Opened, Why: why})
}

// Export is Open for contents that leave the installation, for example with a report.
func (v *Vault) Export(ctx context.Context, who, why, item string) (Item, io.ReadCloser, error) {
	return v.access(ctx, Custody{Item: item, Who: who, Act: Exported, Why: why})
}

func (v *Vault) access(ctx context.Context, c Custody) (Item, io.ReadCloser, error) {
	if err := named(c.Who, c.Why); err != nil {
		return Item{}, nil, err
	}
	i, id, err := v.unlock(ctx, c.Item)
	if err != nil {
		return Item{}, nil, err
	}
	body, err := v.contents(ctx, i, id)
	if err != nil {
		return Item{}, nil, err
	}
	c.At = v.at()
	if err := v.note(ctx, c, i); err != nil {
		return Item{}, nil, errors.Join(err, body.Close())
	}
	return i, body, nil
}

// note writes one line of custody unless the key was destroyed meanwhile.
func (v *Vault) note(ctx context.Context, c Custody, i Item) error {
	return v.keeper.Write(ctx, func(tx Tx) error {
		k, err := tx.Key(ctx, i.Case)
		if err != nil {
			return err
		}
		if k.Destroyed() {
			return fmt.Errorf("%w: case %s", ErrDestroyed, i.Case)
		}
		return record(ctx, tx, c, i)
	})
}

// unlock reads an item and the secret key of its case.
func (v *Vault) unlock(ctx context.Context, item string) (i Item, id *age.X25519Identity, err error) {
	err = v.keeper.Read(ctx, func(tx Tx) error {
		if i, err = tx.Item(ctx, item); err != nil {
			return err
		}
		k, err := tx.Key(ctx, i.Case)
		if err != nil {
			return err
		}
		id, err = unwrap(k, v.working)
		return err
	})
	return i, id, err
}

// contents opens the blob of an item and decrypts it.
func (v *Vault) contents(ctx context.Context, i Item, id *age.X25519Identity) (*checked, error) {
	b, err := v.blobs.Get(ctx, i.SealedSHA)
	if err != nil {
		return nil, err
	}
	raw := &source{r: b, sum: sha256.New()}
	r, err := age.Decrypt(raw, id)
	if err != nil {
		return nil, errors.Join(raw.blame(err), b.Close())
	}
	return &checked{raw: raw, r: r, close: b, sum: newDigest(), want: i}, nil
}

// source takes the digest of the sealed bytes and remembers whether reading them failed, so that a bad disk is told from
// changed contents.
type source struct {
	r   io.Reader
	sum hash.Hash
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.sum.Write(p[:n])
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// blame says why decryption failed: the disk, or the bytes.
func (s *source) blame(err error) error {
	if s.err != nil {
		return fmt.Errorf("evidence: read sealed contents: %w", s.err)
	}
	return fmt.Errorf("%w: %w", ErrTampered, err)
}

// checked compares what it has given with the manifest when it comes to the end.
type checked struct {
	raw   *source
	r     io.Reader
	close io.Closer
	sum   *digest
	want  Item
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if _, e := c.sum.Write(p[:n]); e != nil {
		return n, e
	}
	switch {
	case err == nil:
		return n, nil
	case !errors.Is(err, io.EOF):
		return n, c.raw.blame(err)
	case hex.EncodeToString(c.raw.sum.Sum(nil)) != c.want.SealedSHA:
		return n, fmt.Errorf("%w: sealed digest of item %s differs", ErrTampered, c.want.ID)
	case c.sum.hexSHA() != c.want.SHA256 || c.sum.size != c.want.Size:
		return n, fmt.Errorf("%w: digest of item %s differs", ErrTampered, c.want.ID)
	}
	return n, io.EOF
}

func (c *checked) Close() error { return c.close.Close() }
