package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Files keeps blobs as files: <dir>/<first two digits>/<name>, readable by the owner alone. Unfinished ones are in <dir>/tmp.
type Files struct{ dir string }

var _ Blobs = (*Files)(nil)

const (
	dirMode  = 0o700
	tempDir  = "tmp"
	tempName = "put-*"
)

// NewFiles prepares the directory and returns the store in it.
func NewFiles(dir string) (*Files, error) {
	if err := os.MkdirAll(filepath.Join(dir, tempDir), dirMode); err != nil {
		return nil, fmt.Errorf("evidence: prepare %s: %w", dir, err)
	}
	return &Files{dir: dir}, nil
}

// Put implements Blobs: written to a temporary file, synchronised, renamed, and the directory synchronised.
func (f *Files) Put(ctx context.Context, r io.Reader) (BlobInfo, error) {
	info, err := f.put(ctx, r)
	if err != nil {
		return BlobInfo{}, fmt.Errorf("evidence: put blob: %w", err)
	}
	return info, nil
}

func (f *Files) put(ctx context.Context, r io.Reader) (info BlobInfo, err error) {
	t, err := os.CreateTemp(filepath.Join(f.dir, tempDir), tempName) // 0600
	if err != nil {
		return info, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, gone(os.Remove(t.Name())))
		}
	}()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(t, sum), reader{ctx, r})
	if err = errors.Join(err, finish(t, err == nil)); err != nil {
		return info, err
	}
	name := hex.EncodeToString(sum.Sum(nil))
	dir := filepath.Dir(f.path(name))
	if err := f.makeDir(dir); err != nil {
		return info, err
	}
	if err := os.Rename(t.Name(), f.path(name)); err != nil {
		return info, err
	}
	if err := syncDir(dir); err != nil {
		return info, err
	}
	st, err := os.Stat(f.path(name))
	if err != nil {
		return info, err
	}
	return BlobInfo{Name: name, Size: n, At: st.ModTime()}, nil
}

// Get implements Blobs.
func (f *Files) Get(_ context.Context, name string) (io.ReadCloser, error) {
	if !ValidName(name) {
		return nil, fmt.Errorf("evidence: get blob %q: %w", name, ErrNoBlob)
	}
	b, err := os.Open(f.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("evidence: get blob %s: %w", name, ErrNoBlob)
	}
	if err != nil {
		return nil, fmt.Errorf("evidence: get blob: %w", err)
	}
	return b, nil
}

// Has implements Blobs.
func (f *Files) Has(_ context.Context, name string) (bool, error) {
	if !ValidName(name) {
		return false, nil
	}
	_, err := os.Stat(f.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Delete implements Blobs.
func (f *Files) Delete(_ context.Context, name string) error {
	if !ValidName(name) {
		return nil
	}
	err := os.Remove(f.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("evidence: delete blob: %w", err)
	}
	return syncDir(filepath.Dir(f.path(name)))
}

// List implements Blobs. Files with other names are not blobs and are left alone.
func (f *Files) List(ctx context.Context, each func(BlobInfo) error) error {
	return filepath.WalkDir(f.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("evidence: list blobs: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if d.IsDir() || !ValidName(d.Name()) || path != f.path(d.Name()) {
			return nil
		}
		st, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("evidence: list blobs: %w", err)
		}
		return each(BlobInfo{Name: d.Name(), Size: st.Size(), At: st.ModTime()})
	})
}

// Tidy implements Blobs.
func (f *Files) Tidy(_ context.Context, before time.Time) (int, error) {
	list, err := os.ReadDir(filepath.Join(f.dir, tempDir))
	if err != nil {
		return 0, fmt.Errorf("evidence: tidy: %w", err)
	}
	n := 0
	for _, d := range list {
		st, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !st.ModTime().Before(before) {
			continue
		}
		if err == nil {
			err = os.Remove(filepath.Join(f.dir, tempDir, d.Name()))
		}
		if gone(err) != nil {
			return n, fmt.Errorf("evidence: tidy: %w", err)
		}
		n++
	}
	return n, nil
}

func (f *Files) path(name string) string { return filepath.Join(f.dir, name[:2], name) }

// makeDir makes a directory that survives a crash: its own entry is synchronised in the parent.
func (f *Files) makeDir(dir string) error {
	err := os.Mkdir(dir, dirMode)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncDir(f.dir)
}

// finish closes a written file, after synchronising it when its contents are wanted.
func finish(t *os.File, wanted bool) error {
	if !wanted {
		return t.Close()
	}
	return errors.Join(t.Sync(), t.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// gone drops the error that says the file is not there.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// reader stops a long copy when its context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
