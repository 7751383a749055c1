package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"haris/internal/disclosure"
)

// Disclosures returns the log of what left the installation.
func (tx *Tx) Disclosures() disclosure.Log { return disclosures{tx} }

type disclosures struct{ tx *Tx }

var _ disclosure.Log = disclosures{}

const disclosureColumns = `id, at, who, receiver, recipient, ground, number, case_id, report, process, items, scope, how`

const (
	disclosuresPerList = 100
	maxDisclosures     = 1000
)

// Add implements disclosure.Log.
func (v disclosures) Add(ctx context.Context, e disclosure.Entry) (disclosure.Entry, error) {
	if err := e.Check(); err != nil {
		return e, err
	}
	items, err := json.Marshal(e.Items)
	if err != nil {
		return e, fmt.Errorf("store: items of a disclosure: %w", err)
	}
	if e.ID, err = v.tx.ids.New(v.tx.now()); err != nil {
		return e, err
	}
	_, err = v.tx.Exec(ctx, `INSERT INTO disclosure (`+disclosureColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		e.ID, e.At.UnixMilli(), e.Who, string(e.To), e.Recipient, string(e.Under), e.Number, e.Case, e.Report, e.Process, string(items), e.Scope, e.How)
	if err != nil {
		return e, fmt.Errorf("store: add disclosure: %w", err)
	}
	return e, nil
}

// List implements disclosure.Log.
func (v disclosures) List(ctx context.Context, f disclosure.Filter) ([]disclosure.Entry, error) {
	limit := disclosuresPerList
	if f.Limit > 0 {
		limit = min(f.Limit, maxDisclosures)
	}
	return sift(limit, f.Before, func(after string, n int) ([]disclosure.Entry, error) {
		f.Before, f.Limit = after, n
		return v.page(ctx, f)
	}, func(e *disclosure.Entry) string { return e.ID }, func(e *disclosure.Entry) (bool, error) {
		for thing, id := range map[string]string{OfCase: e.Case, OfReport: e.Report, OfProcess: e.Process} {
			if hides, err := v.tx.Hides(ctx, thing, id); err != nil || hides {
				return hides, err
			}
		}
		return false, nil
	})
}

func (v disclosures) page(ctx context.Context, f disclosure.Filter) ([]disclosure.Entry, error) {
	var where []string
	var args []any
	add := func(cond, value string) {
		if value != "" {
			args = append(args, value)
			where = append(where, strings.ReplaceAll(cond, "?", "$"+strconv.Itoa(len(args))))
		}
	}
	about := "case_id = ?"
	if f.Related {
		about = `(case_id = ? OR process IN (SELECT p.process FROM process_account p WHERE EXISTS (SELECT 1 FROM case_subject s
			WHERE s.account = p.account AND s.case_id = ? AND s.role IN ('subject', 'linked'))))`
	}
	add(about, f.Case)
	add("report = ?", f.Report)
	add("process = ?", f.Process)
	add("receiver = ?", string(f.To))
	add(`(report IN (SELECT id FROM report WHERE subject = ?) OR process IN (SELECT process FROM process_account WHERE account = ?)
		OR case_id IN (SELECT case_id FROM case_subject WHERE account = ?))`, f.Account)
	if f.Recipient != "" { // engines know the two cases of other letters than A to Z or do not, so both ways are tried
		args = append(args, pattern(f.Recipient), pattern(strings.ToLower(f.Recipient)))
		n := len(args)
		where = append(where, fmt.Sprintf(`(recipient LIKE $%d ESCAPE '!' OR LOWER(recipient) LIKE $%d ESCAPE '!')`, n-1, n))
	}
	add("id < ?", f.Before)
	query := `SELECT ` + disclosureColumns + ` FROM disclosure`
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, " AND ")
	}
	args = append(args, f.Limit)
	rows, err := v.tx.Query(ctx, query+` ORDER BY id DESC LIMIT $`+strconv.Itoa(len(args)), args...)
	if err != nil {
		return nil, fmt.Errorf("store: list disclosures: %w", err)
	}
	return collect(rows, func(r scanner) (e disclosure.Entry, err error) {
		var at int64
		var items string
		err = r.Scan(&e.ID, &at, &e.Who, &e.To, &e.Recipient, &e.Under, &e.Number, &e.Case, &e.Report, &e.Process, &items, &e.Scope, &e.How)
		if err != nil {
			return e, err
		}
		e.At = fromMilli(at)
		if err := json.Unmarshal([]byte(items), &e.Items); err != nil {
			return e, fmt.Errorf("items of disclosure %s: %w", e.ID, err)
		}
		return e, nil
	})
}

// pattern finds a text anywhere, with the signs of patterns as they stand.
func pattern(s string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s) + "%"
}
