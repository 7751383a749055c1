package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"haris/internal/report"
)

// reportVersions keeps every saved state of a draft under the number of its event.
type reportVersions struct{ tx *Tx }

var _ report.Versions = reportVersions{}

// add stores the draft that an event brings.
func (v reportVersions) add(ctx context.Context, e report.Event) error {
	draft, err := json.Marshal(e.Draft)
	if err != nil {
		return fmt.Errorf("store: version of a report: %w", err)
	}
	if _, err := v.tx.Exec(ctx, `INSERT INTO report_draft (report, n, draft) VALUES ($1, $2, $3)`, e.Report, e.N, string(draft)); err != nil {
		return fmt.Errorf("store: version of a report: %w", err)
	}
	return nil
}

// List implements report.Versions.
func (v reportVersions) List(ctx context.Context, id string) ([]report.Version, error) {
	rows, err := v.tx.Query(ctx, `SELECT e.n, e.at, e.who FROM report_draft d JOIN report_event e ON e.report = d.report AND e.n = d.n
		WHERE d.report = $1 ORDER BY d.n`, id)
	if err != nil {
		return nil, fmt.Errorf("store: versions of report: %w", err)
	}
	return collect(rows, func(r scanner) (x report.Version, err error) {
		var at int64
		err = r.Scan(&x.N, &at, &x.Who)
		x.At = fromMilli(at)
		return x, err
	})
}

// Draft implements report.Versions.
func (v reportVersions) Draft(ctx context.Context, id string, n int) (d report.Draft, err error) {
	var b string
	err = v.tx.QueryRow(ctx, `SELECT draft FROM report_draft WHERE report = $1 AND n = $2`, id, n).Scan(&b)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return d, fmt.Errorf("%w: version %d of %s", report.ErrNotFound, n, id)
	case err != nil:
		return d, fmt.Errorf("store: version %d of report %s: %w", n, id, err)
	}
	if err := json.Unmarshal([]byte(b), &d); err != nil {
		return d, fmt.Errorf("store: version %d of report %s: %w", n, id, err)
	}
	return d, nil
}

// handovers keeps what went to other authorities.
type handovers struct{ tx *Tx }

var _ report.Handovers = handovers{}

// Add implements report.Handovers.
func (v handovers) Add(ctx context.Context, h report.Handover) error {
	_, err := v.tx.Exec(ctx, `INSERT INTO report_handover (report, n, at, who, authority, form, sha256, bytes, why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		h.Report, h.N, h.At.UnixMilli(), h.Who, h.Authority, h.Form, h.SHA256, h.Bytes, h.Why)
	if err != nil {
		return fmt.Errorf("store: add handover: %w", err)
	}
	return nil
}

// List implements report.Handovers.
func (v handovers) List(ctx context.Context, id string) ([]report.Handover, error) {
	rows, err := v.tx.Query(ctx, `SELECT report, n, at, who, authority, form, sha256, bytes, why FROM report_handover WHERE report = $1 ORDER BY n`, id)
	if err != nil {
		return nil, fmt.Errorf("store: handovers of report: %w", err)
	}
	return collect(rows, func(r scanner) (h report.Handover, err error) {
		var at int64
		err = r.Scan(&h.Report, &h.N, &at, &h.Who, &h.Authority, &h.Form, &h.SHA256, &h.Bytes, &h.Why)
		h.At = fromMilli(at)
		return h, err
	})
}
