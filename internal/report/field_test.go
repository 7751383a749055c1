package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"haris/cybertip"
	"haris/internal/report"
)

var update = flag.Bool("update", false, "rewrite the golden files and the documents that are made from tables")

// pathsOf lists the elements and attributes of a document, each once.
func pathsOf(t *testing.T, doc []byte) (out []string) {
	t.Helper()
	add := func(p string) {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	var at []string
	for d := xml.NewDecoder(bytes.NewReader(doc)); ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := tok.(type) {
		case xml.StartElement:
			at = append(at, x.Name.Local)
			path := "/" + strings.Join(at, "/")
			add(path)
			for _, a := range x.Attr {
				if a.Name.Space == "" && a.Name.Local != "xmlns" {
					add(path + "@" + a.Name.Local)
				}
			}
		case xml.EndElement:
			at = at[:len(at)-1]
		}
	}
}

// written lists the paths of everything that is sent for a matter.
func (m *matter) paths(t *testing.T) (out []string) {
	t.Helper()
	docs, findings := report.Check(m.draft(t), m.profile, day())
	if bad := cybertip.Blocking(findings); len(bad) > 0 {
		t.Fatalf("NCMEC would refuse it: %v\n%s", bad, docs.XML)
	}
	for _, doc := range docs.Files {
		out = append(out, pathsOf(t, doc.XML)...)
	}
	out = append(pathsOf(t, docs.XML), out...)
	slices.Sort(out)
	return slices.Compact(out)
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the code makes; look at the difference, then run: go test ./internal/report -update\n%s", path, got)
	}
}

// TestFieldsOfMatters locks which fields are present in a minimal, a typical and a full case of each typology.
func TestFieldsOfMatters(t *testing.T) {
	for _, m := range matters() {
		t.Run(m.name, func(t *testing.T) {
			golden(t, filepath.Join("testdata", "fields", m.name+".txt"), []byte(strings.Join(m.paths(t), "\n")+"\n"))
		})
	}
}

// TestEveryFieldHasASource: the table covers every path of every profile, and every row covers one.
func TestEveryFieldHasASource(t *testing.T) {
	used := map[string]bool{}
	for _, path := range schemaPaths(t) {
		f, ok := report.FieldOf(path)
		if !ok {
			t.Errorf("%s has no row", path)
			continue
		}
		used[f.Pattern] = true
		if f.How == "" || len(f.Sources) == 0 {
			t.Errorf("the row of %s does not say how", path)
		}
	}
	for _, f := range report.Fields() {
		if !used[f.Pattern] {
			t.Errorf("the row %s covers nothing that a row before it does not cover", f.Pattern)
		}
	}
}

// TestTheTableTellsTheTruth: what the table calls written is written in a full case, and nothing else ever is.
func TestTheTableTellsTheTruth(t *testing.T) {
	all := map[string]bool{}
	for _, m := range matters() {
		for _, p := range m.paths(t) {
			all[p] = true
		}
	}
	for _, path := range schemaPaths(t) {
		f, _ := report.FieldOf(path)
		if f.Written() && !all[path] {
			t.Errorf("%s comes from %v by the table, and no full case has it", path, f.Sources)
		}
		if !f.Written() && all[path] {
			t.Errorf("%s is never written by the table, and a case has it", path)
		}
	}
}

func schemaPaths(t *testing.T) (out []string) {
	t.Helper()
	for _, kind := range []cybertip.Kind{cybertip.KindReport, cybertip.KindFileDetails} {
		for _, profile := range cybertip.Profiles() {
			list, err := cybertip.SchemaPaths(profile, kind)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range list {
				if !slices.Contains(out, p.Path) {
					out = append(out, p.Path)
				}
			}
		}
	}
	return out
}

// TestFieldsDocument keeps docs/report-fields.md what the table says.
func TestFieldsDocument(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Where each field of a report comes from\n\n" +
		"This page is made from the table in `internal/report/field.go`. It has a row for every element and attribute of NCMEC's schema, in both profiles.\n" +
		"A test reads nine reports (a minimal, a typical and a full case of enticement, trafficking and abuse material; their fields are listed in\n" +
		"`internal/report/testdata/fields`) and fails when a row that names a source is not written by a full case, or when anything else is.\n\n" +
		"Sources: *event* what the platform told of a moment, *account* what it told of an account, *vault* the sealed item, *exposure* the log of what people\n" +
		"were shown, *settings* the configuration, *person* who writes the report, *reports* what was filed before, *filing* NCMEC's answers, *haris* a fixed word\n" +
		"that states no fact, *never* haris does not write it.\n\n" +
		"| field (`**` stands for anything; the first row that fits counts) | source | how |\n|---|---|---|\n")
	for _, f := range report.Fields() {
		words := make([]string, len(f.Sources))
		for i, s := range f.Sources {
			words[i] = string(s)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.Pattern, strings.Join(words, ", "), f.How)
	}
	golden(t, filepath.Join("..", "..", "docs", "report-fields.md"), []byte(b.String()))
}
