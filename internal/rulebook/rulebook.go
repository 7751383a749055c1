// Package rulebook is the noun "rule book": the versions of the rules and weights of an installation, who wrote them, why, and which second
// person let them in. A person changes a draft, proposes it as a version, and another person publishes it: the newest published version is in
// force. Version 0 is the files of the installation, which are in force until something is published. Nothing in the book is ever changed
// but the standing of a version; to go back is to propose an old version again. It decides nothing about accounts, and runs no rules:
// internal/app brings into force what is published.
package rulebook

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"haris/internal/audit"
	"haris/internal/job"
	"haris/internal/rule"
)

// Text is everything that a version says.
type Text struct {
	Packs   []rule.Source `json:"packs"`             // in the order of their names
	Weights string        `json:"weights,omitempty"` // a file of weights; empty: everything counts in full
}

// WeightsFile is the name under which the weights stand among the files of a version.
const WeightsFile = "weights.yaml"

// The bounds of a version.
const (
	MaxFiles = 40
	MaxBytes = 2 << 20 // of all files together
)

var fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}\.ya?ml$`)

// Check says whether the text can be kept: names of files, each once, and sizes. It wraps ErrText. Whether it is right is for Judge.
func (t *Text) Check() error {
	if len(t.Packs) == 0 || len(t.Packs) > MaxFiles {
		return fmt.Errorf("%w: %d files of rules, expected 1 to %d", ErrText, len(t.Packs), MaxFiles)
	}
	size := len(t.Weights)
	for i, f := range t.Packs {
		size += len(f.Text)
		switch {
		case !utf8.ValidString(f.Text):
			return fmt.Errorf("%w: %s is not text in UTF-8", ErrText, f.Name)
		case !fileName.MatchString(f.Name) || strings.EqualFold(f.Name, WeightsFile):
			return fmt.Errorf("%w: a file of rules cannot be called %q: expected letters, digits, - and _, and .yaml at the end; %s is for weights", ErrText, f.Name, WeightsFile)
		case i > 0 && t.Packs[i-1].Name >= f.Name:
			return fmt.Errorf("%w: two files are called %q, or they are not in order", ErrText, f.Name)
		}
	}
	if !utf8.ValidString(t.Weights) {
		return fmt.Errorf("%w: %s is not text in UTF-8", ErrText, WeightsFile)
	}
	if size > MaxBytes {
		return fmt.Errorf("%w: %d bytes, expected at most %d", ErrText, size, MaxBytes)
	}
	return nil
}

// Sort brings the files in order.
func (t *Text) Sort() {
	slices.SortFunc(t.Packs, func(a, b rule.Source) int { return strings.Compare(a.Name, b.Name) })
}

// Digest is SHA-256, in hexadecimal, of what the text says; two texts of the same files and weights have the same.
func (t *Text) Digest() string {
	b, err := json.Marshal(t)
	if err != nil {
		panic("rulebook: strings cannot be written as JSON: " + err.Error())
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Files are all files, the packs in order and then the weights, which may be empty.
func (t *Text) Files() []rule.Source {
	return append(slices.Clone(t.Packs), rule.Source{Name: WeightsFile, Text: t.Weights})
}

// State is where a version stands.
type State string

// The states. A version begins as proposed; the others are final.
const (
	Proposed  State = "proposed"
	Published State = "published"
	Refused   State = "refused"   // by another person
	Withdrawn State = "withdrawn" // by its author
)

// Version is one version of the book.
type Version struct {
	N          int64 // from 1
	State      State
	Base       int64 // the version in force when the draft was begun; 0 the files
	Digest     string
	Author     string // id of the person
	Reason     string
	ProposedAt time.Time
	DecidedBy  string // who published, refused or withdrew it; empty while it is proposed
	Decision   string // their words; may be empty when it was published
	DecidedAt  time.Time
	Place      int64 // in the order of publication, from 1; 0 when it was never published
}

// Draft is what one person is writing.
type Draft struct {
	Author  string
	Base    int64
	Text    Text
	SavedAt time.Time
}

// What callers test for.
var (
	ErrText     = errors.New("rulebook: not a text that can be kept")
	ErrNotFound = errors.New("rulebook: no such version")
	ErrNoDraft  = errors.New("rulebook: no draft")
	ErrStale    = errors.New("rulebook: it has changed since it was read")
	ErrDecided  = errors.New("rulebook: the version is not proposed any more")
	ErrOwn      = errors.New("rulebook: a person cannot publish or refuse what they proposed")
	ErrOther    = errors.New("rulebook: only its author withdraws a version")
	ErrReason   = errors.New("rulebook: a reason is required, of at most 4000 characters")
	ErrFaulty   = errors.New("rulebook: the rules or weights have mistakes")
	ErrSame     = errors.New("rulebook: this says what is in force already")
	ErrClosed   = errors.New("rulebook: rules are kept in files here (rules.console)")
)

// Store keeps the book within the caller's transaction.
type Store interface {
	// Text returns a text by its digest; ErrNotFound.
	Text(ctx context.Context, digest string) (Text, error)
	// Draft returns the draft of a person; ErrNoDraft.
	Draft(ctx context.Context, author string) (Draft, error)
	// SaveDraft puts a draft in the place of the person's last. A draft without files takes the last one away.
	SaveDraft(ctx context.Context, d Draft) error
	// Add adds a version under the next number, which it returns.
	Add(ctx context.Context, v Version, t Text) (int64, error)
	// Decide records how a proposed version ended; a published one gets its place. ErrDecided.
	Decide(ctx context.Context, v Version) error
	// Get returns a version; ErrNotFound.
	Get(ctx context.Context, n int64) (Version, error)
	// List returns up to limit versions, newest first.
	List(ctx context.Context, f Filter) ([]Version, error)
}

// Filter narrows List.
type Filter struct {
	State  State // empty for all
	Before int64 // numbers below it; 0 for all. With State Published: places below it, and the order is that of publication
	Limit  int   // 0 means 50, at most 200
}

// Tx is one transaction as the book needs it; *store.Tx is one.
type Tx interface {
	Rules() Store
	Trials() TrialStore
	Shadows() ShadowStore
	Jobs() job.Queue
	Audit() audit.Log
}
