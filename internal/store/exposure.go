package store

import (
	"context"
	"fmt"
	"time"

	"haris/internal/exposure"
)

// Exposure is the view of the log of what people were shown, with the manifest and the audit log it stands on.
func (tx *Tx) Exposure() exposure.Tx {
	return exposure.Tx{Log: exposures{tx}, Guard: guards{tx}, Rota: rota{tx}, Evidence: manifest{tx}, Audit: tx.Audit()}
}

// ExposureKeeper runs the transactions of package exposure on db.
func ExposureKeeper(db *DB) exposure.Keeper { return exposureKeeper{db} }

type exposureKeeper struct{ db *DB }

func (k exposureKeeper) Write(ctx context.Context, f func(exposure.Tx) error) error {
	return k.db.Write(ctx, func(tx *Tx) error { return f(tx.Exposure()) })
}

func (k exposureKeeper) Read(ctx context.Context, f func(exposure.Tx) error) error {
	return k.db.Read(ctx, func(tx *Tx) error { return f(tx.Exposure()) })
}

type exposures struct{ tx *Tx }

var _ exposure.Log = exposures{}

const exposureColumns = `id, showing, who, case_id, item, sha256, form, size, act, how, first, past, severity, at, until_at, by_who, why`

// Add implements exposure.Log.
func (v exposures) Add(ctx context.Context, e exposure.Entry) (exposure.Entry, error) {
	id, err := v.tx.ids.New(e.At)
	if err != nil {
		return exposure.Entry{}, fmt.Errorf("store: add exposure: %w", err)
	}
	e.ID = id
	if e.Act == exposure.Begun {
		e.Showing = id
	}
	_, err = v.tx.Exec(ctx, `INSERT INTO exposure (`+exposureColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		e.ID, e.Showing, e.Who, e.Case, e.Item, e.SHA256, string(e.Form), e.Size, string(e.Act), string(e.How), e.Span.From, e.Span.To,
		e.Severity, e.At.UnixMilli(), e.Until.UnixMilli(), e.By, e.Why)
	if err != nil {
		return exposure.Entry{}, fmt.Errorf("store: add exposure: %w", err)
	}
	return e, nil
}

// OfItem implements exposure.Log.
func (v exposures) OfItem(ctx context.Context, item string) ([]exposure.Entry, error) {
	return v.list(ctx, `item = $1`, item)
}

// OfShowing implements exposure.Log. The limits of days that were lifted belong to no showing.
func (v exposures) OfShowing(ctx context.Context, showing string) ([]exposure.Entry, error) {
	if showing == "" {
		return nil, nil
	}
	return v.list(ctx, `showing = $1`, showing)
}

// OfContents implements exposure.Log.
func (v exposures) OfContents(ctx context.Context, sha256 string) ([]exposure.Entry, error) {
	return v.list(ctx, `sha256 = $1`, sha256)
}

// Between implements exposure.Log.
func (v exposures) Between(ctx context.Context, who string, from, to time.Time) ([]exposure.Entry, error) {
	if who == "" {
		return v.list(ctx, `at >= $1 AND at < $2`, from.UnixMilli(), to.UnixMilli())
	}
	return v.list(ctx, `who = $1 AND at >= $2 AND at < $3`, who, from.UnixMilli(), to.UnixMilli())
}

func (v exposures) list(ctx context.Context, where string, args ...any) ([]exposure.Entry, error) {
	rows, err := v.tx.Query(ctx, exposureQuery(where), args...)
	if err != nil {
		return nil, fmt.Errorf("store: list exposures: %w", err)
	}
	return collect(rows, func(r scanner) (e exposure.Entry, err error) {
		var at, until int64
		err = r.Scan(&e.ID, &e.Showing, &e.Who, &e.Case, &e.Item, &e.SHA256, &e.Form, &e.Size, &e.Act, &e.How, &e.Span.From, &e.Span.To,
			&e.Severity, &at, &until, &e.By, &e.Why)
		e.At, e.Until = fromMilli(at), fromMilli(until)
		return e, err
	})
}

func exposureQuery(where string) string {
	return `SELECT ` + exposureColumns + ` FROM exposure WHERE ` + where + ` ORDER BY at, id`
}
