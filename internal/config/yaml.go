package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// reader walks the tree of one file.
type reader struct {
	*loader
	file string
}

func (r *reader) at(n ast.Node) Origin {
	o := Origin{File: r.file, Line: 1, Column: 1}
	if n != nil && n.GetToken() != nil && n.GetToken().Position != nil {
		o.Line, o.Column = max(n.GetToken().Position.Line, 1), max(n.GetToken().Position.Column, 1)
	}
	return o
}

// read parses the file and sets every key in it. A file without anything in it changes nothing.
func (r *reader) read(src []byte) {
	if line, deep := tooDeep(src); deep {
		r.out.add(Problem{Origin: Origin{File: r.file, Line: line, Column: 1}, Message: "this is nested too deeply", Hint: "sections are at most three deep"})
		return
	}
	f, err := parser.ParseBytes(src, 0)
	if err != nil {
		r.out.add(r.syntax(err))
		return
	}
	var docs []ast.Node
	for _, d := range f.Docs {
		if d.Body != nil {
			if _, comment := d.Body.(*ast.CommentGroupNode); !comment {
				docs = append(docs, d.Body)
			}
		}
	}
	if len(docs) > 1 {
		r.out.add(Problem{Origin: r.at(docs[1]), Message: "a second document begins here", Hint: "the configuration is one document: remove the line ---"})
		return
	}
	if len(docs) == 1 {
		r.section(docs[0], "")
	}
}

// syntax says where the file stops being YAML. The parser's own words may quote the file, so only the place is kept of an error
// that is not a plain one.
func (r *reader) syntax(err error) Problem {
	p := Problem{Origin: Origin{File: r.file, Line: 1, Column: 1}, Message: "this is not YAML", Hint: "check indentation, colons and quotation marks around here"}
	var e yaml.Error
	if errors.As(err, &e) && e.GetToken() != nil && e.GetToken().Position != nil {
		at := e.GetToken().Position
		p.Line, p.Column = max(at.Line, 1), max(at.Column, 1)
		if strings.Contains(e.GetMessage(), "already defined") {
			p.Message, p.Hint = "the key "+strconv.Quote(shorten(e.GetToken().Value))+" stands twice", "keep one of the two"
		}
	}
	return p
}

const maxBrackets = 16

// tooDeep finds a line that nests deeper than any configuration needs, which keeps the parser's recursion bounded. Brackets and
// indentation in texts count too.
func tooDeep(src []byte) (line int, deep bool) {
	depth := 0
	for i, l := range strings.Split(string(src), "\n") {
		run := 0
		for j := range len(l) {
			switch l[j] {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(depth-1, 0)
			case '-', '?', ':':
				run++
			}
			if depth > maxBrackets || run > 16*maxBrackets {
				return i + 1, true
			}
		}
	}
	return 0, false
}

// section reads a mapping whose keys stand under prefix ("" or "ncmec.").
func (r *reader) section(n ast.Node, prefix string) {
	var values []*ast.MappingValueNode
	switch v := n.(type) {
	case *ast.MappingNode:
		values = v.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{v}
	case *ast.NullNode:
		return
	default:
		name := strings.TrimSuffix(prefix, ".")
		if name == "" {
			name = "the configuration"
		}
		r.out.add(Problem{Origin: r.at(n), Key: name, Message: "must be a section", Hint: "write its keys on lines of their own", Allowed: r.below(prefix)})
		return
	}
	for _, v := range values { // the parser has refused a key that stands twice
		r.member(v, prefix)
	}
}

// member reads one key of a section with its value.
func (r *reader) member(v *ast.MappingValueNode, prefix string) {
	word := v.Key.GetToken().Value
	name := prefix + word
	here := r.at(v.Key)
	_, scalar := v.Key.(ast.ScalarNode)
	switch k := r.key(name); {
	case !scalar || v.Key.IsMergeKey():
		r.out.add(Problem{Origin: here, Message: "keys are plain words", Allowed: r.below(prefix)})
	case k != nil:
		r.value(k, v.Value, here)
	case slices.ContainsFunc(r.keys, func(k key) bool { return strings.HasPrefix(k.name, name+".") }):
		r.section(v.Value, name+".")
	default:
		r.out.add(Problem{
			Origin: here, Key: shorten(name), Message: "is no key of the configuration", Hint: r.nearest(word, prefix), Allowed: r.below(prefix),
		})
	}
}

// below lists what may stand in a section.
func (r *reader) below(prefix string) []string {
	var out []string
	for i := range r.keys {
		rest, ok := strings.CutPrefix(r.keys[i].name, prefix)
		word, _, _ := strings.Cut(rest, ".")
		if ok && !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	return out
}

// nearest says which key was meant: one with the same last word in another section, or one of this section with nearly the same
// letters.
func (r *reader) nearest(word, prefix string) string {
	for i := range r.keys {
		if name := r.keys[i].name; strings.HasSuffix(name, "."+word) {
			return "did you mean " + strconv.Quote(name) + "?"
		}
	}
	return didYouMean(word, r.below(prefix))
}

// value reads the value of a key.
func (r *reader) value(k *key, n ast.Node, here Origin) {
	at := here
	if n != nil && n.GetToken() != nil {
		at = r.at(n)
	}
	nodes := []ast.Node{n}
	if list, ok := n.(*ast.SequenceNode); ok {
		if !k.list {
			r.out.add(Problem{Origin: at, Key: k.name, Message: "is a list", Hint: firstOf(k.expect, "one value is expected"), Allowed: k.words})
			return
		}
		nodes = list.Values
	}
	parts := make([]string, 0, len(nodes))
	for _, item := range nodes {
		s, err := scalar(item)
		if err != nil {
			r.out.add(Problem{Origin: at, Key: k.name, Message: err.Error(), Hint: k.expect, Allowed: k.words})
			return
		}
		parts = append(parts, s)
	}
	r.set(k, parts, at)
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// scalar returns a value as it was written.
func scalar(n ast.Node) (string, error) {
	switch v := n.(type) {
	case *ast.StringNode:
		return v.Value, nil
	case *ast.LiteralNode:
		return strings.TrimRight(v.Value.Value, "\n"), nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return v.GetToken().Value, nil
	case nil, *ast.NullNode:
		return "", errors.New(`has no value: write "" for an empty one`)
	default:
		return "", fmt.Errorf("is of the kind %q where one plain value must stand", strings.ToLower(n.Type().YAMLName()))
	}
}
