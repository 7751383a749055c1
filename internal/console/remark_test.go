package console

import (
	"errors"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"haris/internal/decide"
	"haris/internal/remark"
	"haris/internal/rule"
)

// sentences collects the English of every remark that the packages make, as it stands in their source.
func sentences(t *testing.T, packages ...string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, dir := range packages {
		names, err := filepath.Glob(filepath.Join("..", dir, "*.go"))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", dir, len(names), err)
		}
		for _, name := range names {
			if !strings.HasSuffix(name, "_test.go") {
				sentencesOf(t, name, out)
			}
		}
	}
	return out
}

func sentencesOf(t *testing.T, name string, out map[string]bool) {
	t.Helper()
	source, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files := gotoken.NewFileSet()
	f, err := parser.ParseFile(files, name, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name == "say" {
			continue // it hands on what its callers say
		}
		ast.Inspect(d, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !says(f, call) {
				return true
			}
			lit, ok := call.Args[0].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: a remark whose English does not stand here as one text", files.Position(call.Pos()))
				return true
			}
			english, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Error(err)
			}
			out[english] = true
			if given := argsOf(call); !slices.Equal(holes(english), given) {
				t.Errorf("%s: %q has the places %v, and given is %v", files.Position(call.Pos()), english, holes(english), given)
			}
			return true
		})
	}
}

// argsOf are the places that a call fills in, as holes lists them.
func argsOf(call *ast.CallExpr) (out []string) {
	for i := 1; i < len(call.Args); i += 2 {
		name := "?"
		if lit, ok := call.Args[i].(*ast.BasicLit); ok && i+1 < len(call.Args) {
			name = "{" + strings.Trim(lit.Value, `"`) + "}"
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// says reports whether a call makes a remark.
func says(f *ast.File, call *ast.CallExpr) bool {
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		return fun.Name == "say" && f.Name.Name == "rule" || fun.Name == "Of" && f.Name.Name == "remark"
	case *ast.SelectorExpr:
		pkg, ok := fun.X.(*ast.Ident)
		return ok && pkg.Name == "remark" && fun.Sel.Name == "Of"
	}
	return false
}

// TestRemarksHaveWords: what the checker of rules and weights can say is in the catalogue to the letter, and the catalogue has nothing that
// it cannot say. TestCataloguesAreComplete asks the same of the other languages.
func TestRemarksHaveWords(t *testing.T) {
	said := sentences(t, "rule", "decide", "rulebook", "remark", "app")
	known := words(t)["en"].remarks
	if len(said) < 150 {
		t.Fatalf("%d sentences are found: the test is blind", len(said))
	}
	for english := range said {
		if _, ok := known[english]; !ok {
			t.Errorf("no remark.* says %q", english)
		}
	}
	for english, key := range known {
		if !said[english] {
			t.Errorf("%s: nothing says %q any more", key, english)
		}
	}
}

// TestRemarks: a remark is said in the language of the page, and what somebody wrote stands apart in it.
func TestRemarks(t *testing.T) {
	w := words(t)
	r := remark.Of("{what} has no key {key}", "what", remark.Of("a pack"), "key", `"descripton"`)
	if got, want := w["en"].remark(r), `a pack has no key "descripton"`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := w["ar"].remark(r), "لا مفتاح \u2068\"descripton\"\u2069 هنا (الحزمة)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := w["ar"].remark(remark.Verbatim("no such file")), "\u2068no such file\u2069"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	trick := remark.Of("{name} is never {value}", "name", "{value}", "value", `"{name}"`)
	if got, want := w["en"].remark(trick), `{value} is never "{name}"`; got != want {
		t.Errorf("%q, want %q: what somebody wrote is filled in once", got, want)
	}
}

// TestFunctionsHaveWords: the reference beside the editor says of each function what the checker says of it.
func TestFunctionsHaveWords(t *testing.T) {
	en := words(t)["en"]
	for _, f := range rule.Functions() {
		if got := en.T("function." + f.Name); got != f.Doc {
			t.Errorf("function.%s says %q, the registry %q", f.Name, got, f.Doc)
		}
	}
	for _, n := range rule.Names(nil) {
		if !en.Has("name_type." + n.Type) {
			t.Errorf("name_type.%s is missing", n.Type)
		}
	}
}

// TestMistakesReadArabic writes many mistakes and looks for what is left in English: outside what was written itself, an Arabic page has no
// English word but those of the format.
func TestMistakesReadArabic(t *testing.T) {
	ar := words(t)["ar"]
	for name, text := range map[string]string{
		"keys": "name: P\nversion: x\nrulez: []\nrules:\n  - id: A\n    mode: on\n    on: [x]\n    when: from.adlut &&\n    why: '{'\n    effects: {strength: 9, priority: P0, open_case: maybe}\n    quota: {max: 0}\n",
		"yaml": "name: [a\n", "documents": "a: 1\n---\nb: 2\n", "twice": "name: a\nname: b\n", "tab": "name:\n\t- a\n", "quote": "name: \"a\n",
		"list": "name: a\nversion: 1\nrules: {a: b}\ncounters: 3\n",
	} {
		_, err := rule.Parse([]rule.Source{{Name: name + ".yaml", Text: text}}, rule.Options{})
		var many *rule.Problems
		if !errors.As(err, &many) {
			t.Fatalf("%s: %v", name, err)
		}
		for i := range many.List {
			inArabic(t, ar, name, many.List[i].Message)
			inArabic(t, ar, name, many.List[i].Hint)
		}
	}
	for name, text := range map[string]string{
		"number": "budget: {a: 1}", "key": "budgets: 3", "bounds": "thresholds: {p1: 99, p2: 1, p3: 5}\ntolerance: 0\n",
		"detector": "detectors: {X9: {mode: off, weight: 7}}", "yaml": "budget: [",
	} {
		_, err := decide.Read([]byte(text), []string{"D1"})
		faults := decide.Faults(err)
		if len(faults) == 0 {
			t.Fatalf("%s: %v", name, err)
		}
		for _, f := range faults {
			inArabic(t, ar, name, f.Message)
		}
	}
}

func inArabic(t *testing.T, c *catalogue, name string, r remark.Remark) {
	t.Helper()
	said := c.remark(r)
	if said != "" && !strings.ContainsFunc(said, func(r rune) bool { return r >= 0x0621 && r <= 0x064a }) {
		t.Errorf("%s: %q reads %q", name, r, said)
	}
}
