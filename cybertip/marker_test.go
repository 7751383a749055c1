package cybertip

import (
	"slices"
	"testing"
)

// TestReportMarkers: a later profile has more annotations of a report, each with how sure it is; a profile that is none has none.
func TestReportMarkers(t *testing.T) {
	names := func(p Profile) (out []string) {
		for _, m := range ReportMarkers(p) {
			out = append(out, m.Name+" "+string(m.Certainty))
		}
		return out
	}
	first := []string{"sextortion read", "csamSolicitation read", "minorToMinorInteraction read", "spam read", "sadisticOnlineExploitation read"}
	if got := names(Profile202506); !slices.Equal(got, first) {
		t.Errorf("2025-06: %q", got)
	}
	later := append(slices.Clone(first), "informational high", "potentialAggravatingFactors medium", "instrumentalUse medium")
	if got := names(Profile202608); !slices.Equal(got, later) {
		t.Errorf("2026-08: %q", got)
	}
	if got := names("1999-01"); got != nil {
		t.Errorf("a profile that is none: %q", got)
	}
}
