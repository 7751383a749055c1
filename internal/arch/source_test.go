package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// source is one Go file of a tree.
type source struct {
	pkg     string // directory below the root, "internal/store"; "." is the root itself
	name    string // file below the root
	test    bool
	written bool // by a person, not by a generator
	file    *ast.File
	fset    *token.FileSet
}

// imports returns the paths that the file imports.
func (s source) imports() (out []string) {
	for _, i := range s.file.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// lines counts the lines from one position to another, both included.
func (s source) lines(from, to token.Pos) int {
	return s.fset.Position(to).Line - s.fset.Position(from).Line + 1
}

// read parses every Go file below root. It leaves out testdata, hidden directories and other modules.
func read(t *testing.T, root string) (out []source) {
	t.Helper()
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if file != root && (d.Name() == "testdata" || d.Name() == "tools" || strings.HasPrefix(d.Name(), ".")) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, file, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		out = append(out, source{
			pkg: path.Dir(name), name: name, test: strings.HasSuffix(name, "_test.go"), written: !ast.IsGenerated(f), file: f, fset: fset,
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
