package cybertip

import (
	"fmt"
	"strings"
	"time"
)

// Validate checks a document against a profile: first its structure, as a schema validator would, then every business rule that NCMEC
// documents, then advice. It returns nothing for a document that is right in all three. now is the moment that "in the past" is measured
// against. Structure and rules are both checked whenever the document is well-formed XML; a value that breaks the schema is not also held
// against the rules. At most 500 findings are returned. An unknown profile or kind is itself a finding, never an empty answer.
func Validate(profile Profile, kind Kind, data []byte, now time.Time) []Finding {
	sch, err := schemaFor(profile)
	if err != nil {
		return []Finding{{
			Severity: SeveritySchema, Rule: "profile-unknown", Line: 1, Column: 1, Path: "/",
			Message: err.Error(), Fix: "Choose a schema profile that this version knows.",
		}}
	}
	tree, syn := parseXML(data)
	if syn != nil {
		return []Finding{syn.finding()}
	}
	c := &collector{tree: tree}
	structure{c, sch}.root(kind)
	if tree.nodes[0].elem != nil {
		applyRules(c, kind, now)
	}
	return c.findings
}

func (e *syntaxError) finding() Finding {
	fix := "Send the document as it was encoded; do not edit it by hand."
	if e.rule == RuleTooLarge {
		fix = "Move long text into a file and upload that."
	}
	return Finding{
		Severity: SeveritySchema, Rule: e.rule, Line: e.line, Column: e.col, Path: "/",
		Message: "This is not XML that can be read: " + e.msg + ".", Fix: fix, Detail: e.rule + ": " + e.msg,
	}
}

// structure checks a tree against the tables and notes in each node which declaration it matched.
type structure struct {
	*collector
	schema *schema
}

func (s structure) report(i, off int32, attr, rule, detail, message, fix string) {
	s.add(i, off, attr, Finding{
		Severity: SeveritySchema, Rule: rule, Message: message, Fix: fix, Detail: rule + ": " + detail,
	})
}

func (s structure) root(kind Kind) {
	n := &s.tree.nodes[0]
	decl := s.schema.root(n.name)
	if decl == nil || n.name != kind.root() {
		s.report(0, n.open, "", "cvc-elt.1.a", "Cannot find the declaration of element '"+n.name+"'.",
			fmt.Sprintf("The document is a <%s>; a <%s> is expected.", n.name, kind.root()), "Send a "+kind.root()+" document.")
		return
	}
	s.element(0, decl)
}

func (s structure) element(i int32, decl *element) {
	s.tree.nodes[i].elem = decl
	switch {
	case decl.typ == nil:
		s.plain(i, decl)
	default:
		s.attributes(i, decl.typ)
		s.content(i, decl.typ)
	}
}

// schemaAttr reports whether an attribute belongs to XML Schema itself and may stand on any element.
func schemaAttr(name string) bool {
	return name == "{"+xsiNamespace+"}noNamespaceSchemaLocation" || name == "{"+xsiNamespace+"}schemaLocation"
}

// plain checks an element of a simple type: no attributes, no children, a valid value.
func (s structure) plain(i int32, decl *element) {
	n := &s.tree.nodes[i]
	for _, a := range s.tree.attributes(i) {
		if !schemaAttr(a.name) {
			s.report(i, n.open, a.name, "cvc-type.3.1.1", fmt.Sprintf("Element '%s' is a simple type, so it cannot have attributes, excepting "+
				"those whose namespace name is identical to '%s' and whose [local name] is one of 'type', 'nil', 'schemaLocation' or "+
				"'noNamespaceSchemaLocation'. However, the attribute, '%s' was found.", n.name, xsiNamespace, a.name),
				fmt.Sprintf("<%s> takes no attributes, but has %q.", n.name, a.name), "Remove the attribute.")
		}
	}
	if n.first >= 0 {
		n.bad = true
		s.report(i, n.end, "", "cvc-type.3.1.2", fmt.Sprintf("Element '%s' is a simple type, so it must have no element information item [children].", n.name),
			fmt.Sprintf("<%s> holds text only, but has elements inside.", n.name), "Replace the elements inside by their text.")
		return
	}
	if decl.fixedTrue {
		s.annotation(i)
		return
	}
	s.value(i, decl.simple, n.text)
}

// annotation checks an element that means true by being there.
func (s structure) annotation(i int32) {
	n := &s.tree.nodes[i]
	v, ok := parseBool(collapse(n.text))
	if n.text == "" || (ok && v) {
		return
	}
	n.bad = true
	if !ok {
		s.value(i, simple(baseBoolean), n.text)
		return
	}
	s.report(i, n.end, "", "cvc-elt.5.2.2.2.2", fmt.Sprintf("The value '%s' of element '%s' does not match the {value constraint} value 'true'.", n.text, n.name),
		fmt.Sprintf("<%s> means true by being there; it cannot be %s.", n.name, n.text), "Remove the element when it does not apply.")
}

// value checks the text of an element.
func (s structure) value(i int32, typ *simpleType, text string) {
	if typ.valid(text) {
		return
	}
	n := &s.tree.nodes[i]
	n.bad = true
	rule, detail := typ.complaint(text)
	message, fix := typ.explain("<"+n.name+">", text)
	s.report(i, n.end, "", rule, detail, message, fix)
}

// complaint words an invalid value as Xerces does.
func (t *simpleType) complaint(v string) (rule, detail string) {
	if t.set != nil {
		return "cvc-enumeration-valid", fmt.Sprintf("Value '%s' is not facet-valid with respect to enumeration '[%s]'. "+
			"It must be a value from the enumeration.", v, strings.Join(t.enum, ", "))
	}
	return "cvc-datatype-valid.1.2.1", fmt.Sprintf("'%s' is not a valid value for '%s'.", v, t.xercesName())
}

// xercesName is the name Xerces prints, which for integers is that of the type they are derived from when the digits are wrong.
func (t *simpleType) xercesName() string {
	if t.base == baseInt || t.base == baseLong {
		return "integer"
	}
	return t.base.String()
}

// explain words an invalid value for a person.
func (t *simpleType) explain(what, v string) (message, fix string) {
	message = fmt.Sprintf("%s has the value %q", what, shorten(v))
	switch {
	case t.set != nil && len(t.enum) > 12:
		message += ", which is not in NCMEC's list of codes"
		fix = "Use a two-letter code from the list; the United Kingdom is GB."
		if t.name == "state" {
			fix = "Use a two-letter code of a state, or DC, GU, PR or VI; write other regions in nonUsaState."
		}
	case t.set != nil:
		message += ", which is not one of the values NCMEC accepts"
		fix = "Use exactly one of: " + strings.Join(t.enum, " · ") + "."
	default:
		want := [...]string{
			"text", "text", "true or false in small letters", "a whole number", "a whole number", "a decimal number",
			"a date and time like 2025-01-31T13:45:00Z", "a date like 2010-05-31",
		}[t.base]
		message += ", which is not " + want
		fix = "Write " + want + "."
	}
	return message + ".", fix
}

// shorten keeps a quoted value readable.
func shorten(v string) string {
	const most = 60
	r := []rune(v)
	if len(r) <= most {
		return v
	}
	return string(r[:most]) + "…"
}

func (s structure) attributes(i int32, typ *complexType) {
	n := &s.tree.nodes[i]
	for _, a := range s.tree.attributes(i) {
		decl := typ.attr(a.name)
		if decl == nil {
			if !schemaAttr(a.name) {
				s.report(i, n.open, a.name, "cvc-complex-type.3.2.2",
					fmt.Sprintf("Attribute '%s' is not allowed to appear in element '%s'.", a.name, n.name),
					fmt.Sprintf("<%s> has no attribute %q in this profile.", n.name, a.name), attributeFix(typ))
			}
			continue
		}
		if decl.simple.valid(a.value) {
			continue
		}
		rule, detail := decl.simple.complaint(a.value)
		message, fix := decl.simple.explain("The attribute "+a.name+" of <"+n.name+">", a.value)
		s.report(i, n.open, a.name, rule, detail, message, fix)
	}
	for k := range typ.attrs {
		want := &typ.attrs[k]
		if _, ok := s.tree.attrValue(i, want.name); want.required && !ok {
			s.report(i, n.open, want.name, "cvc-complex-type.4", fmt.Sprintf("Attribute '%s' must appear on element '%s'.", want.name, n.name),
				fmt.Sprintf("<%s> needs the attribute %q.", n.name, want.name), "Add the attribute.")
		}
	}
}

func attributeFix(typ *complexType) string {
	if len(typ.attrs) == 0 {
		return "Remove the attribute; this element takes none."
	}
	names := make([]string, len(typ.attrs))
	for i := range typ.attrs {
		names[i] = typ.attrs[i].name
	}
	return "Remove the attribute; this element takes: " + strings.Join(names, ", ") + "."
}

func (t *xmlTree) attrValue(i int32, name string) (string, bool) {
	for _, a := range t.attributes(i) {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}
