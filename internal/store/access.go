package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"haris/internal/access"
)

// AccessReviews is the view of the reviews of who may see what.
func (tx *Tx) AccessReviews() access.Store { return accessReviews{tx} }

type accessReviews struct{ tx *Tx }

var _ access.Store = accessReviews{}

const accessColumns = `id, begun_at, begun_by, why, disabled, revoked, closed_at, closed_by, note`

// Begin implements access.Store.
func (v accessReviews) Begin(ctx context.Context, r *access.Review) error {
	n, err := v.tx.Exec(ctx, `INSERT INTO access_review (id, begun_at, begun_by, why, disabled, revoked, running, closed_by, note, came)
		VALUES ($1, $2, $3, $4, $5, $6, 1, '', '', '[]') ON CONFLICT (running) DO NOTHING`, r.ID, r.BegunAt.UnixMilli(), r.BegunBy, r.Why, r.Disabled, r.Revoked)
	if err != nil {
		return fmt.Errorf("store: begin an access review: %w", err)
	}
	if n == 0 {
		return access.ErrRunning
	}
	for i := range r.Lines {
		l := &r.Lines[i]
		held, err := json.Marshal(l.Then)
		facts, err2 := json.Marshal(l.Facts)
		if err := errors.Join(err, err2); err != nil {
			return fmt.Errorf("store: begin an access review: %w", err)
		}
		if _, err := v.tx.Exec(ctx, `INSERT INTO access_line (review, n, kind, ref, name, held, facts) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			r.ID, l.N, string(l.Kind), l.ID, l.Name, string(held), string(facts)); err != nil {
			return fmt.Errorf("store: begin an access review: %w", err)
		}
	}
	return nil
}

// Get implements access.Store.
func (v accessReviews) Get(ctx context.Context, id string) (r access.Review, err error) {
	if r.Head, err = scanAccess(v.tx.QueryRow(ctx, `SELECT `+accessColumns+` FROM access_review WHERE id = $1`, id)); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return r, access.ErrNotFound
		}
		return r, fmt.Errorf("store: read an access review: %w", err)
	}
	var came string
	if err = v.tx.QueryRow(ctx, `SELECT came FROM access_review WHERE id = $1`, id).Scan(&came); err == nil {
		err = json.Unmarshal([]byte(came), &r.Came)
	}
	if err != nil {
		return r, fmt.Errorf("store: read an access review: %w", err)
	}
	if r.Lines, err = v.lines(ctx, id); err != nil {
		return r, err
	}
	decided, err := v.decisions(ctx, id)
	for _, d := range decided {
		if l, err := r.Line(d.Line); err == nil {
			l.Decisions = append(l.Decisions, d)
		}
	}
	return r, err
}

func scanAccess(r scanner) (h access.Head, err error) {
	var begun int64
	var closed sql.NullInt64
	err = r.Scan(&h.ID, &begun, &h.BegunBy, &h.Why, &h.Disabled, &h.Revoked, &closed, &h.ClosedBy, &h.Note)
	h.BegunAt, h.ClosedAt = fromMilli(begun), fromNullMilli(closed)
	return h, err
}

func (v accessReviews) lines(ctx context.Context, id string) ([]access.Line, error) {
	rows, err := v.tx.Query(ctx, `SELECT n, kind, ref, name, held, facts FROM access_line WHERE review = $1 ORDER BY n`, id)
	if err != nil {
		return nil, fmt.Errorf("store: read an access review: %w", err)
	}
	return collect(rows, func(r scanner) (l access.Line, err error) {
		var held, facts string
		if err := r.Scan(&l.N, &l.Kind, &l.ID, &l.Name, &held, &facts); err != nil {
			return l, err
		}
		return l, errors.Join(json.Unmarshal([]byte(held), &l.Then), json.Unmarshal([]byte(facts), &l.Facts))
	})
}

func (v accessReviews) decisions(ctx context.Context, id string) ([]access.Decision, error) {
	rows, err := v.tx.Query(ctx, `SELECT n, verdict, by_whom, at, reason, held FROM access_decision WHERE review = $1 ORDER BY n, turn`, id)
	if err != nil {
		return nil, fmt.Errorf("store: read an access review: %w", err)
	}
	return collect(rows, func(r scanner) (d access.Decision, err error) {
		var at int64
		var held string
		if err := r.Scan(&d.Line, &d.Verdict, &d.By, &at, &d.Reason, &held); err != nil {
			return d, err
		}
		d.At = fromMilli(at)
		return d, json.Unmarshal([]byte(held), &d.Now)
	})
}

// List implements access.Store.
func (v accessReviews) List(ctx context.Context) ([]access.Summary, error) {
	rows, err := v.tx.Query(ctx, `SELECT `+accessColumns+` FROM access_review ORDER BY begun_at DESC, id DESC`)
	if err != nil {
		return nil, fmt.Errorf("store: list access reviews: %w", err)
	}
	list, err := collect(rows, func(r scanner) (s access.Summary, err error) {
		s.Head, err = scanAccess(r)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("store: list access reviews: %w", err)
	}
	for i := range list {
		if err := v.count(ctx, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// count fills in how far a review is: of each line the last decision counts.
func (v accessReviews) count(ctx context.Context, s *access.Summary) error {
	if err := v.tx.QueryRow(ctx, `SELECT COUNT(*) FROM access_line WHERE review = $1`, s.ID).Scan(&s.Lines); err != nil {
		return fmt.Errorf("store: count an access review: %w", err)
	}
	rows, err := v.tx.Query(ctx, `SELECT d.verdict, COUNT(*) FROM access_decision d WHERE d.review = $1
		AND d.turn = (SELECT MAX(x.turn) FROM access_decision x WHERE x.review = d.review AND x.n = d.n) GROUP BY d.verdict`, s.ID)
	if err != nil {
		return fmt.Errorf("store: count an access review: %w", err)
	}
	_, err = collect(rows, func(r scanner) (v access.Verdict, err error) {
		var n int
		if err = r.Scan(&v, &n); err == nil {
			s.Add(v, n)
		}
		return v, err
	})
	return err
}

// Decide implements access.Store.
func (v accessReviews) Decide(ctx context.Context, id string, d *access.Decision) error {
	held, err := json.Marshal(d.Now)
	if err != nil {
		return fmt.Errorf("store: decide a line: %w", err)
	}
	running, err := exists(ctx, v.tx, `SELECT 1 FROM access_review WHERE id = $1 AND running = 1`, id)
	if err != nil {
		return err
	}
	if !running {
		return access.ErrClosed
	}
	n, err := v.tx.Exec(ctx, `INSERT INTO access_decision (review, n, turn, verdict, by_whom, at, reason, held)
		SELECT l.review, l.n, (SELECT COALESCE(MAX(x.turn), 0) + 1 FROM access_decision x WHERE x.review = l.review AND x.n = l.n), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS TEXT), CAST($7 AS TEXT)
		FROM access_line l WHERE l.review = $1 AND l.n = $2`, id, d.Line, string(d.Verdict), d.By, d.At.UnixMilli(), d.Reason, string(held))
	if err != nil {
		return fmt.Errorf("store: decide a line: %w", err)
	}
	if n == 0 {
		return access.ErrNotFound
	}
	return nil
}

// Close implements access.Store.
func (v accessReviews) Close(ctx context.Context, r *access.Review) error {
	came, err := json.Marshal(r.Came)
	if err != nil {
		return fmt.Errorf("store: close an access review: %w", err)
	}
	n, err := v.tx.Exec(ctx, `UPDATE access_review SET running = NULL, closed_at = $2, closed_by = $3, note = $4, came = $5 WHERE id = $1 AND running = 1`,
		r.ID, r.ClosedAt.UnixMilli(), r.ClosedBy, r.Note, string(came))
	if err != nil {
		return fmt.Errorf("store: close an access review: %w", err)
	}
	if n == 0 {
		return access.ErrClosed
	}
	return nil
}
