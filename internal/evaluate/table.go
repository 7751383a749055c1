package evaluate

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"haris/internal/measure"
)

// WriteTable writes a result as text for a terminal.
func (r *Result) WriteTable(w io.Writer) error {
	t := &table{w: tabwriter.NewWriter(w, 2, 4, 2, ' ', 0)}
	t.line("%s", r.Caveat)
	t.head("stream\tevents\taccounts\tmatters")
	for _, s := range r.Streams {
		t.line("%s\t%d\t%d\t%d", s.Name, s.Events, s.Accounts, s.Matters)
	}
	t.line("%.0f events a second in the fold, %d workers; rules %s", r.PerSecond, r.Workers, short(r.Rules))
	if r.Matters > 0 {
		r.found(t)
	}
	r.wrong(t)
	r.strengths(t)
	r.state(t)
	for _, l := range r.Raised {
		l.write(t)
	}
	return t.w.Flush()
}

// table writes lines in columns.
type table struct{ w *tabwriter.Writer }

func (t *table) line(format string, args ...any) { fmt.Fprintf(t.w, format+"\n", args...) }

// head begins a table; its columns are its own.
func (t *table) head(columns string) {
	fmt.Fprintf(t.w, "\n%s\n", strings.ToUpper(columns))
}

func short(digest string) string { return digest[:min(len(digest), 12)] }

// found writes what was found of the matters.
func (r *Result) found(t *table) {
	t.head("false positives\trecall\tabove\tharmless above")
	for _, a := range r.Recalls {
		t.line("%s", recallWords(a))
	}
	t.head("cases a day\tmatters seen\trecall\tcases seen\tof matters")
	for _, b := range r.Budgets {
		t.line("%d\t%d of %d\t%.2f\t%d\t%d", b.PerDay, b.Matters, r.Matters, b.Recall, b.Cases, b.Right)
	}
	t.head("matters\tnumber\tfound\treached\thours (median, p90)\tmessages (median, p90)")
	for _, k := range append(r.Kinds, r.All) {
		t.line("%s\t%d\t%d\t%s\t%s\t%s", k.Kind, k.Matters, k.Found, k.Reached, k.Hours.words(k.Found), k.Messages.words(k.Found))
	}
	if e := r.Early; e != nil {
		t.head("precision\trecall\tF1\tspeed\tF-latency\tERDE 5\tERDE 50")
		t.line("%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.5f\t%.5f", e.Precision, e.Recall, e.F1, e.Speed, e.FLatency, e.ERDE5, e.ERDE50)
	}
	for _, m := range r.Missed {
		t.line("missed: %s of %s in %s reached %s%s", m.Kind, m.Subject, m.Stream, m.Priority, spokeWords(m.Spoke))
	}
	if len(r.Ablation) > 0 {
		t.head("without\trecall at budget\trecall at 1e-3\tfound\twrongly raised")
		for _, a := range r.Ablation {
			fpr := "n/a"
			if a.FPROK {
				fpr = fmt.Sprintf("%+.3f", a.FPR)
			}
			t.line("%s\t%+.3f\t%s\t%+d\t%+d", a.Without, a.Budget, fpr, a.Found, a.Wrong)
		}
	}
}

// spokeWords lists what detectors said at the most, strongest first.
func spokeWords(spoke map[string]float64) string {
	if len(spoke) == 0 {
		return "; no detector spoke"
	}
	names := slices.SortedFunc(maps.Keys(spoke), func(a, b string) int {
		return cmp.Or(cmp.Compare(spoke[b], spoke[a]), cmp.Compare(a, b))
	})
	for i, n := range names {
		names[i] = fmt.Sprintf("%s %.1f", n, spoke[n])
	}
	return "; " + strings.Join(names, ", ")
}

// recallWords is a line of recall.
func recallWords(a measure.Recall) string {
	if !a.OK {
		return fmt.Sprintf("%s\tn/a: %d negatives are too few", power(a.FPR), a.Negatives)
	}
	return fmt.Sprintf("%s\t%.3f (%d of %d)\t%s\t%d of %d", power(a.FPR), a.Recall, a.Found, a.Positives, threshold(a.Threshold), a.False, a.Negatives)
}

// wrong writes who was raised for nothing.
func (r *Result) wrong(t *table) {
	if len(r.Hard) > 0 {
		t.head("hard harmless cases\tnumber\treached\tat P2 or above")
		for _, h := range r.Hard {
			t.line("%s\t%d\t%s\t%s", h.Kind, h.Cases, h.Reached, shareWords(h.FPR))
		}
	}
	t.line("other accounts: %s", r.Others)
	if len(r.Wrong) > 0 {
		t.line("raised for nothing, as far as is known:")
	}
	for _, l := range r.Wrong {
		l.write(t)
	}
	for _, c := range r.Cohorts {
		t.head("harmless, by " + c.By + "\taccounts\tP2 or above\tP3 or above")
		for _, g := range c.Groups {
			t.line("%s\t%d\t%s\t%s", g.Name, g.Raised.Of, shareWords(g.Raised), shareWords(g.Watched))
		}
		t.line("highest over lowest\t\t%s\t%s", spreadWords(c.Raised), spreadWords(c.Watched))
	}
}

// strengths writes whether strengths promise too much.
func (r *Result) strengths(t *table) {
	t.head("detector\tspoke of\tstrongest\tharmless tested\treached .5 (.316)\t1 (.1)\t1.5 (.032)\t2 (.01)\t2.5 (.0032)\t3 (.001)")
	for _, d := range r.Detectors {
		row := fmt.Sprintf("%s\t%d\t%.2f", d.Name, d.Spoke, d.Strongest)
		if len(d.Tails) > 0 {
			row += fmt.Sprintf("\t%d", d.Tested)
		}
		for _, x := range d.Tails {
			row += "\t" + tailWords(x)
		}
		t.line("%s", row)
	}
	t.line("! more harmless accounts reach it than the strength says. ECE and Brier: %s", r.Probability)
}

// state writes how many bytes are kept.
func (r *Result) state(t *table) {
	t.head("state\tkeys\tbytes\tmedian\tp99\tgreatest")
	for _, w := range r.Weights {
		t.line("%s\t%d\t%d\t%d\t%d\t%d", w.Table, w.Keys, w.Bytes, w.Median, w.P99, w.Greatest)
	}
	if len(r.Sizes) > 0 {
		t.head("detector\tkeys\tmean\tmedian\tp99\tgreatest\tbound")
	}
	for _, s := range r.Sizes {
		t.line("%s\t%d\t%d\t%d\t%d\t%d\t%d", s.Detector, s.Keys, s.Mean, s.Median, s.P99, s.Greatest, s.Bound)
	}
}

func (l *Listed) write(t *table) {
	t.line("%s (%s, %s) %s %s %.2f", l.Account, l.Kind, l.Stream, l.Priority, l.Typology, l.Sum)
	for i, by := range l.By {
		t.line("  %s: %s", by, l.Why[i])
	}
}

// String writes how many came to each priority, the highest first.
func (n Reached) String() string {
	var out []string
	for _, p := range []string{"P0", "P1", "P2", "P3", "none"} {
		if n[p] > 0 {
			out = append(out, fmt.Sprintf("%s %d", p, n[p]))
		}
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, ", ")
}

func (s Spans) words(found int) string {
	if found == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f, %.0f", s.Median, s.P90)
}

func shareWords(s measure.Share) string {
	return fmt.Sprintf("%d, %.4f (%.4f to %.4f)", s.Part, s.Rate, s.Low, s.High)
}

func spreadWords(s measure.Spread) string {
	switch {
	case !s.OK && s.Max == "":
		return "n/a: groups are too small"
	case !s.OK:
		return fmt.Sprintf("n/a: none of %s", s.Min)
	case s.Apart:
		return fmt.Sprintf("%.2f (%s over %s)", s.Ratio, s.Max, s.Min)
	}
	return fmt.Sprintf("%.2f (%s over %s, within chance)", s.Ratio, s.Max, s.Min)
}

func tailWords(x measure.Tail) string {
	out := fmt.Sprintf("%.4f", x.Observed.Rate)
	if !x.Honest {
		out += " !"
	}
	return out
}

// power writes 1e-2 and so on as people do.
func power(fpr float64) string {
	if fpr >= .99 {
		return "1"
	}
	return strings.Replace(fmt.Sprintf("%.0e", fpr), "e-0", "e-", 1)
}

// threshold takes a rank apart.
func threshold(rank float64) string {
	for p := 4; p >= 1; p-- {
		if rank >= float64(p)*rankStep {
			return fmt.Sprintf("P%d, %.2f", 4-p, rank-float64(p)*rankStep)
		}
	}
	return fmt.Sprintf("below P3, %.2f", rank)
}
