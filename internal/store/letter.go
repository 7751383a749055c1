package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// What callers test for.
var (
	// ErrNoLetter says that there is no dead letter with this id.
	ErrNoLetter = errors.New("store: no such dead letter")
	// ErrReplayed says that a dead letter was replayed earlier, so that it is neither replayed nor amended again.
	ErrReplayed = errors.New("store: the dead letter was replayed already")
)

// Letter is an event that could not be read, as it came.
type Letter struct {
	ID         string
	At         time.Time // when it came, to the millisecond
	Source     string    // the source that sent it
	Event      string    // the event's id when that much could be read, else empty
	Reason     string    // what is wrong with it
	Place      string    // where in it, "data.text" or "line 7"; empty when the whole is meant
	Body       []byte    // the bytes as they came; nil in a List
	ReplayedAt time.Time // zero while it is open
}

// maxLetterWord bounds source, event, reason and place of a letter, in bytes. The body is bounded where events come in.
const maxLetterWord = 1024

// lettersPerPage is the size of a page of letters when none is asked for, and maxLetters the largest.
const (
	lettersPerPage = 50
	maxLetters     = 500
)

// Letters is the dead letters within a transaction.
type Letters struct{ tx *Tx }

// Letters returns the dead letters within the transaction.
func (tx *Tx) Letters() Letters { return Letters{tx} }

// Add keeps an open letter under a new id made from l.At; ID and ReplayedAt of l are not read. The words are those of broken
// input, so NUL and what is not UTF-8 become U+FFFD and words over 1,024 bytes are cut; the body is kept as it is.
func (v Letters) Add(ctx context.Context, l Letter) (id string, err error) {
	if id, err = v.tx.ids.New(l.At); err != nil {
		return "", fmt.Errorf("store: add dead letter: %w", err)
	}
	_, err = v.tx.Exec(ctx, `INSERT INTO dead_letter (id, at, source, event_id, reason, place, body) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, l.At.UnixMilli(), letterWord(l.Source), letterWord(l.Event), letterWord(l.Reason), letterWord(l.Place), notNil(l.Body))
	if err != nil {
		return "", fmt.Errorf("store: add dead letter: %w", err)
	}
	return id, nil
}

// Get returns a letter with its body, replayed ones too. ErrNoLetter.
func (v Letters) Get(ctx context.Context, id string) (Letter, error) {
	l, err := scanLetter(v.tx.QueryRow(ctx, `SELECT id, at, source, event_id, reason, place, body, replayed_at FROM dead_letter WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Letter{}, fmt.Errorf("%w: %s", ErrNoLetter, id)
	}
	if err != nil {
		return Letter{}, fmt.Errorf("store: read dead letter: %w", err)
	}
	l.Body = notNil(l.Body)
	return l, nil
}

// List returns open letters without their bodies, newest first. cursor is empty or what the page before returned as next, which
// is empty behind the last page. A limit of 0 or less means 50; no page has more than 500.
func (v Letters) List(ctx context.Context, cursor string, limit int) (letters []Letter, next string, err error) {
	return v.ListOf(ctx, "", cursor, limit)
}

// ListOf is List for the letters of one source; the empty source means all of them.
func (v Letters) ListOf(ctx context.Context, source, cursor string, limit int) (letters []Letter, next string, err error) {
	if limit <= 0 {
		limit = lettersPerPage
	}
	limit = min(limit, maxLetters)
	query, args := letterListQuery(source, cursor, limit+1)
	rows, err := v.tx.Query(ctx, query, args...)
	if err != nil {
		return nil, "", fmt.Errorf("store: list dead letters: %w", err)
	}
	if letters, err = collect(rows, scanLetter); err != nil {
		return nil, "", fmt.Errorf("store: list dead letters: %w", err)
	}
	if len(letters) > limit {
		letters = letters[:limit]
		next = letters[limit-1].ID
	}
	return letters, next, nil
}

func letterListQuery(source, cursor string, limit int) (string, []any) {
	query, args := `SELECT id, at, source, event_id, reason, place, NULL, replayed_at FROM dead_letter WHERE replayed_at IS NULL`, []any{limit}
	if cursor != "" {
		query, args = query+` AND id < $2`, append(args, cursor)
	}
	if source != "" {
		args = append(args, source)
		query += fmt.Sprintf(` AND source = $%d`, len(args))
	}
	return query + ` ORDER BY id DESC LIMIT $1`, args
}

// Count returns how many letters are open.
func (v Letters) Count(ctx context.Context) (open int, err error) {
	if err := v.tx.QueryRow(ctx, `SELECT COUNT(*) FROM dead_letter WHERE replayed_at IS NULL`).Scan(&open); err != nil {
		return 0, fmt.Errorf("store: count dead letters: %w", err)
	}
	return open, nil
}

// Mark closes a letter: its event was read after all and taken at the given time. ErrNoLetter, ErrReplayed.
func (v Letters) Mark(ctx context.Context, id string, at time.Time) error {
	return v.change(ctx, id, `UPDATE dead_letter SET replayed_at = $2 WHERE id = $1 AND replayed_at IS NULL`, id, at.UnixMilli())
}

// Amend says of an open letter why it still cannot be read, and where. ErrNoLetter, ErrReplayed.
func (v Letters) Amend(ctx context.Context, id, reason, place string) error {
	return v.change(ctx, id, `UPDATE dead_letter SET reason = $2, place = $3 WHERE id = $1 AND replayed_at IS NULL`,
		id, letterWord(reason), letterWord(place))
}

// change runs a statement that changes one open letter.
func (v Letters) change(ctx context.Context, id, query string, args ...any) error {
	n, err := v.tx.Exec(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("store: change dead letter: %w", err)
	}
	if n == 1 {
		return nil
	}
	if _, err := v.Get(ctx, id); err != nil {
		return err
	}
	return fmt.Errorf("%w: %s", ErrReplayed, id)
}

func scanLetter(r scanner) (l Letter, err error) {
	var at int64
	var replayed sql.NullInt64
	err = r.Scan(&l.ID, &at, &l.Source, &l.Event, &l.Reason, &l.Place, &l.Body, &replayed)
	l.At, l.ReplayedAt = fromMilli(at), fromNullMilli(replayed)
	return l, err
}

// letterWord makes a word out of anything that both engines can hold.
func letterWord(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
	if len(s) <= maxLetterWord {
		return s
	}
	return strings.ToValidUTF8(s[:maxLetterWord], "")
}
