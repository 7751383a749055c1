package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"haris/cybertip"
)

// EraseDrafts implements evidence.Keeping. It is the one place where something in a history is written over: with nothing, when the
// evidence of the case is destroyed. Digests, receipts and the lines of the histories stay.
func (v keeping) EraseDrafts(ctx context.Context, caseID string) (versions int, err error) {
	if _, err := v.tx.Exec(ctx, `DELETE FROM case_draft WHERE case_id = $1`, caseID); err != nil {
		return 0, fmt.Errorf("store: erase drafts of people: %w", err)
	}
	const over = `(SELECT id FROM report WHERE case_id = $1 AND status IN ('filed', 'cancelled'))`
	n, err := v.tx.Exec(ctx, `UPDATE report_draft SET draft = '{}' WHERE draft <> '{}' AND report IN `+over, caseID)
	if err != nil {
		return 0, fmt.Errorf("store: erase drafts: %w", err)
	}
	if _, err = v.tx.Exec(ctx, `UPDATE report_call SET request = NULL WHERE report IN `+over, caseID); err != nil {
		return 0, fmt.Errorf("store: erase requests: %w", err)
	}
	rows, err := v.tx.Query(ctx, `SELECT id, filing FROM report WHERE case_id = $1 AND status IN ('filed', 'cancelled') ORDER BY id`, caseID)
	if err != nil {
		return 0, fmt.Errorf("store: erase reports: %w", err)
	}
	type row struct {
		id     string
		filing sql.NullString
	}
	list, err := collect(rows, func(s scanner) (r row, err error) { return r, s.Scan(&r.id, &r.filing) })
	if err != nil {
		return 0, fmt.Errorf("store: erase reports: %w", err)
	}
	for _, r := range list {
		if r.filing.Valid {
			if r.filing.String, err = bare(r.filing.String); err != nil {
				return 0, fmt.Errorf("store: filing of report %s: %w", r.id, err)
			}
		}
		if _, err := v.tx.Exec(ctx, `UPDATE report SET draft = '{}', filing = $2 WHERE id = $1`, r.id, r.filing); err != nil {
			return 0, fmt.Errorf("store: erase report %s: %w", r.id, err)
		}
		erased, err := reports(v).Get(ctx, r.id)
		if err == nil {
			err = v.tx.reportWords(ctx, &erased)
		}
		if err != nil {
			return 0, fmt.Errorf("store: words of report %s: %w", r.id, err)
		}
	}
	return int(n), nil
}

// bare is a filing without what it said: its documents go, their digests and the receipt stay.
func bare(filing string) (string, error) {
	var f cybertip.Filing
	if err := json.Unmarshal([]byte(filing), &f); err != nil {
		return "", err
	}
	f.Report = nil
	for i := range f.Files {
		f.Files[i].Details = nil
	}
	b, err := json.Marshal(f)
	return string(b), err
}
