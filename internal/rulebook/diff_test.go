package rulebook_test

import (
	"fmt"
	"strings"
	"testing"

	"haris/internal/rule"
	"haris/internal/rulebook"
)

func TestDiff(t *testing.T) {
	text := func(weights string, files ...string) (out rulebook.Text) {
		for i := 0; i < len(files); i += 2 {
			out.Packs = append(out.Packs, rule.Source{Name: files[i], Text: files[i+1]})
		}
		out.Weights = weights
		return out
	}
	write := func(list []rulebook.FileDiff) string {
		var b strings.Builder
		for _, f := range list {
			fmt.Fprintf(&b, "%s +%d -%d added %v gone %v\n", f.Name, f.New, f.Old, f.Added, f.Gone)
			for _, l := range f.Lines {
				fmt.Fprintf(&b, "%c %d %d %s %d\n", " -+…"[:][min(int(l.Op), 2)], l.A, l.B, l.Text, l.Lines)
			}
		}
		return b.String()
	}
	a := text("", "a.yaml", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "b.yaml", "x\n", "c.yaml", "same\n")
	b := text("budget: 4\n", "a.yaml", "1\n2\n3\n4\nfive\nfive and a half\n6\n7\n8\n9\n", "c.yaml", "same\n")
	want := `a.yaml +2 -1 added false gone false
+ 0 0  1
  2 2 2 0
  3 3 3 0
  4 4 4 0
- 5 0 5 0
+ 0 5 five 0
+ 0 6 five and a half 0
  6 7 6 0
  7 8 7 0
  8 9 8 0
+ 0 0  1
weights.yaml +1 -0 added true gone false
+ 0 1 budget: 4 0
b.yaml +0 -1 added false gone true
- 1 0 x 0
`
	if got := write(rulebook.Diff(a, b)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := rulebook.Diff(a, a); len(got) != 0 {
		t.Errorf("a text differs from itself: %v", got)
	}
	long := strings.Repeat("x\n", 4000)
	other := strings.Repeat("y\n", 4000)
	if got := rulebook.Diff(text("", "a.yaml", long), text("", "a.yaml", other)); got[0].New != 4000 || got[0].Old != 4000 {
		t.Errorf("+%d -%d", got[0].New, got[0].Old)
	}
}
