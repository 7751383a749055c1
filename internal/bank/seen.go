package bank

import (
	"context"
	"time"
)

// Sighting is a hash that was seen on the platform: who posted it, and where.
type Sighting struct {
	Hash      Hash
	Quality   int    // of a PDQ hash; Unrated for the others
	Unscanned Reason // why it could not be compared when it came; empty when it was
	Account   string // whose it is
	Media     string // the platform's id of the newest media with it
	MediaKind string // image, video, audio or file
	Item      string // the post, listing, message or other thing that it was in
	Event     uint64 // place in the log of the newest event with it
	First     time.Time
	Last      time.Time
	Count     int // how often this account posted it
}

// Stored is a hash that was seen, whoever posted it.
type Stored struct {
	ID        uint64
	Hash      Hash
	Quality   int
	Unscanned Reason
	First     time.Time
	Last      time.Time
	Count     int
}

// Totals counts what was seen.
type Totals struct {
	Hashes    int            `json:"hashes"`
	Sightings int            `json:"sightings"`
	Unscanned map[Reason]int `json:"unscanned,omitempty"`
}

// Seen keeps the hashes of what was seen, within the caller's transaction. They are kept although the content is not, so that what is
// learned to be known later is found where it is.
type Seen interface {
	// Note adds sightings; one with the same hash and account is counted and becomes the newest. Count and First are not read.
	Note(ctx context.Context, list []Sighting) error
	// Last is the greatest id of a stored hash; 0 when there is none.
	Last(ctx context.Context) (uint64, error)
	// Each calls f for the hashes with ids above after and up to until, by id. f must not keep the hash, and must not use the store.
	Each(ctx context.Context, after, until uint64, f func(*Stored) error) error
	// Of returns who posted a hash, by account, behind the account after.
	Of(ctx context.Context, id uint64, after string, limit int) ([]Sighting, error)
	// Find returns a stored hash; ok is false when it was never seen.
	Find(ctx context.Context, h Hash) (s Stored, ok bool, err error)
	Upkeep
	Sums
}

// Upkeep changes what was seen afterwards.
type Upkeep interface {
	// Settle writes down whether stored hashes could be compared after all.
	Settle(ctx context.Context, ids []uint64, unscanned Reason) error
	// Forget deletes at most limit sightings that were last made before the moment, and hashes that nobody's sighting is left of and that were
	// last seen before it.
	Forget(ctx context.Context, before time.Time, limit int) (Forgotten, error)
}

// Forgotten is how much of what was seen was deleted.
type Forgotten struct {
	Sightings, Hashes int
}

// Sums counts what was seen.
type Sums interface {
	// Totals counts everything, which takes a while where much was seen.
	Totals(ctx context.Context) (Totals, error)
	// Unscanned counts the hashes that were not compared, by reason.
	Unscanned(ctx context.Context) (map[Reason]int, error)
}

// Mark remembers how far the sweep has come, within the caller's transaction.
type Mark interface {
	// Swept is the place in the sequence up to which everything seen was compared with the entries.
	Swept(ctx context.Context) (uint64, error)
	// SetSwept moves the place forward, never back, and never beyond the last change.
	SetSwept(ctx context.Context, seq uint64) error
	// Paused reports whether the sweep is to wait.
	Paused(ctx context.Context) (bool, error)
	// SetPaused makes it wait, or go on.
	SetPaused(ctx context.Context, paused bool) error
	// Waiting reports whether anything that was seen could not be compared and can be now.
	Waiting(ctx context.Context) (bool, error)
}
