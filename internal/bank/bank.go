// Package bank is the noun "bank": a list of fingerprints of media, with where each came from, and what a match with one means. It
// holds the kinds of hashes, the pure decision about one picture or video (match, clean or unscanned), the Matcher that holds an
// index of every live entry and follows the store, and the sweep that compares what was seen before with new entries. It computes no
// hashes of files (pdq and vpdq do) and opens no case: internal/pipeline takes its results into the log. Rooms from detect/media on
// may import it.
package bank

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"haris/internal/taxonomy"
)

// Polarity says what it means to be on the list.
type Polarity string

// The polarities.
const (
	Positive Polarity = "positive" // known material
	Negative Polarity = "negative" // a person found that it is not; vetoes
)

// Source says where the entries of a bank come from.
type Source string

// The sources.
const (
	Own      Source = "own"      // people of this installation
	Exchange Source = "exchange" // a sharing programme
	File     Source = "file"     // a list that was read from a file
)

// Classification is the industry's: A1 and A2 prepubescent, B1 and B2 pubescent, 1 a sex act and 2 lascivious exhibition. It is the
// list's word, not a finding.
type Classification string

// Classifications lists the classifications, gravest first; the empty one is none.
func Classifications() []Classification { return []Classification{"A1", "A2", "B1", "B2"} }

// The banks that dispositions write to; they are made when first used.
const (
	OwnID     = "own"
	ClearedID = "own-cleared"
)

// Bank is one list.
type Bank struct {
	ID       string            `json:"id"` // short word: a-z, 0-9, - and _
	Name     string            `json:"name"`
	Label    taxonomy.Typology `json:"label"` // what a match with it speaks of
	Mode     taxonomy.Mode     `json:"mode"`
	Polarity Polarity          `json:"polarity"`
	Source   Source            `json:"source"`
	// Origin is the exchange or list behind Source; empty for an own one.
	Origin string `json:"origin,omitempty"`
	// Radius is the greatest distance at which two PDQ hashes match.
	Radius int `json:"radius"`
	// Quality is the floor below which a PDQ hash says too little to be compared.
	Quality int `json:"quality"`
	// Dihedral compares the eight ways to turn and mirror a picture.
	Dihedral bool `json:"dihedral,omitempty"`
	// Share is the part of its frames that must be near for a video to match an entry of kind vPDQ, from 0 to 1.
	Share float64 `json:"share"`
	// Verdict is what a platform that waits is told of a match: allow, or hold, which a person can undo.
	Verdict taxonomy.Verdict `json:"verdict"`
	// Classification holds for entries that carry none of their own.
	Classification Classification `json:"classification,omitempty"`
	// Keep is how long an entry without an end of its own stands; 0 is for ever.
	Keep    time.Duration `json:"keep,omitempty"`
	Created time.Time     `json:"created"`
	Version uint64        `json:"version"` // place of its last change in the sequence of all changes
}

// MaxRadius is the greatest radius: beyond it unrelated pictures begin to match.
const MaxRadius = 64

// New returns a bank with the settings that most lists are made for. It is in shadow until somebody turns it on.
func New(id, name string) Bank {
	return Bank{
		ID: id, Name: name, Label: taxonomy.TypologyAbuseMaterial, Mode: taxonomy.ModeShadow, Polarity: Positive, Source: File,
		Radius: 31, Quality: 50, Share: 0.8, Verdict: taxonomy.VerdictAllow,
	}
}

// OwnBank is the bank to which a confirmed case adds.
func OwnBank() Bank {
	b := New(OwnID, "Own: confirmed here")
	b.Mode, b.Source, b.Verdict = taxonomy.ModeEnforce, Own, taxonomy.VerdictHold
	return b
}

// Begin is a bank as it is before anybody has said anything of it.
func Begin(id string) Bank {
	switch id {
	case OwnID:
		return OwnBank()
	case ClearedID:
		return ClearedBank()
	}
	return New(id, id)
}

// ClearedBank is the bank of what people of this installation found to be matched wrongly. Its radius is small: what is only similar
// to a picture that was cleared may be something else.
func ClearedBank() Bank {
	b := New(ClearedID, "Own: wrongly matched")
	b.Mode, b.Source, b.Polarity, b.Radius = taxonomy.ModeEnforce, Own, Negative, 8
	return b
}

// What callers test for.
var (
	ErrNotFound = errors.New("bank: no such bank")
	ErrNoEntry  = errors.New("bank: no such entry")
	ErrBank     = errors.New("bank: cannot be set up so")
)

// Check reports why a bank cannot be kept; the error wraps ErrBank.
func (b *Bank) Check() error {
	bad := func(what, want string) error { return fmt.Errorf("%w: %s: expected %s", ErrBank, what, want) }
	switch {
	case !regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`).MatchString(b.ID):
		return bad("id "+quoted(b.ID), "1 to 64 of a-z, 0-9, - and _")
	case b.Name == "" || len(b.Name) > 200:
		return bad("name", "1 to 200 bytes")
	case !slices.Contains(taxonomy.Typologies(), b.Label):
		return bad("label "+quoted(string(b.Label)), "unknown, grooming, trafficking, sextortion or abuse_material")
	case !slices.Contains(taxonomy.Modes(), b.Mode):
		return bad("mode "+quoted(string(b.Mode)), "off, shadow or enforce")
	case b.Polarity != Positive && b.Polarity != Negative:
		return bad("polarity "+quoted(string(b.Polarity)), "positive or negative")
	case b.Source != Own && b.Source != Exchange && b.Source != File:
		return bad("source "+quoted(string(b.Source)), "own, exchange or file")
	case b.Radius < 0 || b.Radius > MaxRadius:
		return bad(fmt.Sprintf("radius %d", b.Radius), fmt.Sprintf("0 to %d", MaxRadius))
	case b.Quality < 0 || b.Quality > 100:
		return bad(fmt.Sprintf("quality %d", b.Quality), "0 to 100")
	case !(b.Share > 0 && b.Share <= 1):
		return bad(fmt.Sprintf("share %v", b.Share), "above 0, at most 1")
	case b.Verdict != taxonomy.VerdictAllow && b.Verdict != taxonomy.VerdictHold:
		return bad("verdict "+quoted(string(b.Verdict)), "allow or hold: more than that is for a person to decide")
	case b.Keep < 0:
		return bad("keep", "no negative time")
	}
	return b.Classification.Check()
}

// Check reports a classification that is none; the error wraps ErrBank.
func (c Classification) Check() error {
	if c == "" || slices.Contains(Classifications(), c) {
		return nil
	}
	return fmt.Errorf("%w: classification %q: expected A1, A2, B1 or B2, or none", ErrBank, string(c))
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }
