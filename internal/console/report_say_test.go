package console

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/report"
)

// schemaRule finds the rules of XML Schema that the checker of documents names.
var schemaRule = regexp.MustCompile(`"((?:cvc|xml)-[a-zA-Z0-9.-]+|profile-unknown)"`)

// TestFindingsHaveWords: each thing that can be wrong with a document of a report is said in every language, and in English as the package says it.
func TestFindingsHaveWords(t *testing.T) {
	w := words(t)
	rules := map[string]bool{}
	for _, r := range cybertip.Rules() {
		rules[r.ID] = true
		if got, want := w["en"].T("finding_rule."+r.ID), strings.ToUpper(r.Says[:1])+r.Says[1:]+"."; got != want {
			t.Errorf("finding_rule.%s: %q, the package says %q", r.ID, got, want)
		}
	}
	names, err := filepath.Glob("../../cybertip/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range schemaRule.FindAllSubmatch(source, -1) {
			rules[string(m[1])] = true
		}
	}
	if len(rules) < 40 {
		t.Fatalf("%d rules are found: the test is blind", len(rules))
	}
	for _, c := range w {
		for r := range rules {
			if !c.Has("finding_rule." + r) {
				t.Errorf("%s: finding_rule.%s is missing", c.lang, r)
			}
		}
		for key := range c.phrases {
			if r, ok := strings.CutPrefix(key, "finding_rule."); ok && !rules[r] {
				t.Errorf("%s: nothing finds %s", c.lang, r)
			}
		}
	}
	f := cybertip.Finding{Rule: "past", Message: "<incidentDateTime> lies in the future."}
	if got := (&view{catalogue: w["ar"]}).finding(&f); !strings.HasPrefix(got, "الوقائع") {
		t.Errorf("in Arabic: %q", got)
	}
	if got := (&view{catalogue: w["en"]}).finding(&f); got != "" {
		t.Errorf("in English %q stands beside what the finding says itself", got)
	}
}

// TestReportHistoryReadsArabic: what haris wrote into the history of a report reads in the language of the page, what a person wrote as it stands.
func TestReportHistoryReadsArabic(t *testing.T) {
	v := &view{catalogue: words(t)["ar"]}
	for _, x := range []struct {
		kind      report.EventKind
		who, why  string
		want, not string
	}{
		{report.WasSubmitted, "ada", "production; follow-up: 7000001", "تتمة للبلاغ 7000001", "follow"},
		{report.WasSubmitted, "ada", "local", v.T("environment_word.local"), "local"},
		{report.WasResumed, "ada", "redo: they asked for it", "they asked for it", "redo"},
		{report.WasHandedOver, "ada", "Police, package: by courier", "by courier", "package"},
		{report.Sending, casefile.Haris, "upload", "إرسال ملف", "upload"},
		{report.GaveUp, casefile.Haris, "20 calls in a row failed", "20", "calls"},
		{report.GaveUp, casefile.Haris, "it was made for test with profile 2025, and configured is production with profile 2026", "2026", "made"},
		{report.WasHeld, casefile.Haris, `file "two words.png" is not the one that was meant: expected MD5 aa, read bb`, "two words.png", "meant"},
		{report.WasCancelled, casefile.Haris, "withdrawn; nothing was filed", "سُحب", "withdrawn"},
		{report.WasCancelled, "ada", "withdrawn; nothing was filed", "withdrawn; nothing was filed", "سُحب"},
		{report.WasDisapproved, "ada", "names: the wrong town", "names: the wrong town", "\x00"},
	} {
		got := v.reportWhy(&report.Event{Kind: x.kind, Who: x.who, Why: x.why})
		if !strings.Contains(got, x.want) || strings.Contains(got, x.not) {
			t.Errorf("%s by %s, %q: %q, want %q and not %q", x.kind, x.who, x.why, got, x.want, x.not)
		}
	}
}
