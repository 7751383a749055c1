package cybertip

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// now is the moment at which the tests look at documents.
var now = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

func readTestdata(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

type schemaCase struct {
	name, doc string
	kind      Kind
	verdicts  []string // empty when valid
}

func schemaCases(t testing.TB) []schemaCase {
	t.Helper()
	verdicts := map[string]string{}
	for line := range strings.Lines(string(readTestdata(t, "schema-verdicts.txt"))) {
		name, verdict, ok := strings.Cut(strings.TrimSpace(line), " => ")
		if !ok {
			t.Fatalf("verdict line %q has no arrow", line)
		}
		verdicts[name] = verdict
	}
	var cases []schemaCase
	for line := range strings.Lines(string(readTestdata(t, "schema-cases.tsv"))) {
		name, doc, ok := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		verdict, known := verdicts[name]
		if !ok || !known {
			t.Fatalf("case %q has no document or no verdict", name)
		}
		c := schemaCase{name: name, doc: doc, kind: KindReport}
		if strings.HasPrefix(doc, "<fileDetails") {
			c.kind = KindFileDetails
		}
		if verdict != "OK" {
			c.verdicts = strings.Split(verdict, " || ")
		}
		cases = append(cases, c)
	}
	if len(cases) != 38 {
		t.Fatalf("%d cases, want 38", len(cases))
	}
	return cases
}

func schemaFindings(findings []Finding) []Finding {
	var out []Finding
	for _, f := range findings {
		if f.Severity == SeveritySchema {
			out = append(out, f)
		}
	}
	return out
}

// TestVerdicts holds the validator to what Xerces said about the same documents, down to line, column and wording. Xerces follows an invalid
// value with a second message (cvc-type.3.1.3); we say it once.
func TestVerdicts(t *testing.T) {
	for _, c := range schemaCases(t) {
		t.Run(c.name, func(t *testing.T) {
			var got, want []string
			for _, f := range schemaFindings(Validate(Profile202506, c.kind, []byte(c.doc), now)) {
				got = append(got, fmt.Sprintf("[%d,%d] - %s", f.Line, f.Column, f.Detail))
				if f.Element == "" || !strings.Contains(f.Path, f.Element) || f.Message == "" || f.Fix == "" {
					t.Errorf("finding lacks a place or words: %+v", f)
				}
			}
			for _, v := range c.verdicts {
				if !strings.Contains(v, "cvc-type.3.1.3") {
					want = append(want, v)
				}
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}
