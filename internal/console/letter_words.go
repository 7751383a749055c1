package console

import (
	"regexp"
	"strings"
)

// unreadableShape is how the reader of events says what is wrong with one: where, what, what was expected.
var unreadableShape = regexp.MustCompile(`^line (\d+)(?:, column (\d+))?(?:, at (\S+))?: ([a-z0-9 ]+): expected (?s:(.+))$`)

// unreadable says in the language of the page why an event could not be read. What was expected stays as the wire format says it.
func (v *view) unreadable(reason string) string {
	m := unreadableShape.FindStringSubmatch(reason)
	if v.lang == "en" || m == nil {
		return reason
	}
	where := v.T("rules.line", "line", m[1])
	if m[2] != "" {
		where += v.T("list.comma") + v.T("rules.column", "column", m[2])
	}
	if m[3] != "" {
		where += v.T("list.comma") + v.apart(m[3])
	}
	what := v.word("letter_reason", strings.ReplaceAll(m[4], " ", "_"))
	return v.T("letters.why", "where", where, "what", what, "want", v.apart(m[5]))
}
