package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"
)

// The number of letters in an answer.
const (
	defaultLetters = 50
	maxLetters     = 500
)

// LetterPage is a page of the events of a source that could not be read.
type LetterPage struct {
	Letters []LetterLine `json:"letters" doc:"Newest first." nullable:"false"`
	Next    string       `json:"next,omitempty" doc:"What to give as from for the next page; left out at the end."`
}

// LetterLine is one event that could not be read, without its content.
type LetterLine struct {
	ID     string    `json:"id" doc:"What to replay it by."`
	Event  string    `json:"event,omitempty" doc:"The event's own id, where that could be read."`
	At     time.Time `json:"at" doc:"When it came in."`
	Reason string    `json:"reason" doc:"What is wrong, where, and what was expected."`
	Place  string    `json:"place,omitempty" doc:"JSON pointer within the event."`
}

// Replayed says what became of a letter.
type Replayed struct {
	Taken bool `json:"taken" doc:"Whether the event could be read this time. If not, it stays in the list with its new reason."`
}

// getLetters lists the letters of the key's source.
func (a *api) getLetters(w http.ResponseWriter, r *request) error {
	q := LetterQuery{Source: r.key.Source, Cursor: r.query.Get("from"), Limit: defaultLetters}
	if text := r.query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxLetters {
			p := badRequest("bad_parameter", "the parameter limit cannot be read", "a whole number from 1 to "+strconv.Itoa(maxLetters))
			p.Limit = maxLetters
			return p
		}
		q.Limit = n
	}
	letters, next, err := a.Letters.List(r.Context(), q)
	switch {
	case errors.Is(err, ErrCursor):
		return badRequest("bad_parameter", "the parameter from is no cursor", `the "next" of an answer of this path`)
	case err != nil:
		return unavailable(fmt.Errorf("api: list letters: %w", err), "the letters could not be read", 0)
	}
	out := LetterPage{Letters: make([]LetterLine, len(letters)), Next: next}
	for i, l := range letters {
		out.Letters[i] = LetterLine{ID: l.ID, Event: l.Event, At: l.At.UTC(), Reason: l.Reason, Place: l.Place}
	}
	r.note(slog.Int("letters", len(letters)))
	return reply(w, http.StatusOK, out)
}

// replayLetter tries one letter of the key's source again.
func (a *api) replayLetter(w http.ResponseWriter, r *request) error {
	taken, err := a.Letters.Replay(r.Context(), LetterReplay{Who: "key/" + r.key.ID, Source: r.key.Source, ID: r.PathValue("id")})
	switch {
	case errors.Is(err, ErrNotFound):
		return &Problem{
			Status: http.StatusNotFound, Code: "no_such_letter", Detail: "the source of this key has no such letter, or it was replayed already",
			Expected: "the id of a letter in the list at /v1/letters",
		}
	case err != nil:
		return stopped(r, fmt.Errorf("api: replay a letter: %w", err), 0)
	}
	r.note(slog.Bool("taken", taken))
	return reply(w, http.StatusOK, Replayed{Taken: taken})
}
