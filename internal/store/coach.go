package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"haris/internal/lead"
)

// Coaching returns the notes of leads to their colleagues within the transaction.
func (tx *Tx) Coaching() lead.CoachStore { return coaching{tx} }

type coaching struct{ tx *Tx }

var _ lead.CoachStore = coaching{}

const noteColumns = `id, case_id, writer, reader, body, at, read_at, answer, answered_at`

func scanNote(r scanner) (n lead.Note, err error) {
	var at int64
	var read, answered sql.NullInt64
	err = r.Scan(&n.ID, &n.Case, &n.Writer, &n.Reader, &n.Body, &at, &read, &n.Answer, &answered)
	n.At, n.Read, n.Answered = fromMilli(at), fromNullMilli(read), fromNullMilli(answered)
	return n, err
}

// Add implements lead.CoachStore.
func (v coaching) Add(ctx context.Context, n lead.Note) (_ lead.Note, err error) {
	if n.ID, err = v.tx.ids.New(n.At); err != nil {
		return n, err
	}
	_, err = v.tx.Exec(ctx, `INSERT INTO coaching_note (id, case_id, writer, reader, body, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		n.ID, n.Case, n.Writer, n.Reader, n.Body, n.At.UnixMilli())
	if err != nil {
		return n, fmt.Errorf("store: add a note: %w", err)
	}
	return n, nil
}

// Get implements lead.CoachStore.
func (v coaching) Get(ctx context.Context, id string) (lead.Note, error) {
	n, err := scanNote(v.tx.QueryRow(ctx, `SELECT `+noteColumns+` FROM coaching_note WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return n, fmt.Errorf("%w: %q", lead.ErrNoNote, id)
	}
	if err != nil {
		return n, fmt.Errorf("store: read a note: %w", err)
	}
	hides, err := v.tx.Hides(ctx, OfNote, id)
	if hides {
		return lead.Note{}, fmt.Errorf("%w: %q", lead.ErrNoNote, id)
	}
	return n, err
}

// Of implements lead.CoachStore.
func (v coaching) Of(ctx context.Context, who string, limit int) ([]lead.Note, error) {
	query, args := narrowed(ctx, `SELECT `+noteColumns+` FROM coaching_note WHERE (reader = $1 OR writer = $1) ORDER BY at DESC, id DESC LIMIT $2`, "coaching_note.case_id", []any{who, limit})
	rows, err := v.tx.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: list notes: %w", err)
	}
	return collect(rows, scanNote)
}

// Seen implements lead.CoachStore.
func (v coaching) Seen(ctx context.Context, reader string, at time.Time) error {
	query, args := narrowed(ctx, `UPDATE coaching_note SET read_at = $1 WHERE reader = $2 AND read_at IS NULL`, "coaching_note.case_id", []any{at.UnixMilli(), reader})
	_, err := v.tx.Exec(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("store: mark notes as read: %w", err)
	}
	return nil
}

// Answer implements lead.CoachStore.
func (v coaching) Answer(ctx context.Context, id, answer string, at time.Time) error {
	n, err := v.tx.Exec(ctx, `UPDATE coaching_note SET answer = $1, answered_at = $2 WHERE id = $3 AND answer = ''`, answer, at.UnixMilli(), id)
	if err != nil {
		return fmt.Errorf("store: answer a note: %w", err)
	}
	if n != 1 {
		return fmt.Errorf("%w without an answer: %q", lead.ErrNoNote, id)
	}
	return nil
}

// Unread implements lead.CoachStore.
func (v coaching) Unread(ctx context.Context, reader string) (n int, err error) {
	query, args := narrowed(ctx, `SELECT COUNT(*) FROM coaching_note WHERE reader = $1 AND read_at IS NULL`, "coaching_note.case_id", []any{reader})
	if err = v.tx.QueryRow(ctx, query, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("store: count notes: %w", err)
	}
	return n, nil
}
