package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// Span is the bytes from From on, up to but without To.
type Span struct{ From, To int64 }

// Len is how many bytes the span has.
func (s Span) Len() int64 { return max(0, s.To-s.From) }

// MaxPart is the longest span that OpenPart gives, in bytes.
const MaxPart = 4 << 20

// Item returns one line of the manifest; ErrNotFound. It reads no contents.
func (v *Vault) Item(ctx context.Context, id string) (i Item, err error) {
	err = v.keeper.Read(ctx, func(tx Tx) error {
		i, err = tx.Item(ctx, id)
		return err
	})
	return i, err
}

// Holds returns the holds of a case, ended ones included.
func (v *Vault) Holds(ctx context.Context, caseID string) (holds []Hold, err error) {
	err = v.keeper.Read(ctx, func(tx Tx) error {
		holds, err = tx.Holds(ctx, caseID)
		return err
	})
	return holds, err
}

// Destroyed reports whether the retention of a case has ended; a case of which nothing was ever sealed has nothing to destroy.
func (v *Vault) Destroyed(ctx context.Context, caseID string) (ended bool, err error) {
	err = v.keeper.Read(ctx, func(tx Tx) error {
		k, err := tx.Key(ctx, caseID)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		ended = k.Destroyed()
		return err
	})
	return ended, err
}

// OpenPart is Open for a part of a long item: it returns the bytes of the span after the access stands in custody. Each part is
// authenticated under the key of the case, but that the parts together are what was sealed only Prove can tell. ErrInvalid for a span
// outside of the item or over MaxPart, and the errors of Open.
func (v *Vault) OpenPart(ctx context.Context, who, why, item string, s Span) ([]byte, error) {
	if err := named(who, why); err != nil {
		return nil, err
	}
	i, id, err := v.unlock(ctx, item)
	if err != nil {
		return nil, err
	}
	if s.From < 0 || s.To <= s.From || s.To > i.Size || s.Len() > MaxPart {
		return nil, invalid("span", fmt.Sprintf("bytes within the %d of the item, at most %d", i.Size, MaxPart))
	}
	out := make([]byte, s.Len())
	if err := v.readPart(ctx, i, id, s, out); err != nil {
		return nil, err
	}
	return out, v.note(ctx, Custody{Item: item, At: v.at(), Who: who, Act: Opened, Why: why}, i)
}

// Scan lets software look at any place of an item, for what no person is shown. The access stands in custody before anything is read.
// The errors of Open and those of f.
func (v *Vault) Scan(ctx context.Context, who, why, item string, f func(r io.ReaderAt) error) error {
	if err := named(who, why); err != nil {
		return err
	}
	i, id, err := v.unlock(ctx, item)
	if err != nil {
		return err
	}
	if err := v.note(ctx, Custody{Item: item, At: v.at(), Who: who, Act: Opened, Why: why}, i); err != nil {
		return err
	}
	return f(&anyPlace{ctx: ctx, v: v, item: i, id: id})
}

// anyPlace reads the contents of an item at any place.
type anyPlace struct {
	ctx  context.Context // it lives as long as the call that it belongs to
	v    *Vault
	item Item
	id   *age.X25519Identity
}

// ReadAt implements io.ReaderAt.
func (p *anyPlace) ReadAt(out []byte, off int64) (int, error) {
	if off < 0 || off > p.item.Size {
		return 0, invalid("place", fmt.Sprintf("one within the %d bytes of the item", p.item.Size))
	}
	n := min(int64(len(out)), p.item.Size-off)
	if n > 0 {
		if err := p.v.readPart(p.ctx, p.item, p.id, Span{From: off, To: off + n}, out[:n]); err != nil {
			return 0, err
		}
	}
	if int(n) < len(out) {
		return int(n), io.EOF
	}
	return int(n), nil
}

// readPart fills out with the bytes of a span: by going there, where the blob lets it, or by reading up to it.
func (v *Vault) readPart(ctx context.Context, i Item, id *age.X25519Identity, s Span, out []byte) (err error) {
	b, err := v.blobs.Get(ctx, i.SealedSHA)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	if at, ok := b.(io.ReaderAt); ok {
		src := &sourceAt{r: at}
		plain, size, err := age.DecryptReaderAt(src, i.SealedSize, id)
		switch {
		case err != nil:
			return src.blame(err)
		case size != i.Size:
			return fmt.Errorf("%w: length of item %s differs", ErrTampered, i.ID)
		}
		if n, err := plain.ReadAt(out, s.From); n < len(out) {
			return src.blame(err)
		}
		return nil
	}
	body, err := v.contents(ctx, i, id)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	if _, err := io.CopyN(io.Discard, reader{ctx, body}, s.From); err != nil {
		return err
	}
	_, err = io.ReadFull(body, out)
	return err
}

// Prove reads an item to its end, compares it with the manifest and notes that in custody. It fails unless the item is intact.
// ErrTampered, ErrNoBlob, ErrDestroyed, ErrNotFound.
func (v *Vault) Prove(ctx context.Context, who, why, item string) error {
	if err := named(who, why); err != nil {
		return err
	}
	i, id, err := v.unlock(ctx, item)
	if err != nil {
		return err
	}
	pinned, err := v.pinned(ctx, i)
	if err != nil {
		return err
	}
	if !pinned {
		return fmt.Errorf("%w: the manifest of item %s does not agree with the audit log", ErrTampered, item)
	}
	if err := v.readThrough(ctx, i, id); err != nil {
		return err
	}
	return v.note(ctx, Custody{Item: item, At: v.at(), Who: who, Act: Verified, Why: why}, i)
}

// sourceAt remembers whether reading failed, so that a bad disk is told from changed contents.
type sourceAt struct {
	r   io.ReaderAt
	err error
}

func (s *sourceAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.r.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

func (s *sourceAt) blame(err error) error {
	if s.err != nil {
		return fmt.Errorf("evidence: read sealed contents: %w", s.err)
	}
	return fmt.Errorf("%w: %w", ErrTampered, err)
}
