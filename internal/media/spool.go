package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// ErrTooLarge says that a file that comes in is longer than the spool takes.
var ErrTooLarge = errors.New("media: the file is too large")

// Spool puts files that come in aside while they are read, in a directory that only this user can open. A file has no name from the
// moment it is there, so that nothing of it stays when the program ends, however it ends. Safe for concurrent use.
type Spool struct {
	dir   string
	limit int64
}

// spooled is how the names of files in a spool begin.
const spooled = "upload-"

// OpenSpool makes the directory, and removes what a program left that was killed between the making of a file and the taking of its
// name. Files longer than limit are not taken.
func OpenSpool(dir string, limit int64) (*Spool, error) {
	if limit <= 0 {
		return nil, errors.New("media: a spool takes files of at least one byte")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("media: spool: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // a directory is entered by its owner
		return nil, fmt.Errorf("media: spool: %w", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, spooled+"*"))
	if err != nil {
		return nil, fmt.Errorf("media: spool: %w", err)
	}
	for _, name := range left {
		if err := os.Remove(name); err != nil {
			return nil, fmt.Errorf("media: spool: %w", err)
		}
	}
	return &Spool{dir, limit}, nil
}

// Keep puts a file aside and returns it, at its end; it is gone when it is closed. ErrTooLarge; errors of r are returned wrapped.
func (s *Spool) Keep(ctx context.Context, r io.Reader) (_ *os.File, err error) {
	f, err := os.CreateTemp(s.dir, spooled+"*")
	if err != nil {
		return nil, fmt.Errorf("media: spool: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	if err := os.Remove(f.Name()); err != nil {
		return nil, fmt.Errorf("media: spool: %w", err)
	}
	n, err := io.Copy(f, io.LimitReader(reader{ctx, r}, s.limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("media: spool: %w", err)
	case n > s.limit:
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, s.limit)
	}
	return f, nil
}
