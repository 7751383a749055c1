package media_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"haris/internal/media"
)

func spool(t *testing.T, limit int64) (*media.Spool, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "spool")
	s, err := media.OpenSpool(dir, limit)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

// names lists what stands in a directory.
func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}

func TestAFileInTheSpoolHasNoName(t *testing.T) {
	s, dir := spool(t, 10)
	f, err := s.Keep(t.Context(), strings.NewReader("0123456789"))
	if err != nil {
		t.Fatal(err)
	}
	if left := names(t, dir); len(left) > 0 {
		t.Errorf("names: %v", left)
	}
	b := make([]byte, 10)
	if _, err := f.ReadAt(b, 0); err != nil || string(b) != "0123456789" {
		t.Errorf("%q, %v", b, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestWhatASpoolDoesNotTake(t *testing.T) {
	s, dir := spool(t, 10)
	if _, err := s.Keep(t.Context(), strings.NewReader("01234567890")); !errors.Is(err, media.ErrTooLarge) {
		t.Errorf("too long: %v", err)
	}
	if _, err := s.Keep(t.Context(), io.MultiReader(strings.NewReader("0123"), broken{})); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Keep(ctx, strings.NewReader("0")); !errors.Is(err, context.Canceled) {
		t.Errorf("gone: %v", err)
	}
	if left := names(t, dir); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if _, err := media.OpenSpool(dir, 0); err == nil {
		t.Error("a spool that takes nothing is made")
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestWhatAKilledProgramLeftIsRemoved(t *testing.T) {
	_, dir := spool(t, 10)
	for _, name := range []string{"upload-1", "another"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := media.OpenSpool(dir, 10); err != nil {
		t.Fatal(err)
	}
	if left := names(t, dir); len(left) != 1 || left[0] != "another" {
		t.Errorf("left: %v", left)
	}
}

// Many at a time come to the same as one after another, and waiting ends with the context.
func TestPool(t *testing.T) {
	p := media.NewPool(media.Options{}, 2)
	s, _ := spool(t, 1<<20)
	pictures := make([][]byte, 6)
	for i := range pictures {
		pictures[i] = encoded(t, "jpeg", pattern(uint64(i), 80, 80)) //nolint:gosec // small
	}
	read := func(b []byte) media.File {
		f, err := s.Keep(t.Context(), bytes.NewReader(b))
		if err != nil {
			t.Error(err)
			return media.File{}
		}
		defer f.Close() //nolint:errcheck // it has no name
		out, err := p.Read(t.Context(), f)
		if err != nil {
			t.Error(err)
		}
		return out
	}
	together := make([]media.File, len(pictures))
	var wg sync.WaitGroup
	for i := range pictures {
		wg.Go(func() { together[i] = read(pictures[i]) })
	}
	wg.Wait()
	for i := range pictures {
		if one := read(pictures[i]); len(one.Media.Hashes) != 4 || one.Media.Hashes[3] != together[i].Media.Hashes[3] {
			t.Errorf("picture %d: %v, together %v", i, one.Media.Hashes, together[i].Media.Hashes)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := media.NewPool(media.Options{}, 0).Read(ctx, nil); err == nil {
		t.Error("read nothing after the end")
	}
}
