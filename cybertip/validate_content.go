package cybertip

import (
	"fmt"
	"strings"
)

func (s structure) content(i int32, typ *complexType) {
	n := &s.tree.nodes[i]
	switch typ.content {
	case contentSimple:
		if n.first >= 0 {
			n.bad = true
			s.report(i, n.end, "", "cvc-complex-type.2.2", fmt.Sprintf("Element '%s' must have no element [children], and the value must be valid.", n.name),
				fmt.Sprintf("<%s> holds text only, but has elements inside.", n.name), "Replace the elements inside by their text.")
			return
		}
		s.value(i, typ.simple, n.text)
	case contentEmpty:
		if n.first >= 0 || n.text != "" || n.mixed {
			s.report(i, n.end, "", "cvc-complex-type.2.1", fmt.Sprintf("Element '%s' must have no character or element information item [children], "+
				"because the type's content type is empty.", n.name), fmt.Sprintf("<%s> must be empty.", n.name), "Remove what stands inside.")
		}
	case contentSequence:
		s.children(i, typ, &sequenceMatcher{typ: typ})
	case contentAll:
		s.children(i, typ, &allMatcher{typ: typ, seen: make([]bool, len(typ.particles))})
	}
}

// matcher follows a content model child by child.
type matcher interface {
	// step accepts the next child or returns nil and stays where it was.
	step(name string) *element
	// expected lists the names that may come next, in schema order.
	expected() []string
	// missing reports whether something required has not come yet.
	missing() bool
}

// children checks the elements inside. As in Xerces, one error about order or number is reported per parent; after it the other children are
// still checked by name.
func (s structure) children(i int32, typ *complexType, m matcher) {
	broken := false
	prev := ""
	for k := s.tree.nodes[i].first; k >= 0; k = s.tree.nodes[k].next {
		if s.full() {
			return
		}
		name := s.tree.nodes[k].name
		var decl *element
		if !broken {
			decl = m.step(name)
		}
		if decl == nil {
			decl = typ.find(name)
			if !broken {
				broken = true
				s.unexpected(k, typ, m, prev)
			}
		}
		if decl != nil {
			s.element(k, decl)
		}
		prev = name
	}
	n := &s.tree.nodes[i]
	if n.mixed || (n.first < 0 && !allSpace(n.text)) {
		s.report(i, n.end, "", "cvc-complex-type.2.3", fmt.Sprintf("Element '%s' cannot have character [children], because the type's content type is element-only.", n.name),
			fmt.Sprintf("<%s> holds elements only, but has text between them.", n.name), "Move the text into the element it belongs to.")
	}
	if !broken && m.missing() {
		s.incomplete(i, m.expected())
	}
}

func (s structure) incomplete(i int32, expected []string) {
	n := &s.tree.nodes[i]
	s.report(i, n.end, "", "cvc-complex-type.2.4.b", fmt.Sprintf("The content of element '%s' is not complete. One of '{%s}' is expected.",
		n.name, strings.Join(expected, ", ")),
		fmt.Sprintf("<%s> is not complete.", n.name), "Add "+oneOf(expected)+".")
}

// unexpected reports a child that may not stand where it does, and says which of the usual mistakes it is.
func (s structure) unexpected(k int32, typ *complexType, m matcher, prev string) {
	n := &s.tree.nodes[k]
	expected := m.expected()
	rule, detail := "cvc-complex-type.2.4.a", fmt.Sprintf("Invalid content was found starting with element '%s'. One of '{%s}' is expected.",
		n.name, strings.Join(expected, ", "))
	if len(expected) == 0 {
		rule = "cvc-complex-type.2.4.d"
		detail = fmt.Sprintf("Invalid content was found starting with element '%s'. No child element is expected at this point.", n.name)
	}
	message, fix := s.whyUnexpected(k, typ, expected, prev)
	s.report(k, n.open, "", rule, detail, message, fix)
}

func (s structure) whyUnexpected(k int32, typ *complexType, expected []string, prev string) (message, fix string) {
	name := s.tree.nodes[k].name
	parent := s.tree.nodes[s.tree.nodes[k].parent].name
	if typ.find(name) == nil {
		message = fmt.Sprintf("<%s> is not an element of <%s> in profile %s", name, parent, s.schema.profile)
		if newer := s.profileWith(typ.name, name); newer != "" {
			return message + fmt.Sprintf("; it exists from profile %s.", newer), "Remove it, or use a profile that NCMEC's server accepts it in."
		}
		return message + ".", "Remove it. " + allowed(expected)
	}
	switch {
	case s.firstOf(k, name) != k:
		return fmt.Sprintf("<%s> may not be repeated here inside <%s>.", name, parent), "Keep one. " + allowed(expected)
	case len(expected) == 0:
		return fmt.Sprintf("<%s> already has all it may contain, <%s> is too much.", parent, name), "Remove it, or give it its own <" + parent + ">."
	case prev == "":
		return fmt.Sprintf("<%s> stands before something that <%s> needs first.", name, parent), "Put " + oneOf(expected) + " before it."
	case s.schema.alternatives(typ, prev, name):
		return fmt.Sprintf("<%s> and <%s> exclude each other.", name, prev), "Keep one of the two."
	default:
		return fmt.Sprintf("<%s> stands in the wrong place inside <%s>: not after <%s>. Order matters.", name, parent, prev), allowed(expected)
	}
}

// firstOf returns the first sibling with that name.
func (s structure) firstOf(k int32, name string) int32 {
	for f := s.tree.nodes[s.tree.nodes[k].parent].first; f >= 0; f = s.tree.nodes[f].next {
		if s.tree.nodes[f].name == name {
			return f
		}
	}
	return k
}

// profileWith returns the first newer profile in which the type has the child.
func (s structure) profileWith(typeName, child string) Profile {
	for _, p := range Profiles() {
		if p <= s.schema.profile {
			continue
		}
		newer, err := schemaFor(p)
		if err != nil {
			continue
		}
		for _, t := range newer.types {
			if t.name == typeName && t.find(child) != nil {
				return p
			}
		}
	}
	return ""
}

// alternatives reports whether two children share one place of the content model.
func (s *schema) alternatives(typ *complexType, a, b string) bool {
	for _, p := range typ.particles {
		var hasA, hasB bool
		for _, e := range p.elems {
			hasA = hasA || e.name == a
			hasB = hasB || e.name == b
		}
		if hasA && hasB {
			return true
		}
	}
	return false
}

func allowed(names []string) string {
	if len(names) == 0 {
		return "Nothing may follow here."
	}
	return "Here may follow: " + strings.Join(names, ", ") + "."
}

func oneOf(names []string) string {
	if len(names) == 1 {
		return "<" + names[0] + ">"
	}
	return "one of: " + strings.Join(names, ", ")
}

// sequenceMatcher follows an xs:sequence. No name stands twice in one sequence of this schema, so it never has to look back.
type sequenceMatcher struct {
	typ   *complexType
	at    int // current particle
	count int // how often it has matched
}

func (m *sequenceMatcher) step(name string) *element {
	for p := m.at; p < len(m.typ.particles); p++ {
		part := &m.typ.particles[p]
		count := 0
		if p == m.at {
			count = m.count
		}
		if part.max < 0 || count < part.max {
			for _, e := range part.elems {
				if e.name == name {
					m.at, m.count = p, count+1
					return e
				}
			}
		}
		if count < part.min {
			return nil
		}
	}
	return nil
}

func (m *sequenceMatcher) expected() []string {
	var names []string
	for p := m.at; p < len(m.typ.particles); p++ {
		part := &m.typ.particles[p]
		count := 0
		if p == m.at {
			count = m.count
		}
		if part.max < 0 || count < part.max {
			for _, e := range part.elems {
				names = append(names, e.name)
			}
		}
		if count < part.min {
			break
		}
	}
	return names
}

func (m *sequenceMatcher) missing() bool {
	for p := m.at; p < len(m.typ.particles); p++ {
		count := 0
		if p == m.at {
			count = m.count
		}
		if count < m.typ.particles[p].min {
			return true
		}
	}
	return false
}

// allMatcher follows an xs:all in which everything is optional and may come once.
type allMatcher struct {
	typ  *complexType
	seen []bool
}

func (m *allMatcher) step(name string) *element {
	for p := range m.typ.particles {
		if e := m.typ.particles[p].elems[0]; e.name == name && !m.seen[p] {
			m.seen[p] = true
			return e
		}
	}
	return nil
}

func (m *allMatcher) expected() []string {
	var names []string
	for p := range m.typ.particles {
		if !m.seen[p] {
			names = append(names, m.typ.particles[p].elems[0].name)
		}
	}
	return names
}

func (m *allMatcher) missing() bool { return false }
