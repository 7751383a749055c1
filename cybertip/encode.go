package cybertip

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Document is what [Encode] can write: *Report, *FileDetails, *ReportResponse and *ReportDoneResponse.
type Document interface {
	// DocumentKind names the document's root element.
	DocumentKind() Kind
}

var (
	_ Document = (*Report)(nil)
	_ Document = (*FileDetails)(nil)
	_ Document = (*ReportResponse)(nil)
	_ Document = (*ReportDoneResponse)(nil)
)

// DocumentKind implements [Document].
func (*Report) DocumentKind() Kind { return KindReport }

// DocumentKind implements [Document].
func (*FileDetails) DocumentKind() Kind { return KindFileDetails }

// DocumentKind implements [Document].
func (*ReportResponse) DocumentKind() Kind { return KindReportResponse }

// DocumentKind implements [Document].
func (*ReportDoneResponse) DocumentKind() Kind { return KindReportDoneResponse }

// ErrNotInProfile is wrapped by an [EncodeError] about an element or attribute that the chosen profile lacks.
var ErrNotInProfile = errors.New("not in this schema profile")

// ErrInvalidValue is wrapped by an [EncodeError] about a value that is missing or that the schema does not allow.
var ErrInvalidValue = errors.New("invalid value")

// EncodeError says which value stopped [Encode].
type EncodeError struct {
	Path    string // for example /report/victim[2]/victimPerson/age
	Profile Profile
	Reason  string
	Err     error // ErrNotInProfile or ErrInvalidValue
}

// Error implements error.
func (e *EncodeError) Error() string {
	return fmt.Sprintf("cybertip: encode %s for profile %s: %s: %v", e.Path, e.Profile, e.Reason, e.Err)
}

// Unwrap returns the class of the error.
func (e *EncodeError) Unwrap() error { return e.Err }

// Encode writes a document as XML in UTF-8, in the order the profile demands. What it writes satisfies the profile's schema; whatever would
// not is an [*EncodeError] naming the place. Times are written in UTC. Characters that XML cannot carry are replaced as [CleanText] says.
// The business rules are not checked: see [Validate].
func Encode(profile Profile, doc Document) ([]byte, error) {
	sch, err := schemaFor(profile)
	if err != nil {
		return nil, err
	}
	v := reflect.ValueOf(doc)
	if doc == nil || v.Kind() != reflect.Pointer || v.IsNil() {
		return nil, errors.New("cybertip: encode: the document is nil")
	}
	root := sch.root(string(doc.DocumentKind()))
	if root == nil {
		return nil, fmt.Errorf("cybertip: encode: %q is not a document of this schema", doc.DocumentKind())
	}
	e := &encoder{profile: profile}
	e.out.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n")
	if err := e.element("/"+root.name, root, v.Elem()); err != nil {
		return nil, err
	}
	e.out.WriteByte('\n')
	return e.out.Bytes(), nil
}

type encoder struct {
	out     bytes.Buffer
	profile Profile
}

func (e *encoder) invalid(path, format string, args ...any) error {
	return &EncodeError{Path: path, Profile: e.profile, Reason: fmt.Sprintf(format, args...), Err: ErrInvalidValue}
}

// element writes one element with its content; v is not a pointer or slice any more.
func (e *encoder) element(path string, decl *element, v reflect.Value) error {
	e.out.WriteByte('<')
	e.out.WriteString(decl.name)
	if decl.fixedTrue {
		e.out.WriteString("/>")
		return nil
	}
	if decl.typ == nil {
		text, err := e.lexical(path, decl.simple, v)
		if err != nil {
			return err
		}
		e.closeWith(decl.name, text)
		return nil
	}
	return e.complexElement(path, decl, v)
}

// closeWith ends an open start tag, writes text and the end tag.
func (e *encoder) closeWith(name, text string) {
	if text == "" {
		e.out.WriteString("/>")
		return
	}
	e.out.WriteByte('>')
	escape(&e.out, text, false)
	e.out.WriteString("</" + name + ">")
}

func (e *encoder) complexElement(path string, decl *element, v reflect.Value) error {
	fields := fieldsOf(v.Type())
	if err := e.nothingExtra(path, decl.typ, fields, v); err != nil {
		return err
	}
	if err := e.attributes(path, decl.typ, fields, v); err != nil {
		return err
	}
	switch decl.typ.content {
	case contentSimple:
		text, err := e.lexical(path, decl.typ.simple, v.Field(fields[chardataField]))
		if err != nil {
			return err
		}
		e.closeWith(decl.name, text)
		return nil
	case contentEmpty:
		e.out.WriteString("/>")
		return nil
	}
	e.out.WriteByte('>')
	start := e.out.Len()
	for i := range decl.typ.particles {
		if err := e.particle(path, &decl.typ.particles[i], fields, v); err != nil {
			return err
		}
	}
	if e.out.Len() == start {
		e.out.Truncate(start - 1)
		e.out.WriteString("/>")
		return nil
	}
	e.out.WriteString("</" + decl.name + ">")
	return nil
}

// nothingExtra refuses a value that has no place in the profile.
func (e *encoder) nothingExtra(path string, typ *complexType, fields map[string]int, v reflect.Value) error {
	for name, i := range fields {
		switch {
		case name == chardataField || v.Field(i).IsZero():
			continue
		case strings.HasPrefix(name, "@"):
			if typ.attr(name[1:]) != nil {
				continue
			}
		case typ.find(name) != nil || v.Field(i).Kind() == reflect.Slice && v.Field(i).Len() == 0:
			continue
		}
		return &EncodeError{Path: path + "/" + name, Profile: e.profile, Reason: "the profile has no such thing", Err: ErrNotInProfile}
	}
	return nil
}

func (e *encoder) attributes(path string, typ *complexType, fields map[string]int, v reflect.Value) error {
	for i := range typ.attrs {
		a := &typ.attrs[i]
		f := v.Field(fields["@"+a.name])
		if f.IsZero() {
			if a.required {
				return e.invalid(path+"/@"+a.name, "the attribute is required")
			}
			continue
		}
		if f.Kind() == reflect.Pointer {
			f = f.Elem()
		}
		text, err := e.lexical(path+"/@"+a.name, a.simple, f)
		if err != nil {
			return err
		}
		e.out.WriteString(" " + a.name + "=\"")
		escape(&e.out, text, true)
		e.out.WriteByte('"')
	}
	return nil
}

// particle writes what the struct holds for one place of a sequence.
func (e *encoder) particle(path string, p *particle, fields map[string]int, v reflect.Value) error {
	written := 0
	for _, decl := range p.elems {
		n, err := e.child(path+"/"+decl.name, decl, p, v.Field(fields[decl.name]))
		if err != nil {
			return err
		}
		written += n
	}
	if len(p.elems) > 1 && written > 1 {
		return e.invalid(path, "only one of %s may be set", elementNames(p.elems))
	}
	if written < p.min {
		return e.invalid(path, "%s is required", elementNames(p.elems))
	}
	return nil
}

func elementNames(elems []*element) string {
	names := make([]string, len(elems))
	for i, e := range elems {
		names[i] = e.name
	}
	return strings.Join(names, ", ")
}

// child writes a field as no, one or several elements and returns how many.
func (e *encoder) child(path string, decl *element, p *particle, f reflect.Value) (int, error) {
	switch f.Kind() {
	case reflect.Slice:
		for i := range f.Len() {
			at := path
			if f.Len() > 1 {
				at += "[" + strconv.Itoa(i+1) + "]"
			}
			if err := e.line(at, decl, f.Index(i)); err != nil {
				return 0, err
			}
		}
		return f.Len(), nil
	case reflect.Pointer:
		if f.IsNil() {
			return 0, nil
		}
		f = f.Elem()
	default:
		required := p.min > 0 && len(p.elems) == 1
		if f.IsZero() && !required {
			return 0, nil
		}
		if f.IsZero() && decl.typ == nil && (f.Kind() != reflect.String || decl.limit.check != checkNone || decl.simple.set != nil) && f.Kind() != reflect.Int {
			return 0, e.invalid(path, "a value is required")
		}
	}
	return 1, e.line(path, decl, f)
}

// line writes one child and a line end, so that the line numbers in NCMEC's error texts lead somewhere.
func (e *encoder) line(path string, decl *element, v reflect.Value) error {
	if b := e.out.Bytes(); b[len(b)-1] == '>' {
		e.out.WriteByte('\n')
	}
	return e.element(path, decl, v)
}

// lexical returns the text of a simple value.
func (e *encoder) lexical(path string, typ *simpleType, v reflect.Value) (string, error) {
	var text string
	switch x := v.Interface().(type) {
	case time.Time:
		utc := x.UTC()
		if utc.Year() < 1 || utc.Year() > 9999 {
			return "", e.invalid(path, "the year %d cannot be written", utc.Year())
		}
		text = utc.Format(time.RFC3339Nano)
	case Date:
		if x.Year < 1 || x.Year > 9999 || x != (Date{x.midnight().Year(), x.midnight().Month(), x.midnight().Day()}) {
			return "", e.invalid(path, "%d-%d-%d is not a date", x.Year, x.Month, x.Day)
		}
		text = x.String()
	default:
		text = scalar(v)
	}
	if !typ.valid(text) {
		message, _ := typ.explain("it", text)
		return "", e.invalid(path, "%s", message)
	}
	return text, nil
}

func scalar(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		text, _ := CleanText(v.String())
		return text
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Float64:
		switch f := v.Float(); {
		case math.IsInf(f, 1):
			return "INF"
		case math.IsInf(f, -1):
			return "-INF"
		default:
			return strconv.FormatFloat(f, 'g', -1, 64)
		}
	default:
		return strconv.FormatInt(v.Int(), 10)
	}
}

// chardataField is the key of the field that holds an element's own text.
const chardataField = "#"

// fieldsOf maps the names in a struct's xml tags to field indices: elements by name, attributes by "@name".
func fieldsOf(t reflect.Type) map[string]int {
	fields := make(map[string]int, t.NumField())
	for i := range t.NumField() {
		name, option, _ := strings.Cut(t.Field(i).Tag.Get("xml"), ",")
		switch option {
		case "attr":
			name = "@" + name
		case "chardata":
			name = chardataField
		}
		fields[name] = i
	}
	return fields
}
