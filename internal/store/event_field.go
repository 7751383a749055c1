package store

import (
	"context"
	"fmt"
	"time"

	"haris/internal/report"
)

// EventField is one kind of thing that events of a type have carried, with the first place in the log where one did. The row whose
// type and field are empty says where this memory began.
type EventField struct {
	Type  string
	Field string // a wire name, or "keys.email" for a key of that kind that was sent in the clear
	Seq   uint64
	At    time.Time // to the millisecond
}

// EventFields is the memory of what platforms have ever sent, within a transaction.
type EventFields struct{ tx *Tx }

// EventFields returns the memory of what platforms have ever sent within the transaction.
func (tx *Tx) EventFields() EventFields { return EventFields{tx} }

// Add notes what was not known yet; what is known keeps its first place.
func (v EventFields) Add(ctx context.Context, list []EventField) error {
	for _, f := range list {
		_, err := v.tx.Exec(ctx, `INSERT INTO event_field (type, field, seq, at) VALUES ($1, $2, $3, $4) ON CONFLICT (type, field) DO NOTHING`,
			f.Type, f.Field, int64(f.Seq), f.At.UnixMilli()) //nolint:gosec // places in the log stay below 2^63
		if err != nil {
			return fmt.Errorf("store: add event field: %w", err)
		}
	}
	return nil
}

// List returns everything that was noted, by type and field.
func (v EventFields) List(ctx context.Context) ([]EventField, error) {
	rows, err := v.tx.Query(ctx, `SELECT type, field, seq, at FROM event_field ORDER BY type, field`)
	if err != nil {
		return nil, fmt.Errorf("store: list event fields: %w", err)
	}
	return collect(rows, func(r scanner) (f EventField, err error) {
		var at, seq int64
		err = r.Scan(&f.Type, &f.Field, &seq, &at)
		f.Seq, f.At = uint64(seq), fromMilli(at) //nolint:gosec // above 0 by the table
		return f, err
	})
}

var _ report.Memory = EventFields{}

// Sent implements report.Memory.
func (v EventFields) Sent(ctx context.Context) (report.Sent, error) {
	out := report.Sent{Fields: map[string][]string{}}
	list, err := v.List(ctx)
	for _, f := range list {
		if f.Type == "" {
			out.Since = f.At
		} else {
			out.Fields[f.Type] = append(out.Fields[f.Type], f.Field)
		}
	}
	return out, err
}
