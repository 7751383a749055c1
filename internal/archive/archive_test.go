package archive_test

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"haris/internal/archive"
)

// source is a data directory with a little of everything.
func source(t testing.TB) archive.Source {
	t.Helper()
	dir := t.TempDir()
	for name, body := range map[string]string{
		"evidence/ab/abcd": "sealed", "evidence/tmp/put-1": "unfinished", "keys/evidence.txt": "secret", "audit-checkpoints": "{}\n", "lock": "",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return archive.Source{
		Dir: dir, Database: "haris.db", Version: "v0", Now: time.Now,
		Backup: func(_ context.Context, path string) error { return os.WriteFile(path, []byte("the database"), 0o600) },
	}
}

func write(t testing.TB, s archive.Source) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := archive.Write(t.Context(), &b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	s := source(t)
	to := filepath.Join(t.TempDir(), "new", "data")
	m, err := archive.Restore(t.Context(), bytes.NewReader(write(t, s)), archive.Target{Dir: to})
	if err != nil {
		t.Fatal(err)
	}
	if !m.Keys || len(m.Files) != 4 {
		t.Errorf("%+v", m)
	}
	for name, want := range map[string]string{"haris.db": "the database", "evidence/ab/abcd": "sealed", "keys/evidence.txt": "secret"} {
		got, err := os.ReadFile(filepath.Join(to, name))
		if err != nil || string(got) != want {
			t.Errorf("%s: %q %v", name, got, err)
		}
		if st, err := os.Stat(filepath.Join(to, name)); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s can be read by others", name)
		}
	}
	for _, gone := range []string{"lock", "evidence/tmp/put-1"} {
		if _, err := os.Stat(filepath.Join(to, gone)); err == nil {
			t.Errorf("%s was backed up", gone)
		}
	}
	if left, err := filepath.Glob(filepath.Join(s.Dir, ".backup-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// A checkpoint that is kept while the database is copied speaks of what the copy lacks, so it must not be in the backup.
func TestCheckpointsAreOlderThanTheDatabase(t *testing.T) {
	s := source(t)
	file := filepath.Join(s.Dir, "audit-checkpoints")
	s.Backup = func(_ context.Context, path string) error {
		return errors.Join(os.WriteFile(path, []byte("the database"), 0o600), os.WriteFile(file, []byte("{}\n{}\n"), 0o600))
	}
	to := filepath.Join(t.TempDir(), "data")
	if _, err := archive.Restore(t.Context(), bytes.NewReader(write(t, s)), archive.Target{Dir: to}); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(to, "audit-checkpoints")); err != nil || string(got) != "{}\n" {
		t.Errorf("%q %v", got, err)
	}
}

func TestWithoutKeys(t *testing.T) {
	s := source(t)
	s.WithoutKeys = true
	to := filepath.Join(t.TempDir(), "data")
	m, err := archive.Restore(t.Context(), bytes.NewReader(write(t, s)), archive.Target{Dir: to})
	if err != nil || m.Keys {
		t.Fatalf("%+v %v", m, err)
	}
	if _, err := os.Stat(filepath.Join(to, "keys")); err == nil {
		t.Error("the keys were backed up")
	}
}

func TestAFailedBackupOfTheDatabaseFailsTheArchive(t *testing.T) {
	s, boom := source(t), errors.New("boom")
	s.Backup = func(context.Context, string) error { return boom }
	if _, err := archive.Write(t.Context(), io.Discard, s); !errors.Is(err, boom) {
		t.Errorf("%v", err)
	}
}

// pack makes an archive of any entries.
func pack(t testing.TB, m archive.Manifest, entries ...[2]string) []byte {
	t.Helper()
	head, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	for _, e := range append([][2]string{{"manifest.json", string(head)}}, entries...) {
		if err := w.WriteHeader(&tar.Header{Name: e[0], Size: int64(len(e[1])), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRestoreRefuses(t *testing.T) {
	const sum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" // of "hello"
	file := func(name string) archive.File { return archive.File{Name: name, Size: 5, SHA256: sum} }
	one := archive.Manifest{Format: archive.Format, Files: []archive.File{file("a")}}
	whole := pack(t, one, [2]string{"a", "hello"})
	tests := []struct {
		name string
		in   []byte
		want error
	}{
		{"nothing", nil, archive.ErrBroken},
		{"another file", []byte("hello"), archive.ErrBroken},
		{"cut off", whole[:len(whole)-8], archive.ErrBroken},
		{"another digest", pack(t, one, [2]string{"a", "hallo"}), archive.ErrBroken},
		{"another size", pack(t, one, [2]string{"a", "hello!"}), archive.ErrBroken},
		{"another name", pack(t, one, [2]string{"b", "hello"}), archive.ErrBroken},
		{"a file less", pack(t, one), archive.ErrBroken},
		{"a file more", pack(t, one, [2]string{"a", "hello"}, [2]string{"b", "x"}), archive.ErrBroken},
		{"a way out", pack(t, archive.Manifest{Format: archive.Format, Files: []archive.File{file("../a")}}, [2]string{"../a", "hello"}), archive.ErrBroken},
		{"an absolute name", pack(t, archive.Manifest{Format: archive.Format, Files: []archive.File{file("/a")}}, [2]string{"/a", "hello"}), archive.ErrBroken},
		{"a name twice", pack(t, archive.Manifest{Format: archive.Format, Files: []archive.File{file("a"), file("a")}}, [2]string{"a", "hello"}, [2]string{"a", "hello"}), archive.ErrBroken},
		{"another format", pack(t, archive.Manifest{Format: 99}), archive.ErrFormat},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			parent := t.TempDir()
			if _, err := archive.Restore(t.Context(), bytes.NewReader(tt.in), archive.Target{Dir: filepath.Join(parent, "data")}); !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
			if left, err := os.ReadDir(parent); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v %v", left, err)
			}
		})
	}
	used := t.TempDir()
	if err := os.WriteFile(filepath.Join(used, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Restore(t.Context(), bytes.NewReader(whole), archive.Target{Dir: used}); !errors.Is(err, archive.ErrNotEmpty) {
		t.Errorf("a directory in use: %v", err)
	}
}

func FuzzRestore(f *testing.F) {
	f.Add(write(f, source(f)))
	f.Add(pack(f, archive.Manifest{Format: archive.Format}))
	f.Fuzz(func(t *testing.T, b []byte) {
		parent := t.TempDir()
		_, err := archive.Restore(t.Context(), bytes.NewReader(b), archive.Target{Dir: filepath.Join(parent, "data")})
		left, rerr := os.ReadDir(parent)
		if rerr != nil || err != nil && len(left) > 0 || err == nil && len(left) != 1 {
			t.Errorf("%v left %v (%v)", err, left, rerr)
		}
	})
}

// TestSettle runs before the directory appears, and nothing appears when it fails.
func TestSettle(t *testing.T) {
	b := write(t, source(t))
	for name, fail := range map[string]error{"settled": nil, "not settled": errors.New("boom")} {
		t.Run(name, func(t *testing.T) {
			parent := t.TempDir()
			dir := filepath.Join(parent, "data")
			_, err := archive.Restore(t.Context(), bytes.NewReader(b), archive.Target{Dir: dir, Settle: func(_ context.Context, tmp string, m archive.Manifest) error {
				if _, err := os.Stat(dir); err == nil || m.Version != "v0" {
					t.Errorf("the directory is there already, or the manifest is not: %+v", m)
				}
				return errors.Join(fail, os.WriteFile(filepath.Join(tmp, "settled"), nil, 0o600))
			}})
			if !errors.Is(err, fail) {
				t.Fatal(err)
			}
			if _, err := os.Stat(filepath.Join(dir, "settled")); (err == nil) != (fail == nil) {
				t.Errorf("%v", err)
			}
			if left, err := os.ReadDir(parent); err != nil || (len(left) > 0) != (fail == nil) {
				t.Errorf("left behind: %v %v", left, err)
			}
		})
	}
}
