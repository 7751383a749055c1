package audit

import (
	"slices"
	"testing"
	"time"
)

func TestKindOf(t *testing.T) {
	if !slices.IsSorted(reads()) {
		t.Error("the reads are not sorted: they would not be found")
	}
	for _, act := range reads() {
		if KindOf(act) != Read {
			t.Errorf("%s is no read", act)
		}
	}
	for _, act := range []string{"", "case.opened", "exposure.limit", "case.noted", "report.submitted", "zzz", "case.viewe"} {
		if KindOf(act) != Deed {
			t.Errorf("%s is a read", act)
		}
	}
}

func TestShapeHoldsNoValue(t *testing.T) {
	full := Filter{Who: "ada", Act: "case.viewed", Object: "case/7", Kind: Read, Until: time.Unix(9, 0)}
	if got := full.Shape(); got != "who act object kind days" {
		t.Errorf("%q", got)
	}
	if got := (&Filter{}).Shape(); got != "" {
		t.Errorf("%q", got)
	}
}
