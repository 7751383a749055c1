package neutral

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// SchemaID is the name of the schema, as its $id has it. It is a name and leads nowhere.
const SchemaID = "urn:haris:report:1"

// Encode writes a report as the document that is handed over, with a line feed at the end. Equal reports give equal bytes.
func Encode(r *Report) ([]byte, error) {
	r.Form = Version
	b, err := plain(r)
	if err != nil {
		return nil, fmt.Errorf("neutral: %w", err)
	}
	return b, nil
}

// plain is JSON for people: indented, and without the escapes that are meant for pages.
func plain(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// Schema returns the JSON Schema (draft 2020-12) of the form, made from the types of this package. No object of it has fields that
// the schema does not name.
func Schema() ([]byte, error) {
	all := huma.NewMapRegistry("#/$defs/", huma.DefaultSchemaNamer)
	all.Schema(reflect.TypeFor[Report](), true, "Report")
	for name, s := range all.Map() {
		entitle(s)
		if name == "Report" {
			s.Title = "A report about the exploitation of a child, in the neutral form of haris"
		}
	}
	b, err := plain(struct {
		Schema string                  `json:"$schema"`
		ID     string                  `json:"$id"`
		Ref    string                  `json:"$ref"`
		Defs   map[string]*huma.Schema `json:"$defs"`
	}{"https://json-schema.org/draft/2020-12/schema", SchemaID, "#/$defs/Report", all.Map()})
	if err != nil {
		return nil, fmt.Errorf("neutral: schema: %w", err)
	}
	return b, nil
}

// entitle parts what the doc tags say into title and description.
func entitle(s *huma.Schema) {
	for _, p := range s.Properties {
		p.Title, p.Description = words(p.Description)
		p.Nullable = false // what is empty is absent
	}
}

// words parts a doc tag into title and meaning.
func words(doc string) (title, meaning string) {
	title, meaning, _ = strings.Cut(doc, ": ")
	return title, meaning
}
