package decide

import (
	"errors"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"haris/internal/remark"
)

// Fault is one thing that is wrong with a file of weights. It wraps ErrWeights.
type Fault struct {
	Line, Column int           // 1-based; 0 when nobody can say where
	Message      remark.Remark // which key, what is wrong, what was expected
}

// Error says where and what.
func (f *Fault) Error() string {
	if f.Line == 0 {
		return ErrWeights.Error() + ": " + f.Message.String()
	}
	return ErrWeights.Error() + ": line " + strconv.Itoa(f.Line) + ": " + f.Message.String()
}

// Unwrap is ErrWeights.
func (f *Fault) Unwrap() error { return ErrWeights }

// Faults lists what Read found wrong; nil when err is nil or something else.
func Faults(err error) (out []*Fault) {
	if f := (*Fault)(nil); errors.As(err, &f) {
		out = append(out, f)
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // the list itself is looked at
		out = nil
		for _, e := range many.Unwrap() {
			out = append(out, Faults(e)...)
		}
	}
	return out
}

// notYAML says where a text stops being one that a file of weights can be.
func notYAML(err error) *Fault {
	f := &Fault{Message: remark.YAML(err.Error())}
	var at yaml.Error
	if errors.As(err, &at) {
		f.Message = yamlSays(at.GetMessage())
		if kind, ok := errors.AsType[*yaml.TypeError](err); ok {
			f.Message = remark.Of("{what} is expected here", "what", written(kind.DstType))
		}
		if t := at.GetToken(); t != nil && t.Position != nil {
			f.Line, f.Column = t.Position.Line, t.Position.Column
		}
	}
	return f
}

// unknownKey is what the parser says of a key that a file of weights does not have.
var unknownKey = regexp.MustCompile(`^unknown field "(.+)"$`)

// yamlSays says what the parser has against a text.
func yamlSays(message string) remark.Remark {
	if m := unknownKey.FindStringSubmatch(message); m != nil {
		return remark.Of("a file of weights has no key {key}", "key", `"`+m[1]+`"`)
	}
	return remark.YAML(message)
}

// written is how YAML writes a value of a type.
func written(t reflect.Type) remark.Remark {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Float64:
		return remark.Of("a number")
	case reflect.String:
		return remark.Of("a word")
	}
	return remark.Of("a mapping of keys to values")
}

// spot finds where a key stands, such as thresholds.p1; of one that is not written, the nearest above it.
func spot(text []byte, place string) (line, column int) {
	f, err := parser.ParseBytes(text, 0)
	if err != nil || len(f.Docs) == 0 {
		return 0, 0
	}
	n := f.Docs[0].Body
	for word := range strings.SplitSeq(place, ".") {
		v := valueOf(n, word)
		if v == nil {
			break
		}
		line, column = v.Key.GetToken().Position.Line, v.Key.GetToken().Position.Column
		n = v.Value
	}
	return line, column
}

// valueOf is the entry of a mapping under a key; nil without one.
func valueOf(n ast.Node, key string) *ast.MappingValueNode {
	var list []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		list = m.Values
	case *ast.MappingValueNode:
		list = []*ast.MappingValueNode{m}
	}
	for _, v := range list {
		if v.Key.GetToken().Value == key {
			return v
		}
	}
	return nil
}
