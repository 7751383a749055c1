package neutral_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

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

// full gives every field of a value another value, and every list two entries.
func full(v reflect.Value, n *int) {
	*n++
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(int64(*n), 0).UTC()))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			full(v.Field(i), n)
		}
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		full(v.Elem(), n)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		full(v.Index(0), n)
		full(v.Index(1), n)
	case v.Kind() == reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"a": fmt.Sprint("first ", *n), "b": fmt.Sprint("second ", *n)}))
	case v.Kind() == reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(int64(1000 + *n))
	case v.CanUint():
		v.SetUint(uint64(1000 + *n))
	}
}

// TestReadSaysEverything: every value of a document that has all fields is found in what people read, under a title.
func TestReadSaysEverything(t *testing.T) {
	var r neutral.Report
	n := 0
	full(reflect.ValueOf(&r).Elem(), &n)
	b, err := neutral.Encode(&r)
	if err != nil {
		t.Fatal(err)
	}
	var read []string
	var walk func(p cybertip.Part)
	walk = func(p cybertip.Part) {
		if p.Title == "" {
			t.Errorf("%s has no title", p.Path)
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
	values := leaves(doc, nil)
	if len(values) < 200 {
		t.Errorf("only %d values", len(values))
	}
	for _, v := range values {
		if !slices.ContainsFunc(read, func(s string) bool { return s == v || strings.HasSuffix(s, ": "+v) }) {
			t.Errorf("%q is in the document and not read", v)
		}
	}
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
