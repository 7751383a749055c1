package contact_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/contact"
	"haris/internal/detect/detecttest"
	"haris/internal/taxonomy"
)

// suspicious is a platform on which the share of approaches goes to young accounts under suspicion.
func suspicious(share float64) *detecttest.Cohort {
	c := platform(.2)
	c.Said[detect.CohortKey{What: detect.CountMarked}] = [2]float64{share * 1e6, 1e6}
	return c
}

func visitsContract() detecttest.Contract {
	return detecttest.Contract{
		Detector: contact.Visits{}, Account: detecttest.Adult(), Limit: 3, Number: "visited", Silent: taxonomy.Age25up,
		Platform: func() *detecttest.Cohort { return suspicious(.01) },
		Fill:     func(*rapid.T, *detect.Fact) {},
	}
}

func TestVisitsContract(t *testing.T) { visitsContract().Run(t) }

func FuzzVisitsDecode(f *testing.F) {
	c := visitsContract()
	for _, b := range c.Seeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { c.Decode(t, b) })
}

func TestVisits(t *testing.T) {
	tests := []struct {
		name            string
		share           float64 // of approaches on the platform that go to such accounts
		young, marked   int     // approached, and of these under suspicion
		strangerMarked  int     // under suspicion and never approached
		low, top        float64
		expectedInWords string
	}{
		{"one is chance", .001, 5, 1, 0, 0, 0, ""},
		{"two of two", .001, 2, 2, 0, 2, 2, ""},
		{"three of three", .001, 3, 3, 0, 3, 3, "3 of the 3"},
		{"three of three where many are suspected", .3, 3, 3, 0, 0, 1.2, ""},
		{"three of twenty where it is rare", .001, 20, 3, 0, 2, 3, "3 of the 20"},
		{"three of twenty where one in ten is", .1, 20, 3, 0, 0, 0, ""},
		{"only others are suspected", .001, 10, 0, 5, 0, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var st detect.State
			var last detect.Signal
			c, seq := suspicious(tt.share), 0
			fold := func(k detect.FactKind, n int) {
				seq++
				next, sig, ok := contact.Visits{}.Fold(st, fact(k, adult, person(n, taxonomy.Age13to15), start, seq), c)
				if st = next; ok {
					last = sig
				}
			}
			for n := range tt.young {
				fold(detect.Approached, n)
			}
			for n := range tt.marked {
				fold(detect.Visited, n)
				fold(detect.Visited, n) // said again: nothing new
			}
			for n := range tt.strangerMarked {
				fold(detect.Visited, 100+n)
			}
			if last.Strength < tt.low || last.Strength > tt.top {
				t.Errorf("strength %.2f, want %.1f to %.1f (%+v)", last.Strength, tt.low, tt.top, last.Figures)
			}
			if tt.expectedInWords != "" {
				if why := (contact.Visits{}).Explain(&last, "en").Why; !strings.Contains(why, tt.expectedInWords) {
					t.Errorf("%q does not say %q", why, tt.expectedInWords)
				}
				if len(last.Others) != tt.marked {
					t.Errorf("names %v", last.Others)
				}
			}
		})
	}
}

// An adult alone is a visitor: children who write to children under suspicion are their friends.
func TestVisitsOfChildren(t *testing.T) {
	child := detecttest.Child()
	st, _, ok := contact.Visits{}.Fold(nil, fact(detect.Approached, child, person(1, taxonomy.Age13to15), start, 1), suspicious(.001))
	if st != nil || ok {
		t.Error("a child's approach was counted")
	}
}
