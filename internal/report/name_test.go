package report_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"haris/internal/report"
)

func TestSlips(t *testing.T) {
	parties := []report.Party{
		{Account: "u-48213", ScreenName: "coach_dan", DisplayNames: []string{"Dan Rivers"}, Role: report.RoleReported},
		{Account: "kid", ScreenName: "سلمى_9", DisplayNames: []string{"Zoë"}, Role: report.RoleChild},
	}
	for text, want := range map[string]string{
		"coach_dan wrote to the child":    "",
		"Coach_Dan wrote.":                "",
		"coach_dam wrote to the child":    "coach_dam→coach_dan",
		"caoch_dan wrote":                 "caoch_dan→coach_dan",
		"The account u-48231 wrote.":      "u-48231→u-48213",
		"The account u-48213 wrote.":      "",
		"Dan Rivers asked, Dan River too": "Dan River→Dan Rivers",
		"ｃｏａｃｈ＿ｄａｎ wrote":                 "",
		"كتب إلى سلمي_9":                  "سلمي_9→سلمى_9",
		"the kit and the kids":            "",
		"no name at all":                  "",
	} {
		var got []string
		for _, s := range report.Slips(report.Draft{Narrative: text, Parties: parties}) {
			got = append(got, s.Word+"→"+s.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestSlipsNeverDoubtAName: whatever the names are, a text that has them as they are has no slip, and no text is a panic.
func TestSlipsNeverDoubtAName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-z]{3,9}[0-9_]{0,3}`).Draw(t, "name")
		d := report.Draft{Parties: []report.Party{{Account: name}}, Narrative: name + " wrote to " + strings.ToUpper(name) + "."}
		if got := report.Slips(d); slices.ContainsFunc(got, func(s report.Slip) bool { return strings.EqualFold(s.Word, name) }) {
			t.Fatalf("%+v", got)
		}
		d.Narrative = rapid.String().Draw(t, "text")
		report.Slips(d)
		report.Prompts(d)
	})
}

func FuzzSlips(f *testing.F) {
	f.Add("coach_dan", "coach_dam wrote")
	f.Fuzz(func(t *testing.T, name, text string) {
		for _, s := range report.Slips(report.Draft{Parties: []report.Party{{Account: name}}, Narrative: text}) {
			if s.Word == s.Name || s.Account != name {
				t.Errorf("%+v", s)
			}
		}
	})
}

func TestPrompts(t *testing.T) {
	d := full(t)
	d.Narrative = "u1 wrote to a child."
	var keys []string
	for _, p := range report.Prompts(d) {
		keys = append(keys, p.Key)
		switch p.Key {
		case "who":
			if p.Named == nil || !*p.Named || !strings.Contains(p.Known[0], "coach_dan") {
				t.Errorf("who: %+v", p)
			}
		case "whom":
			if p.Named == nil || *p.Named || len(p.Known) != 2 {
				t.Errorf("whom: %+v", p)
			}
		default:
			if p.Named != nil {
				t.Errorf("%s is judged by software", p.Key)
			}
		}
	}
	if strings.Join(keys, " ") != "who what whom when where why unknown" {
		t.Errorf("%v", keys)
	}
}
