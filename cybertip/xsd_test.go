package cybertip

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite generated documents")

// xmllint returns a function that checks a document against our own schema of a profile, or skips the test where xmllint is missing. In CI a
// missing xmllint is a failure, because the check would silently not happen.
func xmllint(t *testing.T, profile Profile) func(doc []byte) (valid bool, output string) {
	t.Helper()
	tool, err := exec.LookPath("xmllint")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("xmllint is not installed, and CI must not go without it: install libxml2-utils")
		}
		t.Skip("xmllint is not installed (package libxml2-utils)")
	}
	var xsd bytes.Buffer
	if err := WriteXSD(&xsd, profile); err != nil {
		t.Fatal(err)
	}
	schema := filepath.Join(t.TempDir(), "haris.xsd")
	if err := os.WriteFile(schema, xsd.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(doc []byte) (bool, string) {
		cmd := exec.Command(tool, "--noout", "--nonet", "--schema", schema, "-")
		cmd.Stdin = bytes.NewReader(doc)
		out, err := cmd.CombinedOutput()
		if strings.Contains(string(out), "failed to compile") || strings.Contains(string(out), "failed to load") {
			t.Fatalf("our schema does not compile: %s", out)
		}
		return err == nil, string(out)
	}
}

func TestSchemaAgreesWithVerdicts(t *testing.T) {
	lint := xmllint(t, Profile202506)
	for _, c := range schemaCases(t) {
		t.Run(c.name, func(t *testing.T) {
			ok, out := lint([]byte(c.doc))
			if c.name == "annot 1" {
				// libxml2 compares a fixed value as text; the recommendation, and Xerces, compare it as a boolean.
				if !strings.Contains(out, "fixed value constraint") {
					t.Fatalf("libxml2 has changed its mind; remove this exception: %s", out)
				}
				return
			}
			if ok != (len(c.verdicts) == 0) {
				t.Fatalf("xmllint says valid=%v: %s", ok, out)
			}
		})
	}
}

func TestEncodedDocumentsSatisfySchema(t *testing.T) {
	for _, profile := range Profiles() {
		t.Run(string(profile), func(t *testing.T) {
			lint := xmllint(t, profile)
			rapid.Check(t, func(t *rapid.T) {
				kind := rapid.SampledFrom([]Kind{KindReport, KindFileDetails, KindReportResponse, KindReportDoneResponse}).Draw(t, "kind")
				data, err := Encode(profile, randomDocument{t, profile}.draw(kind))
				if err != nil {
					t.Fatal(err)
				}
				if ok, out := lint(data); !ok {
					t.Fatalf("%s\n%s", out, data)
				}
			})
		})
	}
	for _, file := range []string{"own_max_report.xml", "own_max_filedetails.xml", "own_batched_report.xml"} {
		t.Run(file, func(t *testing.T) {
			if ok, out := xmllint(t, Profile202506)(readTestdata(t, file)); !ok {
				t.Fatal(out)
			}
		})
	}
}

// TestMutantsAgreeWithXMLLint breaks valid documents in one place and holds the validator to xmllint's verdict.
func TestMutantsAgreeWithXMLLint(t *testing.T) {
	lint := xmllint(t, Profile202608)
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]Kind{KindReport, KindFileDetails}).Draw(t, "kind")
		data, err := Encode(Profile202608, randomDocument{t, Profile202608}.draw(kind))
		if err != nil {
			t.Fatal(err)
		}
		mutant := mutate(t, string(data))
		ours := schemaFindings(Validate(Profile202608, kind, []byte(mutant), now))
		if ok, out := lint([]byte(mutant)); ok != (len(ours) == 0) {
			t.Fatalf("xmllint valid=%v, ours %v\n%s\n%s", ok, ours, out, mutant)
		}
	})
}

// mutate moves, doubles, drops or renames one line of a document; Encode writes one child per line.
func mutate(t *rapid.T, doc string) string {
	lines := strings.Split(strings.TrimSpace(doc), "\n")
	if len(lines) < 4 {
		return doc
	}
	i := rapid.IntRange(2, len(lines)-1).Draw(t, "line")
	j := rapid.IntRange(2, len(lines)-1).Draw(t, "other")
	switch rapid.IntRange(0, 4).Draw(t, "mutation") {
	case 0:
		lines[i], lines[j] = lines[j], lines[i]
	case 1:
		lines = append(lines[:i], append([]string{lines[j]}, lines[i:]...)...)
	case 2:
		lines = append(lines[:i], lines[i+1:]...)
	case 3:
		lines[i] = strings.Replace(lines[i], "true", "TRUE", 1)
	default:
		lines[i] = strings.Replace(lines[i], "type=", "kind=", 1)
	}
	return strings.Join(lines, "\n")
}

func TestSchemaDocIsCurrent(t *testing.T) {
	var b bytes.Buffer
	if err := WriteSchemaDoc(&b, latestProfile); err != nil {
		t.Fatal(err)
	}
	const file = "SCHEMA.md"
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, b.Bytes()) {
		t.Fatal("SCHEMA.md is stale; run: go test ./cybertip -run TestSchemaDocIsCurrent -update")
	}
}

func TestNewerElements(t *testing.T) {
	sch, err := schemaFor(Profile202608)
	if err != nil {
		t.Fatal(err)
	}
	newer := map[string]Certainty{}
	for _, typ := range sch.types {
		for _, p := range typ.particles {
			for _, e := range p.elems {
				if e.since != "" {
					newer[typ.name+"/"+e.name] = e.certainty
				}
			}
		}
	}
	want := map[string]Certainty{
		"person/ageAssertionDiscrepancy": CertaintyHigh, "associatedAccount/ageAssertionDiscrepancy": CertaintyMedium,
		"reportAnnotations/informational": CertaintyHigh, "reportAnnotations/potentialAggravatingFactors": CertaintyMedium,
		"reportAnnotations/instrumentalUse": CertaintyMedium,
	}
	if len(newer) != len(want) {
		t.Errorf("got %v", newer)
	}
	for name, c := range want {
		if newer[name] != c {
			t.Errorf("%s: certainty %q, want %q", name, newer[name], c)
		}
	}
}

func TestSchemaWritersRefuseUnknownProfile(t *testing.T) {
	if WriteXSD(&bytes.Buffer{}, "x") == nil || WriteSchemaDoc(&bytes.Buffer{}, "x") == nil {
		t.Fatal("no error")
	}
}
