// Package exposure is the noun "exposure": what a person has been shown of the evidence, recorded by the software while it shows it.
// The log is only ever added to. Fold says from it who has viewed all of an item, which is what a report may tell an authority;
// Tally says how much a person has looked at in a day, which is what protects them. Service shows: it opens an item for a person in
// the form that was asked for, counts what was really sent, and takes the person's word that they have looked at all of it only
// when all of it was sent to them. It renders no page. internal/console shows through it, internal/report asks it for Views, and
// internal/store keeps the log.
package exposure

import (
	"context"
	"errors"
	"time"

	"haris/internal/audit"
	"haris/internal/evidence"
)

// Act is what an entry of the log says.
type Act string

// The acts.
const (
	Begun    Act = "begun"    // a person asked to be shown an item; the entry names the showing
	Preview  Act = "preview"  // a blurred, grey, small likeness was sent
	Contents Act = "contents" // bytes of the contents were sent, to their end
	Metadata Act = "metadata" // what the file says of itself was shown
	Declared Act = "declared" // the person said "I have looked at all of it"
	Ended    Act = "ended"    // the person took it off the screen
	Lifted   Act = "lifted"   // a lead lifted the person's limit for the day
)

// Acts lists the acts.
func Acts() []Act { return []Act{Begun, Preview, Contents, Metadata, Declared, Ended, Lifted} }

// How is the form in which a person asked to be shown something.
type How string

// The forms. Only clear and with sound can make a viewing.
const (
	Blurred How = "blurred" // small, grey and blurred by haris, so that the clear bytes are not sent
	Clear   How = "clear"   // as it is, without sound
	Sound   How = "sound"   // as it is, with sound
	Panel   How = "panel"   // what the file says of itself
)

// Hows lists the forms.
func Hows() []How { return []How{Blurred, Clear, Sound, Panel} }

// Entry is one line of the log.
type Entry struct {
	ID      string        `json:"id"`      // given by the store; ids sort by time
	Showing string        `json:"showing"` // id of the entry that began the showing; empty for Lifted
	Who     string        `json:"who"`     // the person who was shown it, or whose limit was lifted
	Case    string        `json:"case,omitempty"`
	Item    string        `json:"item,omitempty"`
	SHA256  string        `json:"sha256,omitempty"` // of the item's contents, so that the same file is found in another case
	Form    Form          `json:"form,omitempty"`
	Size    int64         `json:"size"` // of the item's contents
	Act     Act           `json:"act"`
	How     How           `json:"how,omitempty"`
	Span    evidence.Span `json:"span"` // of Contents
	// Severity is the classification that the list of known material gives; empty when there is none.
	Severity string    `json:"severity,omitempty"`
	At       time.Time `json:"at"`    // when it began
	Until    time.Time `json:"until"` // when it ended; what has no length ends as it begins
	By       string    `json:"by,omitempty"`
	Why      string    `json:"why,omitempty"` // of Lifted, with By; of Begun, why what is known is shown once more
}

// Log keeps entries within the caller's transaction. Lists are oldest first.
type Log interface {
	// Add stores an entry and returns it with its id; an entry without Showing that begins one gets its own id there.
	Add(ctx context.Context, e Entry) (Entry, error)
	// OfItem returns the entries about an item.
	OfItem(ctx context.Context, item string) ([]Entry, error)
	// OfShowing returns the entries of one showing; empty when there is none.
	OfShowing(ctx context.Context, showing string) ([]Entry, error)
	// OfContents returns the entries about every item with these contents.
	OfContents(ctx context.Context, sha256 string) ([]Entry, error)
	// Between returns the entries of a person, or of everybody when who is empty, that began at from or later and before to.
	Between(ctx context.Context, who string, from, to time.Time) ([]Entry, error)
}

// Tx is one transaction as the service sees it.
type Tx struct {
	Log
	Guard
	Rota
	Evidence evidence.Manifest
	Audit    audit.Log
}

// Keeper runs transactions. Write may run f more than once, so f has no effects besides the transaction.
type Keeper interface {
	Write(ctx context.Context, f func(Tx) error) error
	Read(ctx context.Context, f func(Tx) error) error
}

// What callers test for.
var (
	// ErrShowing says that the showing is not this person's, is not of this item, or is over.
	ErrShowing = errors.New("exposure: this showing is over: ask again to be shown the item")
	// ErrNotServed says that a person claims to have looked at what was not all sent to them.
	ErrNotServed = errors.New("exposure: not all of the item was shown to this person")
	// ErrForm says that an item cannot be shown in the form that was asked for.
	ErrForm = errors.New("exposure: the item cannot be shown like this")
	// ErrPause says that a break of the person is due.
	ErrPause = errors.New("exposure: a break is due")
	// ErrLimit says that the person has reached the limit of the day.
	ErrLimit = errors.New("exposure: the limit of the day is reached")
	// ErrKnown says that a person of the company has viewed the identical contents already, or that a bank in force has them; with a
	// reason (Order.Why) they are shown.
	ErrKnown = errors.New("exposure: the contents are known already")
	// ErrInvalid says that a request lacks something.
	ErrInvalid = errors.New("exposure: invalid request")
	// ErrSelf says that somebody wants to lift their own limit.
	ErrSelf = errors.New("exposure: nobody lifts their own limit")
)
