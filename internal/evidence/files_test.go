package evidence_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"haris/internal/evidence"
	"haris/internal/evidence/evidencetest"
)

func TestBlobs(t *testing.T) {
	t.Run("files", func(t *testing.T) {
		evidencetest.Blobs(t, func(t *testing.T) evidence.Blobs { return newFiles(t, t.TempDir()) })
	})
	t.Run("memory", func(t *testing.T) {
		evidencetest.Blobs(t, func(*testing.T) evidence.Blobs { return &evidencetest.Memory{} })
	})
}

func newFiles(t *testing.T, dir string) *evidence.Files {
	t.Helper()
	f, err := evidence.NewFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFilesAreForTheOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "evidence")
	i, err := newFiles(t, dir).Put(t.Context(), strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]fs.FileMode{
		filepath.Join(dir, i.Name[:2], i.Name): 0o600,
		filepath.Join(dir, i.Name[:2]):         0o700,
		dir:                                    0o700,
	} {
		st, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if st.Mode().Perm() != want {
			t.Errorf("%s has mode %04o, want %04o", path, st.Mode().Perm(), want)
		}
	}
}

// A crash in the middle of Put leaves a file in tmp and nothing else.
func TestFilesAfterACrash(t *testing.T) {
	dir := t.TempDir()
	f := newFiles(t, dir)
	left := filepath.Join(dir, "tmp", "put-123")
	if err := os.WriteFile(left, []byte("half of a blob"), 0o600); err != nil {
		t.Fatal(err)
	}
	f = newFiles(t, dir)
	if err := f.List(t.Context(), func(b evidence.BlobInfo) error { return errors.New("listed " + b.Name) }); err != nil {
		t.Error(err)
	}
	st, err := os.Stat(left)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		before time.Time
		want   int
	}{
		{"one that may still be written is kept", st.ModTime(), 0},
		{"an old one is removed", st.ModTime().Add(time.Nanosecond), 1},
		{"once", st.ModTime().Add(time.Hour), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if n, err := f.Tidy(t.Context(), c.before); n != c.want || err != nil {
				t.Errorf("removed %d, %v; want %d", n, err, c.want)
			}
		})
	}
}

func TestFilesPutLeavesNoTemporaryFile(t *testing.T) {
	dir := t.TempDir()
	f := newFiles(t, dir)
	if _, err := f.Put(t.Context(), strings.NewReader("whole")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Put(t.Context(), io.MultiReader(strings.NewReader("half"), iotestErr{})); err == nil {
		t.Fatal("a failing reader was stored")
	}
	list, err := os.ReadDir(filepath.Join(dir, "tmp"))
	if err != nil || len(list) != 0 {
		t.Errorf("left %v, %v", list, err)
	}
}

type iotestErr struct{}

func (iotestErr) Read([]byte) (int, error) { return 0, errors.New("broken") }
