package casefile

import (
	"context"
	"time"
)

// Hit is a text about a case in which everything was found that was asked for.
type Hit struct {
	Case   Case
	Kind   EventKind // of the event that the text is of; empty for the case itself and for a report
	N      int       // its place in the history
	Report string    // id of the report that the text is of
	Who    string    // who wrote it; Haris for what stands on the case itself
	At     time.Time
	Text   string
}

// Hits are what was found, the newest cases first.
type Hits struct {
	List []Hit
	More bool // there are more
	Wide bool // so many words begin with what was asked for, or so many texts hold it, that not all of them were looked at
	// Unread counts old cases whose texts are not looked through yet.
	Unread int
}

// Searcher looks through what people wrote about cases, within the caller's transaction.
type Searcher interface {
	// Search finds the texts in which everything stands that was asked for, at most limit of them; those of reports only when reports says
	// so. An empty question finds nothing.
	Search(ctx context.Context, q Question, reports bool, limit int) (Hits, error)
}
