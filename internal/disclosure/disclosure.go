// Package disclosure is the noun "disclosure": one line of the log of everything that left the installation about a person: to
// whom, under what, which items with their digests, when, by whom and how. Lines are only ever added. Whoever hands something out
// (internal/report, internal/process) writes its line in the transaction of the act; internal/store keeps them. It hands out
// nothing itself.
package disclosure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/internal/audit"
)

// To says what kind of receiver it was.
type To string

// The kinds of receivers.
const (
	NCMEC          To = "ncmec"
	LawEnforcement To = "law_enforcement" // or a court, or whoever else legal process names
	Authority      To = "authority"       // a hotline, or an authority of another country
)

// Under says what allowed it.
type Under string

// The grounds.
const (
	Report   Under = "report"   // a filing to the CyberTipline
	Handover Under = "handover" // a report handed to another authority
	Process  Under = "process"  // legal process
)

// Entry is one disclosure.
type Entry struct {
	ID        string    `json:"id"` // set by Add
	At        time.Time `json:"at"`
	Who       string    `json:"who"` // the person; for a filing who submitted it
	To        To        `json:"to"`
	Recipient string    `json:"recipient"` // by name
	Under     Under     `json:"under"`
	Number    string    `json:"number"` // of the report at the authority, or of the process
	Case      string    `json:"case,omitempty"`
	Report    string    `json:"report,omitempty"`
	Process   string    `json:"process,omitempty"`
	Items     []Item    `json:"items"`
	Scope     string    `json:"scope"` // what it covered, in words
	How       string    `json:"how"`
}

// Item is one thing that was handed out.
type Item struct {
	Name     string `json:"name"`
	SHA256   string `json:"sha256"`
	Bytes    int64  `json:"bytes,omitempty"`
	Evidence string `json:"evidence,omitempty"` // id of the sealed item, when it is one
}

// ErrInvalid says which field a disclosure lacks.
var ErrInvalid = errors.New("disclosure: invalid entry")

// Check requires everything that a line must say.
func (e *Entry) Check() error {
	lacks := ""
	switch {
	case strings.TrimSpace(e.Who) == "":
		lacks = "who"
	case !slices.Contains([]To{NCMEC, LawEnforcement, Authority}, e.To):
		lacks = "to"
	case strings.TrimSpace(e.Recipient) == "":
		lacks = "recipient"
	case !slices.Contains([]Under{Report, Handover, Process}, e.Under):
		lacks = "under"
	case strings.TrimSpace(e.Number) == "":
		lacks = "number"
	case len(e.Items) == 0:
		lacks = "items"
	case strings.TrimSpace(e.Scope) == "":
		lacks = "scope"
	case strings.TrimSpace(e.How) == "":
		lacks = "how"
	case e.At.IsZero():
		lacks = "at"
	}
	if lacks != "" {
		return fmt.Errorf("%w: %s is missing", ErrInvalid, lacks)
	}
	return nil
}

// Filter narrows List; empty fields do not narrow.
type Filter struct {
	Case, Report, Process string
	// Related widens Case to what legal process about the accounts of the case has handed out.
	Related   bool
	To        To
	Recipient string // part of its name, in whatever case
	// Account narrows to what is about it: its reports, what handed out anything of its cases, and legal process about it.
	Account string
	Before  string // id of the last entry of the page before
	Limit   int    // 0 means 100, at most 1000
}

// Log keeps disclosures within the caller's transaction.
type Log interface {
	// Add stores an entry and sets its id. ErrInvalid.
	Add(ctx context.Context, e Entry) (Entry, error)
	// List returns entries, newest first.
	List(ctx context.Context, f Filter) ([]Entry, error)
}

// Write adds an entry together with its audit entry, which names the act and nothing of what was disclosed.
func Write(ctx context.Context, l Log, a audit.Log, e Entry) (Entry, error) {
	e.At = e.At.UTC().Truncate(time.Millisecond)
	if err := e.Check(); err != nil {
		return e, err
	}
	e, err := l.Add(ctx, e)
	if err != nil {
		return e, err
	}
	detail := map[string]string{"to": string(e.To), "under": string(e.Under), "items": fmt.Sprint(len(e.Items))}
	for k, v := range map[string]string{"case": e.Case, "report": e.Report, "process": e.Process} {
		if v != "" {
			detail[k] = v
		}
	}
	if _, err := a.Append(ctx, audit.Entry{At: e.At, Who: e.Who, Act: "disclosure.made", Object: "disclosure/" + e.ID, Detail: detail}); err != nil {
		return e, fmt.Errorf("disclosure: audit: %w", err)
	}
	return e, nil
}
