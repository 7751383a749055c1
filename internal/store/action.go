package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"haris/internal/action"
)

// Actions is the view of the actions, with the jobs, the audit log and the evidence they stand on.
func (tx *Tx) Actions() action.Tx {
	return action.Tx{Store: actions{tx}, Jobs: tx.Jobs(), Audit: tx.Audit(), Evidence: manifest{tx}, Silence: silence{tx}}
}

// ActionKeeper runs the deliverer's transactions on db.
func ActionKeeper(db *DB) action.Keeper { return actionKeeper{db} }

type actionKeeper struct{ db *DB }

func (k actionKeeper) Write(ctx context.Context, f func(action.Tx) error) error {
	return k.db.Write(ctx, func(tx *Tx) error { return f(tx.Actions()) })
}

func (k actionKeeper) Read(ctx context.Context, f func(action.Tx) error) error {
	return k.db.Read(ctx, func(tx *Tx) error { return f(tx.Actions()) })
}

type actions struct{ tx *Tx }

const actionColumns = `id, key, case_id, subject, item, kind, by_rule, by_person, reason, asked_at, expires_at,
	status, attempts, sent, last_error, reversed_by, reversed_at, events`

const maxActions = 500

// Add implements action.Store.
func (v actions) Add(ctx context.Context, a action.Action, first action.Event) (bool, error) {
	n, err := v.tx.Exec(ctx, `INSERT INTO action (`+actionColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT (id) DO NOTHING`,
		a.ID, a.Key, a.Case, a.Subject, a.Item, string(a.Kind), a.By.Rule, a.By.Person, a.Reason, a.AskedAt.UnixMilli(), nullMilli(a.ExpiresAt),
		string(a.Status), a.Attempts, bit(a.Sent), a.LastError, a.ReversedBy, nullMilli(a.ReversedAt), a.Events)
	if err != nil {
		return false, fmt.Errorf("store: add action: %w", err)
	}
	if n == 0 {
		return false, nil
	}
	return true, v.addEvent(ctx, first)
}

// Append implements action.Store. The row is written before the event: two transactions meet there, and PostgreSQL tells one of
// them to run again.
func (v actions) Append(ctx context.Context, e action.Event) (action.Action, error) {
	a, err := v.Get(ctx, e.Action)
	if err != nil {
		return action.Action{}, err
	}
	e.N = a.Events + 1
	if a, err = a.Apply(e); err != nil {
		return action.Action{}, err
	}
	n, err := v.tx.Exec(ctx, `UPDATE action SET status = $2, attempts = $3, sent = $4, last_error = $5, reversed_by = $6,
		reversed_at = $7, events = $8 WHERE id = $1 AND events = $9`,
		a.ID, string(a.Status), a.Attempts, bit(a.Sent), a.LastError, a.ReversedBy, nullMilli(a.ReversedAt), a.Events, a.Events-1)
	if err != nil {
		return action.Action{}, fmt.Errorf("store: append to action %s: %w", a.ID, err)
	}
	if n != 1 {
		return action.Action{}, fmt.Errorf("store: append to action %s: it changed meanwhile", a.ID)
	}
	return a, v.addEvent(ctx, e)
}

func (v actions) addEvent(ctx context.Context, e action.Event) error {
	_, err := v.tx.Exec(ctx, `INSERT INTO action_event (action, n, at, who, kind, why) VALUES ($1, $2, $3, $4, $5, $6)`,
		e.Action, e.N, e.At.UnixMilli(), e.Who, string(e.Kind), e.Why)
	if err != nil {
		return fmt.Errorf("store: action event: %w", err)
	}
	return nil
}

// Get implements action.Store.
func (v actions) Get(ctx context.Context, id string) (action.Action, error) {
	a, err := scanAction(v.tx.QueryRow(ctx, `SELECT `+actionColumns+` FROM action WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return action.Action{}, fmt.Errorf("%w: %s", action.ErrNotFound, id)
	}
	if err != nil {
		return action.Action{}, fmt.Errorf("store: read action: %w", err)
	}
	return a, nil
}

// History implements action.Store.
func (v actions) History(ctx context.Context, id string) ([]action.Event, error) {
	rows, err := v.tx.Query(ctx, `SELECT action, n, at, who, kind, why FROM action_event WHERE action = $1 ORDER BY n`, id)
	if err != nil {
		return nil, fmt.Errorf("store: history of action: %w", err)
	}
	return collect(rows, func(r scanner) (e action.Event, err error) {
		var at int64
		err = r.Scan(&e.Action, &e.N, &at, &e.Who, &e.Kind, &e.Why)
		e.At = fromMilli(at)
		return e, err
	})
}

// List implements action.Store.
func (v actions) List(ctx context.Context, f action.Filter) ([]action.Action, error) {
	var where []string
	var args []any
	arg := func(a any) string {
		args = append(args, a)
		return "$" + strconv.Itoa(len(args))
	}
	if f.Case != "" {
		where = append(where, "case_id = "+arg(f.Case))
	}
	if f.Subject != "" {
		where = append(where, "subject = "+arg(f.Subject))
	}
	if len(f.Statuses) > 0 {
		in := make([]string, len(f.Statuses))
		for i, s := range f.Statuses {
			in[i] = arg(string(s))
		}
		where = append(where, "status IN ("+strings.Join(in, ", ")+")")
	}
	if f.Before != "" {
		last, err := v.Get(ctx, f.Before)
		if err != nil {
			return nil, err
		}
		at := last.AskedAt.UnixMilli()
		where = append(where, "(asked_at < "+arg(at)+" OR asked_at = "+arg(at)+" AND id < "+arg(last.ID)+")")
	}
	query := `SELECT ` + actionColumns + ` FROM action`
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, " AND ")
	}
	limit := 50
	if f.Limit > 0 {
		limit = min(f.Limit, maxActions)
	}
	rows, err := v.tx.Query(ctx, query+` ORDER BY asked_at DESC, id DESC LIMIT `+arg(limit), args...)
	if err != nil {
		return nil, fmt.Errorf("store: list actions: %w", err)
	}
	return collect(rows, scanAction)
}

// AddReceipt implements action.Store.
func (v actions) AddReceipt(ctx context.Context, r action.Receipt) error {
	_, err := v.tx.Exec(ctx, `INSERT INTO action_receipt (message, action, at, code, sha256, size, truncated, signed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (message) DO NOTHING`,
		r.Message, r.Action, r.At.UnixMilli(), r.Code, r.SHA256, r.Size, bit(r.Truncated), bit(r.Signed))
	if err != nil {
		return fmt.Errorf("store: add receipt: %w", err)
	}
	return nil
}

// Receipts implements action.Store.
func (v actions) Receipts(ctx context.Context, id string) ([]action.Receipt, error) {
	rows, err := v.tx.Query(ctx, `SELECT message, action, at, code, sha256, size, truncated, signed FROM action_receipt
		WHERE action = $1 ORDER BY at, message`, id)
	if err != nil {
		return nil, fmt.Errorf("store: list receipts: %w", err)
	}
	return collect(rows, func(r scanner) (x action.Receipt, err error) {
		var at, truncated, signed int64
		err = r.Scan(&x.Message, &x.Action, &at, &x.Code, &x.SHA256, &x.Size, &truncated, &signed)
		x.At, x.Truncated, x.Signed = fromMilli(at), truncated == 1, signed == 1
		return x, err
	})
}

func scanAction(r scanner) (a action.Action, err error) {
	var asked, sent int64
	var expires, reversed sql.NullInt64
	err = r.Scan(&a.ID, &a.Key, &a.Case, &a.Subject, &a.Item, &a.Kind, &a.By.Rule, &a.By.Person, &a.Reason, &asked, &expires,
		&a.Status, &a.Attempts, &sent, &a.LastError, &a.ReversedBy, &reversed, &a.Events)
	a.AskedAt, a.ExpiresAt, a.ReversedAt, a.Sent = fromMilli(asked), fromNullMilli(expires), fromNullMilli(reversed), sent == 1
	return a, err
}

// bit stores a truth as 0 or 1, which both engines can check.
func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
