package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"haris/cybertip"
	"haris/internal/report"
)

// Reports is the view of the reports, with the cases, jobs, evidence and audit log they stand on.
func (tx *Tx) Reports() report.Tx {
	return report.Tx{
		Store: reports{tx}, Versions: reportVersions{tx}, Handovers: handovers{tx}, Cases: tx.Cases(), Jobs: tx.Jobs(), Audit: tx.Audit(),
		Evidence: manifest{tx}, Disclosures: tx.Disclosures(), Memory: tx.EventFields(),
	}
}

// ReportKeeper runs the transactions of package report on db.
func ReportKeeper(db *DB) report.Keeper { return reportKeeper{db} }

type reportKeeper struct{ db *DB }

func (k reportKeeper) Write(ctx context.Context, f func(report.Tx) error) error {
	return k.db.Write(ctx, func(tx *Tx) error { return f(tx.Reports()) })
}

func (k reportKeeper) Read(ctx context.Context, f func(report.Tx) error) error {
	return k.db.Read(ctx, func(tx *Tx) error { return f(tx.Reports()) })
}

// reports keeps each report twice: its events, which are only ever added, and the fold of them.
type reports struct{ tx *Tx }

var _ report.Store = reports{}

const reportColumns = `id, case_id, subject, environment, created_at, created_by, draft, filing, status, why, number, submitted_at,
	submitted_by, ended_at, kept_until, events, approval`

const (
	reportsPerList = 50
	maxReports     = 500
)

// Add implements report.Store.
func (v reports) Add(ctx context.Context, r report.Report, first report.Event) (report.Report, error) {
	id, err := v.tx.ids.New(v.tx.now())
	if err != nil {
		return report.Report{}, err
	}
	r.ID, first.Report = id, id
	if r, err = r.Apply(first); err != nil {
		return report.Report{}, err
	}
	row, err := reportRow(&r)
	if err != nil {
		return report.Report{}, err
	}
	args := append([]any{r.ID, r.Case, r.Subject, string(r.Environment), r.CreatedAt.UnixMilli(), r.CreatedBy}, row...)
	_, err = v.tx.Exec(ctx, `INSERT INTO report (`+reportColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`, args...)
	if err != nil {
		return report.Report{}, fmt.Errorf("store: add report: %w", err)
	}
	if err := v.tx.reportWords(ctx, &r); err != nil {
		return report.Report{}, err
	}
	return r, v.addEvent(ctx, first)
}

// reportRow is the columns that events change, from draft on.
func reportRow(r *report.Report) ([]any, error) {
	draft, err := json.Marshal(r.Draft)
	if err != nil {
		return nil, fmt.Errorf("store: draft of a report: %w", err)
	}
	var filing sql.NullString
	if r.Filing != nil {
		b, err := json.Marshal(r.Filing)
		if err != nil {
			return nil, fmt.Errorf("store: filing of a report: %w", err)
		}
		filing = sql.NullString{String: string(b), Valid: true}
	}
	var approval sql.NullString
	if r.Approval != nil {
		b, err := json.Marshal(r.Approval)
		if err != nil {
			return nil, fmt.Errorf("store: approval of a report: %w", err)
		}
		approval = sql.NullString{String: string(b), Valid: true}
	}
	return []any{
		string(draft), filing, string(r.Status), r.Why,
		sql.NullInt64{Int64: r.Number, Valid: r.Number != 0},
		nullMilli(r.SubmittedAt),
		r.SubmittedBy, nullMilli(r.EndedAt), nullMilli(r.PreservedUntil), r.Events, approval,
	}, nil
}

// Append implements report.Store. The row is written before the event: two transactions meet there, and PostgreSQL tells one of
// them to run again.
func (v reports) Append(ctx context.Context, e report.Event) (report.Report, error) {
	r, err := v.Get(ctx, e.Report)
	if err != nil {
		return report.Report{}, err
	}
	before := r
	if e.N == 0 {
		e.N = r.Events + 1
	}
	if r, err = r.Apply(e); err != nil {
		return report.Report{}, err
	}
	row, err := reportRow(&r)
	if err != nil {
		return report.Report{}, err
	}
	n, err := v.tx.Exec(ctx, `UPDATE report SET draft = $3, filing = $4, status = $5, why = $6, number = $7, submitted_at = $8,
		submitted_by = $9, ended_at = $10, kept_until = $11, events = $12, approval = $13 WHERE id = $1 AND events = $2`, append([]any{r.ID, r.Events - 1}, row...)...)
	if err != nil {
		return report.Report{}, fmt.Errorf("store: append to report %s: %w", r.ID, err)
	}
	if n != 1 {
		return report.Report{}, fmt.Errorf("%w: report %s", report.ErrStale, r.ID)
	}
	if e.Draft != nil || r.Number != before.Number {
		if err := v.tx.reportWords(ctx, &r); err != nil {
			return report.Report{}, err
		}
	}
	return r, v.addEvent(ctx, e)
}

func (v reports) addEvent(ctx context.Context, e report.Event) error {
	digest, err := report.DigestOf(&e)
	if err != nil {
		return err
	}
	_, err = v.tx.Exec(ctx, `INSERT INTO report_event (report, n, at, who, kind, why, digest, until_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.Report, e.N, e.At.UnixMilli(), e.Who, string(e.Kind), e.Why, digest, nullMilli(e.Until))
	if err != nil {
		return fmt.Errorf("store: report event: %w", err)
	}
	if e.Draft == nil {
		return nil
	}
	return reportVersions{v.tx}.add(ctx, e)
}

// Get implements report.Store.
func (v reports) Get(ctx context.Context, id string) (report.Report, error) {
	r, err := scanReport(v.tx.QueryRow(ctx, `SELECT `+reportColumns+` FROM report WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return report.Report{}, fmt.Errorf("%w: %s", report.ErrNotFound, id)
	}
	if err != nil {
		return report.Report{}, fmt.Errorf("store: read report: %w", err)
	}
	hides, err := v.tx.Hides(ctx, OfCase, r.Case)
	if hides {
		return report.Report{}, fmt.Errorf("%w: %s", report.ErrNotFound, id)
	}
	return r, err
}

// History implements report.Store.
func (v reports) History(ctx context.Context, id string) ([]report.Event, error) {
	rows, err := v.tx.Query(ctx, `SELECT report, n, at, who, kind, why, digest, until_at FROM report_event WHERE report = $1 ORDER BY n`, id)
	if err != nil {
		return nil, fmt.Errorf("store: history of report: %w", err)
	}
	return collect(rows, func(r scanner) (e report.Event, err error) {
		var at int64
		var until sql.NullInt64
		err = r.Scan(&e.Report, &e.N, &at, &e.Who, &e.Kind, &e.Why, &e.Digest, &until)
		e.At, e.Until = fromMilli(at), fromNullMilli(until)
		return e, err
	})
}

// List implements report.Store.
func (v reports) List(ctx context.Context, f report.Filter) ([]report.Report, error) {
	var where []string
	var args []any
	for _, c := range [...][2]string{{"case_id", f.Case}, {"subject", f.Subject}, {"environment", string(f.Environment)}, {"status", string(f.Status)}} {
		if c[1] != "" {
			args = append(args, c[1])
			where = append(where, c[0]+" = $"+strconv.Itoa(len(args)))
		}
	}
	if f.Person != "" {
		args = append(args, f.Person)
		n := strconv.Itoa(len(args))
		where = append(where, "(created_by = $"+n+" OR submitted_by = $"+n+")")
	}
	if f.Older != "" {
		args = append(args, f.Older)
		n := strconv.Itoa(len(args))
		where = append(where, "(created_at, id) < ((SELECT created_at FROM report WHERE id = $"+n+"), $"+n+")")
	}
	order := ` ORDER BY created_at DESC, id DESC`
	if !f.Before.IsZero() {
		args = append(args, f.Before.UnixMilli())
		where = append(where, "COALESCE(submitted_at, created_at) < $"+strconv.Itoa(len(args)))
		order = ` ORDER BY COALESCE(submitted_at, created_at), id`
	}
	if seen := seenCase(ctx, "report.case_id", numbered(&args)); seen != "" {
		where = append(where, seen)
	}
	query := `SELECT ` + reportColumns + ` FROM report`
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, " AND ")
	}
	limit := reportsPerList
	if f.Limit > 0 {
		limit = min(f.Limit, maxReports)
	}
	args = append(args, limit)
	rows, err := v.tx.Query(ctx, query+order+` LIMIT $`+strconv.Itoa(len(args)), args...)
	if err != nil {
		return nil, fmt.Errorf("store: list reports: %w", err)
	}
	return collect(rows, scanReport)
}

func scanReport(s scanner) (r report.Report, err error) {
	var created int64
	var draft string
	var filing, approval sql.NullString
	var number, submitted, ended, kept sql.NullInt64
	err = s.Scan(&r.ID, &r.Case, &r.Subject, &r.Environment, &created, &r.CreatedBy, &draft, &filing, &r.Status, &r.Why, &number, &submitted,
		&r.SubmittedBy, &ended, &kept, &r.Events, &approval)
	if err != nil {
		return r, err
	}
	r.CreatedAt, r.Number = fromMilli(created), number.Int64
	r.SubmittedAt, r.EndedAt, r.PreservedUntil = fromNullMilli(submitted), fromNullMilli(ended), fromNullMilli(kept)
	if err := json.Unmarshal([]byte(draft), &r.Draft); err != nil {
		return r, fmt.Errorf("draft of report %s: %w", r.ID, err)
	}
	if filing.Valid {
		r.Filing = &cybertip.Filing{}
		if err := json.Unmarshal([]byte(filing.String), r.Filing); err != nil {
			return r, fmt.Errorf("filing of report %s: %w", r.ID, err)
		}
	}
	if approval.Valid {
		r.Approval = &report.Approval{}
		if err := json.Unmarshal([]byte(approval.String), r.Approval); err != nil {
			return r, fmt.Errorf("approval of report %s: %w", r.ID, err)
		}
	}
	return r, nil
}

// AddCall implements report.Store.
func (v reports) AddCall(ctx context.Context, c report.Call) error {
	if err := v.tx.QueryRow(ctx, `SELECT COALESCE(MAX(n), 0) + 1 FROM report_call WHERE report = $1`, c.Report).Scan(&c.N); err != nil {
		return fmt.Errorf("store: number a call: %w", err)
	}
	_, err := v.tx.Exec(ctx, `INSERT INTO report_call (report, n, endpoint, environment, attempt, request_sha256, request_bytes, request,
		request_id, http_status, code, response, started_at, ended_at, error) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		c.Report, c.N, string(c.Endpoint), string(c.Environment), c.Attempt, c.RequestSHA256, c.RequestBytes, c.Request, c.RequestID,
		c.HTTPStatus, int64(c.Code), c.Response, c.Started.UnixMilli(), c.Ended.UnixMilli(), c.Error)
	if err != nil {
		return fmt.Errorf("store: add call: %w", err)
	}
	return nil
}

// Calls implements report.Store.
func (v reports) Calls(ctx context.Context, id string) ([]report.Call, error) {
	rows, err := v.tx.Query(ctx, `SELECT report, n, endpoint, environment, attempt, request_sha256, request_bytes, request, request_id,
		http_status, code, response, started_at, ended_at, error FROM report_call WHERE report = $1 ORDER BY n`, id)
	if err != nil {
		return nil, fmt.Errorf("store: list calls: %w", err)
	}
	return collect(rows, func(r scanner) (c report.Call, err error) {
		var started, ended int64
		err = r.Scan(&c.Report, &c.N, &c.Endpoint, &c.Environment, &c.Attempt, &c.RequestSHA256, &c.RequestBytes, &c.Request, &c.RequestID,
			&c.HTTPStatus, &c.Code, &c.Response, &started, &ended, &c.Error)
		c.Started, c.Ended = fromMilli(started), fromMilli(ended)
		return c, err
	})
}
