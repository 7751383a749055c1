package bank

import (
	"context"
	"fmt"
	"time"
)

// State says whether an entry counts.
type State string

// The states. Only a live entry matches; the others stay, so that it can be told why something matched once.
const (
	Live      State = "live"
	Removed   State = "removed"   // by a person
	Withdrawn State = "withdrawn" // by the exchange it came from
	Expired   State = "expired"
)

// Provenance says where an entry came from.
type Provenance struct {
	Source Source `json:"source"`
	Origin string `json:"origin,omitempty"` // the exchange, or the name of the list
	Key    string `json:"key,omitempty"`    // the record there
	Owner  string `json:"owner,omitempty"`  // who put it there, as the exchange says
	Case   string `json:"case,omitempty"`   // the case whose disposition added it
	About  string `json:"about,omitempty"`  // the subject of that case
	// Picture is the known picture that it is a copy of, where it was on another list before.
	Picture string    `json:"picture,omitempty"`
	Who     string    `json:"who"` // the person or part of haris that added it here
	Note    string    `json:"note,omitempty"`
	At      time.Time `json:"at"`
	// Ended says who took it out, when a person did so one by one.
	Ended *Ending `json:"ended,omitempty"`
}

// Ending is a person's word on why an entry does not count any more.
type Ending struct {
	Who string    `json:"who"`
	Why string    `json:"why"`
	At  time.Time `json:"at"`
}

// Endings end entries one by one, and take that back, within the caller's transaction.
type Endings interface {
	// End ends a live entry. ErrNoEntry when the bank has no such live entry.
	End(ctx context.Context, bank string, entry uint64, why Ending) error
	// Revive makes an entry live again that a person removed. ErrNoEntry when the bank has no such removed entry.
	Revive(ctx context.Context, bank string, entry uint64) error
}

// Entry is one hash on a list.
type Entry struct {
	ID   uint64 `json:"id"` // place of its first change in the sequence
	Bank string `json:"bank"`
	Hash
	State          State          `json:"state"`
	Classification Classification `json:"classification,omitempty"`
	Expires        time.Time      `json:"expires,omitzero"`
	Provenance     Provenance     `json:"provenance"`
	Seq            uint64         `json:"seq"` // place of its last change in the sequence of all changes
}

// LiveAt reports whether the entry counts at a time.
func (e *Entry) LiveAt(t time.Time) bool {
	return e.State == Live && (e.Expires.IsZero() || t.Before(e.Expires))
}

// Check reports why an entry cannot be kept.
func (e *Entry) Check() error {
	h, err := Parse(e.Kind, e.Value)
	switch {
	case err != nil:
		return err
	case h != e.Hash:
		return fmt.Errorf("%w: %s: not in its canonical text", ErrHash, e.Kind)
	case e.Provenance.Who == "":
		return fmt.Errorf("%w: an entry that nobody added", ErrBank)
	case e.Provenance.Source != Own && e.Provenance.Source != Exchange && e.Provenance.Source != File:
		return fmt.Errorf("%w: entry of source %q", ErrBank, e.Provenance.Source)
	}
	return e.Classification.Check()
}

// Which names entries of a bank: exactly one of ID, Key and Hash.
type Which struct {
	ID   uint64
	Key  string // every entry of one record of an exchange
	Hash Hash   // every entry with this hash, whatever its record
}

// Filter narrows a list of entries; zero fields do not narrow.
type Filter struct {
	Bank  string
	Kind  Kind
	State State
	Hash  Hash   // entries with this hash
	Key   string // entries of this record
	After uint64 // entries with greater ids
	Limit int    // 0 means 50, at most 1000
}

// Store keeps banks and their entries within the caller's transaction. Every change of a bank or an entry takes the next place in one
// sequence, in the order in which the changes become visible, so that a follower misses none.
type Store interface {
	// Put adds a bank or changes the one with its id; Version of the result is its place in the sequence. ErrBank.
	Put(ctx context.Context, b Bank) (Bank, error)
	// Add adds entries to a bank. One that is there with the same record, kind and value is changed where it differs and made live
	// again. It returns how many became live and how many live ones were changed. ErrNotFound, ErrHash.
	Add(ctx context.Context, bank string, list []Entry) (added, changed int, err error)
	// Remove ends live entries of a bank and returns how many. ErrNotFound when there is no such bank.
	Remove(ctx context.Context, bank string, w Which, s State) (int, error)
	// Expire ends the live entries whose time is over and returns how many.
	Expire(ctx context.Context, now time.Time) (int, error)
	// List returns entries by id.
	List(ctx context.Context, f Filter) ([]Entry, error)
	// Count counts the live entries of every bank by kind.
	Count(ctx context.Context) (map[string]map[Kind]int, error)
	Follow
}

// Follow is what a Matcher reads, within the caller's transaction.
type Follow interface {
	// Banks lists the banks by id.
	Banks(ctx context.Context) ([]Bank, error)
	// Seq is the place of the last change; 0 before the first.
	Seq(ctx context.Context) (uint64, error)
	// Since calls f for the entries whose last change lies in the range, in any order, without their provenance. f must not keep the
	// entry, and must not use the store.
	Since(ctx context.Context, r Range, f func(*Entry) error) error
	// Get returns the entries with these ids that are there, in any order.
	Get(ctx context.Context, ids []uint64) ([]Entry, error)
	// Live counts the live entries of a kind in all banks.
	Live(ctx context.Context, k Kind) (int, error)
}

// Range is a stretch of the sequence of changes.
type Range struct {
	After, Until uint64
	Bank         string // of this bank only
	Only, Not    Kind   // of this kind only; of every kind but this one
	Live         bool   // only entries that count
}
