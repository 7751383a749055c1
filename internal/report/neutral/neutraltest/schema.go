// Package neutraltest checks documents of the neutral form against its schema, with a library that knows nothing of haris.
package neutraltest

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"haris/internal/report/neutral"
)

// Check compiles the schema and returns a function that decodes a document and says what is wrong with it.
func Check(t testing.TB) func(document []byte) (any, error) {
	t.Helper()
	b, err := neutral.Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(neutral.SchemaID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(neutral.SchemaID)
	if err != nil {
		t.Fatal(err)
	}
	return func(document []byte) (any, error) {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
		if err != nil {
			return nil, err
		}
		return v, s.Validate(v)
	}
}
