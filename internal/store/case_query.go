package store

import (
	"strconv"
	"strings"

	"haris/internal/casefile"
	"haris/internal/taxonomy"
)

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

// narrow adds the conditions of a filter and one status. A table that is joined stands first, and CROSS JOIN keeps it there.
func (q *listQuery) narrow(p *part) {
	f, s, tags, row, id := p.filter, p.status, p.tags(), `c`, `c.id`
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
	q.late(p)
	q.people(f)
}

// late adds the condition that a case is late by its deadline or by when it was opened. Of a tag the id says when: it begins with that moment, and so
// no case is read that is not late.
func (q *listQuery) late(p *part) {
	f := p.filter
	if f.LateAfter <= 0 {
		return
	}
	now := f.Now.UnixMilli()
	opened := now - f.LateAfter.Milliseconds()
	if p.tagged() {
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

// shelved adds the condition that the scope sees the case. What is counted needs no order, so that the query may run along the shelves; a sign
// before the column keeps it along the index that it has without them.
func (q *listQuery) shelved(p *part, along bool) {
	switch {
	case len(p.shelves) == 0:
	case along && p.filter.Subject == "" && !p.tagged():
		q.sql += ` AND ` + onShelves(`c.shelf`, p.shelves)
	default:
		q.sql += ` AND ` + onShelves(`+c.shelf`, p.shelves)
	}
}

// order names the columns in whose order the query of a part runs.
func (p *part) order() string {
	if p.tagged() {
		return `t.urgency, t.deadline, t.case_id`
	}
	return `c.urgency, c.deadline, c.id`
}

// page is the query for a page of limit cases after a place (nil for the first page).
func (p *part) page(after *place, limit int) listQuery {
	body := `c.body`
	if p.narrowed() {
		body = `''` // the index has the rest, and much may be passed over
	}
	q := listQuery{sql: `SELECT c.urgency, c.deadline, c.id, ` + body}
	q.narrow(p)
	q.shelved(p, len(p.shelves) == 1)
	if after != nil {
		q.sql += ` AND (` + p.order() + `) > (` + q.arg(after.urgency) + `, ` + q.arg(after.deadline) + `, ` + q.arg(after.id) + `)`
	}
	q.sql += ` ORDER BY ` + p.order() + ` LIMIT ` + q.arg(limit)
	return q
}

// all is the query that counts by urgency.
func (p *part) all() listQuery {
	q := listQuery{sql: `SELECT c.urgency, count(*)`}
	q.narrow(p)
	q.shelved(p, true)
	q.sql += ` GROUP BY c.urgency`
	return q
}

// upTo is the query that counts the cases of one urgency up to the bound of the filter.
func (p *part) upTo(u int64) listQuery {
	q := listQuery{sql: `SELECT CAST(` + strconv.FormatInt(u, 10) + ` AS BIGINT), count(*) FROM (`}
	column := `c.urgency`
	if p.tagged() {
		column = `t.urgency`
	}
	q.bounded(p, p.filter.CountTo+1, ` AND `+column+` = `+strconv.FormatInt(u, 10))
	q.sql += `) n`
	return q
}

// total is the query that counts at most so many cases.
func (p *part) total(most int) listQuery {
	q := listQuery{sql: `SELECT count(*) FROM (`}
	q.bounded(p, most, ``)
	q.sql += `) n`
	return q
}

// bounded adds a query of at most so many cases: of each shelf one after another, which the order within it keeps on its index.
func (q *listQuery) bounded(p *part, most int, more string) {
	parts := p.shelfByShelf()
	for i := range parts {
		one := &parts[i]
		if len(parts) > 1 {
			q.sql += `SELECT one FROM (`
		}
		q.sql += `SELECT 1 AS one`
		q.narrow(one)
		q.shelved(one, true)
		q.sql += more
		if len(parts) > 1 {
			q.sql += ` ORDER BY ` + one.order() + ` LIMIT ` + q.arg(most) + `) p` + strconv.Itoa(i)
		}
		if i < len(parts)-1 {
			q.sql += ` UNION ALL `
		}
	}
	q.sql += ` LIMIT ` + q.arg(most)
}

// counts are the queries that Count runs.
func (p *part) counts() (out []listQuery) {
	f := p.filter
	if f.CountTo <= 0 {
		return []listQuery{p.all()}
	}
	last := int64(3)
	if f.AtLeast > taxonomy.P3 {
		last = urgency(f.AtLeast)
	}
	for u := range last + 1 {
		out = append(out, p.upTo(u))
	}
	return out
}
