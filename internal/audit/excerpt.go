package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Proved is one entry with the proof that the log of a head holds it.
type Proved struct {
	Index  int64       `json:"index"`
	Record string      `json:"record"` // exactly as it was hashed
	Proof  []tlog.Hash `json:"proof"`
}

// Book is what an excerpt is made from. All calls of one excerpt must see the same moment.
type Book interface {
	// Head returns the stored head and the encoded edge. ErrNoHead, ErrHead.
	Head(ctx context.Context) (Head, []byte, error)
	// About returns the rows about an object with an index below size, by rising index.
	About(ctx context.Context, object string, size int64) ([]Row, error)
	// Stored reads stored hashes.
	Stored(ctx context.Context) tlog.HashReader
}

// ErrSize says that the log is shorter than an excerpt asks for.
var ErrSize = errors.New("audit: the log has fewer entries")

// Excerpt returns the entries about some objects among the first size entries of the log, each with its proof, and the head of
// those entries, which a checkpoint can sign. size 0 means all that there are. The same size gives the same excerpt at any time.
func Excerpt(ctx context.Context, b Book, size int64, objects []string) ([]Proved, Head, error) {
	now, _, err := b.Head(ctx)
	if err != nil {
		return nil, Head{}, err
	}
	if size == 0 {
		size = now.Size
	}
	if size > now.Size {
		return nil, Head{}, fmt.Errorf("%w: %d, of %d", ErrSize, now.Size, size)
	}
	reader := b.Stored(ctx)
	hash, err := tlog.TreeHash(size, reader)
	if err != nil {
		return nil, Head{}, fmt.Errorf("audit: excerpt: %w", err)
	}
	var out []Proved
	for _, o := range objects {
		rows, err := b.About(ctx, o, size)
		if err != nil {
			return nil, Head{}, err
		}
		for _, r := range rows {
			p, err := tlog.ProveRecord(size, r.Index, reader)
			if err != nil {
				return nil, Head{}, fmt.Errorf("audit: prove entry %d: %w", r.Index, err)
			}
			out = append(out, Proved{r.Index, string(r.Record), p})
		}
	}
	slices.SortFunc(out, func(a, b Proved) int { return int(a.Index - b.Index) })
	return slices.CompactFunc(out, func(a, b Proved) bool { return a.Index == b.Index }), Head{size, hash}, nil
}
