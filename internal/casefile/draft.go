package casefile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Draft is what a person has typed into a form of a case and has not recorded. It belongs to that person alone: nobody else is shown it, it
// decides nothing and is no part of the case. The newest one takes the place of the one before.
type Draft struct {
	Case   string
	Person string
	Form   string              // one of DraftForms
	Seen   int                 // length of the history that the form was made from
	Fields map[string][]string // what the form held, by the names of its fields
	At     time.Time           // when it was kept last
}

// DraftKept is how long a draft is kept after it was kept last.
const DraftKept = 30 * 24 * time.Hour

// maxDraft bounds what a draft holds, in bytes.
const maxDraft = 64 << 10

// What callers test for.
var (
	ErrDraft    = errors.New("casefile: not a draft that can be kept")
	ErrRecorded = errors.New("casefile: what the draft is of was recorded meanwhile")
)

// Drafts keeps drafts within the caller's transaction.
type Drafts interface {
	// Put keeps a draft, reports whether it is the first of its person, case and form, and lets go of all drafts older than DraftKept. ErrDraft.
	Put(ctx context.Context, d *Draft) (first bool, err error)
	// Of returns the drafts of a person about a case, by form.
	Of(ctx context.Context, person, caseID string) ([]Draft, error)
	// Drop removes one, and reports whether it was there.
	Drop(ctx context.Context, person, caseID, form string) (bool, error)
}

// DraftForms lists the forms of a case whose content is kept while a person writes.
func DraftForms() []string { return []string{"dispose", "second", "escalate", "reopen", "note"} }

// FormOf is the form that a kind of event is recorded with; empty for one of which no draft is kept.
func FormOf(kind EventKind) string {
	switch kind {
	case Disposed:
		return "dispose"
	case Agreed, Disagreed:
		return "second"
	case Escalate:
		return "escalate"
	case Reopened:
		return "reopen"
	case Noted:
		return "note"
	}
	return ""
}

// Check reports whether a draft can be kept: it has a person, a known form and not too much in it. ErrDraft.
func (d *Draft) Check() error {
	n := 0
	for name, values := range d.Fields {
		n += len(name)
		for _, v := range values {
			n += len(v)
		}
	}
	switch {
	case !IsPerson(d.Person):
		return fmt.Errorf("%w: %q is no person", ErrDraft, d.Person)
	case !slices.Contains(DraftForms(), d.Form):
		return fmt.Errorf("%w: there is no form %q", ErrDraft, d.Form)
	case n > maxDraft:
		return fmt.Errorf("%w: it holds %d bytes, of at most %d", ErrDraft, n, maxDraft)
	}
	return nil
}

// Empty reports whether nothing was typed or chosen.
func (d *Draft) Empty() bool {
	for _, values := range d.Fields {
		if slices.ContainsFunc(values, func(v string) bool { return strings.TrimSpace(v) != "" }) {
			return false
		}
	}
	return true
}

// RecordedSince reports whether the history has, after the place that the draft saw, an event by its person that its form records: a draft
// that arrives after its decision must not come back to life.
func (d *Draft) RecordedSince(history []Event) bool {
	return slices.ContainsFunc(history, func(e Event) bool { return e.N > d.Seen && e.Who == d.Person && FormOf(e.Kind) == d.Form })
}
