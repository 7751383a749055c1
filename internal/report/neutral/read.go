package neutral

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/cybertip"
)

// Read returns a report as people read it, on pages and on paper: every value that the document has, in the order of the form, under
// the title of its field.
func Read(r *Report) []cybertip.Part {
	return parts(reflect.ValueOf(r).Elem(), "")
}

// parts reads the fields of a struct. Those that the document leaves out are left out here.
func parts(v reflect.Value, path string) (out []cybertip.Part) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		if option != "" && empty(v.Field(i)) {
			continue
		}
		title, _ := words(f.Tag.Get("doc"))
		out = append(out, values(v.Field(i), cybertip.Part{Element: name, Title: title, Path: path + "/" + name})...)
	}
	return out
}

// empty reports whether the document leaves a value out.
func empty(v reflect.Value) bool {
	if k := v.Kind(); k == reflect.Slice || k == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}

// values reads one field: a list of objects gives one part for each.
func values(v reflect.Value, p cybertip.Part) []cybertip.Part {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if _, ok := v.Interface().(time.Time); !ok && v.Kind() == reflect.Struct {
		p.Parts = parts(v, p.Path)
		return []cybertip.Part{p}
	}
	if v.Kind() != reflect.Slice || v.Type().Elem().Kind() != reflect.Struct {
		p.Text = text(v)
		return []cybertip.Part{p}
	}
	var out []cybertip.Part
	for i := range v.Len() {
		one := p
		one.Path = fmt.Sprintf("%s[%d]", p.Path, i+1)
		one.Parts = parts(v.Index(i), one.Path)
		out = append(out, one)
	}
	return out
}

// text writes a plain value.
func text(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case time.Time:
		return x.UTC().Format(time.RFC3339Nano)
	case bool:
		if x {
			return "yes"
		}
		return "no"
	case map[string]string:
		var list []string
		for _, k := range slices.Sorted(maps.Keys(x)) {
			list = append(list, k+": "+x[k])
		}
		return strings.Join(list, "\n")
	}
	switch {
	case v.Kind() == reflect.Slice:
		list := make([]string, v.Len())
		for i := range list {
			list[i] = text(v.Index(i))
		}
		return strings.Join(list, "\n")
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10)
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10)
	}
	return v.String()
}
