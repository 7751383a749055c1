package report

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Change is one difference between two drafts.
type Change struct {
	// Part is what has changed: "narrative", "parties", "messages", "files", "traces"; Of says which one of it, by account, place in the log,
	// item or id; Field is the field within. Of and Field are empty where Part is a field by itself.
	Part  string `json:"part"`
	Of    string `json:"of,omitempty"`
	Field string `json:"field,omitempty"`
	Old   string `json:"old,omitempty"` // empty when there was nothing
	New   string `json:"new,omitempty"` // empty when there is nothing
}

// Difference lists what has changed from one draft to another, in the order of the fields of Draft. Every field of a draft is compared,
// whatever is added to it: people, messages, files and traces by who and what they are, everything else as a whole.
func Difference(old, now Draft) []Change {
	return differ("", "", reflect.ValueOf(old), reflect.ValueOf(now))
}

// keyOf is what tells the elements of a list apart; empty for what is compared as a whole.
func keyOf(v any) string {
	switch x := v.(type) {
	case Party:
		return x.Account
	case Message:
		return fmt.Sprint(x.Seq, " ", x.Source, " ", x.EventID)
	case File:
		return x.Item
	case Trace:
		return x.ID
	}
	return ""
}

// differ compares two structs of one type.
func differ(part, of string, old, now reflect.Value) (out []Change) {
	for i := range old.NumField() {
		f := old.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		a, b := old.Field(i), now.Field(i)
		switch {
		case f.Anonymous:
			out = append(out, differ(part, of, a, b)...)
		case reflect.DeepEqual(a.Interface(), b.Interface()):
		case part == "" && keyed(f.Type):
			out = append(out, differList(name, a, b)...)
		case part == "" && f.Type.Kind() == reflect.Struct && f.Type != reflect.TypeFor[time.Time]():
			out = append(out, differ(name, "", a, b)...)
		default:
			c := Change{Part: cmp.Or(part, name), Of: of, Old: words(a), New: words(b)}
			if part != "" {
				c.Field = name
			}
			out = append(out, c)
		}
	}
	return out
}

// keyed reports whether the elements of a list are told apart by who or what they are.
func keyed(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[[]Party](), reflect.TypeFor[[]Message](), reflect.TypeFor[[]File](), reflect.TypeFor[[]Trace]():
		return true
	}
	return false
}

func differList(part string, old, now reflect.Value) (out []Change) {
	index := func(list reflect.Value) (keys []string, by map[string]reflect.Value) {
		by = map[string]reflect.Value{}
		for i := range list.Len() {
			k := keyOf(list.Index(i).Interface())
			keys, by[k] = append(keys, k), list.Index(i)
		}
		return keys, by
	}
	before, was := index(old)
	after, is := index(now)
	for _, k := range before {
		if b, ok := is[k]; ok {
			out = append(out, differ(part, k, was[k], b)...)
		} else {
			out = append(out, Change{Part: part, Of: k, Old: "there"})
		}
	}
	for _, k := range after {
		if _, ok := was[k]; !ok {
			out = append(out, Change{Part: part, Of: k, New: "there"})
		}
	}
	return out
}

// words writes a value for people: times in UTC, lists with commas, fields with their names, and nothing for what is not there.
func words(v reflect.Value) string {
	if !v.IsValid() || v.IsZero() && v.Kind() != reflect.Bool {
		return ""
	}
	if t, ok := v.Interface().(time.Time); ok {
		return t.UTC().Format(time.RFC3339)
	}
	switch v.Kind() {
	case reflect.Pointer:
		return words(v.Elem())
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range v.Len() {
			parts[i] = words(v.Index(i))
		}
		return strings.Join(parts, ", ")
	case reflect.Map:
		keys := map[string]string{}
		for _, k := range v.MapKeys() {
			keys[fmt.Sprint(k)] = words(v.MapIndex(k))
		}
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(keys)) {
			parts = append(parts, k+": "+keys[k])
		}
		return strings.Join(parts, "; ")
	case reflect.Struct:
		var parts []string
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if text := words(v.Field(i)); text != "" && text != "false" {
				parts = append(parts, strings.TrimPrefix(name+" "+text, " "))
			}
		}
		return strings.Join(parts, "; ")
	}
	return fmt.Sprint(v.Interface())
}

// Compared is two saved states of a draft and what lies between them.
type Compared struct {
	From     Version   `json:"from"`
	To       Version   `json:"to"`
	Changes  []Change  `json:"changes"`
	Versions []Version `json:"versions"` // all of them, oldest first
}

// Compare returns what has changed between two saved states of a draft, and writes down that who read it. from and to are numbers of
// events; 0 for to means the newest, and 0 for from the one before to. ErrNotFound.
func (s *Service) Compare(ctx context.Context, who, id string, from, to int) (c Compared, err error) {
	var a, b Draft
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		r, err := tx.Get(ctx, id)
		if err != nil {
			return err
		}
		if c.Versions, err = tx.Versions.List(ctx, id); err != nil {
			return err
		}
		if c.From, c.To, err = pair(c.Versions, from, to); err != nil {
			return err
		}
		if a, err = tx.Versions.Draft(ctx, id, c.From.N); err != nil {
			return err
		}
		if b, err = tx.Versions.Draft(ctx, id, c.To.N); err != nil {
			return err
		}
		return note(ctx, tx, &r, who, s.at(), "compared", map[string]string{"from": fmt.Sprint(c.From.N), "to": fmt.Sprint(c.To.N)})
	})
	if err != nil {
		return Compared{}, err
	}
	c.Changes = Difference(a, b)
	return c, nil
}

// pair finds the two versions.
func pair(list []Version, from, to int) (a, b Version, err error) {
	at := len(list) - 1
	if to != 0 {
		at = slices.IndexFunc(list, func(v Version) bool { return v.N == to })
	}
	if at < 0 {
		return a, b, fmt.Errorf("%w: version %d", ErrNotFound, to)
	}
	was := max(at-1, 0)
	if from != 0 {
		was = slices.IndexFunc(list, func(v Version) bool { return v.N == from })
	}
	if was < 0 {
		return a, b, fmt.Errorf("%w: version %d", ErrNotFound, from)
	}
	return list[was], list[at], nil
}
