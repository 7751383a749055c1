package remark

import (
	"regexp"
	"strings"
)

// twice is what the parser says of a key that stands twice.
var twice = regexp.MustCompile(`^mapping key (".*") already defined`)

// YAML says what the parser of YAML has against a text. What it says seldom, and is in no table, stays in its own words.
func YAML(message string) Remark {
	message = strings.TrimSpace(message)
	if m := twice.FindStringSubmatch(message); m != nil {
		return Of("the key {key} stands twice", "key", m[1])
	}
	switch message {
	case "',' or ']' must be specified", "sequence end token ']' not found", "could not find '[' character corresponding to ']'":
		return Of("a list in [ ] is not closed, or lacks a comma")
	case "',' or '}' must be specified", "could not find flow mapping end token '}'", "could not find '{' character corresponding to '}'", "could not find flow map content":
		return Of("keys in { } are not closed, or lack a comma")
	case "expected sequence element, but found ','":
		return Of("a comma stands where a value is expected")
	case "block sequence entries are not allowed in this context", "sequence entries are not allowed after anchor on the same line":
		return Of("a list cannot begin here: begin it on a line of its own")
	case "mapping value is not allowed in this context", "value is not allowed in this context", "value is not allowed in this context. map key-value is pre-defined",
		"could not find value for mapping key", "could not find map value", "unexpected map key-value pair", "found an invalid key for this map", "unexpected map key",
		"unexpected key name", "undefined map key", "non-map value is specified", "expected map key-value delimiter ':'", "map key definition includes an implicit line break":
		return Of("a key, its colon and its value do not fit together here: look at the indentation, the colons and the quotation marks")
	case "could not find end character of double-quoted text", "could not find end character of single-quoted text":
		return Of("a quotation mark is not closed")
	case "found character '\t' that cannot start any token", "found a tab character where an indentation space is expected",
		"tab character cannot be used for indentation in single-quoted text", "tab character cannot be used for indentation in double-quoted text",
		"tab character cannot use as a map key directly", "tab character cannot use as a sequence delimiter":
		return Of("a tab stands where spaces are expected")
	case "unexpected scalar value", "unexpected scalar value type", "unexpected end content", "unexpected token. required string token":
		return Of("a value stands where none is expected")
	case "could not find alias value", "undefined alias name":
		return Of("an alias (*) names nothing")
	}
	return Verbatim(message)
}
