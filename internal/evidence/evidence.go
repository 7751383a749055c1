// Package evidence is the noun "evidence": a sealed copy of what a case rests on, with its digests, its origin and the custody
// of every access. Each case has a key of its own; contents are encrypted to it with age and kept as blobs, the key is wrapped
// to the working key of the installation, and destroying the wrapped key ends the retention of everything in the case at once.
// The manifest, keys, holds and custody live in SQL (internal/store implements Keys, Manifest and Chain); contents live
// behind Blobs. It decides nothing about cases: internal/pipeline and internal/review seal before they ask for actions.
package evidence

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Kind says what a sealed item is.
type Kind string

// The kinds of evidence.
const (
	KindTranscript Kind = "transcript" // a conversation, built by NewTranscript
	KindEvent      Kind = "event"      // events exactly as they were sent
	KindMedia      Kind = "media"
	KindProfile    Kind = "profile" // what an account showed of itself
	// KindReport is what goes to an authority or comes from one: a report or its receipt as filed, legal process and what is
	// produced for it.
	KindReport Kind = "report"
)

// Kinds lists the kinds of evidence.
func Kinds() []Kind { return []Kind{KindTranscript, KindEvent, KindMedia, KindProfile, KindReport} }

// Origin says where the contents of an item came from.
type Origin struct {
	Sequences []uint64 `json:"sequences,omitempty"` // places in the log of events
	URL       string   `json:"url,omitempty"`       // where it was fetched
	// Media is the platform's id of the picture, video or file that the contents are, as its events name it; empty for anything else.
	Media string `json:"media,omitempty"`
	// Match is how the contents were found on a list of known material; nil when they were not.
	Match *Match `json:"match,omitempty"`
}

// Match says which entry of which list the contents came near to. It is never proof that a person has seen them.
type Match struct {
	List           string `json:"list"`                     // the list or bank, and who keeps it
	Algorithm      string `json:"algorithm"`                // md5, sha1, sha256, pdq, …
	Distance       int    `json:"distance"`                 // in the algorithm's own measure; 0 means equal
	Classification string `json:"classification,omitempty"` // as the list gives it, for example A1
}

// Item is one line of the manifest. It is written once and never changed.
type Item struct {
	ID         string    `json:"id"` // derived from SealedSHA, so it tells nothing of the contents
	Case       string    `json:"case"`
	Kind       Kind      `json:"kind"`
	Name       string    `json:"name"`       // file name for people and for reports, without directories
	MediaType  string    `json:"media_type"` // of the contents, for example "application/json"
	SHA256     string    `json:"sha256"`     // of the contents, lower-case hex
	MD5        string    `json:"md5"`        // of the contents, lower-case hex; NCMEC answers an upload with it
	Size       int64     `json:"size"`       // of the contents, bytes
	SealedSHA  string    `json:"sealed_sha256"`
	SealedSize int64     `json:"sealed_size"`
	Origin     Origin    `json:"origin"`
	CreatedAt  time.Time `json:"created_at"`
	CreatedBy  string    `json:"created_by"`
}

// Key is the key of a case. Wrapped and Escrow are age files that hold the case's secret key; both are nil once destroyed.
// Someone who has the offline escrow key can open a case with the age tool alone: decrypt Escrow, then each blob with it.
type Key struct {
	Case        string
	Recipient   string // public half, to which contents are sealed
	Working     string // public half of the working key that Wrapped is encrypted to
	Wrapped     []byte
	Escrow      []byte // nil when no escrow recipient was configured
	CreatedAt   time.Time
	DestroyedAt time.Time // zero while the key lives
}

// Destroyed reports whether retention has ended.
func (k Key) Destroyed() bool { return !k.DestroyedAt.IsZero() }

// HoldKind says why a case may not be destroyed.
type HoldKind string

// The kinds of hold. A case may have one preservation, and one legal hold for each source.
const (
	Preservation HoldKind = "preservation" // statutory, after a report; it can only be made longer
	LegalHold    HoldKind = "legal_hold"   // set and released by a person
)

// Hold stops destruction until its end.
type Hold struct {
	Case string   `json:"case"`
	Kind HoldKind `json:"kind"`
	// Source is the legal process that a hold is for; empty for one that a person set and for a preservation.
	Source string    `json:"source,omitempty"`
	Until  time.Time `json:"until"` // zero: without end
	Reason string    `json:"reason"`
	SetBy  string    `json:"set_by"`
	SetAt  time.Time `json:"set_at"`
	// NoNotice forbids to tell the account, until NoticeUntil or, when that is zero, until a person lifts it. It stands on its
	// own: releasing the hold does not end it.
	NoNotice    bool      `json:"no_notice,omitempty"`
	NoticeUntil time.Time `json:"notice_until,omitzero"`
}

// Silent reports whether the hold forbids to tell the account at now.
func (h *Hold) Silent(now time.Time) bool {
	return h.NoNotice && (h.NoticeUntil.IsZero() || h.NoticeUntil.After(now))
}

// Active reports whether the hold still stands at now.
func (h Hold) Active(now time.Time) bool { return h.Until.IsZero() || h.Until.After(now) }

// Act is what someone did with an item.
type Act string

// The acts of custody.
const (
	Sealed    Act = "sealed"
	Opened    Act = "opened"   // read by a person or shown on a page
	Exported  Act = "exported" // left the installation, for example with a report
	Verified  Act = "verified"
	Destroyed Act = "destroyed"
)

// Custody is one line of an item's chain of custody: append-only, numbered from 1 without gaps.
type Custody struct {
	Item string    `json:"item"`
	N    int       `json:"n"`
	At   time.Time `json:"at"`
	Who  string    `json:"who"`
	Act  Act       `json:"act"`
	Why  string    `json:"why"`
}

// What callers test for.
var (
	ErrNotFound  = errors.New("evidence: no such item or case")
	ErrNoBlob    = errors.New("evidence: the sealed contents are missing")
	ErrTampered  = errors.New("evidence: the contents are not what was sealed")
	ErrDestroyed = errors.New("evidence: the key of the case was destroyed")
	ErrHeld      = errors.New("evidence: a hold forbids destruction")
	ErrShorter   = errors.New("evidence: a preservation can only be made longer")
	ErrWrongKey  = errors.New("evidence: the case is sealed under another working key")
	ErrInvalid   = errors.New("evidence: invalid request")
	ErrNotDue    = errors.New("evidence: it is not to be destroyed now")
	ErrKept      = errors.New("evidence: the key of the case was not destroyed")
)

// invalid names a field that cannot be used and what was expected.
func invalid(field, want string) error {
	return fmt.Errorf("%w: %s: expected %s", ErrInvalid, field, want)
}

// held returns an ErrHeld that names the first hold that stands, or nil.
func held(holds []Hold, now time.Time) error {
	i := slices.IndexFunc(holds, func(h Hold) bool { return h.Active(now) })
	if i < 0 {
		return nil
	}
	return fmt.Errorf("%w: %s %s (%s)", ErrHeld, holds[i].Kind, ending(holds[i].Until), holds[i].Reason)
}

// ending is the end of a hold in words.
func ending(until time.Time) string {
	if until.IsZero() {
		return "without end"
	}
	return "until " + until.UTC().Format(time.RFC3339)
}

// replaces returns nil when next may take the place of old.
func replaces(old, next Hold) error {
	if old.Kind != Preservation || old.Kind != next.Kind || next.Until.IsZero() {
		return nil
	}
	if old.Until.IsZero() || next.Until.Before(old.Until) {
		return ErrShorter
	}
	return nil
}
