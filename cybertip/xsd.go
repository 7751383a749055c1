package cybertip

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriteXSD writes a profile's tables as an XML Schema. It is haris's own description of what NCMEC's service accepts, for tests and for people
// who build against package cybertiptest; it is not NCMEC's schema, which is served to registered reporters only.
func WriteXSD(w io.Writer, profile Profile) error {
	sch, err := schemaFor(profile)
	if err != nil {
		return err
	}
	x := &xsdWriter{out: bufio.NewWriter(w)}
	x.linef(0, `<?xml version="1.0" encoding="UTF-8"?>`)
	x.linef(0, "<!-- Written by haris from its own tables, profile %s. This is NOT the schema of NCMEC and carries no authority. -->", profile)
	x.linef(0, `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">`)
	for _, e := range sch.roots {
		x.linef(1, `<xs:element name="%s" type="%s"/>`, e.name, typeName(e.typ.name))
	}
	for _, t := range sch.types {
		x.complexType(t)
	}
	for _, s := range sch.enumerations() {
		x.enumeration(s)
	}
	x.linef(0, "</xs:schema>")
	return x.out.Flush()
}

// typeName keeps names of types apart from names of elements.
func typeName(name string) string { return name + "Type" }

func simpleName(s *simpleType) string {
	if s.name != "" {
		return s.name + "Values"
	}
	return "xs:" + s.base.String()
}

// enumerations returns every named list of values once, in order of first use.
func (s *schema) enumerations() []*simpleType {
	var out []*simpleType
	seen := map[string]bool{}
	add := func(t *simpleType) {
		if t != nil && t.name != "" && !seen[t.name] {
			seen[t.name] = true
			out = append(out, t)
		}
	}
	for _, t := range s.types {
		add(t.simple)
		for _, a := range t.attrs {
			add(a.simple)
		}
		for _, p := range t.particles {
			for _, e := range p.elems {
				add(e.simple)
			}
		}
	}
	return out
}

type xsdWriter struct {
	out *bufio.Writer
}

// linef writes an indented line; errors surface at Flush.
func (x *xsdWriter) linef(depth int, format string, args ...any) {
	fmt.Fprintf(x.out, strings.Repeat("  ", depth)+format+"\n", args...)
}

func (x *xsdWriter) complexType(t *complexType) {
	x.linef(1, `<xs:complexType name="%s">`, typeName(t.name))
	depth := 2
	switch t.content {
	case contentSimple:
		x.linef(2, "<xs:simpleContent>")
		x.linef(3, `<xs:extension base="%s">`, simpleName(t.simple))
		depth = 4
	case contentSequence, contentAll:
		model := "xs:sequence"
		if t.content == contentAll {
			model = "xs:all"
		}
		x.linef(2, "<%s>", model)
		for i := range t.particles {
			x.particle(&t.particles[i])
		}
		x.linef(2, "</%s>", model)
	}
	for _, a := range t.attrs {
		use := "optional"
		if a.required {
			use = "required"
		}
		x.linef(depth, `<xs:attribute name="%s" type="%s" use="%s"/>`, a.name, simpleName(a.simple), use)
	}
	if t.content == contentSimple {
		x.linef(3, "</xs:extension>")
		x.linef(2, "</xs:simpleContent>")
	}
	x.linef(1, "</xs:complexType>")
}

func (x *xsdWriter) particle(p *particle) {
	if len(p.elems) == 1 {
		x.element(3, p.elems[0], occurs(p.min, p.max))
		return
	}
	x.linef(3, "<xs:choice%s>", occurs(p.min, p.max))
	for _, e := range p.elems {
		x.element(4, e, "")
	}
	x.linef(3, "</xs:choice>")
}

func (x *xsdWriter) element(depth int, e *element, occurrence string) {
	typ := ""
	switch {
	case e.typ != nil:
		typ = typeName(e.typ.name)
	default:
		typ = simpleName(e.simple)
	}
	if e.fixedTrue {
		occurrence += ` fixed="true"`
	}
	x.linef(depth, `<xs:element name="%s" type="%s"%s/>`, e.name, typ, occurrence)
}

func occurs(least, most int) string {
	s := ""
	if least != 1 {
		s += fmt.Sprintf(` minOccurs="%d"`, least)
	}
	switch {
	case most < 0:
		s += ` maxOccurs="unbounded"`
	case most != 1:
		s += fmt.Sprintf(` maxOccurs="%d"`, most)
	}
	return s
}

func (x *xsdWriter) enumeration(s *simpleType) {
	x.linef(1, `<xs:simpleType name="%s">`, simpleName(s))
	x.linef(2, `<xs:restriction base="xs:%s">`, s.base)
	for _, v := range s.enum {
		x.linef(3, `<xs:enumeration value="%s"/>`, v)
	}
	x.linef(2, "</xs:restriction>")
	x.linef(1, "</xs:simpleType>")
}
