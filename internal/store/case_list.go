package store

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"haris/internal/casefile"
	"haris/internal/taxonomy"
)

// Bounds of a page of List.
const (
	casesPerPage    = 50
	maxCasesPerPage = 500
)

// place is where a case stands in the order of lists: most urgent first, then earliest deadline, then oldest.
type place struct {
	urgency, deadline int64
	id                string
}

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.urgency, q.urgency), cmp.Compare(p.deadline, q.deadline), cmp.Compare(p.id, q.id))
}

// cursor returns the place as text that a caller hands back.
func (p place) cursor() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d.%s", p.urgency, p.deadline, p.id))
}

// placeOf reads a cursor; ErrCursor.
func placeOf(cursor string) (place, error) {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return place{}, fmt.Errorf("%w: %q", casefile.ErrCursor, cursor)
	}
	parts := strings.Split(string(b), ".")
	if len(parts) != 3 || !isID(parts[2]) {
		return place{}, fmt.Errorf("%w: %q", casefile.ErrCursor, cursor)
	}
	u, err1 := strconv.ParseInt(parts[0], 10, 64)
	d, err2 := strconv.ParseInt(parts[1], 10, 64)
	if err := errors.Join(err1, err2); err != nil || u < 0 || u > 3 || d < 0 {
		return place{}, fmt.Errorf("%w: %q", casefile.ErrCursor, cursor)
	}
	return place{u, d, parts[2]}, nil
}

func isID(s string) bool { return len(s) == 26 && strings.Trim(s, crockford) == "" }

// placed is a case that was read but not yet decoded.
type placed struct {
	place
	body string
}

// List returns a page of cases.
func (s caseStore) List(ctx context.Context, f casefile.Filter) ([]casefile.Case, string, error) {
	limit := min(f.Limit, maxCasesPerPage)
	if limit <= 0 {
		limit = casesPerPage
	}
	var after *place
	if f.Cursor != "" {
		p, err := placeOf(f.Cursor)
		if err != nil {
			return nil, "", err
		}
		after = &p
	}
	var found []placed
	parts, err := s.parts(ctx, &f)
	if err != nil {
		return nil, "", err
	}
	for _, whole := range parts {
		for _, p := range whole.shelfByShelf() {
			page, err := s.page(ctx, p.page(after, limit+1))
			if err != nil {
				return nil, "", fmt.Errorf("store: list cases: %w", err)
			}
			found = append(found, page...)
		}
	}
	slices.SortFunc(found, func(a, b placed) int { return a.compare(b.place) })
	next := ""
	if len(found) > limit {
		found = found[:limit]
		next = found[limit-1].cursor()
	}
	cases := make([]casefile.Case, len(found))
	for i, p := range found {
		var err error
		if p.body == "" {
			err = s.tx.QueryRow(ctx, `SELECT body FROM case_file WHERE id = $1`, p.id).Scan(&p.body)
		}
		if err == nil {
			cases[i], err = caseOf(p.body)
		}
		if err != nil {
			return nil, "", fmt.Errorf("store: list cases: %w", err)
		}
	}
	return cases, next, nil
}

// CasesAfter returns up to limit cases that may be seen in the context, in the order of their ids, after the one named; "" is the start.
func (tx *Tx) CasesAfter(ctx context.Context, after string, limit int) ([]casefile.Case, error) {
	query, args := narrowed(ctx, `SELECT body FROM case_file WHERE id > $1 ORDER BY id LIMIT $2`, "case_file.id", []any{after, limit})
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: cases after %q: %w", after, err)
	}
	return collect(rows, scanCase)
}

// page reads the rows of one query.
func (s caseStore) page(ctx context.Context, q listQuery) (_ []placed, err error) {
	rows, err := s.tx.Query(ctx, q.sql, q.args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var out []placed
	for rows.Next() {
		var p placed
		if err := rows.Scan(&p.urgency, &p.deadline, &p.id, &p.body); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// Count returns how many cases match, by priority.
func (s caseStore) Count(ctx context.Context, f casefile.Filter) (map[taxonomy.Priority]int, error) {
	counts := map[taxonomy.Priority]int{}
	parts, err := s.parts(ctx, &f)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		for _, q := range p.counts() {
			if err := s.countInto(ctx, counts, q); err != nil {
				return nil, fmt.Errorf("store: count cases: %w", err)
			}
		}
	}
	return counts, nil
}

// Total implements casefile.Store.
func (s caseStore) Total(ctx context.Context, f casefile.Filter, to int) (sum int, err error) {
	parts, err := s.parts(ctx, &f)
	if err != nil {
		return 0, err
	}
	for _, p := range parts {
		if sum > to {
			break
		}
		q := p.total(to + 1 - sum)
		var n int
		if err := s.tx.QueryRow(ctx, q.sql, q.args...).Scan(&n); err != nil {
			return 0, fmt.Errorf("store: count cases: %w", err)
		}
		sum += n
	}
	return sum, nil
}

func (s caseStore) countInto(ctx context.Context, counts map[taxonomy.Priority]int, q listQuery) (err error) {
	rows, err := s.tx.Query(ctx, q.sql, q.args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var u int64
		var n int
		if err := rows.Scan(&u, &n); err != nil {
			return err
		}
		if n > 0 {
			counts[priorityOf(u)] += n
		}
	}
	return rows.Err()
}
