package report

import (
	"strconv"
	"strings"
)

// TextOf is what a person looks for a report by: what people wrote into its draft, a line each, and the number that the authority gave it.
func TextOf(r *Report) string {
	d := &r.Draft
	var out []string
	for _, s := range []string{d.Narrative, d.TypeReason, d.Urgent, d.Extra} {
		if s != "" {
			out = append(out, s)
		}
	}
	if r.Number != 0 {
		out = append(out, strconv.FormatInt(r.Number, 10))
	}
	return strings.Join(out, "\n")
}
