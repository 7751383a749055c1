package arch_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// guards are the rules that allow no exception.
func guards() map[string]func([]source) []string {
	return map[string]func([]source) []string{"import order": importOrder, "docs": docs, "testing": testingImports, "sizes": sizes}
}

func TestHaris(t *testing.T) {
	files := read(t, filepath.Join("..", ".."))
	if len(files) < 100 {
		t.Fatalf("%d files: the test looks in the wrong place", len(files))
	}
	for name, guard := range guards() {
		t.Run(name, func(t *testing.T) {
			for _, f := range guard(files) {
				t.Error(f)
			}
		})
	}
	t.Run("functions", func(t *testing.T) {
		all, long := functions(files)
		t.Logf("%d functions, %d over %d lines", all, len(long), maxBody)
		if len(long)*20 > all {
			t.Errorf("over 5 %% are long:\n%s", strings.Join(long, "\n"))
		}
	})
}

// TestRoomsAreThere keeps the order from naming what is gone.
func TestRoomsAreThere(t *testing.T) {
	for i, room := range order {
		if _, err := os.Stat(filepath.Join("..", "..", room)); err != nil {
			t.Error(err)
		}
		if slices.Contains(order[:i], room) {
			t.Errorf("%s stands in the order twice", room)
		}
	}
}

// TestGuards shows each guard a tree that breaks it, and only it.
func TestGuards(t *testing.T) {
	for _, tt := range []struct{ tree, guard, words string }{
		{"upward", "import order", "imports internal/store, which stands below internal/event"},
		{"library", "import order", "a library imports nothing from internal"},
		{"homeless", "import order", "stands in no room"},
		{"undocumented", "docs", "no doc comment"},
		{"named", "docs", "named after nothing"},
		{"testing", "testing", "imports testing"},
		{"interface", "sizes", "an interface of 8 methods"},
	} {
		t.Run(tt.tree, func(t *testing.T) {
			files := read(t, filepath.Join("testdata", tt.tree))
			for name, guard := range guards() {
				faults := strings.Join(guard(files), "\n")
				if name == tt.guard && !strings.Contains(faults, tt.words) || name != tt.guard && faults != "" {
					t.Errorf("%s says %q", name, faults)
				}
			}
		})
	}
}

// TestGuardsOfLength writes what is too long to keep in a file.
func TestGuardsOfLength(t *testing.T) {
	for _, tt := range []struct {
		name             string
		lines            int
		tooLarge, isLong bool
	}{{"short", 50, false, false}, {"long", 70, false, true}, {"very long", 410, true, true}} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "internal", "event")
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			text := "// Package event x.\npackage event\n\nfunc f() {\n" + strings.Repeat("\tf()\n", tt.lines) + "}\n"
			if err := os.WriteFile(filepath.Join(dir, "event.go"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			files := read(t, filepath.Dir(filepath.Dir(dir)))
			all, long := functions(files)
			if all != 1 || (len(long) == 1) != tt.isLong || (len(sizes(files)) == 1) != tt.tooLarge {
				t.Errorf("%d functions, long %v, sizes %v", all, long, sizes(files))
			}
		})
	}
}
