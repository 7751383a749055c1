package cybertip

import (
	"strings"
	"unicode/utf8"
)

// Bounds on what is read. They protect the reader, and no honest document comes near them.
const (
	// MaxDocumentBytes is the largest XML document that is read.
	MaxDocumentBytes = 32 << 20
	// maxDepth is the deepest nesting; the schema itself needs eight levels.
	maxDepth = 64
	// maxNodes is the largest number of elements plus attributes in a document.
	maxNodes = 400_000
)

// Rule ids of documents that are not well-formed XML, or not XML we accept.
const (
	RuleMalformed = "xml-malformed"
	RuleDoctype   = "xml-doctype"
	RuleTooLarge  = "xml-too-large"
	RuleEncoding  = "xml-encoding"
)

// syntaxError says where and why a document cannot be read.
type syntaxError struct {
	rule, msg string
	off       int
	line, col int
}

func (e *syntaxError) Error() string { return e.msg }

// xmlAttr is one attribute; a name in a namespace is written {uri}local.
type xmlAttr struct{ name, value string }

// xmlNode is one element. Links are indices into the tree, -1 for none.
type xmlNode struct {
	name                      string
	text                      string // character data of an element without children
	elem                      *element
	parent, first, last, next int32
	attr0, attr1              int32
	open, end                 int32 // offsets just after the start tag and just after the end tag
	mixed                     bool  // has both children and text that is not white space
	bad                       bool  // its own value breaks the schema
}

// xmlTree is a parsed document. Node 0 is the root.
type xmlTree struct {
	src   string
	nodes []xmlNode
	attrs []xmlAttr
}

func (t *xmlTree) attributes(i int32) []xmlAttr { return t.attrs[t.nodes[i].attr0:t.nodes[i].attr1] }

// position turns a byte offset into a line and a column, both from 1; a column counts characters.
func (t *xmlTree) position(off int) (line, col int) { return positionIn(t.src, off) }

func positionIn(src string, off int) (line, col int) {
	before := src[:min(off, len(src))]
	nl := strings.LastIndexByte(before, '\n')
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[nl+1:]) + 1
}

// scanner is a strict reader of XML 1.0 with namespaces. It exists beside encoding/xml because a validator must refuse what that package
// accepts (several roots, repeated attributes, a document type, unbounded depth) and must know the exact place of everything.
type scanner struct {
	tree  xmlTree
	pos   int
	cur   int32 // open element, -1 outside the root
	depth int
	names []openName

	// Text of the open element. It is kept only while the element has no child, so that no input makes us copy text twice.
	seg  string
	segs int
	buf  []byte
}

// openName is an open element's name as written, with the number of namespace bindings it added.
type openName struct {
	raw      string
	bindings []xmlAttr
}

// parseXML reads a whole document.
func parseXML(data []byte) (*xmlTree, *syntaxError) {
	if len(data) > MaxDocumentBytes {
		return nil, &syntaxError{rule: RuleTooLarge, line: 1, col: 1, msg: "the document is larger than 32 MiB"}
	}
	src, err := decodeCharset(data)
	if err != nil {
		err.line, err.col = positionIn(string(data), err.off)
		return nil, err
	}
	s := &scanner{tree: xmlTree{src: src, nodes: make([]xmlNode, 0, len(src)/48+4)}, cur: -1}
	if err := s.document(); err != nil {
		err.line, err.col = positionIn(src, err.off)
		return nil, err
	}
	return &s.tree, nil
}

func (s *scanner) fail(rule, msg string) *syntaxError {
	return &syntaxError{rule: rule, msg: msg, off: s.pos}
}

func (s *scanner) malformed(msg string) *syntaxError { return s.fail(RuleMalformed, msg) }

func (s *scanner) document() *syntaxError {
	if err := s.declaration(); err != nil {
		return err
	}
	for s.pos < len(s.tree.src) {
		if err := s.next(); err != nil {
			return err
		}
	}
	switch {
	case s.cur >= 0:
		return s.malformed("the document ends before <" + s.names[len(s.names)-1].raw + "> is closed")
	case len(s.tree.nodes) == 0:
		return s.malformed("the document has no element")
	}
	return nil
}

// declaration skips an XML declaration; decodeCharset has already understood it.
func (s *scanner) declaration() *syntaxError {
	if !isDeclaration(s.tree.src) {
		return nil
	}
	end := strings.Index(s.tree.src, "?>")
	if end < 0 {
		return s.malformed("the XML declaration is not closed")
	}
	if !strings.Contains(s.tree.src[:end], "version") {
		return s.malformed("the XML declaration names no version")
	}
	s.pos = end + 2
	return nil
}

func isDeclaration(src string) bool {
	return strings.HasPrefix(src, "<?xml") && len(src) > 5 && isSpace(src[5])
}

// next reads one piece of text or one construct in angle brackets.
func (s *scanner) next() *syntaxError {
	rest := s.tree.src[s.pos:]
	if rest[0] != '<' {
		return s.text(rest)
	}
	switch {
	case strings.HasPrefix(rest, "</"):
		return s.endTag()
	case strings.HasPrefix(rest, "<!--"):
		return s.comment(rest)
	case strings.HasPrefix(rest, "<![CDATA["):
		return s.cdata(rest)
	case strings.HasPrefix(rest, "<!DOCTYPE"):
		return s.fail(RuleDoctype, "the document has a document type declaration, which is never accepted")
	case strings.HasPrefix(rest, "<?"):
		return s.instruction(rest)
	case strings.HasPrefix(rest, "<!"):
		return s.malformed("unknown construct after '<!'")
	default:
		return s.startTag()
	}
}

func (s *scanner) text(rest string) *syntaxError {
	n := strings.IndexByte(rest, '<')
	if n < 0 {
		n = len(rest)
	}
	raw := rest[:n]
	if s.cur < 0 {
		if !allSpace(raw) {
			return s.malformed("text outside the root element")
		}
		s.pos += n
		return nil
	}
	if i := strings.Index(raw, "]]>"); i >= 0 {
		s.pos += i
		return s.malformed("']]>' may not stand in text")
	}
	val, bad := unescape(raw, false)
	if bad >= 0 {
		s.pos += bad
		return s.malformed("'&' does not begin a known entity or a legal character reference")
	}
	s.pos += n
	s.addText(val)
	return nil
}

func (s *scanner) addText(v string) {
	if s.tree.nodes[s.cur].first >= 0 {
		if !allSpace(v) {
			s.tree.nodes[s.cur].mixed = true
		}
		return
	}
	if s.segs == 0 {
		s.seg = v
	} else {
		if s.segs == 1 {
			s.buf = append(s.buf[:0], s.seg...)
		}
		s.buf = append(s.buf, v...)
	}
	s.segs++
}

// takeText returns the text gathered so far and forgets it.
func (s *scanner) takeText() string {
	v := s.seg
	if s.segs > 1 {
		v = string(s.buf)
	}
	s.seg, s.segs = "", 0
	return v
}

func (s *scanner) comment(rest string) *syntaxError {
	n := strings.Index(rest[4:], "--")
	if n < 0 || !strings.HasPrefix(rest[4+n:], "-->") {
		return s.malformed("a comment is not closed, or contains '--'")
	}
	s.pos += 4 + n + 3
	return nil
}

func (s *scanner) cdata(rest string) *syntaxError {
	if s.cur < 0 {
		return s.malformed("text outside the root element")
	}
	n := strings.Index(rest, "]]>")
	if n < 0 {
		return s.malformed("a CDATA section is not closed")
	}
	s.addText(normalNewlines(rest[len("<![CDATA["):n]))
	s.pos += n + 3
	return nil
}

func (s *scanner) instruction(rest string) *syntaxError {
	n := strings.Index(rest, "?>")
	target, _, ok := cutName(rest[2:])
	switch {
	case n < 0 || !ok:
		return s.malformed("a processing instruction is not closed or has no name")
	case strings.EqualFold(target, "xml"):
		return s.malformed("an XML declaration may stand only at the very beginning")
	}
	s.pos += n + 2
	return nil
}
