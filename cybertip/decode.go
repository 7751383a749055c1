package cybertip

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"time"
)

// DecodeError says why a document could not be read.
type DecodeError struct {
	Kind     Kind
	Findings []Finding // at least one
}

// Error implements error; it shows the first finding.
func (e *DecodeError) Error() string {
	more := ""
	if n := len(e.Findings) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more)", n)
	}
	return fmt.Sprintf("cybertip: decode %s: %s%s", e.Kind, e.Findings[0], more)
}

// DecodeReport reads a report. It accepts what the newest profile's schema accepts and refuses everything else with a [*DecodeError], so that
// nothing in a document is passed over. Times without a zone are refused too, because the moment they mean is unknown; all times come back
// in UTC, and digits of a second after the ninth are dropped.
func DecodeReport(data []byte) (*Report, error) {
	doc := new(Report)
	return doc, decodeStrict(data, doc)
}

// DecodeFileDetails reads a fileDetails document; see [DecodeReport].
func DecodeFileDetails(data []byte) (*FileDetails, error) {
	doc := new(FileDetails)
	return doc, decodeStrict(data, doc)
}

// DecodeReportResponse reads an answer. It passes over elements it does not know and does not mind their order, because an answer must be
// understood even when NCMEC's server is newer than this package; a response code must be there. A reportDoneResponse is refused.
func DecodeReportResponse(data []byte) (*ReportResponse, error) {
	doc := new(ReportResponse)
	return doc, decodeLenient(data, doc)
}

// DecodeReportDoneResponse reads the answer to finish; see [DecodeReportResponse].
func DecodeReportDoneResponse(data []byte) (*ReportDoneResponse, error) {
	doc := new(ReportDoneResponse)
	return doc, decodeLenient(data, doc)
}

func decodeStrict(data []byte, doc Document) error {
	kind := doc.DocumentKind()
	sch, err := schemaFor(latestProfile)
	if err != nil {
		return err
	}
	tree, syn := parseXML(data)
	if syn != nil {
		return &DecodeError{Kind: kind, Findings: []Finding{syn.finding()}}
	}
	c := &collector{tree: tree}
	structure{c, sch}.root(kind)
	if len(c.findings) > 0 {
		return &DecodeError{Kind: kind, Findings: c.findings}
	}
	f := filler{c}
	f.element(0, reflect.ValueOf(doc).Elem())
	if len(c.findings) > 0 {
		return &DecodeError{Kind: kind, Findings: c.findings}
	}
	return nil
}

func decodeLenient(data []byte, doc Document) error {
	kind := doc.DocumentKind()
	sch, err := schemaFor(latestProfile)
	if err != nil {
		return err
	}
	tree, syn := parseXML(data)
	if syn != nil {
		return &DecodeError{Kind: kind, Findings: []Finding{syn.finding()}}
	}
	c := &collector{tree: tree}
	decl := sch.root(string(kind))
	if tree.nodes[0].name != decl.name {
		structure{c, sch}.root(kind)
		return &DecodeError{Kind: kind, Findings: c.findings}
	}
	s := structure{c, sch}
	if !s.lenient(0, decl) {
		s.incomplete(0, []string{"responseCode"})
	}
	if len(c.findings) > 0 {
		return &DecodeError{Kind: kind, Findings: c.findings}
	}
	filler{c}.element(0, reflect.ValueOf(doc).Elem())
	return nil
}

// lenient matches known children by name only, checks their values, and reports whether a response code is among them.
func (s structure) lenient(i int32, decl *element) (hasCode bool) {
	s.tree.nodes[i].elem = decl
	for k := s.tree.nodes[i].first; k >= 0; k = s.tree.nodes[k].next {
		d := decl.typ.find(s.tree.nodes[k].name)
		switch {
		case d == nil:
			continue
		case d.typ != nil:
			s.lenient(k, d)
		default:
			s.tree.nodes[k].elem = d
			s.value(k, d.simple, s.tree.nodes[k].text)
		}
		hasCode = hasCode || d.name == "responseCode"
	}
	return hasCode
}

// filler copies a tree whose structure was checked into structs.
type filler struct{ *collector }

func (f filler) element(i int32, v reflect.Value) {
	fields := fieldsOf(v.Type())
	for _, a := range f.tree.attributes(i) {
		if k, ok := fields["@"+a.name]; ok {
			if err := set(v.Field(k), a.value); err != nil {
				f.refuse(i, a.name, err)
			}
		}
	}
	if k, ok := fields[chardataField]; ok {
		f.text(i, v.Field(k))
	}
	for c := f.tree.nodes[i].first; c >= 0; c = f.tree.nodes[c].next {
		n := &f.tree.nodes[c]
		if n.elem == nil {
			continue
		}
		k, ok := fields[n.name]
		if !ok {
			continue
		}
		f.child(c, n.elem, v.Field(k))
	}
}

// child stores one element in its field, which may be a slice that grows or a pointer that is made.
func (f filler) child(c int32, decl *element, field reflect.Value) {
	switch field.Kind() {
	case reflect.Slice:
		field.Set(reflect.Append(field, reflect.Zero(field.Type().Elem())))
		field = field.Index(field.Len() - 1)
	case reflect.Pointer:
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	}
	switch {
	case decl.fixedTrue:
		field.SetBool(true)
	case decl.typ == nil:
		f.text(c, field)
	default:
		f.element(c, field)
	}
}

func (f filler) text(i int32, field reflect.Value) {
	if err := set(field, f.tree.nodes[i].text); err != nil {
		f.refuse(i, "", err)
	}
}

func (f filler) refuse(i int32, attr string, err error) {
	f.add(i, f.tree.nodes[i].end, attr, Finding{
		Severity: SeverityRule, Rule: ruleTimeZone, Message: err.Error(), Fix: "Write a value that is complete and can be represented.",
	})
}

var errNoZone = errors.New("a date and time without a time zone does not name a moment")

// set converts text that was already checked against its type.
func set(field reflect.Value, text string) error {
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	}
	v := collapse(text)
	switch field.Interface().(type) {
	case time.Time:
		t, zoned, ok := parseDateTime(v)
		if !ok || !zoned {
			return errNoZone
		}
		if t.Year() < 1 || t.Year() > 9999 {
			return fmt.Errorf("the year %d cannot be represented", t.Year())
		}
		field.Set(reflect.ValueOf(t))
		return nil
	case Date:
		d, ok := parseDate(v)
		if !ok || d.Year < 1 || d.Year > 9999 {
			return fmt.Errorf("the year %d cannot be represented", d.Year)
		}
		field.Set(reflect.ValueOf(d))
		return nil
	}
	return setScalar(field, text, v)
}

func setScalar(field reflect.Value, text, collapsed string) error {
	var ok bool
	switch field.Kind() {
	case reflect.String:
		field.SetString(text)
		return nil
	case reflect.Bool:
		var b bool
		b, ok = parseBool(collapsed)
		field.SetBool(b)
	case reflect.Float64:
		var f float64
		f, ok = parseDouble(collapsed)
		ok = ok && !math.IsNaN(f)
		field.SetFloat(f)
	default:
		var n int64
		n, ok = parseInteger(collapsed)
		field.SetInt(n)
	}
	if !ok {
		return fmt.Errorf("the value %q cannot be represented", shorten(text))
	}
	return nil
}
