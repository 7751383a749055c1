package bank

import (
	"cmp"
	"slices"
	"time"

	"haris/internal/taxonomy"
	"haris/pdq"
)

// Media is what is known of one picture, video or file that is to be compared.
type Media struct {
	ID     string
	Hashes []Hash
	// Quality is that of the PDQ hash, or Unrated.
	Quality int
	// Turned are the hashes of the eight ways to turn and mirror the picture, where the picture itself was there.
	Turned *[8]pdq.Hash
}

// Unrated is the quality of a PDQ hash that came without one. It is compared: nobody has said that it is not worth it.
const Unrated = -1

// Hit is an entry that lies near a media, before any bank was asked what counts as near.
type Hit struct {
	Entry    Entry
	Distance int     // of PDQ hashes; 0 for kinds that are only ever equal
	Turn     int     // how the picture was turned, one of the constants of package pdq
	Frame    int     // of a video that lies near a picture: 1 is the first; 0 where the media as a whole does
	Share    float64 // of videos: the greater part of the two whose frames are near; 1 for the other kinds
}

// Answer is one of the three.
type Answer string

// The answers.
const (
	Match     Answer = "match"
	Clean     Answer = "clean"
	Unscanned Answer = "unscanned" // neither: see the reasons
)

// Reason says why something could not be compared.
type Reason string

// The reasons.
const (
	NotLoaded  Reason = "not_loaded"  // the index is not there yet
	ReadFailed Reason = "read_failed" // the store or the index could not be read
	LowQuality Reason = "low_quality" // there is too little to see for a bank's floor
	NoHash     Reason = "no_hash"     // nothing to compare
	BadHash    Reason = "bad_hash"    // a hash that cannot be read
	NoBank     Reason = "no_bank"     // no bank with known material is in force
	Behind     Reason = "behind"      // banks changed while it was compared

	// Of files, of which then only the exact hashes were compared.
	TooLarge    Reason = "too_large"
	Truncated   Reason = "truncated"
	Unsupported Reason = "unsupported" // neither picture nor video that can be read here
	Damaged     Reason = "damaged"
	NoFFmpeg    Reason = "no_ffmpeg" // videos cannot be read without it
	NoFrames    Reason = "no_frames" // the frames of a video were not looked at
	Partial     Reason = "partial"   // of a moving picture, or one of several pages, only the first was compared
)

// Again reports whether what was left out for the reason can be compared without anything about it having changed.
func (r Reason) Again() bool { return r == NotLoaded || r == ReadFailed || r == Behind }

// Result is what one bank says of one media.
type Result struct {
	Bank           string            `json:"bank"`
	Name           string            `json:"name"`
	Label          taxonomy.Typology `json:"label"`
	Mode           taxonomy.Mode     `json:"mode"`
	Polarity       Polarity          `json:"polarity"`
	Verdict        taxonomy.Verdict  `json:"verdict,omitempty"`
	Kind           Kind              `json:"kind"`
	Distance       int               `json:"distance"`
	Radius         int               `json:"radius,omitempty"`
	Turn           int               `json:"turn,omitempty"`
	Frame          int               `json:"frame,omitempty"` // of the video, that lies near a picture; 1 is the first
	Share          float64           `json:"share,omitempty"`
	Classification Classification    `json:"classification,omitempty"`
	Entry          uint64            `json:"entry"`
	Provenance     Provenance        `json:"provenance"`
	Seq            uint64            `json:"-"`    // of the entry's last change
	Near           int               `json:"near"` // entries of the bank that match, this one too
	// VetoedBy is the negative entry that says that this is not so.
	VetoedBy *Veto `json:"vetoed_by,omitempty"`
	// All are the entries of the bank that match, this one first; without those that a negative entry vetoes, unless all are.
	All []Hit `json:"-"`
}

// Veto names a negative entry.
type Veto struct {
	Bank       string     `json:"bank"`
	Entry      uint64     `json:"entry"`
	Kind       Kind       `json:"kind"`
	Distance   int        `json:"distance"`
	Provenance Provenance `json:"provenance"`
}

// Decision is what all banks together say of one media.
type Decision struct {
	Answer  Answer   `json:"answer"`
	Reasons []Reason `json:"reasons,omitempty"` // why it is unscanned, or what of it is
	Results []Result `json:"results,omitempty"` // by bank
	Version uint64   `json:"version"`           // how far the sequence of changes of banks and entries was known
}

// Decide asks every bank about the hits of a media, as of a time. Only banks in force can make the answer a match; banks in shadow are
// heard beside it.
func Decide(m Media, banks []Bank, hits []Hit, at time.Time) Decision {
	d := Decision{Answer: Clean}
	inForce := false
	vetoes := negatives(m, banks, hits, at)
	for i := range banks {
		b := &banks[i]
		if b.Mode == taxonomy.ModeOff {
			continue
		}
		found := b.counted(m, hits, at)
		if r, ok := b.result(found, vetoes); ok {
			d.Results = append(d.Results, r)
			if r.counts() {
				d.Answer = Match
			}
		}
		if b.Polarity != Positive || b.Mode != taxonomy.ModeEnforce {
			continue
		}
		inForce = true
		if b.tooPoor(m) && !slices.Contains(d.Reasons, LowQuality) {
			d.Reasons = append(d.Reasons, LowQuality)
		}
	}
	if !inForce {
		d.Reasons = append(d.Reasons, NoBank)
	}
	if len(m.Hashes) == 0 {
		d.Reasons = append(d.Reasons, NoHash)
	}
	d.settle()
	return d
}

// With returns the decision about a media of which something could not be looked at.
func (d Decision) With(reasons ...Reason) Decision {
	d.Reasons = append(slices.Clone(d.Reasons), reasons...)
	d.settle()
	return d
}

// settle makes what is not a match unscanned when anything was left out.
func (d *Decision) settle() {
	if d.Answer != Match && len(d.Reasons) > 0 {
		d.Answer = Unscanned
	}
}

// counts reports whether a result makes the answer a match.
func (r *Result) counts() bool {
	return r.Polarity == Positive && r.Mode == taxonomy.ModeEnforce && r.VetoedBy == nil
}

// tooPoor reports whether the media has a PDQ hash that says too little for the bank.
func (b *Bank) tooPoor(m Media) bool {
	return m.Quality != Unrated && m.Quality < b.Quality && slices.ContainsFunc(m.Hashes, func(h Hash) bool { return h.Kind == PDQ })
}

// counted are the hits that the bank takes for a match, best first; an entry may be hit turned, and by several frames.
func (b *Bank) counted(m Media, hits []Hit, at time.Time) (out []Hit) {
	for _, h := range hits {
		if h.Entry.Bank != b.ID || !h.Entry.LiveAt(at) {
			continue
		}
		ok := true
		switch h.Entry.Kind {
		case PDQ:
			ok = h.Distance <= b.Radius && (h.Frame > 0 || !b.tooPoor(m)) && (h.Turn == pdq.Original || b.Dihedral)
		case VPDQ:
			ok = h.Share >= b.Share
		}
		if ok {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, Hit.compare)
	return out
}

// once keeps the best hit of each entry.
func once(sorted []Hit) []Hit {
	seen := map[uint64]bool{}
	return slices.DeleteFunc(slices.Clone(sorted), func(h Hit) bool {
		again := seen[h.Entry.ID]
		seen[h.Entry.ID] = true
		return again
	})
}

// compare orders hits by how sure they are: files that are the same to the byte first, then videos by their share and pictures by
// distance.
func (h Hit) compare(o Hit) int {
	all := Kinds()
	sure := func(k Kind) int {
		switch k {
		case SHA256, SHA1, MD5:
			return slices.Index([]Kind{SHA256, SHA1, MD5}, k)
		}
		return 3 + slices.Index(all, k)
	}
	return cmp.Or(cmp.Compare(sure(h.Entry.Kind), sure(o.Entry.Kind)), cmp.Compare(h.Distance, o.Distance),
		cmp.Compare(o.Share, h.Share), cmp.Compare(h.Entry.ID, o.Entry.ID), cmp.Compare(h.Frame, o.Frame), cmp.Compare(h.Turn, o.Turn))
}

// result is the best hit that no negative entry vetoes, or the best that one does.
func (b *Bank) result(found, vetoes []Hit) (r Result, ok bool) {
	if len(found) == 0 {
		return r, false
	}
	all, veto := found, (*Veto)(nil)
	if b.Polarity == Positive {
		all = slices.DeleteFunc(slices.Clone(found), func(h Hit) bool { return vetoOf(h, vetoes) != nil })
		if len(all) == 0 {
			all, veto = found, vetoOf(found[0], vetoes)
		}
	}
	all = once(all)
	best := all[0]
	r = Result{
		Bank: b.ID, Name: b.Name, Label: b.Label, Mode: b.Mode, Polarity: b.Polarity, Kind: best.Entry.Kind, Distance: best.Distance,
		Turn: best.Turn, Frame: best.Frame, Classification: cmp.Or(best.Entry.Classification, b.Classification), Entry: best.Entry.ID, Seq: best.Entry.Seq,
		Provenance: best.Entry.Provenance, Near: len(once(found)), VetoedBy: veto, All: all,
	}
	switch r.Kind {
	case PDQ:
		r.Radius = b.Radius
	case VPDQ:
		r.Share = best.Share
	}
	if r.counts() {
		r.Verdict = b.Verdict
	}
	return r, true
}

// negatives are the hits of the negative banks in force, by entry.
func negatives(m Media, banks []Bank, hits []Hit, at time.Time) (out []Hit) {
	for i := range banks {
		if b := &banks[i]; b.Polarity == Negative && b.Mode == taxonomy.ModeEnforce {
			out = append(out, b.counted(m, hits, at)...)
		}
	}
	return out
}

// vetoOf returns the first negative entry that speaks against a hit. The SHA-256 of the file that a person has looked at speaks against
// everything. Of any other kind an entry speaks only against its own kind, and only when it is at least as near: what is nearer to known
// material than to what was cleared stays a match. Of a video it speaks against the same frame alone. MD5 and SHA-1 do not reach further, because files can be made that share them.
func vetoOf(h Hit, vetoes []Hit) *Veto {
	for _, v := range vetoes {
		same := v.Entry.Kind == h.Entry.Kind && v.Frame == h.Frame && v.Distance <= h.Distance && v.Share >= h.Share
		if v.Entry.Kind == SHA256 || same {
			return &Veto{v.Entry.Bank, v.Entry.ID, v.Entry.Kind, v.Distance, v.Entry.Provenance}
		}
	}
	return nil
}

// Outcome is what came of a result, in one word: match, vetoed, shadow, or cleared for a negative bank.
func (r *Result) Outcome() string {
	switch {
	case r.Mode != taxonomy.ModeEnforce:
		return string(taxonomy.ModeShadow)
	case r.Polarity == Negative:
		return "cleared"
	case r.VetoedBy != nil:
		return "vetoed"
	}
	return string(Match)
}

// Left says why a hash of a kind is to be compared again later; empty when it was compared. A picture with too little to see has been
// looked at in all its other hashes.
func (d *Decision) Left(k Kind) Reason {
	for _, r := range d.Reasons {
		switch {
		case r.Again():
			return r
		case r == LowQuality && k == PDQ:
			return r
		}
	}
	return ""
}
