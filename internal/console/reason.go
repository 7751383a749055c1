package console

import (
	"regexp"
	"strings"
)

// reasonKeys lists what haris itself writes as a reason: into custody, holds, disclosures and the history of reports, in English, so that whatever leaves the
// installation reads the same everywhere. The English catalogue has each sentence to the letter, and pages show it in the language of who
// looks. What a person wrote is none of these sentences and stays as it is.
func reasonKeys() []string {
	return []string{
		"signals", "drafted", "added_differs", "added", "recognised", "shown_bytes", "shown_page", "shown_tags", "shown", "sniffed", "silenced", "proved", "read_tags",
		"uploaded", "dry_run", "preserved", "verified", "process_came", "process_covers", "production", "produced", "answered", "rescoped",
		"refused", "time_over", "requested", "filing_cancelled", "filing_failed", "filing_moved", "filing_late", "filing_lost", "filing_none_completed",
		"filing_other_file", "filing_retracted", "filing_gone_earlier", "filing_gone", "filing_restored", "report_files", "report_form", "report_api", "handed_other", "handed", "taken_sealed", "taken", "scope",
	}
}

// reason is one sentence with the shape of what haris writes.
type reason struct {
	key   string
	names []string // of its holes, in order
	shape *regexp.Regexp
}

var reasonHole = regexp.MustCompile(`\{([a-z]+)\}`)

// readReasons makes the shapes from the English catalogue.
func readReasons(english *catalogue) (out []reason) {
	for _, k := range append(reasonKeys(), "process") {
		r := reason{key: "reason." + k}
		shape, rest := "", english.phrases[r.key].text
		for {
			at := reasonHole.FindStringSubmatchIndex(rest)
			if at == nil {
				break
			}
			name := rest[at[2]:at[3]]
			r.names = append(r.names, name)
			shape += regexp.QuoteMeta(rest[:at[0]]) + holeShape(name)
			rest = rest[at[1]:]
		}
		r.shape = regexp.MustCompile(`^` + shape + regexp.QuoteMeta(rest) + `$`)
		out = append(out, r)
	}
	return out
}

// holeShape is what can stand in a hole. A word of ours is a word; a name can be anything.
func holeShape(name string) string {
	switch name {
	case "agency", "number", "data", "from", "authority", "file":
		return `(.+)`
	case "kind":
		return `([a-z_]+)`
	}
	return `(\S+)`
}

// wordKind is where the catalogue has the words that can stand in a hole; empty for names and numbers.
func wordKind(hole string) string {
	switch hole {
	case "how":
		return "shown_how"
	case "environment", "other":
		return "environment_word"
	case "condition":
		return "condition"
	case "kind":
		return "process_kind"
	case "data":
		return "process_data"
	case "from":
		return "scope_from"
	}
	return ""
}

// reason shows a reason in the language of the page when haris wrote it, and as it stands when a person did.
func (v *view) reason(text string) string { return v.reasonOf(text, false) }

// holdReason is reason for a hold: one that a legal process has set names that process.
func (v *view) holdReason(text, process string) string { return v.reasonOf(text, process != "") }

func (v *view) reasonOf(text string, ofProcess bool) string {
	for _, r := range v.reasons {
		if r.key == "reason.process" && !ofProcess {
			continue // a person could well have written it
		}
		m := r.shape.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		var args []string
		for i, name := range r.names {
			args = append(args, name, v.holeWords(name, m[i+1]))
		}
		return v.T(r.key, args...)
	}
	return text
}

// holeWords translates the words of ours in a hole, which may be a list of them.
func (v *view) holeWords(hole, value string) string {
	kind := wordKind(hole)
	if kind == "" {
		return value
	}
	list := strings.Split(value, ", ")
	for i := range list {
		list[i] = v.word(kind, list[i])
	}
	return strings.Join(list, v.T("list.comma"))
}
