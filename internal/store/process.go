package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"haris/internal/process"
)

// Processes is the view of legal process, with the evidence, disclosures, jobs and audit log that it stands on.
func (tx *Tx) Processes() process.Tx {
	return process.Tx{
		Store: processes{tx}, Evidence: tx.Evidence(), Disclosures: tx.Disclosures(), Jobs: tx.Jobs(), Audit: tx.Audit(), Book: tx.AuditBook(),
	}
}

// ProcessKeeper runs the transactions of package process on db.
func ProcessKeeper(db *DB) process.Keeper { return processKeeper{db} }

type processKeeper struct{ db *DB }

func (k processKeeper) Write(ctx context.Context, f func(process.Tx) error) error {
	return k.db.Write(ctx, func(tx *Tx) error { return f(tx.Processes()) })
}

func (k processKeeper) Read(ctx context.Context, f func(process.Tx) error) error {
	return k.db.Read(ctx, func(tx *Tx) error { return f(tx.Processes()) })
}

// processes keeps each process twice: its events, which are only ever added, and the fold of them.
type processes struct{ tx *Tx }

var _ process.Store = processes{}

const (
	processesPerList = 50
	maxProcesses     = 500
)

// NewID implements process.Store.
func (v processes) NewID() (string, error) {
	id, err := v.tx.ids.New(v.tx.now())
	return processPrefix + id, err
}

// Append implements process.Store. The row is written before the event: two transactions meet there, and PostgreSQL tells one of
// them to run again.
func (v processes) Append(ctx context.Context, e process.Event) (process.Request, error) {
	var r process.Request
	if e.Kind != process.WasReceived {
		var err error
		if r, err = v.Get(ctx, e.Process); err != nil {
			return r, err
		}
	}
	if e.N == 0 {
		e.N = r.Events + 1
	}
	r, err := r.Apply(e)
	if err != nil {
		return r, err
	}
	body, err := json.Marshal(r)
	if err != nil {
		return r, fmt.Errorf("store: process: %w", err)
	}
	args := []any{r.ID, string(r.Kind), r.Agency, r.Number, string(r.Status), r.ReceivedAt.UnixMilli(), nullMilli(r.DueAt), r.Events, string(body)}
	n := int64(1)
	if r.Events == 1 {
		_, err = v.tx.Exec(ctx, `INSERT INTO process (id, kind, agency, number, status, received_at, due_at, events, body)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, args...)
	} else {
		n, err = v.tx.Exec(ctx, `UPDATE process SET status = $2, events = $3, body = $4 WHERE id = $1 AND events = $5`,
			r.ID, string(r.Status), r.Events, string(body), r.Events-1)
	}
	switch {
	case err != nil:
		return r, fmt.Errorf("store: append to process %s: %w", e.Process, err)
	case n != 1:
		return r, fmt.Errorf("%w: %s", process.ErrStale, e.Process)
	}
	return r, errors.Join(v.addEvent(ctx, e), v.accounts(ctx, &r))
}

func (v processes) addEvent(ctx context.Context, e process.Event) error {
	body, err := json.Marshal(e.Body)
	if err != nil {
		return fmt.Errorf("store: process event: %w", err)
	}
	_, err = v.tx.Exec(ctx, `INSERT INTO process_event (process, n, at, who, kind, body) VALUES ($1, $2, $3, $4, $5, $6)`,
		e.Process, e.N, e.At.UnixMilli(), e.Who, string(e.Kind), string(body))
	if err != nil {
		return fmt.Errorf("store: process event: %w", err)
	}
	return nil
}

// accounts writes down which accounts a process is about. One that a new scope leaves out stays: an order not to tell may still
// stand about it.
func (v processes) accounts(ctx context.Context, r *process.Request) error {
	for _, a := range r.Scope.Accounts {
		if _, err := v.tx.Exec(ctx, `INSERT INTO process_account (account, process) VALUES ($1, $2) ON CONFLICT DO NOTHING`, a, r.ID); err != nil {
			return fmt.Errorf("store: accounts of process: %w", err)
		}
	}
	return nil
}

// Get implements process.Store.
func (v processes) Get(ctx context.Context, id string) (process.Request, error) {
	hides, err := v.tx.Hides(ctx, OfProcess, id)
	if err != nil {
		return process.Request{}, err
	}
	if hides {
		return process.Request{}, fmt.Errorf("%w: %s", process.ErrNotFound, id)
	}
	return v.row(ctx, id)
}

func (v processes) row(ctx context.Context, id string) (process.Request, error) {
	r, err := scanProcess(v.tx.QueryRow(ctx, `SELECT body FROM process WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return r, fmt.Errorf("%w: %s", process.ErrNotFound, id)
	}
	if err != nil {
		return r, fmt.Errorf("store: read process: %w", err)
	}
	return r, nil
}

func scanProcess(s scanner) (r process.Request, err error) {
	var body string
	if err := s.Scan(&body); err != nil {
		return r, err
	}
	return r, json.Unmarshal([]byte(body), &r)
}

// History implements process.Store.
func (v processes) History(ctx context.Context, id string) ([]process.Event, error) {
	rows, err := v.tx.Query(ctx, `SELECT process, n, at, who, kind, body FROM process_event WHERE process = $1 ORDER BY n`, id)
	if err != nil {
		return nil, fmt.Errorf("store: history of process: %w", err)
	}
	return collect(rows, func(r scanner) (e process.Event, err error) {
		var at int64
		var body string
		if err := r.Scan(&e.Process, &e.N, &at, &e.Who, &e.Kind, &body); err != nil {
			return e, err
		}
		e.At = fromMilli(at)
		return e, json.Unmarshal([]byte(body), &e.Body)
	})
}

// List implements process.Store.
func (v processes) List(ctx context.Context, f process.Filter) ([]process.Request, error) {
	limit := processesPerList
	if f.Limit > 0 {
		limit = min(f.Limit, maxProcesses)
	}
	return sift(limit, f.Before, func(after string, n int) ([]process.Request, error) {
		f.Before, f.Limit = after, n
		return v.page(ctx, f)
	}, func(r *process.Request) string { return r.ID }, func(r *process.Request) (bool, error) { return v.tx.Hides(ctx, OfProcess, r.ID) })
}

func (v processes) page(ctx context.Context, f process.Filter) ([]process.Request, error) {
	var where, in []string
	var args []any
	add := func(x any) string {
		args = append(args, x)
		return "$" + strconv.Itoa(len(args))
	}
	for _, s := range f.Statuses {
		in = append(in, add(string(s)))
	}
	if len(in) > 0 {
		where = append(where, "status IN ("+strings.Join(in, ", ")+")")
	}
	if f.Before != "" {
		where = append(where, "id < "+add(f.Before))
	}
	query := `SELECT body FROM process`
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, " AND ")
	}
	rows, err := v.tx.Query(ctx, query+` ORDER BY id DESC LIMIT `+add(f.Limit), args...)
	if err != nil {
		return nil, fmt.Errorf("store: list processes: %w", err)
	}
	return collect(rows, scanProcess)
}

// CasesOf implements process.Store.
func (v processes) CasesOf(ctx context.Context, account string) ([]string, error) {
	rows, err := v.tx.Query(ctx, `SELECT DISTINCT case_id FROM case_subject WHERE account = $1 AND role IN ('subject', 'linked') ORDER BY case_id`, account)
	if err != nil {
		return nil, fmt.Errorf("store: cases of an account: %w", err)
	}
	return collect(rows, func(r scanner) (id string, err error) { return id, r.Scan(&id) })
}
