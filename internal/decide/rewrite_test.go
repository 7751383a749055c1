package decide_test

import (
	"strings"
	"testing"

	"haris/internal/decide"
	"haris/internal/taxonomy"
)

func TestRewrite(t *testing.T) {
	text := "# agreed in spring\nthresholds: {p2: 2.5}   # lower than usual\n\n# what the team can do\nbudget: 40\ndetectors:\n  D2: {mode: shadow}\n  D15:\n    weight: 0.5\n\n# leave this\ntolerance: 5\n"
	got, err := decide.Rewrite(text, 12.5, map[string]decide.Setting{"D1": {Mode: taxonomy.ModeEnforce, Weight: 1}, "D15": {Mode: taxonomy.ModeShadow, Weight: .4}})
	want := "# agreed in spring\nthresholds: {p2: 2.5}   # lower than usual\n\n# what the team can do\n\n# leave this\ntolerance: 5\nbudget: 12.5\ndetectors:\n  D15: {mode: shadow, weight: 0.4}\n"
	if err != nil || got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
	p, err := decide.Read([]byte(got), []string{"D1", "D15"})
	if err != nil || p.Budget != 12.5 || p.P2 != 2.5 || p.Tolerance != 5 || p.Of("D15").Weight != .4 || p.Of("D15").Mode != taxonomy.ModeShadow {
		t.Errorf("%+v %v", p, err)
	}
	for _, empty := range []string{"", "\n", "budget: 4\n", "# only this\n"} {
		if got, err := decide.Rewrite(empty, 0, nil); err != nil || strings.Contains(got, "budget") {
			t.Errorf("%q: %q %v", empty, got, err)
		}
		if got, err := decide.Rewrite(empty, 7, nil); err != nil || !strings.HasSuffix(got, "budget: 7\n") {
			t.Errorf("%q: %q %v", empty, got, err)
		}
	}
	for _, wrong := range []string{"{budget: 4}", "budget: [", "- 1\n"} {
		if got, err := decide.Rewrite(wrong, 7, nil); decide.Faults(err) == nil {
			t.Errorf("%q became %q (%v)", wrong, got, err)
		}
	}
}
