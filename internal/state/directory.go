package state

import (
	"cmp"
	"encoding/binary"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/normal"
	"haris/internal/taxonomy"
)

// Directory is what the platform has said of accounts. A profile is never changed in place: an update stores a new one, so a
// profile handed out stays as it was at its event.
type Directory struct{ Table *Table[*detect.Profile] }

// NewDirectory returns an empty directory.
func NewDirectory() Directory {
	return Directory{NewTable("account", Codec[*detect.Profile]{Append: appendProfile, Decode: decodeProfile})}
}

// Find returns the profile of an account; an account of which nothing was said gets one with only its ID.
func (d Directory) Find(id string) *detect.Profile {
	if p, ok := d.Table.Get(detect.AccountKey(id)); ok {
		return p
	}
	return &detect.Profile{ID: id}
}

// Apply takes in an account event and reports whether it was one.
func (d Directory) Apply(e *event.Event) bool {
	switch e.Type {
	case event.AccountCreated, event.AccountUpdated, event.AccountDeleted:
	case event.ModerationApplied:
		return d.acted(e)
	default:
		return false
	}
	p := *d.Find(e.Data.Account)
	p.ID = strings.Clone(p.ID)
	p.Deleted = e.Type == event.AccountDeleted
	if !p.Deleted {
		p.Known = true
		said(&p, &e.Data)
	}
	d.Table.Put(detect.AccountKey(p.ID), &p)
	return true
}

// acted notes that the platform acted upon an account, when it was for the safety of a child.
func (d Directory) acted(e *event.Event) bool {
	p := *d.Find(e.Data.Account)
	if p.Acted || !event.Concern(e.Data.Reason) {
		return false
	}
	p.ID, p.Acted = strings.Clone(p.ID), true
	d.Table.Put(detect.AccountKey(p.ID), &p)
	return true
}

// said copies what was sent; what was not sent stays.
func said(p *detect.Profile, d *event.Data) {
	if d.Has(event.HasAgeBand) {
		p.Band = d.AgeBand
	}
	if d.Has(event.HasAgeSource) {
		p.BandFrom = d.AgeSource
	}
	if name := persona(d); name != 0 {
		p.Persona = name
	}
	if d.Has(event.HasRole) {
		p.Role = strings.Clone(d.Role)
	}
	if d.Has(event.HasRegion) {
		p.Region = strings.Clone(d.Region)
	}
	if d.Has(event.HasLang) {
		p.Lang = strings.Clone(d.Lang)
	}
	if d.Has(event.HasVerified) {
		p.Verified = d.Verified
	}
	if d.Has(event.HasCreatedAt) {
		p.CreatedAt = d.CreatedAt
	}
}

// persona is a hash of the name that an account shows; 0 when none is said. How it is written does not matter.
func persona(d *event.Data) uint32 {
	name := cmp.Or(d.DisplayName, d.ScreenName)
	if name == "" {
		return 0
	}
	t := normal.Of(name)
	return uint32(xxh3.HashString(t.Folded.String())) | 1 //nolint:gosec // part of a hash, never 0
}

const (
	bitVerified = 1 << iota
	bitKnown
	bitDeleted
	bitCreated
	bitActed
)

func flag(on bool, bit byte) byte {
	if on {
		return bit
	}
	return 0
}

func appendProfile(b []byte, p *detect.Profile) []byte {
	flags := flag(p.Verified, bitVerified) | flag(p.Known, bitKnown) | flag(p.Deleted, bitDeleted) | flag(!p.CreatedAt.IsZero(), bitCreated) | flag(p.Acted, bitActed)
	b = append(b, byte(p.Band), flags)
	created := int64(0)
	if !p.CreatedAt.IsZero() {
		created = p.CreatedAt.UnixMilli()
	}
	b = binary.LittleEndian.AppendUint64(b, uint64(created))
	b = binary.LittleEndian.AppendUint32(b, p.Persona)
	for _, s := range []string{p.ID, p.BandFrom, p.Role, p.Region, p.Lang} {
		b = binary.LittleEndian.AppendUint16(b, uint16(min(len(s), 1<<16-1)))
		b = append(b, s[:min(len(s), 1<<16-1)]...)
	}
	return b
}

func decodeProfile(b []byte) (*detect.Profile, error) {
	r := detect.NewReader(b)
	band, flags, created, persona := r.U8(), r.U8(), int64(r.U64()), r.U32()
	if int(band) >= len(taxonomy.AgeBands()) {
		return nil, detect.ErrState
	}
	p := &detect.Profile{
		Band: taxonomy.AgeBand(band), Verified: flags&bitVerified != 0, Known: flags&bitKnown != 0, Deleted: flags&bitDeleted != 0,
		Acted: flags&bitActed != 0, Persona: persona,
	}
	if flags&bitCreated != 0 {
		p.CreatedAt = time.UnixMilli(created).UTC()
	}
	for _, s := range []*string{&p.ID, &p.BandFrom, &p.Role, &p.Region, &p.Lang} {
		*s = string(r.Take(int(r.U16())))
	}
	return p, r.Err()
}
