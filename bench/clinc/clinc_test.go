package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRun learns two kinds from a small file, and says what is wrong with others.
func TestRun(t *testing.T) {
	write := func(text string) string {
		name := filepath.Join(t.TempDir(), "data.json")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	var kinds []string
	for _, k := range []string{"aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh", "ii", "jj", "kk", "ll", "mm"} {
		kinds = append(kinds, `["please `+k+`", "`+k+`"], ["now `+k+` then", "`+k+`"]`)
	}
	list := "[" + strings.Join(kinds, ",") + "]"
	var out strings.Builder
	if err := run([]string{write(`{"train":` + list + `,"test":` + list + `}`)}, &out, io.Discard); err != nil || !strings.Contains(out.String(), "13 kinds on 26 test requests: 1.0000") {
		t.Errorf("%v: %s", err, out.String())
	}
	for text, want := range map[string]string{"{}": "no lists train and test", "[": "unexpected"} {
		if err := run([]string{write(text)}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
