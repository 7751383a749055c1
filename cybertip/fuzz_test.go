package cybertip

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func seed(f *testing.F) {
	for _, c := range schemaCases(f) {
		f.Add([]byte(c.doc))
	}
	for _, file := range []string{"own_max_report.xml", "own_max_filedetails.xml", "own_batched_report.xml"} {
		f.Add(readTestdata(f, file))
	}
	for _, c := range ruleCases() {
		f.Add([]byte(c.doc))
	}
	f.Add([]byte(`<?xml version="1.0" encoding="ISO-8859-1"?><reportResponse><responseCode>0</responseCode><files/></reportResponse>`))
	f.Add([]byte(`<reportDoneResponse xmlns:a="b" a:c="d"><responseCode>&#49;</responseCode><files><fileId><![CDATA[x]]></fileId></files></reportDoneResponse>`))
}

// FuzzValidate looks for panics, findings without a place, and documents that we call well-formed and encoding/xml does not.
func FuzzValidate(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		malformed := false
		for _, kind := range []Kind{KindReport, KindFileDetails, KindBatchedFileDetails, KindReportResponse} {
			for _, finding := range Validate(Profile202608, kind, data, now) {
				if finding.Line < 1 || finding.Column < 1 || finding.Message == "" || finding.Rule == "" || finding.Path == "" {
					t.Fatalf("incomplete finding %+v", finding)
				}
				switch finding.Rule {
				case RuleMalformed, RuleDoctype, RuleTooLarge, RuleEncoding:
					malformed = true
				}
			}
		}
		if malformed || declaredEncoding(string(data)) != "" || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) || bytes.HasPrefix(data, []byte{0xFF, 0xFE}) {
			return
		}
		d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				return
			}
			var syntax *xml.SyntaxError
			if errors.As(err, &syntax) && !stricter(syntax.Msg) {
				t.Fatalf("encoding/xml refuses what we accept: %v\n%q", err, data)
			}
			if err != nil {
				return
			}
		}
	})
}

// stricter knows the points in which encoding/xml checks more than a reader of this schema needs: the letters of names, and the version.
func stricter(msg string) bool {
	return bytes.Contains([]byte(msg), []byte("name")) || bytes.Contains([]byte(msg), []byte("version")) || bytes.Contains([]byte(msg), []byte("colon"))
}

// FuzzDecode looks for panics and for documents that change when they are written and read again.
func FuzzDecode(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, kind := range []Kind{KindReport, KindFileDetails, KindReportResponse, KindReportDoneResponse} {
			doc, err := decodeKind(kind, data)
			if err != nil {
				continue
			}
			again, err := Encode(latestProfile, doc)
			if errors.Is(err, ErrInvalidValue) {
				continue // an empty value where one is required
			}
			if err != nil {
				t.Fatal(err)
			}
			back, err := decodeKind(kind, again)
			if err != nil {
				t.Fatalf("%v\n%s", err, again)
			}
			// What is empty and what is absent are the same once written; a second time nothing may change at all.
			third, err := Encode(latestProfile, back)
			if err != nil || !bytes.Equal(again, third) {
				t.Fatalf("%v\n%s\n%s", err, again, third)
			}
			fourth, err := decodeKind(kind, third)
			if diff := cmp.Diff(back, fourth); err != nil || diff != "" {
				t.Fatalf("%v %s", err, diff)
			}
		}
	})
}

// FuzzDiffXSD looks for panics and endless work in the reader of somebody else's schema.
func FuzzDiffXSD(f *testing.F) {
	var b bytes.Buffer
	if err := WriteXSD(&b, Profile202506); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema"><s:element name="report" type="r"/><s:complexType name="r"><s:sequence><s:element ref="report"/></s:sequence></s:complexType></s:schema>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		diffs, err := DiffXSD(Profile202506, data)
		if err == nil && len(diffs) == 0 && !bytes.Contains(data, []byte("schema")) {
			t.Fatal("no difference from something that is not a schema")
		}
	})
}
