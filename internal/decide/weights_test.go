package decide_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"haris/internal/decide"
	"haris/internal/detect"
	"haris/internal/taxonomy"
)

func TestReadWeights(t *testing.T) {
	known := []string{"D1", "D2", "D15"}
	p, err := decide.Read([]byte("thresholds: {p2: 2.5}\nbudget: 40\ndetectors:\n  D15: {weight: 0.5}\n  D2: {mode: shadow}\n"), known)
	if err != nil {
		t.Fatal(err)
	}
	if p.P2 != 2.5 || p.Budget != 40 || p.P1 != decide.Default().P1 || p.Of("D15").Weight != .5 || p.Of("D2").Mode != taxonomy.ModeShadow || p.Of("D1") != (decide.Setting{Mode: taxonomy.ModeEnforce, Weight: 1}) || len(p.Digest) != 64 {
		t.Errorf("%+v", p)
	}
	if empty, err := decide.Read(nil, known); err != nil || empty.P1 != decide.Default().P1 {
		t.Errorf("an empty file: %+v, %v", empty, err)
	}
	for text, want := range map[string]string{
		"thresholds: {p2: 9}":                "expected p3 ≤ p2 ≤ p1",
		"thresholds: {p3: .nan}":             "thresholds.p3: NaN is not from",
		"thresholds: {external: 4}":          "lets rules and outside models alone",
		"budget: 0":                          "budget: 0 is not from 0.1 to 100000",
		"thresholds: {p5: 1}":                "no key",
		"budget: {a_day: 20}":                "line 1: a number is expected here",
		"detectors: {D99: {weight: 0.5}}":    "there is none of this name; expected one of D1, D2, D15",
		"detectors: {D1: {weight: 0}}":       "0 is not from 0.1 to 1",
		"detectors: {D1: {weight: 2}}":       "2 is not from 0.1 to 1",
		"detectors: {D1: {mode: off}}":       "expected shadow or enforce",
		"detectors: {D1: {mode: [enforce]}}": "weights:",
	} {
		if _, err := decide.Read([]byte(text), known); !errors.Is(err, decide.ErrWeights) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// Everything that is wrong with a file of weights is named with its line.
func TestFaultsOfWeights(t *testing.T) {
	_, err := decide.Read([]byte("# how much counts\nthresholds:\n  p3: 20\nbudget: 0\ndetectors:\n  D1: {weight: 0.5}\n  D2:\n    weight: 3\n"), []string{"D1", "D2"})
	got := ""
	for _, f := range decide.Faults(err) {
		got += fmt.Sprintf("%d:%d %s\n", f.Line, f.Column, strings.SplitN(f.Message.String(), ":", 2)[0])
	}
	if want := "3:3 thresholds.p3\n4:1 budget\n8:5 detectors.D2.weight\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	_, err = decide.Read([]byte("budget: 40\nbudgets: 40\n"), nil)
	if list := decide.Faults(err); len(list) != 1 || list[0].Line != 2 || !strings.Contains(list[0].Message.String(), "budgets") {
		t.Errorf("a key that is not there: %v", err)
	}
	if list := decide.Faults(errors.New("something else")); list != nil {
		t.Errorf("%v", list)
	}
}

// A detector that counts half leaves its strength to be seen and lowers the sum.
func TestWeightsLowerTheSum(t *testing.T) {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	s := &decide.Standing{Signals: []detect.Signal{{Detector: "D1", Family: taxonomy.FamilyContact, Typology: taxonomy.TypologyGrooming, Strength: 3, At: at}}}
	p := decide.Default()
	if f := p.Fuse(s, taxonomy.TypologyGrooming, nil, at); f.Total != 3 || f.Priority != taxonomy.P2 {
		t.Errorf("%+v", f)
	}
	p.Detectors = map[string]decide.Setting{"D1": {Mode: taxonomy.ModeEnforce, Weight: .5}}
	if f := p.Fuse(s, taxonomy.TypologyGrooming, nil, at); f.Total != 1.5 || f.Priority != taxonomy.P3 || f.Signals[0].Strength != 3 {
		t.Errorf("%+v", f)
	}
}
