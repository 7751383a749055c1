package console

import (
	"slices"
	"strconv"

	"haris/internal/casefile"
	"haris/internal/taxonomy"
)

// maxGrounds bounds the messages and acts that the form of a finding offers for an element, the newest.
const maxGrounds = 40

// grounds are the lines of the timeline that signals rest on: what an element of trafficking can rest on, oldest first.
func (p *caseView) grounds() (out []*line) {
	for s := range p.strands {
		for i := range p.strands[s].parts {
			for e := range p.strands[s].parts[i].events {
				if l := &p.strands[s].parts[i].events[e]; l.marked {
					out = append(out, l)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b *line) int { return int(a.Seq) - int(b.Seq) }) //nolint:gosec // places in the log are below 2^63
	out = slices.CompactFunc(out, func(a, b *line) bool { return a.Seq == b.Seq })
	return out[max(0, len(out)-maxGrounds):]
}

// elementsTicked reports whether something is ticked, or was and has come back.
func (p *caseView) elementsTicked() bool {
	return slices.ContainsFunc(taxonomy.Elements(), func(e taxonomy.Element) bool {
		return len(p.form.all("dispose", elementField(e)))+len(p.form.all("dispose", groundField(e))) > 0
	})
}

// elementField and groundField are the fields of an element's forms and of what it rests on.
func elementField(e taxonomy.Element) string { return "element." + string(e) }

func groundField(e taxonomy.Element) string { return "rests." + string(e) }

// readElements reads what is ticked of the elements; nil when nothing is.
func readElements(r *request, bad mistakes) map[taxonomy.Element]casefile.Element {
	out := map[taxonomy.Element]casefile.Element{}
	for _, name := range taxonomy.Elements() {
		var e casefile.Element
		for _, k := range name.Kinds() {
			if slices.Contains(r.PostForm[elementField(name)], string(k)) {
				e.Kinds = append(e.Kinds, k)
			}
		}
		for _, w := range r.PostForm[groundField(name)] {
			n, err := strconv.ParseUint(w, 10, 63)
			if err != nil || n == 0 {
				bad["elements"] = "unknown_line"
				continue
			}
			e.Events = append(e.Events, n)
		}
		if len(e.Kinds)+len(e.Events) > 0 {
			out[name] = e
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
