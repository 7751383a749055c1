package cybertip

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Difference is one point in which NCMEC's schema and a profile's tables disagree.
type Difference struct {
	Path string `json:"path"` // of the element, from its root; /@name for an attribute
	// Kind is "only in NCMEC's schema", "only in the profile", or "differs".
	Kind   string `json:"kind"`
	Detail string `json:"detail,omitzero"`
}

// String returns the difference on one line.
func (d Difference) String() string {
	s := d.Path + ": " + d.Kind
	if d.Detail != "" {
		s += ": " + d.Detail
	}
	return s
}

// The kinds of differences.
const (
	DiffOnlyLive    = "only in NCMEC's schema"
	DiffOnlyProfile = "only in the profile"
	DiffDiffers     = "differs"
)

// xsNamespace is the namespace of XML Schema.
const xsNamespace = "{http://www.w3.org/2001/XMLSchema}"

// DiffXSD compares the schema that NCMEC serves (see [Client.XSD]) with a profile's tables: elements, their order and number, attributes, lists
// of values and base types. It reads the parts of XML Schema that such a schema needs; a schema that uses something else is an error, never an
// empty answer.
func DiffXSD(profile Profile, xsd []byte) ([]Difference, error) {
	sch, err := schemaFor(profile)
	if err != nil {
		return nil, err
	}
	tree, syn := parseXML(xsd)
	if syn != nil {
		return nil, fmt.Errorf("cybertip: read schema: %d:%d: %w", syn.line, syn.col, syn)
	}
	if tree.nodes[0].name != xsNamespace+"schema" {
		return nil, fmt.Errorf("cybertip: read schema: the root is %s, not an XML Schema", tree.nodes[0].name)
	}
	live := &xsdReader{tree: tree, named: map[string]int32{}}
	for k := tree.nodes[0].first; k >= 0; k = tree.nodes[k].next {
		if name, ok := tree.attrValue(k, "name"); ok {
			live.named[tree.nodes[k].name+" "+name] = k
		}
	}
	d := &differ{live: live}
	for _, root := range sch.roots {
		k, ok := live.named[xsNamespace+"element "+root.name]
		if !ok {
			d.add("/"+root.name, DiffOnlyProfile, "")
			continue
		}
		d.element("/"+root.name, root, liveElement{node: k, min: 1, max: 1})
	}
	return d.out, errors.Join(d.errs...)
}

// liveElement is an element declaration found in the schema, with the number of times it may stand there.
type liveElement struct {
	name     string
	node     int32 // the declaration, after references were followed
	min, max int
	choice   int // number of the choice it belongs to, 0 for none
}

// differ walks both schemas side by side.
type differ struct {
	live  *xsdReader
	out   []Difference
	errs  []error
	depth int
}

func (d *differ) add(path, kind, detail string) {
	d.out = append(d.out, Difference{path, kind, detail})
}

func (d *differ) element(path string, ours *element, theirs liveElement) {
	if d.depth > maxDepth {
		d.errs = append(d.errs, fmt.Errorf("cybertip: %s: the schema is nested too deeply", path))
		return
	}
	d.depth++
	defer func() { d.depth-- }()
	typ, err := d.live.typeOf(theirs.node)
	if err != nil {
		d.errs = append(d.errs, fmt.Errorf("cybertip: %s: %w", path, err))
		return
	}
	simpleOurs := ours.simple
	if ours.typ != nil {
		simpleOurs = ours.typ.simple
	}
	d.values(path, simpleOurs, typ)
	if fixed, _ := d.live.tree.attrValue(theirs.node, "fixed"); (fixed == "true") != ours.fixedTrue {
		d.add(path, DiffDiffers, fmt.Sprintf("fixed value %q", fixed))
	}
	var attrs []attribute
	var kids []particle
	all := false
	if ours.typ != nil {
		attrs, kids, all = ours.typ.attrs, ours.typ.particles, ours.typ.content == contentAll
	}
	d.attributes(path, attrs, typ)
	if all != typ.all && len(kids) > 0 {
		d.add(path, DiffDiffers, "whether the order matters")
	}
	d.children(path, kids, typ)
}

func (d *differ) values(path string, ours *simpleType, theirs *liveType) {
	switch {
	case ours == nil && theirs.base == "":
	case ours == nil:
		d.add(path, DiffDiffers, "NCMEC's schema has text here: "+theirs.base)
	case theirs.base == "":
		d.add(path, DiffDiffers, "the profile has text here: "+ours.base.String())
	case ours.base.String() != theirs.base:
		d.add(path, DiffDiffers, fmt.Sprintf("type %s, in the profile %s", theirs.base, ours.base))
	default:
		if more, fewer := listDiff(ours.enum, theirs.enum); len(more)+len(fewer) > 0 {
			d.add(path, DiffDiffers, fmt.Sprintf("values only in NCMEC's schema %q, only in the profile %q", more, fewer))
		}
	}
}

// listDiff returns what only theirs and what only ours has.
func listDiff(ours, theirs []string) (more, fewer []string) {
	for _, v := range theirs {
		if !slices.Contains(ours, v) {
			more = append(more, v)
		}
	}
	for _, v := range ours {
		if !slices.Contains(theirs, v) {
			fewer = append(fewer, v)
		}
	}
	return more, fewer
}

func (d *differ) attributes(path string, ours []attribute, theirs *liveType) {
	for _, a := range ours {
		i := slices.IndexFunc(theirs.attrs, func(l liveAttr) bool { return l.name == a.name })
		if i < 0 {
			d.add(path+"/@"+a.name, DiffOnlyProfile, "")
			continue
		}
		if theirs.attrs[i].required != a.required {
			d.add(path+"/@"+a.name, DiffDiffers, fmt.Sprintf("required is %v in NCMEC's schema", theirs.attrs[i].required))
		}
		d.values(path+"/@"+a.name, a.simple, theirs.attrs[i].typ)
	}
	for _, l := range theirs.attrs {
		if !slices.ContainsFunc(ours, func(a attribute) bool { return a.name == l.name }) {
			d.add(path+"/@"+l.name, DiffOnlyLive, "")
		}
	}
}

func (d *differ) children(path string, ours []particle, theirs *liveType) {
	var ourOrder, liveOrder []string
	for pi := range ours {
		p := &ours[pi]
		for _, e := range p.elems {
			i := slices.IndexFunc(theirs.kids, func(l liveElement) bool { return l.name == e.name })
			if i < 0 {
				d.add(path+"/"+e.name, DiffOnlyProfile, "")
				continue
			}
			l := theirs.kids[i]
			ourOrder = append(ourOrder, e.name)
			if l.min != p.min || l.max != p.max || (l.choice > 0) != (len(p.elems) > 1) {
				d.add(path+"/"+e.name, DiffDiffers, fmt.Sprintf("number %s, in the profile %s", cardinality(l.min, l.max, l.choice > 0), cardinality(p.min, p.max, len(p.elems) > 1)))
			}
			d.element(path+"/"+e.name, e, l)
		}
	}
	for i, l := range theirs.kids {
		if slices.Contains(ourOrder, l.name) {
			liveOrder = append(liveOrder, l.name)
			continue
		}
		after := "first"
		if i > 0 {
			after = "after " + theirs.kids[i-1].name
		}
		d.add(path+"/"+l.name, DiffOnlyLive, after)
	}
	if !theirs.all && !slices.Equal(ourOrder, liveOrder) {
		d.add(path, DiffDiffers, "order "+strings.Join(liveOrder, ", "))
	}
}

func cardinality(least, most int, choice bool) string {
	s := fmt.Sprintf("%d..%d", least, most)
	if most < 0 {
		s = fmt.Sprintf("%d..n", least)
	}
	if choice {
		s += " as an alternative"
	}
	return s
}
