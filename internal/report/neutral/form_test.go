package neutral_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"haris/cybertip"
	"haris/internal/report/neutral"
	"haris/internal/report/neutral/neutraltest"
)

const published = "../../../docs/schema/handover-1.json"

// TestPublishedSchema: the file that people are pointed to is the schema of the types. HARIS_UPDATE=1 writes it.
func TestPublishedSchema(t *testing.T) {
	want, err := neutral.Schema()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("HARIS_UPDATE") != "" {
		if err := os.WriteFile(published, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(published)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not the schema of the types (HARIS_UPDATE=1 go test ./internal/report/neutral writes it): %v", published, err)
	}
}

// TestEveryFieldIsExplained: no field of the schema is without a title.
func TestEveryFieldIsExplained(t *testing.T) {
	b, err := neutral.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Defs map[string]struct {
			Properties map[string]struct{ Title string }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(b, &s); err != nil || len(s.Defs) < 20 {
		t.Fatal(len(s.Defs), err)
	}
	for name, d := range s.Defs {
		for field, p := range d.Properties {
			if p.Title == "" {
				t.Errorf("%s.%s has no title", name, field)
			}
		}
	}
}

// TestStrict: the schema refuses what is no report of the form.
func TestStrict(t *testing.T) {
	check := neutraltest.Check(t)
	for name, change := range map[string]func(map[string]any){
		"nothing changed":       nil,
		"another form":          func(m map[string]any) { m["form"] = "haris-report-2" },
		"no narrative":          func(m map[string]any) { delete(m["incident"].(map[string]any), "narrative") },
		"an unknown field":      func(m map[string]any) { m["more"] = true },
		"a field deep inside":   func(m map[string]any) { m["service"].(map[string]any)["more"] = true },
		"a time that is none":   func(m map[string]any) { m["drafted_at"] = "yesterday" },
		"a role that is none":   func(m map[string]any) { m["people"].([]any)[0].(map[string]any)["role"] = "left_out" },
		"a score beyond 100":    func(m map[string]any) { m["score"] = 101 },
		"no list of people":     func(m map[string]any) { m["people"] = nil },
		"a number for a text":   func(m map[string]any) { m["id"] = 7 },
		"a negative file":       func(m map[string]any) { m["files"].([]any)[0].(map[string]any)["bytes"] = -1 },
		"a gap without a state": func(m map[string]any) { m["gaps"] = []any{map[string]any{"what": "who"}} },
	} {
		t.Run(name, func(t *testing.T) {
			b, err := neutral.Encode(small())
			if err != nil {
				t.Fatal(err)
			}
			var m map[string]any
			if err := json.Unmarshal(b, &m); err != nil {
				t.Fatal(err)
			}
			if change != nil {
				change(m)
			}
			if b, err = json.Marshal(m); err != nil {
				t.Fatal(err)
			}
			if _, err := check(b); (err == nil) != (change == nil) {
				t.Errorf("%v", err)
			}
		})
	}
}

func small() *neutral.Report {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return &neutral.Report{
		ID: "r", Case: "c", Drafted: at, Incident: neutral.Incident{Type: "t", Narrative: "n"}, Service: neutral.Service{Platform: "p"},
		People: []neutral.Person{{Account: "a", Role: "child"}}, Files: []neutral.File{{Name: "f", Kind: "media"}},
	}
}

// TestReadSaysEverything: every value of any document is found in what people read, under a title.
func TestReadSaysEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.Make[neutral.Report]().Draw(t, "report")
		b, err := neutral.Encode(&r)
		if err != nil {
			t.Skip("a time beyond the year 9999 has no form in JSON")
		}
		var read []string
		var walk func(p cybertip.Part)
		walk = func(p cybertip.Part) {
			if p.Title == "" {
				t.Fatalf("%s has no title", p.Path)
			}
			read = append(read, strings.Split(p.Text, "\n")...)
			for _, c := range p.Parts {
				walk(c)
			}
		}
		for _, p := range neutral.Read(&r) {
			walk(p)
		}
		var doc any
		d := json.NewDecoder(bytes.NewReader(b))
		d.UseNumber()
		if err := d.Decode(&doc); err != nil {
			t.Fatal(err)
		}
		for _, v := range leaves(doc, nil) {
			for line := range strings.SplitSeq(v, "\n") {
				if !slices.ContainsFunc(read, func(s string) bool { return s == line || strings.HasSuffix(s, ": "+line) }) {
					t.Fatalf("%q is in the document and not read", line)
				}
			}
		}
	})
}

// leaves lists the values of a document as people write them.
func leaves(v any, out []string) []string {
	switch x := v.(type) {
	case map[string]any:
		for _, c := range x {
			out = leaves(c, out)
		}
	case []any:
		for _, c := range x {
			out = leaves(c, out)
		}
	case bool:
		out = append(out, map[bool]string{true: "yes", false: "no"}[x])
	case string:
		if at, err := time.Parse(time.RFC3339Nano, x); err == nil {
			x = at.UTC().Format(time.RFC3339Nano)
		}
		out = append(out, x)
	default:
		out = append(out, fmt.Sprint(x))
	}
	return out
}
