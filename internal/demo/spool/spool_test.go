package spool_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"haris/internal/demo/platform"
	"haris/internal/demo/spool"
)

// Whatever is held at a time, the events come out as a world that was held in memory, and nothing stays on disk.
func TestSpoolIsTheWorld(t *testing.T) {
	cfg := platform.Config{Seed: 4, Accounts: platform.MinAccounts, Days: platform.MinDays}
	w, err := platform.Generate(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for name, run := range map[string]int{"in memory": 0, "in a few files": 4 << 20, "in many files": 300 << 10} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s, err := spool.New(dir, run)
			if err != nil {
				t.Fatal(err)
			}
			accounts := 0
			truth, err := platform.Stream(cfg, s.Put, func(n int) { accounts = n })
			if err != nil || len(truth.Positive) != len(w.Truth.Positive) || accounts != len(w.Accounts) {
				t.Fatalf("%d matters, %d accounts, %v", len(truth.Positive), accounts, err)
			}
			files, err := filepath.Glob(filepath.Join(dir, "*", "run-*"))
			if err != nil || (len(files) > 0) != (run > 0) {
				t.Errorf("%d files, %v", len(files), err)
			}
			i := 0
			if err := s.Each(func(e platform.Event) error {
				if !bytes.Equal(e.JSON, w.Events[i].JSON) || !e.Time.Equal(w.Events[i].Time) {
					t.Fatalf("event %d is %s, want %s", i, e.JSON, w.Events[i].JSON)
				}
				i++
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if i != len(w.Events) || s.Count() != i {
				t.Errorf("%d events of %d, put %d", i, len(w.Events), s.Count())
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("%d left, %v", len(left), err)
			}
		})
	}
}

func TestErrorsEndIt(t *testing.T) {
	s, err := spool.New(t.TempDir(), 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"b", "a"} {
		if err := s.Put(platform.Event{ID: id, JSON: []byte(`{"some":"event"}`)}); err != nil {
			t.Fatal(err)
		}
	}
	boom := errors.New("boom")
	if err := s.Each(func(e platform.Event) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("%v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(platform.Event{ID: "c", JSON: []byte(`{"some":"event"}`)}); err == nil {
		t.Error("put where there is no directory")
	}
	if _, err := spool.New(filepath.Join(t.TempDir(), "none"), 0); err == nil {
		t.Error("made below a directory that does not exist")
	}
}
