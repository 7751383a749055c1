package lead

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"haris/internal/audit"
)

// Note is what a lead writes to a colleague about a case. It is for those two alone; that it was written stands in the audit log, what it says does not.
type Note struct {
	ID       string
	Case     string
	Writer   string
	Reader   string
	Body     string
	At       time.Time
	Read     time.Time // zero until the reader has seen it
	Answer   string
	Answered time.Time
}

// MaxNote bounds a note and its answer, in bytes.
const MaxNote = 4000

// What callers test for.
var (
	ErrNoNote = errors.New("lead: no such note")
	ErrNote   = errors.New("lead: a note needs words, and somebody else to read it")
)

// CoachStore keeps notes within the caller's transaction.
type CoachStore interface {
	// Add adds one under a new id.
	Add(ctx context.Context, n Note) (Note, error)
	// Get returns one; ErrNoNote.
	Get(ctx context.Context, id string) (Note, error)
	// Of returns those to or from a person, newest first, up to limit.
	Of(ctx context.Context, who string, limit int) ([]Note, error)
	// Seen sets when those to a person were read that were not read before.
	Seen(ctx context.Context, reader string, at time.Time) error
	// Answer records what the reader says to it, once. ErrNoNote.
	Answer(ctx context.Context, id, answer string, at time.Time) error
	// Unread counts those to a person that were not read.
	Unread(ctx context.Context, reader string) (int, error)
}

// WriteNote writes to a colleague about a case, with its audit entry. ErrNote, casefile.ErrNotFound.
func (s *Looks) WriteNote(ctx context.Context, n Note) (Note, error) {
	if n.Body = strings.TrimSpace(n.Body); n.Body == "" || len(n.Body) > MaxNote || n.Reader == "" || n.Reader == n.Writer {
		return n, ErrNote
	}
	err := s.Write(ctx, func(tx LookTx) (err error) {
		if _, err = tx.Cases().Get(ctx, n.Case); err != nil {
			return err
		}
		n.At = s.Now().UTC().Truncate(time.Millisecond)
		if n, err = tx.Coaching().Add(ctx, n); err != nil {
			return err
		}
		_, err = tx.Audit().Append(ctx, audit.Entry{At: n.At, Who: n.Writer, Act: "coaching.written", Object: "case/" + n.Case, Detail: map[string]string{"to": n.Reader}})
		return err
	})
	return n, err
}

// Notes returns the notes to and from a person, newest first, and counts those to them as read from now on.
func (s *Looks) Notes(ctx context.Context, who string, limit int) (out []Note, err error) {
	err = s.Read(ctx, func(tx LookTx) error {
		out, err = tx.Coaching().Of(ctx, who, limit)
		return err
	})
	if err != nil || !slices.ContainsFunc(out, func(n Note) bool { return n.Reader == who && n.Read.IsZero() }) {
		return out, err
	}
	return out, s.Write(ctx, func(tx LookTx) error { return tx.Coaching().Seen(ctx, who, s.Now().UTC()) })
}

// Unread counts the notes to a person that were not read.
func (s *Looks) Unread(ctx context.Context, who string) (n int, err error) {
	err = s.Read(ctx, func(tx LookTx) error {
		n, err = tx.Coaching().Unread(ctx, who)
		return err
	})
	return n, err
}

// AnswerNote records what the reader says to a note. ErrNoNote also when it is somebody else's or has an answer; ErrNote without words.
func (s *Looks) AnswerNote(ctx context.Context, who, id, answer string) error {
	if answer = strings.TrimSpace(answer); answer == "" || len(answer) > MaxNote {
		return ErrNote
	}
	return s.Write(ctx, func(tx LookTx) error {
		n, err := tx.Coaching().Get(ctx, id)
		if err != nil {
			return err
		}
		if n.Reader != who || n.Answer != "" {
			return ErrNoNote
		}
		now := s.Now().UTC()
		if err := tx.Coaching().Answer(ctx, id, answer, now); err != nil {
			return err
		}
		_, err = tx.Audit().Append(ctx, audit.Entry{At: now, Who: who, Act: "coaching.answered", Object: "case/" + n.Case})
		return err
	})
}
