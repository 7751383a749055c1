package store

import (
	"context"
	"fmt"

	"haris/internal/bank"
	"haris/internal/casefile"
)

// SeenOf returns up to limit sightings of media that an account posted, newest first.
func (tx *Tx) SeenOf(ctx context.Context, account string, limit int) ([]bank.Sighting, error) {
	rows, err := tx.Query(ctx, `SELECT h.kind, h.value, h.quality, h.unscanned, s.account, s.media, s.media_kind, s.item, s.event, s.first_at, s.last_at, s.count
		FROM media_seen s JOIN media_hash h ON h.id = s.hash WHERE s.account = $1 ORDER BY s.last_at DESC, s.hash LIMIT $2`, account, limit)
	if err != nil {
		return nil, fmt.Errorf("store: what an account posted: %w", err)
	}
	return collect(rows, scanSighting)
}

// DraftsOf returns which drafts a person has, without what they typed, newest first.
func (tx *Tx) DraftsOf(ctx context.Context, person string) ([]casefile.Draft, error) {
	rows, err := tx.Query(ctx, `SELECT case_id, form, seen, at FROM case_draft WHERE person = $1 ORDER BY at DESC, case_id, form`, person)
	if err != nil {
		return nil, fmt.Errorf("store: drafts of a person: %w", err)
	}
	return collect(rows, func(r scanner) (casefile.Draft, error) {
		d := casefile.Draft{Person: person}
		var at int64
		err := r.Scan(&d.Case, &d.Form, &d.Seen, &at)
		d.At = fromMilli(at)
		return d, err
	})
}
