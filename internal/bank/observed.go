package bank

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/internal/event"
)

// Observed is what was found about one media, as an event of haris itself in the log. What banks hold changes, and the log does not: a
// match is therefore taken down as it was found, and everything that follows is a fold over the log like everything else.
type Observed struct {
	Account string          `json:"account"` // whose media it is
	Media   []ObservedMedia `json:"media"`   // the one that was compared
	Item    string          `json:"item,omitempty"`
	Of      uint64          `json:"of"` // place in the log of the event that it came with
	Hashes  []Hash          `json:"hashes"`
	Sweep   bool            `json:"sweep,omitempty"` // found later, when the list had grown
	Count   int             `json:"count,omitempty"` // how often the account had posted it by then; 0 for once
	Decision
}

// ObservedMedia names a media as events do.
type ObservedMedia struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
}

// The source and type of such an event.
const (
	EventSource = event.OwnSource + "bank"
	EventType   = event.Type("media.matched")
)

// PictureSubject is how the subject of a case begins that is about a picture and not about an account: one that so many accounts post that a
// case for each would bury every other. What follows is the name of the picture.
const PictureSubject = EventSource + ":picture/"

// PictureOf is the picture that a case with this subject is about; ok is false when it is about something else.
func PictureOf(subject string) (picture string, ok bool) {
	return strings.CutPrefix(subject, PictureSubject)
}

// Key names what was found by what caused it, so that finding it again changes nothing.
func Key(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:digestSize])
}

// Event makes the event, with the identity key.
func (o Observed) Event(key string, at time.Time) (event.Event, error) {
	return own(EventSource, EventType, key, at, o)
}

// Is reports whether an event says what was found about a media.
func Is(e *event.Event) bool { return e.Source == EventSource && e.Type == EventType }

// Read reads what Event made.
func Read(e *event.Event) (o Observed, err error) {
	var envelope struct{ Data *Observed }
	envelope.Data = &o
	if err := json.Unmarshal([]byte(e.Raw), &envelope); err != nil {
		return o, fmt.Errorf("bank: read a match: %w", err)
	}
	return o, nil
}

// Counting are the results that make a match, surest first: the same file before what is near, then by distance.
func (d *Decision) Counting() (out []Result) {
	for i := range d.Results {
		if d.Results[i].counts() {
			out = append(out, d.Results[i])
		}
	}
	slices.SortStableFunc(out, func(a, b Result) int {
		return Hit{Entry: Entry{Hash: Hash{Kind: a.Kind}}, Distance: a.Distance, Share: a.Share}.compare(
			Hit{Entry: Entry{Hash: Hash{Kind: b.Kind}}, Distance: b.Distance, Share: b.Share})
	})
	return out
}

// maxCopied is the longest hash that an observation repeats: fingerprints of videos are long, and stand in the store.
const maxCopied = 1024

// MediaOf returns what an event says of a media that can be compared, and which hashes cannot be read.
func MediaOf(m *event.Media) (out Media, bad []Kind) {
	out = Media{ID: m.ID, Quality: Unrated}
	if m.Rated {
		out.Quality = int(m.PDQQuality)
	}
	sent := map[Kind]string{MD5: m.MD5, SHA1: m.SHA1, SHA256: m.SHA256, PDQ: m.PDQ}
	for k, v := range m.Hashes {
		if kind, err := ParseKind(k); err == nil {
			sent[kind] = cmp.Or(sent[kind], v)
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(sent), func(a, b Kind) int { return cmp.Compare(slices.Index(Kinds(), a), slices.Index(Kinds(), b)) }) {
		if sent[k] == "" {
			continue
		}
		h, err := Parse(k, sent[k])
		if err != nil {
			bad = append(bad, k)
			continue
		}
		out.Hashes = append(out.Hashes, h)
	}
	return out, bad
}

// Copied are the hashes of a media that an observation repeats, from which a confirmed case takes them into the own bank: none that is
// long, and no PDQ hash that says too little.
func (m *Media) Copied() []Hash {
	own := OwnBank()
	return slices.DeleteFunc(slices.Clone(m.Hashes), func(h Hash) bool {
		return len(h.Value) > maxCopied || h.Kind == PDQ && m.Quality != Unrated && m.Quality < own.Quality
	})
}

// Owner is the account whose media an event brings: never that of a person who reports something.
func Owner(e *event.Event) string {
	switch e.Type {
	case event.ContentReported, event.AccountReported, event.ModerationApplied:
		return e.Data.Account
	}
	return e.Actor()
}

// Item is what of the platform the media of an event was in.
func Item(e *event.Event) string {
	return cmp.Or(e.Data.Post, e.Data.Listing, e.Data.Message, e.Data.Content)
}

// record names the record behind a result: one picture may be on a list with several hashes.
func (r *Result) record() string {
	return r.Bank + "/" + cmp.Or(r.Provenance.Key, strconv.FormatUint(r.Entry, 10))
}

// Picture is the name of the known picture behind a result, the same for every copy that matches it.
func (r *Result) Picture() string { return cmp.Or(r.Provenance.Picture, Key(r.record())) }
