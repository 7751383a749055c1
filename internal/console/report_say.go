package console

import (
	"strings"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/report"
)

// finding says in the language of the page what a finding is about; nothing in English, in which the finding says it more closely itself.
func (v *view) finding(f *cybertip.Finding) string {
	if key := "finding_rule." + f.Rule; v.lang != "en" && v.Has(key) {
		return v.T(key)
	}
	return ""
}

// reportWhy says why something happened to a report: what haris wrote in the language of the page, what a person wrote as it stands.
func (v *view) reportWhy(e *report.Event) string {
	first, rest, two := strings.Cut(e.Why, ": ")
	switch {
	case e.Kind == report.WasSubmitted:
		environment, number, follows := strings.Cut(e.Why, "; follow-up: ")
		environment = v.word("environment_word", environment)
		if follows {
			return v.T("history.follow_up", "environment", environment, "number", number)
		}
		return environment
	case e.Kind == report.WasResumed && two:
		return v.T("history.resumed", "way", v.word("resolve", first), "reason", rest)
	case e.Kind == report.WasHandedOver && two:
		if authority, form, ok := strings.Cut(first, ", "); ok {
			return v.T("history.handed", "authority", authority, "form", v.word("handover.form", form), "reason", rest)
		}
	case e.Kind == report.Sending:
		return v.word("report_step", e.Why)
	case e.Who == casefile.Haris:
		return v.reason(e.Why)
	}
	return e.Why
}
