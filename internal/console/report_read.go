package console

import "haris/cybertip"

// How many of a run of parts with the same title are shown: beyond runAll only the first runShown, the rest behind a fold.
const (
	runAll   = 4
	runShown = 2
)

// run is parts with the same title that follow one another.
type run struct{ shown, folded []cybertip.Part }

// runs splits the parts of a document, which stay in their order.
func runs(parts []cybertip.Part) (out []run) {
	for from := 0; from < len(parts); {
		to := from + 1
		for to < len(parts) && parts[to].Title == parts[from].Title {
			to++
		}
		r := run{shown: parts[from:to]}
		if len(r.shown) > runAll {
			r.shown, r.folded = r.shown[:runShown], r.shown[runShown:]
		}
		out, from = append(out, r), to
	}
	return out
}
