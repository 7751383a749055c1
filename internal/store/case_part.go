package store

import (
	"slices"

	"haris/internal/casefile"
)

// part is a part of a list that one query reads: the cases of one status, and of one share of what a confined scope sees. No case is in two.
type part struct {
	filter *casefile.Filter
	status casefile.Status
	share
	scope casefile.Scope // what still hides a case of the share
}

// share is a part of what a confined scope sees: the cases of one queue, or those with one label that no share before it has. The zero value is
// everything.
type share struct {
	queue, label string
	notQueues    []string // of the shares before
	notLabels    []string
}

// partsOf are the parts of a filter's list.
func partsOf(f *casefile.Filter) (out []part) {
	scope := f.Scope
	shares := []share{{}}
	if scope.Confined && f.Subject == "" { // an account has few cases, which hide one by one
		shares = sharesOf(f)
	}
	for _, status := range statusesOf(f) {
		for _, sh := range shares {
			p := part{filter: f, status: status, share: sh, scope: scope}
			if sh.queue != "" || sh.label != "" {
				p.scope = casefile.Scope{
					NotQueues: append(slices.Clone(scope.NotQueues), sh.notQueues...), NotLabels: append(slices.Clone(scope.NotLabels), sh.notLabels...),
				}
			}
			out = append(out, p)
		}
	}
	return out
}

// sharesOf are the shares of what the confined scope of a filter sees, as far as the filter asks for them.
func sharesOf(f *casefile.Filter) (out []share) {
	queues, labels := distinct(f.Scope.Queues), distinct(f.Scope.Labels)
	for _, q := range queues {
		if f.Queue == "" || f.Queue == q {
			out = append(out, share{queue: q})
		}
	}
	if f.Queue != "" && len(out) > 0 {
		return out // its cases are all of this queue
	}
	for i, l := range labels {
		out = append(out, share{label: l, notQueues: queues, notLabels: labels[:i]})
	}
	return out
}

// distinct are the words of a list, each once, in order.
func distinct(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }

// tags are what a case of the part is tagged with. The first leads the query: a label of the filter, or else the label of the share, because
// detectors speak in most cases.
func (p *part) tags() (tags []string) {
	for _, l := range []string{p.filter.Label, p.label} {
		if l != "" && !slices.Contains(tags, "l/"+l) {
			tags = append(tags, "l/"+l)
		}
	}
	if p.filter.Detector != "" {
		tags = append(tags, "d/"+p.filter.Detector)
	}
	return tags
}

// tagged reports whether a tag leads the query.
func (p *part) tagged() bool { return p.filter.Subject == "" && len(p.tags()) > 0 }

// columnOf is the status as the column has it.
func columnOf(s casefile.Status) casefile.Status {
	if s == casefile.Merged {
		return casefile.Cleared // see migration 17
	}
	return s
}

// statusesOf returns the statuses that a filter lets through, each once.
func statusesOf(f *casefile.Filter) []casefile.Status {
	if len(f.Statuses) == 0 {
		return casefile.Statuses()
	}
	return slices.Compact(slices.Sorted(slices.Values(f.Statuses)))
}
