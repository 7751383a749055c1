package store

import (
	"context"
	"slices"

	"haris/internal/casefile"
)

// part is a part of a list that one query reads: the cases of one status.
type part struct {
	filter  *casefile.Filter
	status  casefile.Status
	shelves string // those that the scope sees, when it does not see all
}

// parts are the parts of a filter's list, under the scope of the context; none when that sees no case.
func (s caseStore) parts(ctx context.Context, f *casefile.Filter) (out []part, err error) {
	scope, shelves := casefile.ScopeIn(ctx), ""
	if !scope.All() {
		if shelves, err = s.seenShelves(ctx, &scope); err != nil || shelves == "" {
			return nil, err
		}
	}
	return partsOf(f, shelves), nil
}

func partsOf(f *casefile.Filter, shelves string) (out []part) {
	for _, status := range statusesOf(f) {
		out = append(out, part{f, status, shelves})
	}
	return out
}

// tags are what the filter asks a case to be tagged with. The label comes first, along which the query runs: detectors speak in most cases.
func (p *part) tags() (tags []string) {
	if p.filter.Label != "" {
		tags = append(tags, "l/"+p.filter.Label)
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
