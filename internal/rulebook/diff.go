package rulebook

import "strings"

// Op is what became of a line.
type Op uint8

// The operations.
const (
	Same Op = iota
	Gone
	New
	Skipped // lines that are the same and far from a change; the Line counts them
)

// Line is one line of a comparison.
type Line struct {
	Op    Op
	A, B  int // number of the line in the old and in the new text, from 1; 0 where it is not
	Text  string
	Lines int // with Skipped: how many
}

// FileDiff is how one file differs.
type FileDiff struct {
	Name        string
	Added, Gone bool // the whole file
	Lines       []Line
	New, Old    int // how many lines were added and taken away
}

// around is how many same lines stand about a change.
const around = 3

// maxCells bounds the work of one comparison: the product of the lines that differ on both sides.
const maxCells = 6_000_000

// Diff compares two texts file by file and line by line; files that are the same are left out.
func Diff(before, after Text) (out []FileDiff) {
	old := map[string]string{}
	for _, f := range before.Files() {
		old[f.Name] = f.Text
	}
	now := map[string]bool{}
	for _, f := range after.Files() {
		now[f.Name] = true
		was, had := old[f.Name]
		if f.Text != was || !had {
			d := diffLines(was, f.Text)
			d.Name, d.Added = f.Name, !had || was == ""
			d.Gone = f.Text == "" && was != ""
			out = append(out, d)
		}
	}
	for _, f := range before.Packs {
		if !now[f.Name] {
			d := diffLines(f.Text, "")
			d.Name, d.Gone = f.Name, true
			out = append(out, d)
		}
	}
	return out
}

// diffLines compares two texts by the longest common run of lines.
func diffLines(a, b string) (d FileDiff) {
	x, y := split(a), split(b)
	head := 0
	for head < len(x) && head < len(y) && x[head] == y[head] {
		head++
	}
	tail := 0
	for tail < len(x)-head && tail < len(y)-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	var lines []Line
	for i := range head {
		lines = append(lines, Line{Op: Same, A: i + 1, B: i + 1, Text: x[i]})
	}
	lines = append(lines, middle(x[head:len(x)-tail], y[head:len(y)-tail], head)...)
	for i := range tail {
		k, l := len(x)-tail+i, len(y)-tail+i
		lines = append(lines, Line{Op: Same, A: k + 1, B: l + 1, Text: x[k]})
	}
	for i := range lines {
		switch lines[i].Op {
		case New:
			d.New++
		case Gone:
			d.Old++
		}
	}
	d.Lines = fold(lines)
	return d
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

// middle compares what lies between the first and the last difference; head lines stand before it. What is too large to compare is shown as taken
// away and added whole.
func middle(x, y []string, head int) (out []Line) {
	n, m := len(x), len(y)
	gone := func(i int) { out = append(out, Line{Op: Gone, A: head + i + 1, Text: x[i]}) }
	added := func(j int) { out = append(out, Line{Op: New, B: head + j + 1, Text: y[j]}) }
	common := make([][]int32, 0)
	if n*m <= maxCells {
		common = table(x, y)
	}
	i, j := 0, 0
	for i < n || j < m {
		switch {
		case i < n && j < m && len(common) > 0 && x[i] == y[j]:
			out = append(out, Line{Op: Same, A: head + i + 1, B: head + j + 1, Text: x[i]})
			i, j = i+1, j+1
		case i < n && (j == m || len(common) == 0 || common[i+1][j] >= common[i][j+1]):
			gone(i)
			i++
		default:
			added(j)
			j++
		}
	}
	return out
}

// table[i][j] is the length of the longest common run of x[i:] and y[j:].
func table(x, y []string) [][]int32 {
	t := make([][]int32, len(x)+1)
	cells := make([]int32, (len(x)+1)*(len(y)+1))
	for i := range t {
		t[i] = cells[i*(len(y)+1) : (i+1)*(len(y)+1)]
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				t[i][j] = t[i+1][j+1] + 1
			} else {
				t[i][j] = max(t[i+1][j], t[i][j+1])
			}
		}
	}
	return t
}

// fold leaves out the same lines that are far from a change.
func fold(lines []Line) (out []Line) {
	near := make([]bool, len(lines))
	for i := range lines {
		if lines[i].Op == Same {
			continue
		}
		for k := max(0, i-around); k <= min(len(lines)-1, i+around); k++ {
			near[k] = true
		}
	}
	for i := 0; i < len(lines); i++ {
		if near[i] {
			out = append(out, lines[i])
			continue
		}
		n := 0
		for ; i < len(lines) && !near[i]; i++ {
			n++
		}
		i--
		out = append(out, Line{Op: Skipped, Lines: n})
	}
	return out
}
