// Package audit is the noun "audit entry": one line of the tamper-evident log of everything that people and haris did,
// reads included. Entries form a transparency log (RFC 6962 Merkle tree, golang.org/x/mod/sumdb/tlog), so a changed,
// removed or re-ordered entry is found by Verify. It never holds content: no message text, no hash of flagged media.
package audit

import (
	"context"
	"time"
)

// Entry is one line. Who is a person's id, "key:<id>" for an API key, or "haris" for the software itself.
type Entry struct {
	Index  int64             `json:"index"` // place in the log, from 0; set by Append
	At     time.Time         `json:"at"`
	Who    string            `json:"who"`
	Act    string            `json:"act"`    // verb in the past, "case.viewed", "report.submitted"
	Object string            `json:"object"` // "case/01J…", "person/…"
	Detail map[string]string `json:"detail,omitempty"`
}

// Log appends entries within the caller's transaction, so that an act and its line are one.
type Log interface {
	// Append writes e at the end and returns its index. Safe only inside a write transaction, which orders appends. ErrEntry
	// when Who or Act is empty. Characters that a database cannot hold are replaced (see Record).
	Append(ctx context.Context, e Entry) (int64, error)
	// List returns up to limit entries of the filter, newest first, with index below before (0 means from the end).
	List(ctx context.Context, f Filter, before int64, limit int) ([]Entry, error)
}
