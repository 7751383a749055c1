package hashsharing

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"haris/internal/exchange"
)

// namespace is that of all documents.
const namespace = "https://hashsharing.ncmec.org/hashsharing/v2"

// result is what a page of entries says.
type result struct {
	Entries []entry
	Next    string
}

// entry is an image or a video, or that one was deleted.
type entry struct {
	Member, MemberName, ID, Class string
	Deleted                       bool
	Prints                        []fingerprint
	Opinions                      []exchange.Opinion // of other members
}

// Owner names the member in words and by number.
func (e *entry) Owner() string { return strings.TrimSpace(e.MemberName + " (" + e.Member + ")") }

// fingerprint is a fingerprint, or where it is.
type fingerprint struct{ Name, Text, Href string }

// The documents as they are written.
type (
	xmlResult struct {
		XMLName xml.Name `xml:"queryResult"`
		Images  xmlMedia `xml:"images"`
		Videos  xmlMedia `xml:"videos"`
		Next    []string `xml:"paging>next"`
	}
	xmlMedia struct {
		Entries []xmlEntry `xml:",any"`
	}
	xmlEntry struct {
		XMLName xml.Name
		Member  xmlMember     `xml:"member"`
		ID      string        `xml:"id"`
		Class   string        `xml:"classification"`
		Prints  xmlPrints     `xml:"fingerprints"`
		Right   []xmlFeedback `xml:"feedback>affirmativeFeedback"`
		Wrong   []xmlFeedback `xml:"feedback>negativeFeedback"`
	}
	xmlPrints struct {
		List []xmlPrint `xml:",any"`
	}
	xmlPrint struct {
		XMLName xml.Name
		Href    string `xml:"href,attr"`
		Text    string `xml:",chardata"`
	}
	xmlMember struct {
		ID   string `xml:"id,attr"`
		Name string `xml:",chardata"`
	}
	xmlFeedback struct {
		Members []xmlMember `xml:"members>member"`
		Reasons struct {
			Members []xmlMember `xml:"members>member"`
		} `xml:"reasons"`
	}
)

// decode reads a page of entries.
func decode(b []byte) (*result, error) {
	var x xmlResult
	if err := unmarshal(b, &x, "queryResult"); err != nil {
		return nil, err
	}
	if len(x.Next) > 1 {
		return nil, errors.New("two next pages")
	}
	out := &result{Next: strings.Join(x.Next, "")}
	for what, list := range [][]xmlEntry{x.Images.Entries, x.Videos.Entries} {
		what := []string{"image", "video"}[what]
		for i := range list {
			e := &list[i]
			deleted := "deleted" + strings.ToUpper(what[:1]) + what[1:]
			switch e.XMLName.Local {
			case what, deleted:
				out.Entries = append(out.Entries, e.entry(e.XMLName.Local == deleted))
			default:
				return nil, fmt.Errorf("element %s among the %ss", exchange.Short(e.XMLName.Local), what)
			}
		}
	}
	return out, nil
}

func (e *xmlEntry) entry(deleted bool) entry {
	out := entry{
		Member: strings.TrimSpace(e.Member.ID), MemberName: strings.TrimSpace(e.Member.Name), ID: strings.TrimSpace(e.ID),
		Class: strings.TrimSpace(e.Class), Deleted: deleted,
	}
	for _, p := range e.Prints.List {
		out.Prints = append(out.Prints, fingerprint{p.XMLName.Local, strings.TrimSpace(p.Text), p.Href})
	}
	said := map[exchange.Opinion]bool{}
	say := func(list []xmlFeedback, s exchange.Stance) {
		for _, f := range list {
			for _, m := range append(f.Members, f.Reasons.Members...) {
				o := exchange.Opinion{Owner: strings.TrimSpace(strings.TrimSpace(m.Name) + " (" + m.ID + ")"), Stance: s}
				if !said[o] {
					said[o] = true
					out.Opinions = append(out.Opinions, o)
				}
			}
		}
	}
	say(e.Right, exchange.Positive)
	say(e.Wrong, exchange.Negative)
	return out
}

// unmarshal reads one document whose root has a name in NCMEC's namespace.
func unmarshal(b []byte, v any, root string) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	for {
		t, err := d.Token()
		if err != nil {
			return fmt.Errorf("no XML document: %w", err)
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local != root || start.Name.Space != namespace {
			return fmt.Errorf("a document %s, where %s of %s is expected", exchange.Short(start.Name.Local), root, namespace)
		}
		if err := d.DecodeElement(v, &start); err != nil {
			return fmt.Errorf("document %s: %w", root, err)
		}
		return rest(d)
	}
}

// rest makes sure that nothing but space and comments follows.
func rest(d *xml.Decoder) error {
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		space, isText := t.(xml.CharData)
		_, isComment := t.(xml.Comment)
		if err != nil || !isComment && !(isText && len(bytes.TrimSpace(space)) == 0) {
			return errors.New("something follows the document")
		}
	}
}
