package contact_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/contact"
	"haris/internal/taxonomy"
)

// approaches folds one approach every step; minor says which go to minors, welcomed which minors answer at once.
func approaches(who *detect.Profile, c *cohort, n int, step time.Duration, minor, welcomed func(i int) bool) (detect.State, detect.Signal) {
	var st detect.State
	var last detect.Signal
	d := contact.Selectivity{}
	for i := range n {
		band := taxonomy.Age25up
		if minor(i) {
			band = taxonomy.Age13to15
		}
		at := start.Add(time.Duration(i) * step)
		kinds := []detect.FactKind{detect.Approached}
		if minor(i) && welcomed(i) {
			kinds = append(kinds, detect.Welcomed)
		}
		for _, k := range kinds {
			var sig detect.Signal
			var ok bool
			if st, sig, ok = d.Fold(st, fact(k, who, person(i, band), at, i+1), c); ok {
				last = sig
			}
		}
	}
	return st, last
}

func always(int) bool { return true }
func never(int) bool  { return false }

func TestSelectivity(t *testing.T) {
	third := func(i int) bool { return i%3 == 0 }
	tests := []struct {
		name            string
		who             *detect.Profile
		q               float64
		n               int
		step            time.Duration
		minor, welcomed func(int) bool
		lo, hi          float64
	}{
		{"three are too few to say", adult, .25, 3, time.Hour, always, never, 0, 0},
		{"twelve of twelve among a quarter", adult, .25, 12, time.Hour, always, never, 3, 3},
		{"unselective and popular", adult, .30, 300, time.Hour, third, never, 0, 0},
		{"on a platform of minors", adult, .85, 12, time.Hour, always, never, 0, 0},
		{"welcomed by all", adult, .25, 30, time.Hour, always, always, 1.75, 1.75},
		{"own age unknown", unknown, .25, 12, time.Hour, always, never, 1.5, 1.5},
		{"one a week: only four are inside the window", adult, .25, 12, 8 * 24 * time.Hour, always, never, 1.4, 1.7},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, sig := approaches(tt.who, platform(tt.q), tt.n, tt.step, tt.minor, tt.welcomed)
			if sig.Strength < tt.lo || sig.Strength > tt.hi {
				t.Errorf("strength %.2f, want %.2f to %.2f (%+v)", sig.Strength, tt.lo, tt.hi, sig.Figures)
			}
		})
	}
}

func TestSelectivitySaysWhatItSaw(t *testing.T) {
	_, sig := approaches(adult, platform(.25), 12, time.Hour, always, never)
	m, ok := sig.Figure("minors")
	if !ok || m.Observed != m.Of || m.Observed < 4 || m.Expected <= 0 || m.Expected >= m.Observed {
		t.Errorf("figures %+v", sig.Figures)
	}
	if len(sig.Events) != int(m.Observed) || sig.Subject != "grown" || sig.Family != taxonomy.FamilyContact || sig.Typology != taxonomy.TypologyGrooming {
		t.Errorf("signal %+v", sig)
	}
	for _, lang := range []string{"en", "ar"} {
		e := contact.Selectivity{}.Explain(&sig, lang)
		for _, s := range []string{e.Why, e.Observed, e.Expected, e.Counterfactual} {
			if s == "" || strings.Contains(s, "%!") {
				t.Errorf("%s: %q", lang, s)
			}
		}
		if !strings.Contains(e.Why, detect.Whole(m.Observed)) {
			t.Errorf("%s: %q does not say how many", lang, e.Why)
		}
	}
}

func TestSelectivityAgesUnknownSayNothing(t *testing.T) {
	st, sig, ok := contact.Selectivity{}.Fold(nil, fact(detect.Approached, adult, unknown, start, 1), platform(.25))
	if st != nil || ok || sig.Strength != 0 {
		t.Error("a target of unknown age must leave no trace")
	}
}

func TestClusterFollowsThePlatform(t *testing.T) {
	c := platform(.3)
	independent := contact.Cluster(c)
	c.Said[detect.CohortKey{What: detect.CountBoth}] = [2]float64{(.09 + .2*.21) * 1e6, 1e6} // correlation .2
	if got := contact.Cluster(c); independent > .006 || got < .19 || got > .21 {
		t.Errorf("independent %.4f, correlated %.4f", independent, got)
	}
}

func TestAcceptance(t *testing.T) {
	run := func(answers string) (fired bool, last detect.Signal) {
		var st detect.State
		c := platform(.3)
		d := contact.Acceptance{}
		for i, a := range answers {
			at := start.Add(time.Duration(i) * time.Hour)
			child := person(i, taxonomy.Age13to15)
			kinds := []detect.FactKind{detect.Approached, detect.Refused}
			if a == '1' {
				kinds[1] = detect.Welcomed
			}
			for _, k := range kinds {
				var sig detect.Signal
				var ok bool
				if st, sig, ok = d.Fold(st, fact(k, adult, child, at, i+1), c); ok {
					last, fired = sig, sig.Strength > 0
				}
			}
		}
		return fired, last
	}
	for _, tt := range []struct {
		name, answers string
		want          bool
	}{
		{"nineteen refusals are not enough", strings.Repeat("0", 19), false},
		{"twenty refusals are", strings.Repeat("0", 20), true},
		{"ordinary answers", strings.Repeat("10", 40), false},
		{"taken back by welcomes", strings.Repeat("0", 20) + strings.Repeat("1", 20), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fired, sig := run(tt.answers)
			if fired != tt.want {
				t.Errorf("fired %v", fired)
			}
			if fired && (sig.Strength != 1.5 || sig.Marks != tt.answers) {
				t.Errorf("strength %v, marks %q", sig.Strength, sig.Marks)
			}
		})
	}
}

// Silence for 72 hours counts as a refusal, and time alone makes the test speak.
func TestAcceptanceCountsSilence(t *testing.T) {
	d, c := contact.Acceptance{}, platform(.3)
	var st detect.State
	for i := range 25 {
		st, _, _ = d.Fold(st, fact(detect.Approached, adult, person(i, taxonomy.AgeU13), start, i+1), c)
	}
	if want := start.Add(72 * time.Hour); !d.Due(st).Equal(want) {
		t.Fatalf("due %s, want %s", d.Due(st), want)
	}
	if _, _, ok := d.Tick(st, adult, start.Add(71*time.Hour), c); ok {
		t.Error("spoke before the time was up")
	}
	st, sig, ok := d.Tick(st, adult, start.Add(72*time.Hour), c)
	if !ok || sig.Strength != 1.5 || !d.Due(st).IsZero() {
		t.Errorf("signal %+v, due %s", sig, d.Due(st))
	}
}

func TestStatesComeBack(t *testing.T) {
	for _, d := range []detect.Detector{contact.Selectivity{}, contact.Acceptance{}} {
		var st detect.State
		c := platform(.3)
		for i := range 60 {
			st, _, _ = d.Fold(st, fact(detect.Approached, adult, person(i, taxonomy.Age13to15), start.Add(time.Duration(i)*time.Hour), i+1), c)
		}
		b := st.Append(nil)
		if len(b) > d.Info().MaxBytes {
			t.Errorf("%s: %d bytes, at most %d promised", d.Info().Name, len(b), d.Info().MaxBytes)
		}
		again, err := d.Decode(b)
		if err != nil || !bytes.Equal(again.Append(nil), b) {
			t.Errorf("%s: %v", d.Info().Name, err)
		}
		if _, err := d.Decode(b[:len(b)-1]); err == nil {
			t.Errorf("%s: a cut state was read", d.Info().Name)
		}
	}
}
