package store

import (
	"context"
	"encoding/json"
	"fmt"

	"haris/internal/casefile"
)

// Drafts returns what people have typed and not recorded, within the transaction.
func (tx *Tx) Drafts() casefile.Drafts { return draftStore{tx} }

type draftStore struct{ tx *Tx }

var _ casefile.Drafts = draftStore{}

// Put implements casefile.Drafts.
func (s draftStore) Put(ctx context.Context, d *casefile.Draft) (first bool, err error) {
	if err := d.Check(); err != nil {
		return false, err
	}
	fields, err := json.Marshal(d.Fields) // a control character stands in it escaped, so that every engine takes it
	if err != nil {
		return false, fmt.Errorf("store: draft of case %s: %w", d.Case, err)
	}
	if _, err := s.tx.Exec(ctx, `DELETE FROM case_draft WHERE at < $1`, d.At.Add(-casefile.DraftKept).UnixMilli()); err != nil {
		return false, fmt.Errorf("store: old drafts: %w", err)
	}
	n, err := s.tx.Exec(ctx, `UPDATE case_draft SET seen = $1, fields = $2, at = $3 WHERE case_id = $4 AND person = $5 AND form = $6`,
		d.Seen, string(fields), d.At.UnixMilli(), d.Case, d.Person, d.Form)
	if err == nil && n == 0 {
		first = true
		_, err = s.tx.Exec(ctx, `INSERT INTO case_draft (case_id, person, form, seen, fields, at) VALUES ($1, $2, $3, $4, $5, $6)`,
			d.Case, d.Person, d.Form, d.Seen, string(fields), d.At.UnixMilli())
	}
	if err != nil {
		return false, fmt.Errorf("store: draft of case %s: %w", d.Case, err)
	}
	return first, nil
}

// Of implements casefile.Drafts.
func (s draftStore) Of(ctx context.Context, person, caseID string) ([]casefile.Draft, error) {
	rows, err := s.tx.Query(ctx, `SELECT form, seen, fields, at FROM case_draft WHERE case_id = $1 AND person = $2 ORDER BY form`, caseID, person)
	if err != nil {
		return nil, fmt.Errorf("store: drafts of case %s: %w", caseID, err)
	}
	return collect(rows, func(r scanner) (casefile.Draft, error) {
		d := casefile.Draft{Case: caseID, Person: person}
		var fields string
		var at int64
		if err := r.Scan(&d.Form, &d.Seen, &fields, &at); err != nil {
			return d, err
		}
		d.At = fromMilli(at)
		return d, json.Unmarshal([]byte(fields), &d.Fields)
	})
}

// Drop implements casefile.Drafts.
func (s draftStore) Drop(ctx context.Context, person, caseID, form string) (bool, error) {
	n, err := s.tx.Exec(ctx, `DELETE FROM case_draft WHERE case_id = $1 AND person = $2 AND form = $3`, caseID, person, form)
	if err != nil {
		return false, fmt.Errorf("store: drop a draft of case %s: %w", caseID, err)
	}
	return n > 0, nil
}
