package cybertip

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Part is one element of a document as people read it. A part has either Text or Parts, or neither when the element is empty.
type Part struct {
	Element string // as in the document, for example "ipCaptureEvent"
	Title   string // in English words, for example "IP capture event"
	Path    string // from the root, counted where an element occurs again: "/report/victim[2]/screenName"
	Text    string // the value to the letter; white space around it counts
	Yes     bool   // it is an annotation, which says yes by being there
	Notes   []Note // the attributes, in the order of the document
	Parts   []Part // the children, in the order of the document
}

// Note is one attribute of an element.
type Note struct {
	Attribute string
	Title     string
	Text      string
}

// maxOutlineDepth is far beyond the deepest document of any profile.
const maxOutlineDepth = 64

// Outline reads any document for people: every element, attribute and text of it, in its order, and nothing else. It does not ask
// whether the document is valid. It fails on what is no well-formed XML, and on text beside elements, which no document has.
func Outline(data []byte) (Part, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return Part{}, errors.New("cybertip: outline: there is no element")
		}
		if err != nil {
			return Part{}, fmt.Errorf("cybertip: outline: %w", err)
		}
		if start, ok := t.(xml.StartElement); ok {
			return outline(d, start, "/"+start.Name.Local, 1)
		}
	}
}

// outline reads the element that has begun, to its end.
func outline(d *xml.Decoder, start xml.StartElement, path string, depth int) (Part, error) {
	p := Part{Element: start.Name.Local, Title: Title(start.Name.Local), Path: path}
	if depth > maxOutlineDepth {
		return p, fmt.Errorf("cybertip: outline: %s: deeper than %d elements", path, maxOutlineDepth)
	}
	for _, a := range start.Attr {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			continue
		}
		p.Notes = append(p.Notes, Note{Attribute: a.Name.Local, Title: Title(a.Name.Local), Text: a.Value})
	}
	var text strings.Builder
	times := map[string]int{}
	for {
		t, err := d.Token()
		if err != nil {
			return p, fmt.Errorf("cybertip: outline: %s: %w", path, err)
		}
		switch t := t.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.StartElement:
			name := t.Name.Local
			times[name]++
			at := path + "/" + name
			if n := times[name]; n > 1 {
				at = fmt.Sprintf("%s[%d]", at, n)
			}
			child, err := outline(d, t, at, depth+1)
			if err != nil {
				return p, err
			}
			child.Yes = isAnnotations(p.Element)
			p.Parts = append(p.Parts, child)
		case xml.EndElement:
			switch {
			case len(p.Parts) == 0:
				p.Text = text.String()
			case strings.TrimSpace(text.String()) != "":
				return p, fmt.Errorf("cybertip: outline: %s: text beside elements", path)
			}
			return p, nil
		}
	}
}

// isAnnotations reports whether the children of an element are annotations: booleans that the schema fixes to true.
func isAnnotations(element string) bool {
	return element == "reportAnnotations" || element == "fileAnnotations"
}

// shortForm writes a word of an element name as English does.
func shortForm(word string) string {
	switch word {
	case "esp", "ip", "url", "ct", "id", "exif", "csam":
		return strings.ToUpper(word)
	case "le":
		return "law enforcement"
	case "im":
		return "IM"
	case "usa":
		return "US"
	}
	return word
}

// Title says the name of an element or attribute in English words: "incidentDateTime" is "Incident date time".
func Title(name string) string {
	switch name {
	case "priorCTReports":
		return "Prior CyberTipline reports"
	case "priorCTReport":
		return "Prior CyberTipline report"
	case "legalURL":
		return "Legal URL"
	case "fleaCountry":
		return "Country of the foreign agency"
	case "idType":
		return "Kind of id"
	case "idValue":
		return "Id"
	case "peer2peerIncident":
		return "Peer-to-peer incident"
	}
	var words []string
	begin := 0
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			words = append(words, name[begin:i])
			begin = i
		}
	}
	words = append(words, name[begin:])
	for i, w := range words {
		words[i] = shortForm(strings.ToLower(w))
	}
	s := strings.Join(words, " ")
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
