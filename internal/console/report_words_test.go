package console

import (
	"slices"
	"testing"
	"time"

	"haris/cybertip"
	"haris/internal/report"
	"haris/internal/taxonomy"
)

// reportKeys are the keys that the pages of reports make from words of other packages.
func reportKeys() (keys []string) {
	for _, s := range report.Statuses() {
		keys = append(keys, "report_status."+string(s))
	}
	for _, k := range report.EventKinds() {
		keys = append(keys, "report_event."+string(k))
	}
	for _, r := range report.Roles() {
		keys = append(keys, "report_role."+string(r))
	}
	for _, w := range report.Ways() {
		keys = append(keys, "resolve."+string(w), "resolve_help."+string(w))
	}
	for _, e := range []cybertip.Environment{cybertip.Local, cybertip.Test, cybertip.Production} {
		keys = append(keys, "environment."+string(e), "submit.confirm."+string(e), "submit.do."+string(e))
	}
	for _, t := range cybertip.IncidentTypes() {
		keys = append(keys, "incident."+slug(t))
	}
	for _, i := range report.Assess(report.Draft{Trafficking: &report.Trafficking{}}, report.Sent{}).Items {
		keys = append(keys, "complete."+i.Key, "complete_why."+i.Key)
	}
	for _, g := range []report.Gap{report.GapNeverSent, report.GapNoMemory, report.GapNotOfThis, report.GapNotSaid, report.GapUnread, report.GapSetting} {
		keys = append(keys, "gap."+string(g))
	}
	for _, q := range report.Prompts(report.Draft{}) {
		keys = append(keys, "prompt."+q.Key)
	}
	for _, a := range report.Associations() {
		keys = append(keys, "association."+association(a))
	}
	for _, p := range report.Parts() {
		keys = append(keys, "part."+string(p))
	}
	for _, k := range slices.Concat(taxonomy.Act.Kinds(), taxonomy.Means.Kinds(), taxonomy.Purpose.Kinds()) {
		keys = append(keys, "element_kind."+string(k))
	}
	for _, k := range report.TraceKinds() {
		keys = append(keys, "trace."+string(k))
	}
	for _, a := range fileAnnotations() {
		keys = append(keys, "file_annotation."+a.word)
	}
	for _, s := range []report.State{report.There, report.Partly, report.Missing, report.NoneKnown} {
		keys = append(keys, "complete_state."+string(s))
	}
	for _, s := range []cybertip.Severity{cybertip.SeveritySchema, cybertip.SeverityRule, cybertip.SeverityAdvice} {
		keys = append(keys, "finding_severity."+string(s))
	}
	for _, b := range []string{"choose", "required", "long", "moment", "confirm", "changed", "second", "both", "numbers"} {
		keys = append(keys, "bad."+b)
	}
	return keys
}

func TestReadMoment(t *testing.T) {
	was := time.Date(2026, 3, 1, 9, 30, 15, 250e6, time.UTC)
	for name, c := range map[string]struct {
		in   string
		want time.Time
		bad  bool
	}{
		"nothing":                           {"", time.Time{}, false},
		"unchanged keeps parts of a second": {"2026-03-01T09:30:15", was, false},
		"changed":                           {"2026-03-01T09:30:16", time.Date(2026, 3, 1, 9, 30, 16, 0, time.UTC), false},
		"without seconds":                   {"2026-03-01T09:30", time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC), false},
		"no moment":                         {"yesterday", time.Time{}, true},
	} {
		got, err := readMoment(c.in, was)
		if (err != nil) != c.bad || !c.bad && !got.Equal(c.want) {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}
