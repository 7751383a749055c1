package cybertip_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"haris/cybertip"
)

// flat lists everything that a part says, in order.
func flat(p cybertip.Part) (out []string) {
	out = append(out, p.Element)
	for _, n := range p.Notes {
		out = append(out, n.Attribute+"="+n.Text)
	}
	if p.Text != "" {
		out = append(out, p.Text)
	}
	for _, c := range p.Parts {
		out = append(out, flat(c)...)
	}
	return out
}

// words lists every element, attribute and text of a document, read by other means than Outline.
func words(t *testing.T, data []byte) (out []string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(data)))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			out = append(out, tok.Name.Local)
			for _, a := range tok.Attr {
				if a.Name.Space != "xmlns" {
					out = append(out, a.Name.Local+"="+a.Value)
				}
			}
		case xml.CharData:
			if strings.TrimSpace(string(tok)) != "" {
				out = append(out, string(tok))
			}
		}
	}
}

// TestOutlineLeavesNothingOut compares what people read with every word of the largest documents.
func TestOutlineLeavesNothingOut(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "own_max_*.xml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no documents to read", err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		p, err := cybertip.Outline(data)
		if err != nil {
			t.Fatal(f, err)
		}
		if got, want := flat(p), words(t, data); !slices.Equal(got, want) {
			t.Errorf("%s: %d words of %d", f, len(got), len(want))
		}
	}
}

func TestOutlineCountsWhatOccursAgain(t *testing.T) {
	p, err := cybertip.Outline([]byte(`<report><victim/><victim><screenName>a</screenName></victim></report>`))
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Parts[1].Parts[0]; got.Path != "/report/victim[2]/screenName" || got.Text != "a" || got.Title != "Screen name" {
		t.Errorf("%+v", got)
	}
}

// TestOutlineTellsYesFromEmpty: an annotation says yes by being there, an empty person says nothing.
func TestOutlineTellsYesFromEmpty(t *testing.T) {
	p, err := cybertip.Outline([]byte(`<report><incidentSummary><reportAnnotations><sextortion/></reportAnnotations></incidentSummary><victim><victimPerson/></victim></report>`))
	if err != nil {
		t.Fatal(err)
	}
	if a := p.Parts[0].Parts[0].Parts[0]; a.Element != "sextortion" || !a.Yes {
		t.Errorf("%+v", a)
	}
	if v := p.Parts[1].Parts[0]; v.Element != "victimPerson" || v.Yes {
		t.Errorf("%+v", v)
	}
}

func TestOutlineRefuses(t *testing.T) {
	for name, doc := range map[string]string{
		"nothing":              "",
		"no end":               "<report><victim>",
		"text beside elements": "<report>x<victim/></report>",
		"too deep":             strings.Repeat("<a>", 80) + strings.Repeat("</a>", 80),
	} {
		t.Run(name, func(t *testing.T) {
			if p, err := cybertip.Outline([]byte(doc)); err == nil {
				t.Errorf("read as %+v", p)
			}
		})
	}
}

func TestTitles(t *testing.T) {
	for name, want := range map[string]string{
		"espIdentifier": "ESP identifier", "ipCaptureEvent": "IP capture event", "incidentDateTime": "Incident date time", "fileViewedByEsp": "File viewed by ESP",
		"priorCTReports": "Prior CyberTipline reports", "reportedToLe": "Reported to law enforcement", "profileUrl": "Profile URL", "": "",
	} {
		if got := cybertip.Title(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func FuzzOutline(f *testing.F) {
	f.Add([]byte(`<report><incidentSummary><incidentType>x</incidentType></incidentSummary></report>`))
	f.Add([]byte(`<a b="c">d</a>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := cybertip.Outline(data)
		if err == nil && p.Element == "" {
			t.Error("an element without a name")
		}
	})
}
