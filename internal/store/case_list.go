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

// listQuery is one SELECT of a list: the cases of one status. A list over several statuses is as many of them merged, because
// then each runs along one index in the order of the list and stops at its limit.
type listQuery struct {
	sql  string
	args []any
}

func (q *listQuery) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
}

// columnOf is the status as the column has it.
func columnOf(s casefile.Status) casefile.Status {
	if s == casefile.Merged {
		return casefile.Cleared // see migration 17
	}
	return s
}

// narrow adds the conditions of a filter and one status. A table that is joined stands first, and CROSS JOIN keeps it there.
func (q *listQuery) narrow(f *casefile.Filter, s casefile.Status) {
	tags, row, id := tagsOf(f), `c`, `c.id`
	switch {
	case f.Subject != "": // an account occurs in few cases
		q.sql += ` FROM (SELECT DISTINCT case_id FROM case_subject WHERE account = ` + q.arg(f.Subject) +
			`) a CROSS JOIN case_file c WHERE c.id = a.case_id AND c.status = ` + q.arg(columnOf(s))
	case len(tags) > 0: // what a tag repeats of its case leads to the index of statuses, which has all that is asked here
		q.sql += ` FROM case_tag t CROSS JOIN case_file c WHERE t.tag = ` + q.arg(tags[0]) + ` AND t.status = ` + q.arg(columnOf(s)) +
			` AND c.status = t.status AND c.urgency = t.urgency AND c.deadline = t.deadline AND c.id = t.case_id`
		if f.AtLeast > taxonomy.P3 {
			q.sql += ` AND t.urgency <= ` + q.arg(urgency(f.AtLeast))
		}
		tags, row, id = tags[1:], `t`, `t.case_id`
	default:
		q.sql += ` FROM case_file c WHERE c.status = ` + q.arg(columnOf(s))
	}
	for _, tag := range tags { // the OFFSET keeps PostgreSQL from reading all cases with this tag first
		q.sql += ` AND EXISTS (SELECT 1 FROM case_tag u WHERE u.tag = ` + q.arg(tag) + ` AND u.status = ` + row + `.status AND u.urgency = ` + row +
			`.urgency AND u.deadline = ` + row + `.deadline AND u.case_id = ` + id + ` LIMIT 1 OFFSET 0)`
	}
	switch s {
	case casefile.Merged:
		q.sql += ` AND c.merged_into IS NOT NULL`
	case casefile.Cleared:
		q.sql += ` AND c.merged_into IS NULL`
	}
	if f.Queue != "" {
		q.sql += ` AND c.queue = ` + q.arg(f.Queue)
	}
	if f.Typology != "" {
		q.sql += ` AND c.typology = ` + q.arg(f.Typology)
	}
	if len(f.NotTypologies) > 0 {
		list := make([]string, len(f.NotTypologies))
		for i, t := range f.NotTypologies {
			list[i] = q.arg(t)
		}
		q.sql += ` AND (c.urgency = 0 OR c.typology NOT IN (` + strings.Join(list, ", ") + `))`
	}
	if f.AtLeast > taxonomy.P3 {
		q.sql += ` AND c.urgency <= ` + q.arg(urgency(f.AtLeast))
	}
	if !f.OpenedBy.IsZero() {
		q.sql += ` AND c.opened_at <= ` + q.arg(f.OpenedBy.UnixMilli())
	}
	q.late(f)
	if hidden := hidden(&f.Scope, "c", q.arg); hidden != "" {
		q.sql += ` AND NOT ` + hidden
	}
	q.people(f)
}

// late adds the condition that a case is late by its deadline or by when it was opened. Of a tag the id says when: it begins with that moment, and so
// no case is read that is not late.
func (q *listQuery) late(f *casefile.Filter) {
	if f.LateAfter <= 0 {
		return
	}
	now := f.Now.UnixMilli()
	opened := now - f.LateAfter.Milliseconds()
	if f.Subject == "" && len(tagsOf(f)) > 0 {
		q.sql += ` AND (t.case_id < ` + q.arg(firstID(opened)) + ` OR t.deadline BETWEEN 1 AND ` + q.arg(now-1) + `)`
		return
	}
	q.sql += ` AND (c.opened_at < ` + q.arg(opened) + ` OR c.deadline BETWEEN 1 AND ` + q.arg(now-1) + `)`
}

// people adds the conditions on who has the case, and whether it is put off.
func (q *listQuery) people(f *casefile.Filter) {
	if f.Claimant != "" {
		q.sql += ` AND c.claimed_by = ` + q.arg(f.Claimant)
		if !f.Now.IsZero() {
			q.sql += ` AND c.claim_ends > ` + q.arg(f.Now.UnixMilli())
		}
	}
	if f.Assignee != "" {
		q.sql += ` AND c.assigned_to = ` + q.arg(f.Assignee)
	}
	if f.Unassigned {
		q.sql += ` AND c.assigned_to IS NULL`
	}
	if f.FreeFor != "" {
		q.sql += ` AND (c.claim_ends IS NULL OR c.claim_ends <= ` + q.arg(f.Now.UnixMilli()) + `) AND (c.assigned_to IS NULL OR c.assigned_to = ` + q.arg(f.FreeFor) + `)`
	}
	switch f.Resting {
	case casefile.Awake:
		q.sql += ` AND c.rests_until <= ` + q.arg(f.Now.UnixMilli())
	case casefile.Asleep:
		q.sql += ` AND c.rests_until > ` + q.arg(f.Now.UnixMilli())
	}
}

// orderOf names the columns in whose order the query runs.
func orderOf(f *casefile.Filter) string {
	if f.Subject == "" && len(tagsOf(f)) > 0 {
		return `t.urgency, t.deadline, t.case_id`
	}
	return `c.urgency, c.deadline, c.id`
}

// pageQuery is the query of one status for a page of limit cases after a place (nil for the first page).
func pageQuery(f *casefile.Filter, s casefile.Status, after *place, limit int) listQuery {
	q := listQuery{sql: `SELECT c.urgency, c.deadline, c.id, c.body`}
	q.narrow(f, s)
	if after != nil {
		q.sql += ` AND (` + orderOf(f) + `) > (` + q.arg(after.urgency) + `, ` + q.arg(after.deadline) + `, ` + q.arg(after.id) + `)`
	}
	q.sql += ` ORDER BY ` + orderOf(f) + ` LIMIT ` + q.arg(limit)
	return q
}

// countQuery is the query of one status that counts by urgency.
func countQuery(f *casefile.Filter, s casefile.Status) listQuery {
	q := listQuery{sql: `SELECT c.urgency, count(*)`}
	q.narrow(f, s)
	q.sql += ` GROUP BY c.urgency`
	return q
}

// boundedQuery is the query of one status that counts the cases of one urgency up to a bound.
func boundedQuery(f *casefile.Filter, s casefile.Status, u int64) listQuery {
	q := listQuery{sql: `SELECT CAST(` + strconv.FormatInt(u, 10) + ` AS BIGINT), count(*) FROM (SELECT 1 AS one`}
	q.narrow(f, s)
	column := `c.urgency`
	if f.Subject == "" && len(tagsOf(f)) > 0 {
		column = `t.urgency`
	}
	q.sql += ` AND ` + column + ` = ` + q.arg(u) + ` LIMIT ` + q.arg(f.CountTo+1) + `) n`
	return q
}

// totalQuery is the query of one status that counts at most so many cases.
func totalQuery(f *casefile.Filter, s casefile.Status, most int) listQuery {
	q := listQuery{sql: `SELECT count(*) FROM (SELECT 1 AS one`}
	q.narrow(f, s)
	q.sql += ` LIMIT ` + q.arg(most) + `) n`
	return q
}

// countQueries are those that Count runs for one status.
func countQueries(f *casefile.Filter, s casefile.Status) (out []listQuery) {
	if f.CountTo <= 0 {
		return []listQuery{countQuery(f, s)}
	}
	last := int64(3)
	if f.AtLeast > taxonomy.P3 {
		last = urgency(f.AtLeast)
	}
	for u := range last + 1 {
		out = append(out, boundedQuery(f, s, u))
	}
	return out
}

// statusesOf returns the statuses that a filter lets through, each once.
func statusesOf(f *casefile.Filter) []casefile.Status {
	if len(f.Statuses) == 0 {
		return casefile.Statuses()
	}
	return slices.Compact(slices.Sorted(slices.Values(f.Statuses)))
}

// placed is a case that was read but not yet decoded.
type placed struct {
	place
	body string
}

// List returns a page of cases.
func (s caseStore) List(ctx context.Context, f casefile.Filter) ([]casefile.Case, string, error) {
	f.Scope = casefile.ScopeIn(ctx)
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
	for _, status := range statusesOf(&f) {
		page, err := s.page(ctx, pageQuery(&f, status, after, limit+1))
		if err != nil {
			return nil, "", fmt.Errorf("store: list cases: %w", err)
		}
		found = append(found, page...)
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
		if cases[i], err = caseOf(p.body); err != nil {
			return nil, "", err
		}
	}
	return cases, next, nil
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
	f.Scope = casefile.ScopeIn(ctx)
	counts := map[taxonomy.Priority]int{}
	for _, status := range statusesOf(&f) {
		for _, q := range countQueries(&f, status) {
			if err := s.countInto(ctx, counts, q); err != nil {
				return nil, fmt.Errorf("store: count cases: %w", err)
			}
		}
	}
	return counts, nil
}

// Total implements casefile.Store.
func (s caseStore) Total(ctx context.Context, f casefile.Filter, to int) (sum int, err error) {
	f.Scope = casefile.ScopeIn(ctx)
	for _, status := range statusesOf(&f) {
		if sum > to {
			break
		}
		q := totalQuery(&f, status, to+1-sum)
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
