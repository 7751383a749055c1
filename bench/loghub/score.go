package main

import (
	"fmt"
	"io"
	"slices"
)

type figures struct {
	truth, found    int
	accuracy, pairs float64
}

// compare is the evaluator of logparser: a line counts as right when its group holds exactly the lines of its true template. The F₁
// of pairs is over pairs of lines that stand together.
func compare(truth []string, found []int) (f figures) {
	byTruth, byFound, both := map[string]int{}, map[int]int{}, map[string]map[int]int{}
	for i, t := range truth {
		byTruth[t]++
		byFound[found[i]]++
		if both[t] == nil {
			both[t] = map[int]int{}
		}
		both[t][found[i]]++
	}
	right, together := 0, 0.0
	for t, in := range both {
		for g, n := range in {
			if n == byTruth[t] && n == byFound[g] {
				right += n
			}
			together += two(n)
		}
	}
	var wantPairs, gotPairs float64
	for _, n := range byTruth {
		wantPairs += two(n)
	}
	for _, n := range byFound {
		gotPairs += two(n)
	}
	f = figures{truth: len(byTruth), found: len(byFound), accuracy: float64(right) / float64(max(len(truth), 1))}
	if wantPairs+gotPairs > 0 {
		f.pairs = 2 * together / (wantPairs + gotPairs)
	}
	return f
}

func two(n int) float64 { return float64(n) * float64(n-1) / 2 }

// show prints a line of every true group that was cut, or mixed with another, the largest first.
func show(w io.Writer, lines, truth []string, found []int) {
	type pair struct {
		t string
		g int
	}
	count, first := map[pair]int{}, map[pair]string{}
	ofTruth, ofFound := map[string]int{}, map[int]int{}
	for i, t := range truth {
		p := pair{t, found[i]}
		if count[p]++; count[p] == 1 {
			first[p] = lines[i]
		}
		ofTruth[t]++
		ofFound[found[i]]++
	}
	var wrong []pair
	for p, n := range count {
		if n != ofTruth[p.t] || n != ofFound[p.g] {
			wrong = append(wrong, p)
		}
	}
	slices.SortFunc(wrong, func(a, b pair) int { return max(ofTruth[b.t], count[b]) - max(ofTruth[a.t], count[a]) })
	for _, p := range wrong[:min(40, len(wrong))] {
		fmt.Fprintf(w, "   %s (%d lines) in group %d (%d lines): %d such as %.200s\n", p.t, ofTruth[p.t], p.g, ofFound[p.g], count[p], first[p])
	}
}
