package cybertip

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// randomDocument fills a struct with values that the profile's schema allows, driven by the same tables as the encoder.
type randomDocument struct {
	t       *rapid.T
	profile Profile
}

func (g randomDocument) draw(kind Kind) Document {
	sch, err := schemaFor(g.profile)
	if err != nil {
		g.t.Fatal(err)
	}
	var doc Document
	switch kind {
	case KindReport:
		doc = new(Report)
	case KindFileDetails:
		doc = new(FileDetails)
	case KindReportResponse:
		doc = new(ReportResponse)
	default:
		doc = new(ReportDoneResponse)
	}
	g.complex(reflect.ValueOf(doc).Elem(), sch.root(string(kind)).typ, 0)
	return doc
}

func (g randomDocument) bool() bool { return rapid.Bool().Draw(g.t, "bool") }

func (g randomDocument) complex(v reflect.Value, typ *complexType, depth int) {
	fields := fieldsOf(v.Type())
	for _, a := range typ.attrs {
		if a.required || g.bool() {
			g.field(v.Field(fields["@"+a.name]), &element{simple: a.simple, min: 1, max: 1}, depth)
		}
	}
	if typ.content == contentSimple {
		g.simple(v.Field(fields[chardataField]), typ.simple, false)
	}
	for _, p := range typ.particles {
		decl := rapid.SampledFrom(p.elems).Draw(g.t, "alternative")
		if p.min > 0 || (depth < 6 && g.bool()) {
			g.field(v.Field(fields[decl.name]), decl, depth)
		}
	}
}

func (g randomDocument) field(f reflect.Value, decl *element, depth int) {
	switch f.Kind() {
	case reflect.Slice:
		n := rapid.IntRange(1, 2).Draw(g.t, "count")
		f.Set(reflect.MakeSlice(f.Type(), n, n))
		for i := range n {
			g.one(f.Index(i), decl, depth)
		}
	case reflect.Pointer:
		f.Set(reflect.New(f.Type().Elem()))
		g.one(f.Elem(), decl, depth)
	default:
		g.one(f, decl, depth)
	}
}

func (g randomDocument) one(v reflect.Value, decl *element, depth int) {
	switch {
	case decl.fixedTrue:
		v.SetBool(true)
	case decl.typ != nil:
		g.complex(v, decl.typ, depth+1)
	default:
		g.simple(v, decl.simple, decl.min > 0)
	}
}

func (g randomDocument) simple(v reflect.Value, typ *simpleType, required bool) {
	switch v.Interface().(type) {
	case time.Time:
		sec := rapid.Int64Range(-2_000_000_000, 4_000_000_000).Draw(g.t, "sec")
		v.Set(reflect.ValueOf(time.Unix(sec, rapid.Int64Range(0, 999_999_999).Draw(g.t, "nano")).UTC()))
		return
	case Date:
		t := time.Unix(rapid.Int64Range(-3_000_000_000, 4_000_000_000).Draw(g.t, "day"), 0).UTC()
		v.Set(reflect.ValueOf(Date{t.Year(), t.Month(), t.Day()}))
		return
	}
	switch v.Kind() {
	case reflect.String:
		if typ.set != nil {
			v.SetString(rapid.SampledFrom(typ.enum).Draw(g.t, "enum"))
			return
		}
		s := rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune("<>&'\"\r\n\t \u00e9\U0001F600]]>")))).
			Filter(func(s string) bool { return legalText(s) && (!required || s != "") }).Draw(g.t, "text")
		v.SetString(s)
	case reflect.Bool:
		v.SetBool(g.bool())
	case reflect.Float64:
		v.SetFloat(rapid.Float64().Draw(g.t, "float"))
	case reflect.Int:
		v.SetInt(int64(rapid.Int32().Draw(g.t, "int")))
	default:
		v.SetInt(rapid.Int64Min(1).Draw(g.t, "long"))
	}
}

func decodeKind(kind Kind, data []byte) (Document, error) {
	switch kind {
	case KindReport:
		return DecodeReport(data)
	case KindFileDetails:
		return DecodeFileDetails(data)
	case KindReportResponse:
		return DecodeReportResponse(data)
	default:
		return DecodeReportDoneResponse(data)
	}
}

// TestRoundTrip encodes random documents, asks the validator about the structure, and reads them back.
func TestRoundTrip(t *testing.T) {
	for _, kind := range []Kind{KindReport, KindFileDetails, KindReportResponse, KindReportDoneResponse} {
		for _, profile := range Profiles() {
			t.Run(fmt.Sprintf("%s %s", kind, profile), func(t *testing.T) {
				rapid.Check(t, func(t *rapid.T) {
					doc := randomDocument{t, profile}.draw(kind)
					data, err := Encode(profile, doc)
					if err != nil {
						t.Fatal(err)
					}
					if bad := schemaFindings(Validate(profile, kind, data, now)); len(bad) > 0 {
						t.Fatalf("%v\n%s", bad, data)
					}
					back, err := decodeKind(kind, data)
					if err != nil {
						t.Fatalf("%v\n%s", err, data)
					}
					if diff := cmp.Diff(doc, back); diff != "" {
						t.Fatalf("(-encoded +decoded)\n%s\n%s", diff, data)
					}
				})
			})
		}
	}
}

// TestTablesAndStructsAgree holds every struct to the newest tables, both ways.
func TestTablesAndStructsAgree(t *testing.T) {
	sch, err := schemaFor(latestProfile)
	if err != nil {
		t.Fatal(err)
	}
	var walk func(path string, typ *complexType, v reflect.Type)
	walk = func(path string, typ *complexType, v reflect.Type) {
		for v.Kind() == reflect.Pointer || v.Kind() == reflect.Slice {
			v = v.Elem()
		}
		fields := fieldsOf(v)
		want := len(typ.attrs)
		if typ.content == contentSimple {
			want++
		}
		for _, a := range typ.attrs {
			if _, ok := fields["@"+a.name]; !ok {
				t.Errorf("%s: %s has no field for attribute %s", path, v, a.name)
			}
		}
		for _, p := range typ.particles {
			for _, e := range p.elems {
				want++
				i, ok := fields[e.name]
				if !ok {
					t.Errorf("%s: %s has no field for %s", path, v, e.name)
					continue
				}
				if got := v.Field(i).Type.Kind() == reflect.Slice; got != (e.max < 0) {
					t.Errorf("%s/%s: slice is %v, cardinality allows %d", path, e.name, got, e.max)
				}
				if e.typ != nil {
					walk(path+"/"+e.name, e.typ, v.Field(i).Type)
				}
			}
		}
		if len(fields) != want {
			t.Errorf("%s: %s has %d fields, the table %d", path, v, len(fields), want)
		}
	}
	for _, doc := range []Document{new(Report), new(FileDetails), new(ReportResponse), new(ReportDoneResponse)} {
		name := string(doc.DocumentKind())
		walk("/"+name, sch.root(name).typ, reflect.TypeOf(doc).Elem())
	}
}

// minimalReport is the smallest report without an error.
func minimalReport() *Report {
	return &Report{
		IncidentSummary: IncidentSummary{IncidentType: IncidentTrafficking, IncidentDateTime: now.Add(-time.Hour)},
		Reporter:        Reporter{ReportingPerson: Person{Emails: []Email{{Address: "desk@example.org"}}}},
	}
}

func TestEncodeRefuses(t *testing.T) {
	for _, c := range []struct {
		name    string
		profile Profile
		change  func(*Report)
		path    string
		class   error
	}{
		{"annotation of a newer profile", Profile202506, func(r *Report) {
			r.IncidentSummary.Annotations = &ReportAnnotations{Informational: true}
		}, "/report/incidentSummary/reportAnnotations/informational", ErrNotInProfile},
		{"element of a newer profile", Profile202506, func(r *Report) {
			r.Victims = []Victim{{}, {Person: Person{AgeAssertionDiscrepancy: new(false)}}}
		}, "/report/victim[2]/victimPerson/ageAssertionDiscrepancy", ErrNotInProfile},
		{"incident type missing", Profile202608, func(r *Report) { r.IncidentSummary.IncidentType = "" }, "/report/incidentSummary/incidentType", ErrInvalidValue},
		{"incident type unknown", Profile202608, func(r *Report) { r.IncidentSummary.IncidentType = "x" }, "/report/incidentSummary/incidentType", ErrInvalidValue},
		{"time missing", Profile202608, func(r *Report) { r.IncidentSummary.IncidentDateTime = time.Time{} }, "/report/incidentSummary/incidentDateTime", ErrInvalidValue},
		{"no place chosen", Profile202608, func(r *Report) { r.InternetDetails = []InternetDetails{{}} }, "/report/internetDetails", ErrInvalidValue},
		{"two places chosen", Profile202608, func(r *Report) {
			r.InternetDetails = []InternetDetails{{Chat: &ChatIncident{}, WebPage: &WebPageIncident{}}}
		}, "/report/internetDetails", ErrInvalidValue},
		{"attribute missing", Profile202608, func(r *Report) {
			r.Victims = []Victim{{AssociatedAccounts: []AssociatedAccount{{}}}}
		}, "/report/victim/associatedAccount/@type", ErrInvalidValue},
		{"UK", Profile202608, func(r *Report) {
			r.Reporter.ReportingPerson.Addresses = []Address{{Country: "UK"}}
		}, "/report/reporter/reportingPerson/address/country", ErrInvalidValue},
		{"address missing", Profile202608, func(r *Report) {
			r.Victims = []Victim{{IPCaptureEvents: []IPCaptureEvent{{}}}}
		}, "/report/victim/ipCaptureEvent/ipAddress", ErrInvalidValue},
		{"31 February", Profile202608, func(r *Report) {
			r.Reporter.ReportingPerson.DateOfBirth = Date{2000, 2, 31}
		}, "/report/reporter/reportingPerson/dateOfBirth", ErrInvalidValue},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := minimalReport()
			c.change(r)
			_, err := Encode(c.profile, r)
			var e *EncodeError
			if !errors.As(err, &e) || !errors.Is(err, c.class) || !strings.HasPrefix(e.Path, c.path) {
				t.Fatalf("got %v, want %v at %s", err, c.class, c.path)
			}
		})
	}
	t.Run("unknown profile", func(t *testing.T) {
		if _, err := Encode("2019-01", minimalReport()); err == nil {
			t.Fatal("no error")
		}
	})
	t.Run("nil", func(t *testing.T) {
		if _, err := Encode(Profile202506, (*Report)(nil)); err == nil {
			t.Fatal("no error")
		}
	})
}

func TestCleanText(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		replaced       int
	}{
		{"plain", "keep this between us\r\n\tok", "keep this between us\r\n\tok", 0},
		{"control characters become visible", "a\x00b\x1bc", "a\u2400b\u241bc", 2},
		{"not UTF-8", "a\xffb", "a\ufffdb", 1},
		{"noncharacter", "a\uffffb", "a\ufffdb", 1},
		{"replacement character itself", "\ufffd", "\ufffd", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, n := CleanText(c.in)
			if got != c.want || n != c.replaced {
				t.Fatalf("%q %d, want %q %d", got, n, c.want, c.replaced)
			}
			r := minimalReport()
			r.AdditionalInfo = c.in
			data, err := Encode(Profile202506, r)
			if err != nil {
				t.Fatal(err)
			}
			back, err := DecodeReport(data)
			if err != nil || back.AdditionalInfo != c.want {
				t.Fatalf("%q, %v", back.AdditionalInfo, err)
			}
		})
	}
}

func TestMaximalDocuments(t *testing.T) {
	for _, c := range []struct {
		file string
		kind Kind
	}{
		{"own_max_report.xml", KindReport}, {"own_max_filedetails.xml", KindFileDetails}, {"own_batched_report.xml", KindReport},
	} {
		t.Run(c.file, func(t *testing.T) {
			data := readTestdata(t, c.file)
			if bad := schemaFindings(Validate(Profile202506, c.kind, data, now)); len(bad) > 0 {
				t.Fatal(bad)
			}
			first, err := decodeKind(c.kind, data)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Encode(Profile202506, first)
			if err != nil {
				t.Fatal(err)
			}
			second, err := decodeKind(c.kind, again)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(first, second); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}
