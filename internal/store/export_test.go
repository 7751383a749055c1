package store

import (
	"context"

	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/job"
)

// Query is a query with its arguments, for tests that look at how an engine runs it.
type Query struct {
	SQL  string
	Args []any
}

// Down takes every migration back, Up applies them all, and Schema says what the engine has then, in its own words.
func (db *DB) Down(ctx context.Context) error {
	p, err := migrator(db.writer, db.engine)
	if err == nil {
		_, err = p.DownTo(ctx, 0)
	}
	return err
}

// Up is the inverse of Down.
func (db *DB) Up(ctx context.Context) error { return Migrate(ctx, db.writer, db.engine) }

// Schema lists tables with their columns, and indexes; without goose's own.
func (db *DB) Schema(ctx context.Context) (out []string, err error) {
	q := `SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master WHERE tbl_name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%' ORDER BY 1`
	if db.engine == Postgres {
		q = `SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable FROM information_schema.columns
			WHERE table_schema = current_schema() AND table_name NOT LIKE 'goose%'
			UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename NOT LIKE 'goose%' ORDER BY 1`
	}
	rows, err := db.writer.QueryContext(ctx, q)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// CaseListQueries are the queries that a list and a count of the filter run; shelves are those that a scope sees, or nothing for one that sees all.
func CaseListQueries(f casefile.Filter, shelves []string) (page, count []Query) {
	after := place{1, 2, "00000000000000000000000000"}
	for _, whole := range partsOf(&f, shelves) {
		for _, p := range whole.shelfByShelf() {
			for _, a := range []*place{nil, &after} {
				q := p.page(a, casesPerPage+1)
				page = append(page, Query{q.sql, q.args})
			}
		}
		for _, q := range append(whole.counts(), whole.total(100)) {
			count = append(count, Query{q.sql, q.args})
		}
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
func AuditListQuery(f audit.Filter, acts []string) Query {
	q, args := auditListQuery(&f, acts, places{1, 99}, entriesPerList)
	return Query{q, args}
}

// AuditBlocksQuery is the query of where the audit log has entries of a time.
func AuditBlocksQuery() Query { return Query{auditBlocks, []any{9, 1, 2}} }

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

// CaseDayQueries are the queries of what was counted of cases.
func CaseDayQueries() []Query {
	return []Query{
		{daySums, []any{1, 2}},
		{heldLate, []any{1}},
	}
}

// LookQueries are the queries of the lists of second looks.
func LookQueries() []Query {
	return []Query{{looksWaiting, []any{"ada", 9}}, {looksSince, []any{1, 9}}}
}
