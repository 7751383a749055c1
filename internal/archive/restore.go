package archive

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

// maxManifest bounds the manifest, which is held in memory.
const maxManifest = 256 << 20

// Target is where an archive is restored to.
type Target struct {
	Dir string // must be empty or not be there
	// Settle is given the directory with all its files before it is moved to its place: what must not go on from where the backup
	// left it is stopped there. An error undoes the restoration. May be nil.
	Settle func(ctx context.Context, dir string, m Manifest) error
}

// Restore puts an archive into a directory that is empty or does not exist. Everything is written beside it first and moved
// there at the end, so that after an error nothing has changed. ErrNotEmpty, ErrBroken, ErrFormat, and what Settle returns.
func Restore(ctx context.Context, r io.Reader, to Target) (m Manifest, err error) {
	dir := to.Dir
	if err := empty(dir); err != nil {
		return m, err
	}
	parent := filepath.Dir(filepath.Clean(dir))
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return m, fmt.Errorf("archive: %w", err)
	}
	tmp, err := os.MkdirTemp(parent, ".restore-")
	if err != nil {
		return m, fmt.Errorf("archive: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(tmp))
		}
	}()
	if m, err = unpack(ctx, r, tmp); err != nil {
		return m, err
	}
	if to.Settle != nil {
		if err := to.Settle(ctx, tmp, m); err != nil {
			return m, fmt.Errorf("archive: %w", err)
		}
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("archive: %w", err)
	}
	if err := os.Rename(tmp, dir); err != nil {
		return m, fmt.Errorf("archive: %w", err)
	}
	return m, nil
}

func empty(dir string) error {
	list, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("archive: %w", err)
	case len(list) > 0:
		return fmt.Errorf("%w: %s", ErrNotEmpty, dir)
	}
	return nil
}

// broken says what is wrong with an archive.
func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrBroken, fmt.Sprintf(format, args...))
}

func unpack(ctx context.Context, r io.Reader, dir string) (m Manifest, err error) {
	z, err := zstd.NewReader(reader{ctx, r}, zstd.WithDecoderMaxWindow(128<<20))
	if err != nil {
		return m, broken("%v", err)
	}
	defer z.Close()
	t := tar.NewReader(z)
	if m, err = manifest(t); err != nil {
		return m, err
	}
	for _, f := range m.Files {
		h, err := t.Next()
		if err != nil {
			return m, broken("%s is missing: %v", f.Name, err)
		}
		if h.Name != f.Name || h.Size != f.Size || h.Typeflag != tar.TypeReg {
			return m, broken("expected %s of %d bytes, found %s of %d", f.Name, f.Size, h.Name, h.Size)
		}
		if err := put(t, f, filepath.Join(dir, filepath.FromSlash(f.Name))); err != nil {
			return m, err
		}
	}
	if h, err := t.Next(); !errors.Is(err, io.EOF) {
		if err == nil {
			return m, broken("%s is not in the manifest", h.Name)
		}
		return m, broken("the end is missing: %v", err)
	}
	return m, ctx.Err()
}

// manifest reads the first entry and checks it before anything is written.
func manifest(t *tar.Reader) (m Manifest, err error) {
	h, err := t.Next()
	if err != nil || h.Name != manifestName || h.Size > maxManifest {
		return m, broken("expected %s first", manifestName)
	}
	b, err := io.ReadAll(t)
	if err != nil {
		return m, broken("manifest: %v", err)
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, broken("manifest: %v", err)
	}
	if m.Format != Format {
		return m, fmt.Errorf("%w: %d, this haris reads %d", ErrFormat, m.Format, Format)
	}
	seen := map[string]bool{}
	for _, f := range m.Files {
		if !local(f.Name) || seen[f.Name] || f.Size < 0 {
			return m, broken("the name %q is not allowed", f.Name)
		}
		seen[f.Name] = true
	}
	return m, nil
}

// put writes one file, readable by its owner alone, and checks its digest.
func put(r io.Reader, f File, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, sum), r)
	if err != nil {
		return errors.Join(broken("%s: %v", f.Name, err), out.Close())
	}
	if err := errors.Join(out.Sync(), out.Close()); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	if n != f.Size || hex.EncodeToString(sum.Sum(nil)) != f.SHA256 {
		return broken("%s is not what was written: its digest differs", f.Name)
	}
	return nil
}
