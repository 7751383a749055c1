// Package exchange is the noun "exchange": a sharing programme that gives out fingerprints of known material, and how far haris has
// taken in what it gives. It holds what every source of a protocol promises, the pure rules of what follows from a record, the Syncer
// that takes pages into banks together with how far they reach, and the feedback that dispositions send back. The protocols are the
// packages below it; the strict stand-ins of their servers are in exchangetest. It opens no case and turns on no bank: what an
// exchange gives is in shadow until a person says otherwise. Rooms from auth on may import it.
package exchange

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"haris/internal/bank"
)

// MaxPage is the greatest number of records of a page: all of it is taken in by one transaction.
const MaxPage = 5000

// Checkpoint says how far a source has come, in the source's own JSON with a version inside. Empty means that nothing was taken yet.
type Checkpoint = json.RawMessage

// Source reads an exchange page by page. It keeps nothing that matters between two calls: whatever is needed to go on stands in the
// checkpoint, which is kept together with the page. It is used by one goroutine at a time.
type Source interface {
	// Next returns the page behind a checkpoint. Its errors are *Error, or the context's. A checkpoint that is too old to go on from,
	// or of another version, makes it begin again.
	Next(ctx context.Context, c Checkpoint) (Page, error)
}

// Page is a part of what an exchange gives.
type Page struct {
	Records []Record // at most MaxPage; of several with one key the last one holds
	// Passed counts what the exchange gave and cannot be used here, by reason.
	Passed     map[string]int
	Checkpoint Checkpoint // from which the next page follows
	// Begins says that with this page a pass over everything begins, Ends that it is over: what was not named in between is not on the
	// list any more.
	Begins, Ends bool
	// More says that the next page can be read at once.
	More bool
}

// Pass counts something that cannot be used.
func (p *Page) Pass(reason string, n int) {
	if n == 0 {
		return
	}
	if p.Passed == nil {
		p.Passed = map[string]int{}
	}
	p.Passed[reason] += n
}

// Record is the newest state of one thing that an exchange knows: a picture or video with all its fingerprints.
type Record struct {
	Key  string // names it in the exchange; 1 to MaxKey bytes
	Gone bool   // the exchange took it back; then only Key matters
	// Hashes are its fingerprints of the kinds that banks keep, each once.
	Hashes   []bank.Hash
	Opinions []Opinion
	// Classification is the exchange's word; empty for none.
	Classification bank.Classification
	Handle         string // what the exchange must be told to speak of it; Key when it is empty
	Note           string // what a person should know, in a few words
	Expires        time.Time
}

// MaxKey is the greatest length of a key or handle in bytes.
const MaxKey = 512

// Opinion is what one member says of a record.
type Opinion struct {
	Owner  string
	Stance Stance
}

// Stance is what is said of a record.
type Stance string

// The stances.
const (
	Positive Stance = "positive" // it is what the exchange is about
	Negative Stance = "negative" // it is not
	Seed     Stance = "seed"     // it may be: worth a look, and no more
)

// Stances lists the stances.
func Stances() []Stance { return []Stance{Positive, Negative, Seed} }

// Stance is what all opinions of a record together come to. Whoever says that it is what the exchange is about is believed although
// others differ, because a person looks at every match; a record of which members only say that it is not speaks against matches.
// It is empty when nobody says anything.
func (r *Record) Stance() Stance {
	for _, s := range []Stance{Positive, Negative, Seed} {
		if slices.ContainsFunc(r.Opinions, func(o Opinion) bool { return o.Stance == s }) {
			return s
		}
	}
	return ""
}

// Disputed counts the opinions against what a record comes to.
func (r *Record) Disputed() (n int) {
	s := r.Stance()
	for _, o := range r.Opinions {
		if s == Positive && o.Stance == Negative {
			n++
		}
	}
	return n
}

// BankID is the bank in which the records of an exchange with a stance stand.
func BankID(name string, s Stance) string {
	switch s {
	case Negative:
		return name + "-not"
	case Seed:
		return name + "-seed"
	}
	return name
}
