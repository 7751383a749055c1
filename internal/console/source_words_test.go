package console_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/console"
	"haris/internal/evidence"
	"haris/internal/exposure"
)

// actWritten finds an act that is written down as one word of the source: Act: "a.b", act := "a.b", or an argument of a function that writes entries.
var actWritten = regexp.MustCompile(`(?:\bAct: |\bact(?:, [A-Za-z.]+)* :?= |\b(?:change|entry|note|guarded|line|record|act|audited?|draftLine)\((?:[A-Za-z.&]+, )+)"([a-z_]+\.[a-z_.]+[a-z])"`)

// figureWritten finds a figure of a signal.
var figureWritten = regexp.MustCompile(`\{Name: "([a-z_]+)", (?:Observed|Expected|Of)`)

// inSource collects what a pattern finds in the source of haris below a directory.
func inSource(t *testing.T, dir string, what *regexp.Regexp) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := fs.WalkDir(os.DirFS("../.."), dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "internal/store/storetest/") {
			return err
		}
		source, err := os.ReadFile("../../" + path)
		for _, m := range what.FindAllSubmatch(source, -1) {
			found[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestFiguresHaveNames says that every figure that a detector gives is called something in every language.
func TestFiguresHaveNames(t *testing.T) {
	list := inSource(t, "internal/detect", figureWritten)
	for _, must := range []string{"minors", "handdevice", "today", "openers"} {
		if !list[must] {
			t.Errorf("%s is not found in the source: the test is blind", must)
		}
	}
	for name := range list {
		for _, lang := range []string{"en", "ar"} {
			if !console.HasWord(lang, "figure."+name) {
				t.Errorf("figure %s has no name in %s", name, lang)
			}
		}
	}
}

// acts collects the acts of the audit log that the source of haris writes.
func acts(t *testing.T) map[string]bool {
	t.Helper()
	found := inSource(t, "internal", actWritten)
	for _, k := range casefile.Kinds() {
		found["case."+string(k)] = true
	}
	for _, a := range []evidence.Act{evidence.Sealed, evidence.Opened, evidence.Exported, evidence.Verified, evidence.Destroyed} {
		found["evidence."+string(a)] = true
	}
	for _, a := range []exposure.Act{exposure.Begun, exposure.Preview, exposure.Contents, exposure.Metadata, exposure.Declared, exposure.Ended, exposure.Lifted} {
		found["exposure."+string(a)] = true
	}
	return found
}

// TestActsHaveNames says that the audit log calls every act something in every language.
func TestActsHaveNames(t *testing.T) {
	list := acts(t)
	for _, must := range []string{"audit.read", "exchange.hastened", "person.proved", "rules.followed", "key.revoked", "queue.added"} {
		if !list[must] {
			t.Errorf("%s is not found in the source: the test is blind", must)
		}
	}
	for act := range list {
		for _, lang := range []string{"en", "ar"} {
			if name := console.ActName(lang, act); name == act {
				t.Errorf("%s has no name in %s", act, lang)
			}
		}
	}
	t.Logf("%d acts", len(list))
}

// TestAuditLogNamesActs reads the page.
func TestAuditLogNamesActs(t *testing.T) {
	b := setup(t)
	b.open("a", "acc-1", 2)
	w := b.as(auth.Auditor)
	if got := w.get("/audit").body; !strings.Contains(got, "Signed in") && !strings.Contains(got, "Person added") {
		t.Error("the page has no names of acts")
	}
}
