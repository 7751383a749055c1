package store

import (
	"context"
	"slices"

	"haris/internal/casefile"
)

// part is a part of a list that one query reads: the cases of one status, on the shelves that the scope sees.
type part struct {
	filter  *casefile.Filter
	status  casefile.Status
	shelves []string // empty for a scope that sees every case
}

// parts are the parts of a filter's list, under the scope of the context; none when that sees no case.
func (s caseStore) parts(ctx context.Context, f *casefile.Filter) (out []part, err error) {
	var shelves []string
	if scope := casefile.ScopeIn(ctx); !scope.All() {
		if shelves, err = s.seenShelves(ctx, &scope); err != nil || len(shelves) == 0 {
			return nil, err
		}
	}
	return partsOf(f, shelves), nil
}

func partsOf(f *casefile.Filter, shelves []string) (out []part) {
	for _, status := range statusesOf(f) {
		out = append(out, part{f, status, shelves})
	}
	return out
}

// maxShelves is how many shelves a list is read along one by one. With more of them it is read in its order, and what stands on others is left out.
const maxShelves = 24

// shelfByShelf parts what is to be read in the order of lists further, so that each query runs along one shelf and reads nothing that it does not
// show. What a tag or an account leads to is little, and is read as it is.
func (p part) shelfByShelf() (out []part) {
	if len(p.shelves) < 2 || len(p.shelves) > maxShelves || p.filter.Subject != "" || p.tagged() {
		return []part{p}
	}
	for i := range p.shelves {
		out = append(out, part{p.filter, p.status, p.shelves[i : i+1]})
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

// narrowed reports whether the part is of a scope that does not see every case.
func (p *part) narrowed() bool { return len(p.shelves) > 0 }

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
