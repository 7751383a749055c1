// Package contact watches who makes contact with whom: the state of a pair, and the detectors of selective (D1) and
// unwelcome (D2) approaches by adults to minors. It reads no text.
package contact

import (
	"encoding/binary"
	"math"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

// Pair is what is known about two accounts: who made the first contact, whether it was welcomed, how much each wrote.
// Sixteen bytes; "low" and "high" are the two accounts in the order of their keys.
type Pair struct {
	first, last uint32    // event time in seconds
	count       [2]uint16 // messages by low and by high, saturating
	by          uint8     // who approached: 0 nobody yet, 1 low, 2 high
	flags       uint8
	outcome     uint8 // 0 open, 1 welcomed, 2 refused
}

// The flags of a pair. The low account's own come at the given bit, the high account's one bit further.
const (
	flagFamily   = 1 << 0
	flagBlocked  = 1 << 1 // and 1<<2
	flagReported = 1 << 3 // and 1<<4
	flagConcern  = 1 << 5 // and 1<<6
)

const (
	outcomeOpen = iota
	outcomeWelcomed
	outcomeRefused
)

// PairBytes is the length of an encoded pair.
const PairBytes = 16

// Append appends the encoding.
func (p *Pair) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, p.first)
	b = binary.LittleEndian.AppendUint32(b, p.last)
	b = binary.LittleEndian.AppendUint16(b, p.count[0])
	b = binary.LittleEndian.AppendUint16(b, p.count[1])
	return append(b, p.by, p.flags, p.outcome, 0)
}

// DecodePair is the inverse of Append.
func DecodePair(b []byte) (Pair, error) {
	r := detect.NewReader(b)
	p := Pair{first: r.U32(), last: r.U32(), count: [2]uint16{r.U16(), r.U16()}, by: r.U8(), flags: r.U8(), outcome: r.U8()}
	if r.U8() != 0 || p.by > 2 || p.outcome > outcomeRefused {
		return Pair{}, detect.ErrState
	}
	return p, r.Err()
}

// Last is the event time, in Unix seconds, at which the pair was last seen.
func (p *Pair) Last() int64 { return int64(p.last) }

// Touch is one act of one account toward another.
type Touch struct {
	Event   *event.Event
	From    *detect.Profile
	To      *detect.Profile
	FromLow bool // whether From is the low account of the pair
}

// Fold takes in one act and appends the facts that follow from it.
func (p *Pair) Fold(t Touch, out []detect.Fact) []detect.Fact {
	at := uint32(max(t.Event.Time.Unix(), 0))
	if p.first == 0 {
		p.first = at
	}
	p.last = max(p.last, at)
	if t.Event.Data.Relation == taxonomy.RelationFamily {
		p.flags |= flagFamily
	}
	switch t.Event.Type {
	case event.ContactRequested:
		return p.approach(t, out)
	case event.MessageSent, event.CallStarted:
		return p.written(t, out)
	case event.ContactAccepted:
		return p.answer(t, detect.Welcomed, out)
	case event.ContactDeclined, event.ContactIgnored:
		return p.answer(t, detect.Refused, out)
	case event.AccountBlocked, event.AccountMuted:
		return p.blocked(t, out)
	case event.AccountReported, event.ContentReported:
		return p.reported(t, out)
	}
	return out
}

func side(low bool) uint8 {
	if low {
		return 0
	}
	return 1
}

// approach notes the first contact. Only contact between strangers in private is an approach that counts.
func (p *Pair) approach(t Touch, out []detect.Fact) []detect.Fact {
	if p.by != 0 {
		return out
	}
	p.by = 1 + side(t.FromLow)
	d := &t.Event.Data
	private := d.Surface.Private() || d.Surface == taxonomy.SurfaceGame
	if p.flags&flagFamily != 0 || !d.Relation.Stranger() || !private {
		p.outcome = outcomeWelcomed // they knew each other: there is nothing to wait for
		return out
	}
	if t.From.Band.AdultOrUnknown() {
		out = append(out, fact(detect.Approached, t, t.From, t.To))
	}
	return out
}

// written counts a message and answers an open approach by the other side.
func (p *Pair) written(t Touch, out []detect.Fact) []detect.Fact {
	out = p.approach(t, out)
	out = p.answer(t, detect.Welcomed, out)
	me := side(t.FromLow)
	if p.count[me] < math.MaxUint16 {
		p.count[me]++
	}
	if p.flags&flagFamily != 0 || p.by != 1+me || !t.To.Band.Minor() || !t.From.Band.AdultOrUnknown() && p.count[me] > 1 {
		return out
	}
	f := fact(detect.Written, t, t.To, t.From)
	f.N = int(p.count[me])
	out = append(out, f)
	if nats := strongest(t.Event.Data.StageScores); nats > 0 && t.From.Band.AdultOrUnknown() {
		s := fact(detect.Staged, t, t.From, t.To)
		s.Value = nats
		out = append(out, s)
	}
	return out
}

// answer ends an open approach that the other side made.
func (p *Pair) answer(t Touch, k detect.FactKind, out []detect.Fact) []detect.Fact {
	approacher := 1 + side(!t.FromLow)
	if p.by != approacher || p.outcome != outcomeOpen {
		return out
	}
	p.outcome = outcomeWelcomed
	if k == detect.Refused {
		p.outcome = outcomeRefused
	}
	if !t.To.Band.AdultOrUnknown() {
		return out
	}
	return append(out, fact(k, t, t.To, t.From))
}

func (p *Pair) blocked(t Touch, out []detect.Fact) []detect.Fact {
	out = p.answer(t, detect.Refused, out)
	bit := uint8(flagBlocked) << side(t.FromLow)
	if p.flags&bit != 0 || !t.To.Band.AdultOrUnknown() {
		return out
	}
	p.flags |= bit
	return append(out, fact(detect.Blocked, t, t.To, t.From))
}

// reported counts a report once a pair, and once more when the reason becomes one of concern.
func (p *Pair) reported(t Touch, out []detect.Fact) []detect.Fact {
	out = p.answer(t, detect.Refused, out)
	bit := uint8(flagReported)
	if Concern(t.Event.Data.Reason) {
		bit = flagConcern
	}
	bit <<= side(t.FromLow)
	if p.flags&bit != 0 || !t.To.Band.AdultOrUnknown() {
		return out
	}
	p.flags |= bit
	f := fact(detect.Reported, t, t.To, t.From)
	f.Reason = t.Event.Data.Reason
	return append(out, f)
}

// Concern reports whether a reason for a report is about the safety of a child.
func Concern(reason string) bool {
	switch reason {
	case "grooming", "trafficking", "abuse_material", "sextortion", "minor_safety":
		return true
	}
	return false
}

func strongest(scores map[string]float64) float64 {
	best := 0.0
	for _, v := range scores {
		best = max(best, v)
	}
	return best
}

// fact addresses an observation to account; other is the other side.
func fact(k detect.FactKind, t Touch, account, other *detect.Profile) detect.Fact {
	return detect.Fact{
		Kind: k, Key: detect.AccountKey(account.ID), Seq: t.Event.Seq, At: t.Event.Time.UnixMilli(),
		Account: account, Other: other, Surface: t.Event.Data.Surface, Relation: t.Event.Data.Relation,
	}
}
