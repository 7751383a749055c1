// Package archive writes a whole installation into one file and puts it back: a tar compressed with zstd that holds a manifest, a
// copy of the database as it is at one moment, the sealed evidence, the kept checkpoints of the audit log and, unless the
// operator leaves them out, the keys. Restore believes nothing it reads: every name, size and digest is checked before the
// directory appears. internal/cli calls it.
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
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
)

// Format is the version of the layout.
const Format = 1

// manifestName is the first entry of every archive.
const manifestName = "manifest.json"

// What callers test for.
var (
	ErrNotEmpty = errors.New("archive: the directory to restore into is not empty")
	ErrBroken   = errors.New("archive: not a whole backup of haris")
	ErrFormat   = errors.New("archive: a backup of another format")
)

// Manifest says what an archive holds.
type Manifest struct {
	Format  int       `json:"format"`
	Version string    `json:"version"` // of the haris that wrote it
	At      time.Time `json:"at"`
	Keys    bool      `json:"keys"` // whether the keys are in it
	Files   []File    `json:"files"`
}

// File is one file of an archive. Name is relative to the data directory, with slashes.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Source is what is written. Every field is required.
type Source struct {
	Dir      string // the data directory
	Database string // name of the database within it
	// Backup writes a copy of the database, as it is at one moment, to a new file.
	Backup  func(ctx context.Context, path string) error
	Version string
	Now     func() time.Time
	// WithoutKeys leaves the keys out: the archive cannot open evidence then.
	WithoutKeys bool
}

// The parts of a data directory that are written besides the database.
const (
	evidencePart   = "evidence"
	keysPart       = "keys"
	modelPart      = "models"
	checkpointPart = "audit-checkpoints"
)

// Write writes an archive. Nothing of what it reads is changed, so it may run beside a haris that works; evidence that is
// sealed meanwhile may or may not be in it.
func Write(ctx context.Context, w io.Writer, s Source) (m Manifest, err error) {
	tmp, err := os.MkdirTemp(s.Dir, ".backup-")
	if err != nil {
		return m, fmt.Errorf("archive: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	// The checkpoints come first: they must not speak of entries that the copy of the database does not have yet.
	sources := map[string]string{s.Database: filepath.Join(tmp, s.Database), checkpointPart: filepath.Join(tmp, checkpointPart)}
	if err := copyFile(filepath.Join(s.Dir, checkpointPart), sources[checkpointPart]); err != nil {
		return m, err
	}
	if err := s.Backup(ctx, sources[s.Database]); err != nil {
		return m, err
	}
	m = Manifest{Format: Format, Version: s.Version, At: s.Now().UTC(), Keys: !s.WithoutKeys}
	names := append([]string{s.Database}, s.names()...)
	for _, name := range names {
		if sources[name] == "" {
			sources[name] = filepath.Join(s.Dir, filepath.FromSlash(name))
		}
		f, err := describe(ctx, name, sources[name])
		if err != nil {
			return m, err
		}
		m.Files = append(m.Files, f)
	}
	return m, s.pack(ctx, w, m, sources)
}

// copyFile copies a file that may not be there.
func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return nil
}

// names lists the files besides the database. What cannot be listed fails when it is described.
func (s Source) names() (out []string) {
	parts := []string{evidencePart, checkpointPart, modelPart}
	if !s.WithoutKeys {
		parts = append(parts, keysPart)
	}
	for _, part := range parts {
		root := filepath.Join(s.Dir, part)
		err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return err
			case d.IsDir() && d.Name() == "tmp":
				return fs.SkipDir
			case !d.Type().IsRegular():
				return nil
			}
			rel, err := filepath.Rel(s.Dir, p)
			out = append(out, filepath.ToSlash(rel))
			return err
		})
		if err != nil {
			out = append(out, part)
		}
	}
	return out
}

func describe(ctx context.Context, name, file string) (File, error) {
	in, err := os.Open(file)
	if err != nil {
		return File{}, fmt.Errorf("archive: %w", err)
	}
	sum := sha256.New()
	n, err := io.Copy(sum, reader{ctx, in})
	if err := errors.Join(err, in.Close()); err != nil {
		return File{}, fmt.Errorf("archive: %s: %w", name, err)
	}
	return File{name, n, hex.EncodeToString(sum.Sum(nil))}, nil
}

// pack writes the tar.
func (s Source) pack(ctx context.Context, w io.Writer, m Manifest, sources map[string]string) error {
	z, err := zstd.NewWriter(w)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	t := tar.NewWriter(z)
	head, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return fmt.Errorf("archive: manifest: %w", err)
	}
	err = add(t, manifestName, int64(len(head)), strings.NewReader(string(head)), m.At)
	for _, f := range m.Files {
		if err != nil {
			break
		}
		err = addFile(ctx, t, f, sources[f.Name], m.At)
	}
	if err := errors.Join(err, t.Close(), z.Close()); err != nil {
		return fmt.Errorf("archive: write: %w", err)
	}
	return nil
}

func addFile(ctx context.Context, t *tar.Writer, f File, file string, at time.Time) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	// A file that has grown since is cut where the manifest ends it: the checkpoints are only ever added to.
	return errors.Join(add(t, f.Name, f.Size, io.LimitReader(reader{ctx, in}, f.Size), at), in.Close())
}

func add(t *tar.Writer, name string, size int64, r io.Reader, at time.Time) error {
	if err := t.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: at, Typeflag: tar.TypeReg}); err != nil {
		return err
	}
	_, err := io.Copy(t, r)
	return err
}

// reader ends a copy when the context does.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(b)
}

// local reports whether a name stays within the directory.
func local(name string) bool {
	return name != "" && path.Clean(name) == name && filepath.IsLocal(filepath.FromSlash(name)) && !strings.ContainsAny(name, "\x00\\")
}
