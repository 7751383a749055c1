package store

import (
	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/job"
)

// Query is a query with its arguments, for tests that look at how an engine runs it.
type Query struct {
	SQL  string
	Args []any
}

// CaseListQueries are the queries that a list and a count of the filter run.
func CaseListQueries(f casefile.Filter) (page, count []Query) {
	after := place{1, 2, "00000000000000000000000000"}
	for _, s := range statusesOf(&f) {
		for _, a := range []*place{nil, &after} {
			q := pageQuery(&f, s, a, casesPerPage+1)
			page = append(page, Query{q.sql, q.args})
		}
		q := countQuery(&f, s)
		count = append(count, Query{q.sql, q.args})
	}
	return page, count
}

// JobListQuery is the query of a list of jobs.
func JobListQuery(kind string, s job.State) Query {
	q, args := jobListQuery(kind, s, jobsPerList)
	return Query{q, args}
}

// JobDueQuery is the query that finds due jobs.
func JobDueQuery() Query { return Query{dueQuery, []any{"k", 1, 1}} }

// AuditListQuery is the query of a list of audit entries.
func AuditListQuery(f audit.Filter, before int64) Query {
	q, args := auditListQuery(f, before, entriesPerList)
	return Query{q, args}
}

// ExposureListQueries are the queries of the lists of exposures.
func ExposureListQueries() []Query {
	return []Query{
		{exposureQuery(`item = $1`), []any{"i"}},
		{exposureQuery(`showing = $1`), []any{"s"}},
		{exposureQuery(`sha256 = $1`), []any{"h"}},
		{exposureQuery(`at >= $1 AND at < $2`), []any{1, 2}},
		{exposureQuery(`who = $1 AND at >= $2 AND at < $3`), []any{"w", 1, 2}},
	}
}

// PlaceOf and Cursor are the two directions of a cursor.
func PlaceOf(cursor string) (again string, err error) {
	p, err := placeOf(cursor)
	return p.cursor(), err
}

// LetterListQuery is the query of a list of dead letters.
func LetterListQuery(cursor string) Query {
	q, args := letterListQuery("", cursor, lettersPerPage)
	return Query{q, args}
}
