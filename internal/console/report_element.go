package console

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/internal/report"
)

// ground is one thing in the draft that an element of trafficking can rest on.
type ground struct {
	seqs    []uint64 // places in the log; of a trace there may be several
	at      time.Time
	who     string
	message *report.Message // nil for a trace
	trace   *report.Trace   // nil for a message
	on      bool            // the element rests on it
}

// value is what the form sends for it.
func (g *ground) value() string { return joined(g.seqs) }

// link is where on the page it stands as it is.
func (g *ground) link() string {
	if g.trace != nil {
		return "#" + traceAnchor(g.trace)
	}
	return "#" + messageAnchor(g.seqs[0])
}

func messageAnchor(seq uint64) string { return "m" + strconv.FormatUint(seq, 10) }

func traceAnchor(t *report.Trace) string { return "trace-" + t.ID }

// joined writes places in the log for a field.
func joined(seqs []uint64) string {
	out := make([]string, len(seqs))
	for i, n := range seqs {
		out[i] = strconv.FormatUint(n, 10)
	}
	return strings.Join(out, ",")
}

// groundsOf lists what an element can rest on: the lines that a signal rests on or that stand in the excerpt, whatever else the element
// names, and the traces. Other lines can be given by their number, so that a long conversation does not stand on the page four times.
func groundsOf(d *report.Draft, e *report.Element) (out []ground) {
	left := map[uint64]bool{}
	for _, n := range e.Events {
		left[n] = true
	}
	of := map[uint64]*report.Trace{} // the trace that an event belongs to: it is offered there, and not as a line once more
	for i := range d.Traces {
		t := &d.Traces[i]
		if len(t.Events) == 0 {
			continue
		}
		all := !slices.ContainsFunc(t.Events, func(n uint64) bool { return !slices.Contains(e.Events, n) })
		out = append(out, ground{seqs: t.Events, at: t.First, who: t.Account, trace: t, on: all})
		for _, n := range t.Events {
			of[n] = t
			if all {
				delete(left, n)
			}
		}
	}
	for i := range d.Messages {
		m := &d.Messages[i]
		if on := left[m.Seq]; on || of[m.Seq] == nil && (m.Marked || m.Chosen) {
			out = append(out, ground{seqs: []uint64{m.Seq}, at: m.Time, who: m.From, message: m, on: on})
			delete(left, m.Seq)
		}
	}
	for n, t := range of { // single events of a trace that somebody has given by their number
		if left[n] {
			out = append(out, ground{seqs: []uint64{n}, at: t.First, who: t.Account, trace: t, on: true})
		}
	}
	slices.SortStableFunc(out, func(a, b ground) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.seqs[0], b.seqs[0])) })
	return out
}

// those returns the grounds that an element rests on, or the others.
func those(list []ground, on bool) (out []ground) {
	for _, g := range list {
		if g.on == on {
			out = append(out, g)
		}
	}
	return out
}

// readGrounds reads what an element rests on: what is ticked, and what is given by its number.
func readGrounds(r *request, d *report.Draft, name string, bad mistakes) (out []uint64) {
	known := d.Places()
	add := func(words []string) bool {
		ok := true
		for _, w := range words {
			n, err := strconv.ParseUint(w, 10, 64)
			if err != nil || !known[n] {
				ok = false
			} else if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
		return ok
	}
	for _, v := range r.PostForm[name+"_event"] {
		if !add(strings.Split(v, ",")) {
			bad[name+"_more"] = "unknown_line"
		}
	}
	if !add(listed(text(r, name+"_more"))) {
		bad[name+"_more"] = "unknown_line"
	}
	slices.Sort(out)
	return out
}

// listed splits what a person wrote as a list, with anything usual between its parts.
func listed(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,;،#\n\t", r) })
}
