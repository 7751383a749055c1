package arch_test

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"
)

// order is the rooms of docs/design.md in the order of imports: a room may import only what stands above it. A room owns the
// packages below its directory that are not rooms of their own.
var order = [...]string{
	"pdq", "pdq/decode", "hamming", "vpdq", "webhook", "cybertip", "cybertip/cybertiptest", "packs",
	"internal/remark", "internal/taxonomy", "internal/event", "internal/audit", "internal/parcel", "internal/paper", "internal/job", "internal/bank", "internal/partner", "internal/media",
	"internal/normal", "internal/extract",
	"internal/burst", "internal/template", "internal/stage", "internal/early", "internal/measure",
	"internal/detect/stat", "internal/aggregate", "internal/detect", "internal/detect/detecttest", "internal/detect/contact", "internal/detect/inbound",
	"internal/detect/feedback", "internal/detect/identity", "internal/detect/payment", "internal/detect/stage", "internal/detect/external", "internal/detect/template", "internal/state",
	"internal/sheet", "internal/fetch", "internal/rule", "internal/decide", "internal/rulebook", "internal/disclosure", "internal/evidence", "internal/casefile", "internal/review", "internal/learn", "internal/lead",
	"internal/action", "internal/report", "internal/exposure", "internal/process", "internal/privacy",
	"internal/exchange", "internal/extern", "internal/translate", "internal/access", "internal/auth", "internal/store", "internal/pipeline", "internal/backtest",
	"internal/api", "internal/console", "internal/config", "internal/archive", "internal/app", "internal/demo/platform", "internal/demo/spool", "internal/evaluate",
	"internal/demo", "internal/cli",
	"cmd", "bench", "e2e", "internal/arch",
}

const module = "haris/"

// roomOf returns the place in order of a package, or -1.
func roomOf(pkg string) int {
	best := -1
	for i, r := range order {
		if (pkg == r || strings.HasPrefix(pkg, r+"/")) && (best < 0 || len(r) > len(order[best])) {
			best = i
		}
	}
	return best
}

// isTestHelp says that a package exists for tests only, as httptest does.
func isTestHelp(pkg string) bool { return strings.HasSuffix(pkg, "test") }

// importOrder finds imports of what stands below, packages in no room, and libraries that import from internal.
func importOrder(files []source) (faults []string) {
	for _, s := range files {
		at := roomOf(s.pkg)
		if at < 0 {
			faults = append(faults, fmt.Sprintf("%s: package %s stands in no room: add it to order", s.name, s.pkg))
			continue
		}
		if s.test {
			continue
		}
		for _, i := range s.imports() {
			to, ours := strings.CutPrefix(i, module)
			if !ours {
				continue
			}
			if roomOf(to) > at {
				faults = append(faults, fmt.Sprintf("%s imports %s, which stands below %s", s.name, to, order[at]))
			}
			if strings.HasPrefix(to, "internal/") && !strings.HasPrefix(s.pkg, "internal/") && slices.Contains([]string{"pdq", "hamming", "vpdq", "webhook", "cybertip", "packs"}, strings.Split(s.pkg, "/")[0]) {
				faults = append(faults, fmt.Sprintf("%s imports %s: a library imports nothing from internal", s.name, to))
			}
		}
	}
	return faults
}

// docs finds packages without a doc comment and packages named after nothing.
func docs(files []source) (faults []string) {
	said := map[string]bool{}
	for _, s := range files {
		if s.test {
			continue
		}
		text := ""
		if s.file.Doc != nil {
			text = s.file.Doc.Text()
		}
		said[s.pkg] = said[s.pkg] || strings.HasPrefix(text, "Package "+s.file.Name.Name+" ") || strings.HasPrefix(text, "Command ") && s.file.Name.Name == "main"
		if slices.Contains([]string{"util", "utils", "common", "helpers", "types", "models"}, s.file.Name.Name) {
			faults = append(faults, fmt.Sprintf("%s: package %s is named after nothing", s.name, s.file.Name.Name))
		}
	}
	for pkg, ok := range said {
		if !ok {
			faults = append(faults, fmt.Sprintf("%s: no doc comment that begins with Package and its name, or with Command", pkg))
		}
	}
	return faults
}

// testingImports finds code for production that imports testing.
func testingImports(files []source) (faults []string) {
	for _, s := range files {
		if !s.test && !isTestHelp(path.Base(s.pkg)) && slices.Contains(s.imports(), "testing") {
			faults = append(faults, s.name+" imports testing")
		}
	}
	return faults
}

const (
	maxLines     = 400
	maxTestLines = 500 // tables of tests are long and simple
	maxMethods   = 7
	maxBody      = 60
)

// sizes finds files and interfaces that are too large.
func sizes(files []source) (faults []string) {
	for _, s := range files {
		if !s.written {
			continue
		}
		limit := maxLines
		if s.test {
			limit = maxTestLines
		}
		if n := s.lines(s.file.FileStart, s.file.FileEnd-1); n > limit {
			faults = append(faults, fmt.Sprintf("%s has %d lines, of at most %d", s.name, n, limit))
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if i, ok := n.(*ast.InterfaceType); ok && i.Methods.NumFields() > maxMethods {
				faults = append(faults, fmt.Sprintf("%s:%d: an interface of %d methods, of at most %d", s.name, s.fset.Position(i.Pos()).Line, i.Methods.NumFields(), maxMethods))
			}
			return true
		})
	}
	return faults
}

// functions counts the functions and names those over 60 lines.
func functions(files []source) (all int, long []string) {
	for _, s := range files {
		if !s.written {
			continue
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			all++
			if n := s.lines(f.Pos(), f.End()-1); n > maxBody {
				long = append(long, fmt.Sprintf("%s: %s has %d lines", s.name, f.Name.Name, n))
			}
		}
	}
	return all, long
}
