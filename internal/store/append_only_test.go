package store_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestHistoriesAreOnlyAdded reads the package's own SQL: triggers that forbid a change are not the same on both engines, so the
// guard is that no statement changes or removes a line of a history.
func TestHistoriesAreOnlyAdded(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	changes := regexp.MustCompile(`(?i)\b(UPDATE|DELETE\s+FROM|REPLACE\s+INTO|TRUNCATE)\s+(TABLE\s+)?(case_event|matter_key|audit_entry|audit_hash|report_event|report_call|report_draft|report_handover|disclosure|process_event|evidence_certificate|access_line|access_decision)\b`)
	inserts := regexp.MustCompile(`(?i)\bINSERT INTO (case_event|audit_entry|audit_hash|report_event|report_call|report_draft|report_handover|disclosure|process_event|evidence_certificate|access_line|access_decision)\b[^` + "`" + `]*\bDO UPDATE\b`)
	found := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found += strings.Count(string(src), "INSERT INTO case_event") + strings.Count(string(src), "INSERT INTO audit_entry")
		if name == "erase.go" {
			// Deletion reaches what reports say, and may write nothing but emptiness over it.
			for _, set := range regexp.MustCompile(`(?i)UPDATE (report_\w+) SET (.*?) WHERE`).FindAllStringSubmatch(string(src), -1) {
				if !slices.Contains([]string{"report_draft draft = '{}'", "report_call request = NULL"}, set[1]+" "+set[2]) {
					t.Errorf("%s sets %s of %s", name, set[2], set[1])
				}
			}
			continue
		}
		for _, re := range []*regexp.Regexp{changes, inserts} {
			if s := re.FindString(string(src)); s != "" {
				t.Errorf("%s changes a history: %s", name, s)
			}
		}
	}
	if found != 2 {
		t.Errorf("%d statements add to the histories, want one for each of the two: the test looks in the wrong place", found)
	}
}
