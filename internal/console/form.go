package console

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"haris/internal/auth"
)

// stampTime lets templates say what they take.
type stampTime = time.Time

// mistakes maps the fields of a form to the code of what is wrong with them ("bad.<code>" in the catalogue).
type mistakes map[string]string

// maxText bounds what a person writes into one field, in bytes.
const maxText = 8 << 10

// Error makes mistakes an error, so that a form's handler can return them.
func (m mistakes) Error() string {
	fields := make([]string, 0, len(m))
	for f := range m {
		fields = append(fields, f)
	}
	return "console: fields of the form: " + strings.Join(fields, ", ")
}

// mistakesOf returns the mistakes behind an error, or nil when it is another kind of error.
func mistakesOf(err error) mistakes {
	var m mistakes
	if errors.As(err, &m) {
		return m
	}
	var in *auth.InputError
	switch {
	case errors.As(err, &in):
		return mistakes{in.Field: in.Code}
	case errors.Is(err, auth.ErrTaken):
		return mistakes{"login": "taken"}
	}
	return nil
}

// text returns a field as a person meant it: trimmed, lines ended by \n.
func text(r *request, field string) string {
	return strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get(field), "\r\n", "\n"))
}

// required returns a field that must be filled in.
func required(r *request, field string) (string, error) {
	s := text(r, field)
	switch {
	case s == "":
		return "", mistakes{field: "required"}
	case len(s) > maxText:
		return "", mistakes{field: "long"}
	case !utf8.ValidString(s):
		return "", mistakes{field: "text"}
	}
	return s, nil
}

// keyList is the keys that work everywhere or on one page, with the key of their words.
func keyList() [][2]string {
	return [][2]string{
		{"j", "keys.next"},
		{"k", "keys.previous"},
		{"Enter", "keys.enter"},
		{"c", "keys.claim"},
		{"n", "keys.take"},
		{"n", "keys.note"},
		{"d", "keys.decide"},
		{"e", "keys.escalate"},
		{"b", "keys.blurred"},
		{"v", "keys.clear"},
		{"x", "keys.hide"},
		{"u", "keys.up"},
		{"Ctrl K", "keys.palette"},
		{"?", "keys.map"},
	}
}
