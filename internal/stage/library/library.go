// Package library keeps models of package stage as files in one directory: <digest>.model, which is never written twice, and a small
// file that says which model is wanted in force. internal/app and internal/cli call it. It scores nothing.
package library

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"haris/internal/stage"
)

// The names of files.
const (
	ending   = ".model"
	wantFile = "wanted"
)

// Errors of the library.
var (
	// ErrNone says that no model has the name or digest.
	ErrNone = errors.New("library: no such model")
	// ErrSeveral says that more than one has it.
	ErrSeveral = errors.New("library: more than one model fits")
)

// Library is a directory of models. Several processes may work on it.
type Library struct{ dir string }

// New returns the library of a directory, which is made when the first model is added.
func New(dir string) Library { return Library{dir} }

// Entry is one model of the library.
type Entry struct {
	Digest string
	Bytes  int64
	Card   stage.Card
}

// Add writes a model, unless it is there, and returns it as it will be read.
func (l Library) Add(m *stage.Model) (*stage.Model, error) {
	b, err := m.Encode()
	if err != nil {
		return nil, err
	}
	read, err := stage.Decode(b)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return nil, fmt.Errorf("library: %w", err)
	}
	if _, err := os.Stat(l.file(read.Digest())); err == nil {
		return read, nil
	}
	return read, l.write(read.Digest()+ending, b)
}

func (l Library) file(digest string) string { return filepath.Join(l.dir, digest+ending) }

// write writes a file whole, or not at all.
func (l Library) write(name string, b []byte) (err error) {
	f, err := os.CreateTemp(l.dir, "."+name+"-*")
	if err != nil {
		return fmt.Errorf("library: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(l.dir, name))
	}
	if err != nil {
		return fmt.Errorf("library: write %s: %w", name, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// Open reads the model of a digest. ErrNone when its file is gone.
func (l Library) Open(digest string) (*stage.Model, error) {
	b, err := os.ReadFile(l.file(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s is missing: put it back from a backup", ErrNone, l.file(digest))
	}
	if err != nil {
		return nil, fmt.Errorf("library: %w", err)
	}
	m, err := stage.Decode(b)
	if err != nil {
		return nil, fmt.Errorf("library: %s: %w", l.file(digest), err)
	}
	if m.Digest() != digest {
		return nil, fmt.Errorf("library: %s holds another model, %s: put back the right file from a backup", l.file(digest), m.Digest()[:12])
	}
	return m, nil
}

// List lists the models, the oldest first.
func (l Library) List() (out []Entry, err error) {
	names, err := filepath.Glob(filepath.Join(l.dir, "*"+ending))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		digest := strings.TrimSuffix(filepath.Base(name), ending)
		if len(digest) != hex.EncodedLen(sha256.Size) {
			continue
		}
		m, err := l.Open(digest)
		if err != nil {
			return nil, err
		}
		st, err := os.Stat(name)
		if err != nil {
			return nil, fmt.Errorf("library: %w", err)
		}
		out = append(out, Entry{Digest: digest, Bytes: st.Size(), Card: m.Card})
	}
	slices.SortFunc(out, func(a, b Entry) int {
		return cmp.Or(a.Card.At.Compare(b.Card.At), cmp.Compare(a.Digest, b.Digest))
	})
	return out, nil
}

// leastPrefix is the shortest beginning of a digest that names a model.
const leastPrefix = 6

// Find returns the model of a name, or of a digest or its beginning. ErrNone, ErrSeveral.
func (l Library) Find(name string) (Entry, error) {
	list, err := l.List()
	if err != nil {
		return Entry{}, err
	}
	list = slices.DeleteFunc(list, func(e Entry) bool {
		return e.Card.Name != name && !(len(name) >= leastPrefix && strings.HasPrefix(e.Digest, name))
	})
	switch len(list) {
	case 0:
		return Entry{}, fmt.Errorf("%w: %q: haris model list names those there are", ErrNone, name)
	case 1:
		return list[0], nil
	}
	return Entry{}, fmt.Errorf("%w: %q: %s and %s: give the beginning of a digest", ErrSeveral, name, list[0].Digest[:12], list[1].Digest[:12])
}

// Wanted is the id of the model that was last wanted in force; empty when none ever was.
func (l Library) Wanted() (id string, err error) {
	b, err := os.ReadFile(filepath.Join(l.dir, wantFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("library: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

// Want says which model is wanted in force; a running haris follows.
func (l Library) Want(id string) error {
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return fmt.Errorf("library: %w", err)
	}
	return l.write(wantFile, []byte(id+"\n"))
}

// Whence says where the examples of a model are from, in a word.
func Whence(c *stage.Card) string { return cmp.Or(c.Origin, c.Notes, "not said") }

// Tongues lists the languages and scripts that a model looks at.
func Tongues(m *stage.Model) []string { return slices.Sorted(maps.Keys(m.Calibration())) }
