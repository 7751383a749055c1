package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"haris/internal/casefile"
)

// Mutes returns the mutes within the transaction.
func (tx *Tx) Mutes() casefile.Mutes { return muteStore{tx} }

type muteStore struct{ tx *Tx }

var _ casefile.Mutes = muteStore{}

const (
	muteColumns  = `id, subject, detector, owner, reason, at, ends, ended_by, ended_at, held`
	mutesPerList = 100
)

// Add implements casefile.Mutes.
func (s muteStore) Add(ctx context.Context, m casefile.Mute) (casefile.Mute, error) {
	m.At, m.Ends = milli(m.At), milli(m.Ends)
	if err := m.Check(); err != nil {
		return m, err
	}
	var n int
	err := s.tx.QueryRow(ctx, `SELECT COUNT(*) FROM case_mute WHERE subject = $1 AND detector = $2 AND ends > $3 AND ended_at IS NULL`,
		m.Subject, m.Detector, m.At.UnixMilli()).Scan(&n)
	if err != nil {
		return m, fmt.Errorf("store: look for a mute: %w", err)
	}
	if n > 0 {
		return m, casefile.ErrMuted
	}
	if m.ID, err = s.tx.ids.New(m.At); err != nil {
		return m, err
	}
	_, err = s.tx.Exec(ctx, `INSERT INTO case_mute (id, subject, detector, owner, reason, at, ends) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		m.ID, m.Subject, m.Detector, m.Owner, m.Reason, m.At.UnixMilli(), m.Ends.UnixMilli())
	if err != nil {
		return m, fmt.Errorf("store: add a mute: %w", err)
	}
	return m, nil
}

// End implements casefile.Mutes.
func (s muteStore) End(ctx context.Context, id, who string, at time.Time) (casefile.Mute, error) {
	n, err := s.tx.Exec(ctx, `UPDATE case_mute SET ended_by = $1, ended_at = $2 WHERE id = $3 AND ended_at IS NULL AND ends > $4`,
		who, at.UnixMilli(), id, at.UnixMilli())
	if err != nil {
		return casefile.Mute{}, fmt.Errorf("store: end mute %s: %w", id, err)
	}
	if n != 1 {
		return casefile.Mute{}, fmt.Errorf("%w in force: %q", casefile.ErrNoMute, id)
	}
	return scanMute(s.tx.QueryRow(ctx, `SELECT `+muteColumns+` FROM case_mute WHERE id = $1`, id))
}

// Of implements casefile.Mutes.
func (s muteStore) Of(ctx context.Context, subject string, at time.Time) ([]casefile.Mute, error) {
	return s.list(ctx, `WHERE subject = $1 AND ends > $2 AND ended_at IS NULL ORDER BY detector`, subject, at.UnixMilli())
}

// List implements casefile.Mutes.
func (s muteStore) List(ctx context.Context, before string, limit int) ([]casefile.Mute, error) {
	if limit <= 0 || limit > mutesPerList {
		limit = mutesPerList
	}
	return sift(limit, before, func(after string, n int) ([]casefile.Mute, error) {
		if after == "" {
			return s.list(ctx, `ORDER BY id DESC LIMIT $1`, n)
		}
		return s.list(ctx, `WHERE id < $1 ORDER BY id DESC LIMIT $2`, after, n)
	}, func(m *casefile.Mute) string { return m.ID }, func(m *casefile.Mute) (bool, error) { return s.tx.Hides(ctx, OfMute, m.ID) })
}

// Hold implements casefile.Mutes.
func (s muteStore) Hold(ctx context.Context, ids []string) error {
	for _, id := range ids {
		if _, err := s.tx.Exec(ctx, `UPDATE case_mute SET held = held + 1 WHERE id = $1`, id); err != nil {
			return fmt.Errorf("store: count what mute %s held back: %w", id, err)
		}
	}
	return nil
}

func (s muteStore) list(ctx context.Context, rest string, args ...any) ([]casefile.Mute, error) {
	rows, err := s.tx.Query(ctx, `SELECT `+muteColumns+` FROM case_mute `+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("store: list mutes: %w", err)
	}
	return collect(rows, scanMute)
}

func scanMute(r scanner) (m casefile.Mute, err error) {
	var at, ends int64
	var by sql.NullString
	var ended sql.NullInt64
	err = r.Scan(&m.ID, &m.Subject, &m.Detector, &m.Owner, &m.Reason, &at, &ends, &by, &ended, &m.Held)
	if errors.Is(err, sql.ErrNoRows) {
		return m, casefile.ErrNoMute
	}
	m.At, m.Ends, m.EndedBy, m.EndedAt = fromMilli(at), fromMilli(ends), by.String, fromNullMilli(ended)
	return m, err
}
