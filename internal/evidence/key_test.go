package evidence_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"haris/internal/evidence"
)

func TestWorkingKeyIsMadeOnce(t *testing.T) {
	file := evidence.KeyFile(t.TempDir())
	if _, err := evidence.LoadWorkingKey(file); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("load before it is made: %v, want fs.ErrNotExist", err)
	}
	var g sync.WaitGroup
	var public [8]string
	for i := range public {
		g.Go(func() {
			k, err := evidence.LoadOrCreateWorkingKey(file)
			if err != nil {
				t.Error(err)
				return
			}
			public[i] = k.Public()
		})
	}
	g.Wait()
	for _, p := range public {
		if p != public[0] || !strings.HasPrefix(p, "age1") {
			t.Fatalf("keys differ: %v", public)
		}
	}
	st, err := os.Stat(file)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v, %v, want mode 0600", st.Mode(), err)
	}
	list, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(list) != 1 {
		t.Errorf("beside the key: %v, %v", list, err)
	}
}

func TestWorkingKeyRefused(t *testing.T) {
	good := "AGE-SECRET-KEY-1"
	for _, c := range []struct {
		name, text, want string
		mode             fs.FileMode
	}{
		{"readable by others", "", "chmod 600", 0o644},
		{"empty", "", "AGE-SECRET-KEY-1", 0o600},
		{"not a key", "hello\n", "AGE-SECRET-KEY-1", 0o600},
		{"cut off", good + "\n", "AGE-SECRET-KEY-1", 0o600},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "evidence.txt")
			if err := os.WriteFile(file, []byte(c.text), c.mode); err != nil {
				t.Fatal(err)
			}
			_, err := evidence.LoadOrCreateWorkingKey(file)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), file) {
				t.Errorf("got %v, want the file and %q", err, c.want)
			}
			if b, err := os.ReadFile(file); err != nil || string(b) != c.text {
				t.Errorf("the file was changed to %q, %v", b, err)
			}
		})
	}
}

func TestParseEscrow(t *testing.T) {
	k, err := evidence.GenerateWorkingKey()
	if err != nil {
		t.Fatal(err)
	}
	if r, err := evidence.ParseEscrow(" \n"); r != nil || err != nil {
		t.Errorf("empty: %v, %v, want no escrow", r, err)
	}
	if r, err := evidence.ParseEscrow(k.Public()); r == nil || err != nil {
		t.Errorf("a public key: %v, %v", r, err)
	}
	for _, bad := range []string{"age1xyz", k.Public() + "\n" + k.Public(), "AGE-SECRET-KEY-1"} {
		if _, err := evidence.ParseEscrow(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
