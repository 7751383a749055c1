package cybertip

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// xsdReader finds declarations in somebody else's schema.
type xsdReader struct {
	tree    *xmlTree
	named   map[string]int32 // "{namespace}kind name" of a global declaration to its node
	choices int
	depth   int // of the type being read, through its bases
	steps   int // types read so far
}

// maxSteps bounds the types that are read, bases included, so that no schema keeps the reader busy for ever.
const maxSteps = 100_000

// liveType is a type of the schema, brought into the form that is compared.
type liveType struct {
	base  string // XML Schema base of the text, empty for none
	enum  []string
	attrs []liveAttr
	kids  []liveElement
	all   bool
}

type liveAttr struct {
	name     string
	required bool
	typ      *liveType
}

// typeOf returns the type of an element or attribute declaration: named, or written inside it.
func (r *xsdReader) typeOf(node int32) (*liveType, error) {
	if name, ok := r.tree.attrValue(node, "type"); ok {
		return r.typeNamed(name)
	}
	for k := r.tree.nodes[node].first; k >= 0; k = r.tree.nodes[k].next {
		switch r.tree.nodes[k].name {
		case xsNamespace + "simpleType", xsNamespace + "complexType":
			return r.define(k)
		}
	}
	return nil, fmt.Errorf("<%s> has no type", r.tree.nodes[node].name)
}

// typeNamed resolves a name as written. Prefixes are not kept by the reader, so a global type of that name wins over the built-in one.
func (r *xsdReader) typeNamed(name string) (*liveType, error) {
	local := name[strings.IndexByte(name, ':')+1:]
	for _, kind := range []string{"simpleType", "complexType"} {
		if k, ok := r.named[xsNamespace+kind+" "+local]; ok {
			return r.define(k)
		}
	}
	return &liveType{base: local}, nil
}

// define reads a type definition.
func (r *xsdReader) define(node int32) (*liveType, error) {
	t := &liveType{}
	return t, r.defineInto(t, node)
}

func (r *xsdReader) defineInto(t *liveType, node int32) error {
	r.depth++
	defer func() { r.depth-- }()
	if r.steps++; r.depth > maxDepth || r.steps > maxSteps {
		return errors.New("a type refers to itself, or types are derived too often")
	}
	for k := r.tree.nodes[node].first; k >= 0; k = r.tree.nodes[k].next {
		var err error
		switch kind := strings.TrimPrefix(r.tree.nodes[k].name, xsNamespace); kind {
		case "annotation":
		case "simpleContent", "complexContent":
			err = r.defineInto(t, k)
		case "restriction", "extension":
			err = r.derive(t, k)
		case "enumeration":
			v, _ := r.tree.attrValue(k, "value")
			t.enum = append(t.enum, v)
		case "attribute":
			err = r.attribute(t, k)
		case "sequence", "choice", "all":
			err = r.group(t, k, kind, liveElement{min: 1, max: 1})
		case "pattern", "minLength", "maxLength", "length", "minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "whiteSpace":
			// Facets are written into the base, so that one which appears is seen as a difference.
			v, _ := r.tree.attrValue(k, "value")
			t.base += " " + kind + "=" + v
		default:
			err = fmt.Errorf("<%s> in a type is not understood", r.tree.nodes[k].name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *xsdReader) derive(t *liveType, node int32) error {
	if base, ok := r.tree.attrValue(node, "base"); ok {
		b, err := r.typeNamed(base)
		if err != nil {
			return err
		}
		t.base, t.enum, t.all = b.base, append(t.enum, b.enum...), b.all
		t.attrs, t.kids = append(t.attrs, b.attrs...), append(t.kids, b.kids...)
	}
	return r.defineInto(t, node)
}

func (r *xsdReader) attribute(t *liveType, node int32) error {
	node, err := r.follow(node, "attribute")
	if err != nil {
		return err
	}
	name, _ := r.tree.attrValue(node, "name")
	use, _ := r.tree.attrValue(node, "use")
	typ, err := r.typeOf(node)
	if err != nil {
		return err
	}
	t.attrs = append(t.attrs, liveAttr{name: name, required: use == "required", typ: typ})
	return nil
}

// follow returns the global declaration that a node refers to, or the node itself.
func (r *xsdReader) follow(node int32, kind string) (int32, error) {
	ref, ok := r.tree.attrValue(node, "ref")
	if !ok {
		return node, nil
	}
	k, ok := r.named[xsNamespace+kind+" "+ref[strings.IndexByte(ref, ':')+1:]]
	if !ok {
		return 0, fmt.Errorf("the reference to %s %q leads nowhere", kind, ref)
	}
	return k, nil
}

// group reads a sequence, choice or all; within is what the groups around it allow.
func (r *xsdReader) group(t *liveType, node int32, kind string, within liveElement) error {
	own, err := r.occurrence(node)
	if err != nil {
		return err
	}
	within.min *= own.min
	within.max = multiply(within.max, own.max)
	switch kind {
	case "all":
		t.all = true
	case "choice":
		r.choices++
		within.choice = r.choices
	}
	for k := r.tree.nodes[node].first; k >= 0; k = r.tree.nodes[k].next {
		switch inner := strings.TrimPrefix(r.tree.nodes[k].name, xsNamespace); inner {
		case "annotation":
		case "element":
			err = r.member(t, k, within)
		case "sequence", "choice":
			err = r.group(t, k, inner, within)
		default:
			err = fmt.Errorf("<%s> in a content model is not understood", r.tree.nodes[k].name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *xsdReader) member(t *liveType, node int32, within liveElement) error {
	own, err := r.occurrence(node)
	if err != nil {
		return err
	}
	decl, err := r.follow(node, "element")
	if err != nil {
		return err
	}
	name, _ := r.tree.attrValue(decl, "name")
	e := liveElement{name: name, node: decl, min: own.min * within.min, max: multiply(own.max, within.max), choice: within.choice}
	t.kids = append(t.kids, e)
	return nil
}

func (r *xsdReader) occurrence(node int32) (liveElement, error) {
	e := liveElement{min: 1, max: 1}
	var err error
	if v, ok := r.tree.attrValue(node, "minOccurs"); ok {
		if e.min, err = strconv.Atoi(v); err != nil {
			return e, fmt.Errorf("minOccurs %q is not a number", v)
		}
	}
	if v, ok := r.tree.attrValue(node, "maxOccurs"); ok {
		if v == "unbounded" {
			e.max = -1
		} else if e.max, err = strconv.Atoi(v); err != nil {
			return e, fmt.Errorf("maxOccurs %q is not a number", v)
		}
	}
	return e, nil
}

// multiply multiplies two upper bounds of which -1 means none.
func multiply(a, b int) int {
	if a < 0 || b < 0 {
		return -1
	}
	return a * b
}
