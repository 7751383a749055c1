package library_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"haris/internal/stage"
	"haris/internal/stage/library"
)

func model(t *testing.T, name string, n int) *stage.Model {
	t.Helper()
	var list []stage.Example
	for i := range 10 {
		list = append(list, stage.Example{Text: fmt.Sprintf("keep this between us %d", i*n), Stages: []string{"S4"}}, stage.Example{Text: fmt.Sprintf("see you at %d", i*n)})
	}
	m, err := stage.Train(list, stage.Options{Epochs: 2})
	if err != nil {
		t.Fatal(err)
	}
	m.Card.Name, m.Card.At = name, time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC)
	return m
}

func TestLibrary(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "models")
	l := library.New(dir)
	if list, err := l.List(); err != nil || len(list) != 0 {
		t.Fatal(list, err)
	}
	if id, err := l.Wanted(); err != nil || id != "" {
		t.Fatal(id, err)
	}
	var added []*stage.Model
	for n, name := range []string{"spring", "summer", "summer"} {
		m, err := l.Add(model(t, name, n+1))
		if err != nil {
			t.Fatal(err)
		}
		added = append(added, m)
	}
	if again, err := l.Add(model(t, "spring", 1)); err != nil || again.Digest() != added[0].Digest() {
		t.Error(err)
	}
	list, err := l.List()
	if err != nil || len(list) != 3 || list[0].Card.Name != "spring" || list[2].Digest != added[2].Digest() || list[0].Bytes == 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if err := l.Want(added[0].Digest()); err != nil {
		t.Fatal(err)
	}
	if id, err := l.Wanted(); err != nil || id != added[0].Digest() {
		t.Error(id, err)
	}
	for _, tt := range []struct {
		name string
		want error
	}{{"spring", nil}, {added[1].Digest()[:8], nil}, {added[1].Digest(), nil}, {"summer", library.ErrSeveral}, {"winter", library.ErrNone}, {added[1].Digest()[:3], library.ErrNone}} {
		if _, err := l.Find(tt.name); !errors.Is(err, tt.want) {
			t.Errorf("find %s: %v, want %v", tt.name, err, tt.want)
		}
	}
	t.Run("files that are spoilt", func(t *testing.T) {
		one, two := filepath.Join(dir, added[0].Digest()+".model"), filepath.Join(dir, added[1].Digest()+".model")
		b, err := os.ReadFile(two)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(one, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Open(added[0].Digest()); err == nil {
			t.Error("another model was taken for it")
		}
		if err := os.WriteFile(one, b[:len(b)-1], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Open(added[0].Digest()); !errors.Is(err, stage.ErrModel) {
			t.Error(err)
		}
		if err := os.Remove(one); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Open(added[0].Digest()); !errors.Is(err, library.ErrNone) {
			t.Error(err)
		}
	})
}
