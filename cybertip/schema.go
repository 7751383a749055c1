package cybertip

import (
	"fmt"
	"sync"
)

// base is the XML Schema type a simple value is built on.
type base uint8

const (
	baseString base = iota
	baseToken
	baseBoolean
	baseInt
	baseLong
	baseDouble
	baseDateTime
	baseDate
)

// String returns the local name of the XML Schema type.
func (b base) String() string {
	return [...]string{"string", "token", "boolean", "int", "long", "double", "dateTime", "date"}[b]
}

// simpleType is a base with, perhaps, a closed list of values.
type simpleType struct {
	name string // name of the enumeration, empty for a plain base
	base base
	enum []string
	set  map[string]struct{}
}

// check names a business rule about one value; the schema knows nothing of it.
type check uint8

const (
	checkNone check = iota
	checkURL
	checkEmail
	checkIP
	checkPast
	checkBirth
	checkAge
	checkPort
	checkNotBlank
	checkCallingCode
	checkExtension
	checkReportID
	checkLatitude
	checkLongitude
)

// limit is what the documentation asks of a value beyond its type.
type limit struct {
	max   int // most characters; 0 means no limit
	check check
}

// attribute is one attribute of a complex type.
type attribute struct {
	name     string
	simple   *simpleType
	limit    limit
	required bool
}

// element is one element declaration with its place's cardinality. Exactly one of typ and simple is set.
type element struct {
	name      string
	typ       *complexType
	simple    *simpleType
	limit     limit
	fixedTrue bool // xs:boolean fixed="true": presence means true
	min, max  int  // max is -1 for no upper bound
	since     Profile
	certainty Certainty
	note      string
}

// particle is one place in a sequence: a single element, or a choice between several.
type particle struct {
	elems    []*element
	min, max int
}

// content says what may stand inside an element of a complex type.
type content uint8

const (
	contentEmpty content = iota
	contentSimple
	contentSequence
	contentAll
)

// complexType is a named type with attributes or children.
type complexType struct {
	name      string
	content   content
	particles []particle
	attrs     []attribute
	simple    *simpleType // of contentSimple
	limit     limit       // of contentSimple
}

// find returns the declaration of a child by name, wherever it may stand.
func (t *complexType) find(name string) *element {
	for i := range t.particles {
		for _, e := range t.particles[i].elems {
			if e.name == name {
				return e
			}
		}
	}
	return nil
}

// attr returns the declaration of an attribute by name.
func (t *complexType) attr(name string) *attribute {
	for i := range t.attrs {
		if t.attrs[i].name == name {
			return &t.attrs[i]
		}
	}
	return nil
}

// schema is one profile's tables, never changed after it was built.
type schema struct {
	profile Profile
	roots   []*element
	types   []*complexType // in the order in which they were declared
}

func (s *schema) root(name string) *element {
	for _, e := range s.roots {
		if e.name == name {
			return e
		}
	}
	return nil
}

// The tables are built once per profile, on first use, and only read afterwards.
var (
	schema202506 = sync.OnceValue(func() *schema { return buildSchema(Profile202506) })
	schema202608 = sync.OnceValue(func() *schema { return buildSchema(Profile202608) })
)

// schemaFor returns the tables of a profile.
func schemaFor(p Profile) (*schema, error) {
	switch p {
	case Profile202506:
		return schema202506(), nil
	case Profile202608:
		return schema202608(), nil
	default:
		return nil, fmt.Errorf("cybertip: unknown schema profile %q; known are %q", string(p), Profiles())
	}
}

// builder assembles the tables of one profile.
type builder struct {
	profile Profile
	types   []*complexType
}

// keep drops elements that the profile does not have yet.
func (b *builder) keep(elems []*element) []*element {
	var kept []*element
	for _, e := range elems {
		if e.since <= b.profile {
			kept = append(kept, e)
		}
	}
	return kept
}

// seq declares a type whose children stand in the given order.
func (b *builder) seq(name string, elems ...*element) *complexType {
	t := &complexType{name: name, content: contentSequence}
	for _, e := range b.keep(elems) {
		t.particles = append(t.particles, particle{elems: []*element{e}, min: e.min, max: e.max})
	}
	b.types = append(b.types, t)
	return t
}

// choice declares a type with exactly one of the given children.
func (b *builder) choice(name string, elems ...*element) *complexType {
	t := &complexType{name: name, content: contentSequence}
	t.particles = []particle{{elems: b.keep(elems), min: 1, max: 1}}
	b.types = append(b.types, t)
	return t
}

// all declares a type whose children, each at most once, stand in any order.
func (b *builder) all(name string, elems ...*element) *complexType {
	t := b.seq(name, elems...)
	t.content = contentAll
	return t
}

// value declares a type that carries text and attributes.
func (b *builder) value(name string, s *simpleType, l limit, attrs ...attribute) *complexType {
	t := &complexType{name: name, content: contentSimple, simple: s, limit: l, attrs: attrs}
	b.types = append(b.types, t)
	return t
}

// with adds attributes to a type.
func (t *complexType) with(attrs ...attribute) *complexType {
	t.attrs = append(t.attrs, attrs...)
	return t
}

// el declares an optional element with text; the modifiers below change that.
func el(name string, s *simpleType) *element {
	return &element{name: name, simple: s, max: 1, certainty: CertaintyRead}
}

// sub declares an optional element of a complex type.
func sub(name string, t *complexType) *element {
	return &element{name: name, typ: t, max: 1, certainty: CertaintyRead}
}

// marker declares an optional element that means true by being there.
func marker(name, note string) *element {
	e := el(name, simple(baseBoolean))
	e.fixedTrue, e.note = true, note
	return e
}

func (e *element) one() *element            { e.min = 1; return e }
func (e *element) many() *element           { e.max = -1; return e }
func (e *element) len(n int) *element       { e.limit.max = n; return e }
func (e *element) must(c check) *element    { e.limit.check = c; return e }
func (e *element) why(note string) *element { e.note = note; return e }
func (e *element) from(p Profile, c Certainty) *element {
	e.since, e.certainty = p, c
	return e
}

func simple(b base) *simpleType { return &simpleType{base: b} }

func enum[T ~string](name string, values []T) *simpleType {
	s := &simpleType{name: name, set: make(map[string]struct{}, len(values))}
	for _, v := range values {
		s.enum = append(s.enum, string(v))
		s.set[string(v)] = struct{}{}
	}
	return s
}

func buildSchema(p Profile) *schema {
	b := &builder{profile: p}
	t := b.shared()
	roots := []*element{b.report(t), b.fileDetails(t), b.reportResponse(), b.reportDoneResponse()}
	return &schema{profile: p, roots: roots, types: b.types}
}
