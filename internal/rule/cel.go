package rule

import (
	"regexp"
	"strings"

	"haris/internal/remark"
)

// celSaying is one thing that CEL says, with what differs in groups, and the same in our words.
type celSaying struct {
	said *regexp.Regexp
	ours func(m []string) remark.Remark
}

func celSayings() []celSaying {
	return []celSaying{
		{regexp.MustCompile(`^found no matching overload for '(.+)' applied to '(.+)'$`), func(m []string) remark.Remark {
			return say("{function} cannot be applied to {types}: these kinds of value do not go together", "function", readableTypes(m[1]), "types", readableTypes(m[2]))
		}},
		{regexp.MustCompile(`^expected type '(.+)' but found '(.+)'$`), func(m []string) remark.Remark {
			return say("{type} is expected here, and this is {other}", "type", typeWord(m[1]), "other", typeWord(m[2]))
		}},
		{regexp.MustCompile(`^expression of type '(.+)' cannot be range of a comprehension`), func(m []string) remark.Remark {
			return say("a loop runs over a list, and this is {type}", "type", typeWord(m[1]))
		}},
		{regexp.MustCompile(`^type '(.+)' does not support field selection$`), func(m []string) remark.Remark {
			return say("this is {type}, and that has no fields", "type", typeWord(m[1]))
		}},
		{regexp.MustCompile(`^undefined field '(.+)'$`), func(m []string) remark.Remark {
			return say("there is no field {name}", "name", m[1])
		}},
		{regexp.MustCompile(`^undeclared reference to '([^']+)'`), func(m []string) remark.Remark {
			return say("unknown name {name}", "name", `"`+m[1]+`"`)
		}},
		{regexp.MustCompile(`^reserved identifier: (.+)$`), func(m []string) remark.Remark {
			return say("{name} is a word that conditions keep for themselves", "name", m[1])
		}},
		{regexp.MustCompile(`^argument (?:is not an identifier|must be a simple name)$`), func([]string) remark.Remark {
			return say("the first thing in a loop is the name of its variable")
		}},
		{regexp.MustCompile(`^invalid (?:int|uint|double) literal$`), func([]string) remark.Remark {
			return say("this is no number")
		}},
		{regexp.MustCompile(`^one_of needs a value`), func([]string) remark.Remark {
			return say("one_of needs a value and at least one choice")
		}},
		{regexp.MustCompile(`^(?:expression recursion limit exceeded|max recursion depth exceeded)`), func([]string) remark.Remark {
			return say("this is nested too deeply")
		}},
		{regexp.MustCompile(`^expression code point size exceeds limit`), func([]string) remark.Remark {
			return say("a condition holds at most {most} characters", "most", maxExpression)
		}},
		{regexp.MustCompile(`^expression (?:node count|count) exceeds limit|^expression node`), func([]string) remark.Remark {
			return say("a condition has at most {most} parts", "most", maxNodes)
		}},
		{regexp.MustCompile(`(?s)^Syntax error: .*(?:input|at) '<EOF>'`), func([]string) remark.Remark {
			return say("the condition ends too early: something is missing, such as a value or a closing bracket")
		}},
		{regexp.MustCompile(`(?s)^Syntax error: token recognition error at: '(.*)'$`), func(m []string) remark.Remark {
			return say("{text} is no word of a condition; a text stands between quotation marks that are closed", "text", strings.TrimSpace(m[1]))
		}},
		{regexp.MustCompile(`(?s)^Syntax error: (?:mismatched|extraneous) input '(.*?)' expecting|^unsupported syntax '(.*)'`), func(m []string) remark.Remark {
			return say("{text} cannot stand here", "text", m[1]+m[2])
		}},
		{regexp.MustCompile(`(?s)^Syntax error: missing (.+) at '(.*)'$`), func(m []string) remark.Remark {
			return say("{missing} is missing before {text}", "missing", m[1], "text", m[2])
		}},
		{regexp.MustCompile(`(?s)^Syntax error: no viable alternative at input '(.*)'$`), func(m []string) remark.Remark {
			return say("{text} cannot be read", "text", m[1])
		}},
		{regexp.MustCompile(`(?s)^Syntax error: (.+)$`), func(m []string) remark.Remark {
			return say("this cannot be read as a condition: {why}", "why", m[1])
		}},
	}
}

// celSays says in our words what CEL has against an expression, and how to mend it where that is plain. What it says seldom stays in its own.
func celSays(message string) (msg, hint remark.Remark) {
	if m := celStumbles.FindStringSubmatch(message); m != nil && meant(m[1]) != "" {
		hint = say("write {word}", "word", meant(m[1]))
	}
	for _, s := range celSayings() {
		if m := s.said.FindStringSubmatch(message); m != nil {
			return s.ours(m), hint
		}
	}
	return remark.Verbatim(readableTypes(message)), hint
}

// celStumbles finds what CEL stumbled over.
var celStumbles = regexp.MustCompile(`^Syntax error: (?:mismatched input|extraneous input|token recognition error at:) '(\S+)\s*'`)

// meant is what an author who knows another language may have meant.
func meant(word string) string {
	return map[string]string{"=": "==", "=>": ">=", "=<": "<=", "<>": "!=", "&": "&&", "|": "||", "and": "&&", "or": "||", "not": "!"}[strings.ToLower(word)]
}

// typeWord names a type of CEL.
func typeWord(name string) remark.Remark {
	switch name {
	case "bool":
		return say("true or false")
	case "double", "int", "uint":
		return say("a number")
	case "string":
		return say("a text")
	case "timestamp", "google.protobuf.Timestamp":
		return say("a time")
	case "duration", "google.protobuf.Duration":
		return say("a length of time")
	}
	if strings.HasPrefix(name, "list(") {
		return say("a list")
	}
	if strings.HasPrefix(name, "map(") {
		return say("a map")
	}
	return remark.Verbatim(readableTypes(name))
}

// wholeNumber is what CEL calls numbers that are whole, which authors need not tell apart.
var wholeNumber = regexp.MustCompile(`\bu?int\b`)

// readableTypes writes CEL's names of operators and types as authors know them.
func readableTypes(msg string) string {
	return strings.NewReplacer("_==_", "==", "_!=_", "!=", "_<_", "<", "_<=_", "<=", "_>_", ">", "_>=_", ">=", "_+_", "+", "_-_", "-",
		"_*_", "*", "_/_", "/", "_&&_", "&&", "_||_", "||", "!_", "!", "-_", "-", "_?_:_", "? :", "@in", "in", "_[_]", "[]", "double", "number", "string", "text",
		"google.protobuf.Timestamp", "time", "timestamp", "time").Replace(wholeNumber.ReplaceAllString(msg, "number"))
}
