package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// What does not come to its end leaves nothing, and what is there is not written over.
func TestWriteWhole(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a.zip")
	broken := errors.New("broken")
	err := writeWhole(name, func(w io.Writer) error {
		_, err := io.WriteString(w, "half")
		return errors.Join(err, broken)
	})
	if left, _ := os.ReadDir(dir); !errors.Is(err, broken) || len(left) != 0 {
		t.Errorf("%v left %v", err, left)
	}
	put := func(text string) error {
		return writeWhole(name, func(w io.Writer) error {
			if _, err := os.Lstat(name); text == "first" && err == nil {
				t.Error("the file is there before it is whole")
			}
			_, err := io.WriteString(w, text)
			return err
		})
	}
	if err := put("first"); err != nil {
		t.Fatal(err)
	}
	if err := put("second"); !errors.Is(err, os.ErrExist) {
		t.Errorf("written over: %v", err)
	}
	body, err := os.ReadFile(name)
	st, err2 := os.Stat(name)
	left, _ := os.ReadDir(dir)
	if string(body) != "first" || errors.Join(err, err2) != nil || st.Mode().Perm() != 0o600 || len(left) != 1 {
		t.Errorf("%q %v %v %v %v", body, err, err2, st, left)
	}
}
