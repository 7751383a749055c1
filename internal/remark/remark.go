// Package remark holds sentences that haris says, about rules that a person wrote for example or about how it does, apart from what differs in
// them, so that a page can say them in the language of its reader. The English of a sentence is what identifies it: the catalogue of the pages has it to the letter.
package remark

import (
	"fmt"
	"strings"
)

// Remark is a sentence, or a part of one. The zero value says nothing.
type Remark struct {
	form     string // in English, with {names} where something differs
	args     []arg
	verbatim bool // the form is no English but what somebody wrote, or a word of a file format: the same in every language
}

type arg struct {
	name  string
	value Remark
}

// Of makes a remark from its English and from what differs in it: names and values in turn, where a value is a Remark, which can be said in
// another language too, or anything else, which stays as fmt prints it. Of("{what} has no key {key}", "what", Of("a pack"), "key", `"x"`).
func Of(form string, args ...any) Remark {
	r := Remark{form: form}
	for i := 0; i+1 < len(args); i += 2 {
		value, ok := args[i+1].(Remark)
		if !ok {
			value = Verbatim(fmt.Sprint(args[i+1]))
		}
		r.args = append(r.args, arg{fmt.Sprint(args[i]), value})
	}
	return r
}

// Verbatim is what stays the same in every language: a key of a file format, or what somebody wrote.
func Verbatim(text string) Remark { return Remark{form: text, verbatim: true} }

// Empty reports whether it says nothing.
func (r Remark) Empty() bool { return r.form == "" }

// String says it in English.
func (r Remark) String() string {
	return r.Say(func(form string) string { return form }, func(text string) string { return text })
}

// MarshalText says it in English, for JSON.
func (r Remark) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Say says it in a language: words returns the sentence of that language for an English one, with the same {names}, and apart sets off what
// stays the same in every language.
func (r Remark) Say(words, apart func(string) string) string {
	if r.verbatim {
		return apart(r.form)
	}
	text := words(r.form)
	if len(r.args) == 0 {
		return text
	}
	pairs := make([]string, 0, 2*len(r.args))
	for _, a := range r.args {
		pairs = append(pairs, "{"+a.name+"}", a.value.Say(words, apart))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
