package cybertip

import "strings"

// Namespaces that a document may declare.
const (
	xsiNamespace = "http://www.w3.org/2001/XMLSchema-instance"
	xmlNamespace = "http://www.w3.org/XML/1998/namespace"
)

func (s *scanner) endTag() *syntaxError {
	name, rest, ok := cutName(s.tree.src[s.pos+2:])
	rest = strings.TrimLeft(rest, " \t\r\n")
	if !ok || !strings.HasPrefix(rest, ">") {
		return s.malformed("an end tag has no name or is not closed by '>'")
	}
	if s.cur < 0 {
		return s.malformed("</" + name + "> closes nothing")
	}
	if open := s.names[len(s.names)-1].raw; open != name {
		return s.malformed("</" + name + "> stands where </" + open + "> is expected")
	}
	s.pos = len(s.tree.src) - len(rest) + 1
	s.closeElement()
	return nil
}

func (s *scanner) closeElement() {
	n := &s.tree.nodes[s.cur]
	if n.first < 0 {
		n.text = s.takeText()
	}
	n.end = int32(s.pos)
	s.cur = n.parent
	s.names = s.names[:len(s.names)-1]
}

func (s *scanner) startTag() *syntaxError {
	name, rest, ok := cutName(s.tree.src[s.pos+1:])
	if !ok {
		return s.malformed("'<' does not begin a tag; write &lt; in text")
	}
	switch {
	case s.cur < 0 && len(s.tree.nodes) > 0:
		return s.malformed("a second root element <" + name + ">")
	case len(s.names) >= maxDepth:
		return s.fail(RuleTooLarge, "elements are nested more than 64 deep")
	case len(s.tree.nodes)+len(s.tree.attrs) >= maxNodes:
		return s.fail(RuleTooLarge, "the document has more than 400000 elements and attributes")
	}
	attr0 := len(s.tree.attrs)
	rest, err := s.attributeList(name, rest, attr0)
	if err != nil {
		return err
	}
	empty := strings.HasPrefix(rest, "/")
	if empty {
		rest = rest[1:]
	}
	if !strings.HasPrefix(rest, ">") {
		s.pos = len(s.tree.src) - len(rest)
		return s.malformed("the start tag <" + name + "> is not closed by '>'")
	}
	tagEnd := len(s.tree.src) - len(rest) + 1
	if err := s.openElement(name, attr0, tagEnd); err != nil {
		return err
	}
	if empty {
		s.closeElement()
	}
	return nil
}

// attributeList reads attributes up to the end of the tag and returns what follows them.
func (s *scanner) attributeList(tag, rest string, attr0 int) (string, *syntaxError) {
	at := func(r string) { s.pos = len(s.tree.src) - len(r) }
	for {
		trimmed := strings.TrimLeft(rest, " \t\r\n")
		if trimmed == "" || trimmed[0] == '>' || trimmed[0] == '/' {
			return trimmed, nil
		}
		spaced := len(trimmed) < len(rest)
		name, after, ok := cutName(trimmed)
		at(trimmed)
		if !ok || !spaced {
			return "", s.malformed("the start tag <" + tag + "> is not well-formed")
		}
		after = strings.TrimLeft(after, " \t\r\n")
		if !strings.HasPrefix(after, "=") {
			return "", s.malformed("attribute " + name + " has no value")
		}
		after = strings.TrimLeft(after[1:], " \t\r\n")
		if after == "" || (after[0] != '"' && after[0] != '\'') {
			return "", s.malformed("the value of attribute " + name + " is not in quotes")
		}
		end := strings.IndexByte(after[1:], after[0])
		if end < 0 {
			return "", s.malformed("the value of attribute " + name + " is not closed")
		}
		raw := after[1 : 1+end]
		val, bad := unescape(raw, true)
		if bad >= 0 || strings.IndexByte(raw, '<') >= 0 {
			return "", s.malformed("the value of attribute " + name + " contains '<' or an unknown entity")
		}
		for _, a := range s.tree.attrs[attr0:] {
			if a.name == name {
				return "", s.malformed("attribute " + name + " is given twice")
			}
		}
		if len(s.tree.attrs)-attr0 >= 64 {
			return "", s.fail(RuleTooLarge, "an element has more than 64 attributes")
		}
		s.tree.attrs = append(s.tree.attrs, xmlAttr{name, val})
		rest = after[end+2:]
	}
}

// openElement adds the node, after its names were resolved in their namespaces.
func (s *scanner) openElement(raw string, attr0, tagEnd int) *syntaxError {
	on := openName{raw: raw}
	for _, a := range s.tree.attrs[attr0:] {
		if a.name == "xmlns" || strings.HasPrefix(a.name, "xmlns:") {
			on.bindings = append(on.bindings, a)
		}
	}
	s.names = append(s.names, on)
	if err := s.resolveAttrs(attr0); err != nil {
		return err
	}
	name, ok := s.resolve(raw, true)
	if !ok {
		return s.malformed("the prefix of <" + raw + "> is not bound to a namespace")
	}
	i := int32(len(s.tree.nodes))
	if s.cur >= 0 {
		p := &s.tree.nodes[s.cur]
		if p.first < 0 {
			p.mixed = p.mixed || !allSpace(s.takeText())
			p.first = i
		} else {
			s.tree.nodes[p.last].next = i
		}
		p.last = i
	}
	s.tree.nodes = append(s.tree.nodes, xmlNode{
		name: name, parent: s.cur, first: -1, last: -1, next: -1,
		attr0: int32(attr0), attr1: int32(len(s.tree.attrs)), open: int32(tagEnd),
	})
	s.cur = i
	s.pos = tagEnd
	return nil
}

// resolveAttrs drops namespace declarations from the new element's attributes and expands prefixed names.
func (s *scanner) resolveAttrs(attr0 int) *syntaxError {
	kept := s.tree.attrs[:attr0]
	for _, a := range s.tree.attrs[attr0:] {
		if a.name == "xmlns" || strings.HasPrefix(a.name, "xmlns:") {
			continue
		}
		name, ok := s.resolve(a.name, false)
		if !ok {
			return s.malformed("the prefix of attribute " + a.name + " is not bound to a namespace")
		}
		for _, k := range kept[attr0:] {
			if k.name == name {
				return s.malformed("attribute " + a.name + " is given twice")
			}
		}
		kept = append(kept, xmlAttr{name, a.value})
	}
	s.tree.attrs = kept
	return nil
}

// resolve turns a name as written into {uri}local, or into itself when it is in no namespace.
func (s *scanner) resolve(raw string, isElement bool) (string, bool) {
	prefix, local, prefixed := strings.Cut(raw, ":")
	if !prefixed {
		if !isElement {
			return raw, true
		}
		if uri, ok := s.binding("xmlns"); ok && uri != "" {
			return "{" + uri + "}" + raw, true
		}
		return raw, true
	}
	if prefix == "" || local == "" || strings.Contains(local, ":") {
		return "", false
	}
	if prefix == "xml" {
		return "{" + xmlNamespace + "}" + local, true
	}
	uri, ok := s.binding("xmlns:" + prefix)
	return "{" + uri + "}" + local, ok && uri != ""
}

func (s *scanner) binding(name string) (string, bool) {
	for i := len(s.names) - 1; i >= 0; i-- {
		for _, b := range s.names[i].bindings {
			if b.name == name {
				return b.value, true
			}
		}
	}
	return "", false
}
