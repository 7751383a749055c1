package evidence

import (
	"context"
	"io"
	"time"
)

// Blobs keeps sealed contents. A blob is named by the SHA-256 of its bytes, which are ciphertext, in lower-case hex: the name
// proves the bytes and tells nothing of what they hold. Implementations are safe for concurrent use.
// Package evidencetest has the conformance suite that every implementation passes.
type Blobs interface {
	// Put stores everything r yields and returns its name. When it returns nil the blob is durable: a crash at any moment leaves
	// the whole blob or nothing under the name. When it fails nothing stands under any name that did not stand before. Putting
	// the same bytes again is harmless. It may be tried again with a new reader.
	Put(ctx context.Context, r io.Reader) (BlobInfo, error)
	// Get opens a blob; ErrNoBlob when there is none. Bytes are given as they are on disk: the caller checks them. May be tried
	// again. The caller closes.
	Get(ctx context.Context, name string) (io.ReadCloser, error)
	// Has reports whether a blob stands under the name. An error means that it is not known. May be tried again.
	Has(ctx context.Context, name string) (bool, error)
	// Delete removes a blob; deleting what is not there is no error. May be tried again.
	Delete(ctx context.Context, name string) error
	// List calls f for every blob, in any order, and stops at the first error, which it returns. A blob put or deleted
	// meanwhile may or may not be seen.
	List(ctx context.Context, f func(BlobInfo) error) error
	// Tidy removes what interrupted Puts left behind before the given time and returns how many it removed.
	Tidy(ctx context.Context, before time.Time) (int, error)
}

// BlobInfo describes a blob.
type BlobInfo struct {
	Name string
	Size int64     // bytes
	At   time.Time // when it was put
}

// ValidName reports whether s can be the name of a blob: 64 lower-case hex digits.
func ValidName(s string) bool {
	if len(s) != 64 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
