// Package contact watches who makes contact with whom: the state of a pair, and the detectors of selective (D1) and
// unwelcome (D2) approaches by adults to minors. It reads no text.
package contact

import (
	"encoding/binary"
	"math"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/taxonomy"
	"haris/internal/template"
)

// Pair is what is known about two accounts: who made the first contact in private, whether it was welcomed, how much each
// wrote, who complained. "Low" and "high" are the two accounts in the order of their keys.
type Pair struct {
	last    uint32    // newest event time in seconds
	count   [2]uint16 // private messages and calls by low and by high, saturating
	by      uint8     // who approached: 0 nobody yet, 1 low, 2 high
	outcome uint8
	flags   uint16
	media   [2]uint32 // newest media sent in private by low and by high, event time in seconds
	paid    [2]uint32 // newest payment by low and by high
	paidN   [2]uint8  // payments by each, saturating
	wrote   uint32    // newest counted message of whoever approached, event time in seconds
	run     uint8     // messages in a row of whoever approached, unanswered
}

// The flags of a pair. Where the two sides differ, the low account's own comes at the given bit, the high account's one bit
// further.
const (
	flagFamily    = 1 << 0
	flagBlocked   = 1 << 1  // and 1<<2
	flagReported  = 1 << 3  // and 1<<4
	flagConcern   = 1 << 5  // and 1<<6
	flagSpam      = 1 << 7  // and 1<<8
	flagStrangers = 1 << 9  // when the first contact in private was made
	flagPressed   = 1 << 10 // the minor was pressed
	flagExchanged = 1 << 11 // contact details passed between the two
	flagsAll      = 1<<12 - 1
)

const (
	outcomeOpen = iota
	outcomeWelcomed
	outcomeRefused
)

// PairBytes is the length of an encoded pair.
const PairBytes = 35

// metEvery is how long a pair that has to do with each other counts as one exposure: the half-life of what is compared with it.
const metEvery = 14 * 24 * 3600

// Append appends the encoding.
func (p *Pair) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, p.last)
	b = binary.LittleEndian.AppendUint16(b, p.count[0])
	b = binary.LittleEndian.AppendUint16(b, p.count[1])
	b = append(b, p.by, p.outcome)
	b = binary.LittleEndian.AppendUint16(b, p.flags)
	for _, v := range []uint32{p.media[0], p.media[1], p.paid[0], p.paid[1]} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	b = binary.LittleEndian.AppendUint32(append(b, p.paidN[0], p.paidN[1]), p.wrote)
	return append(b, p.run)
}

// DecodePair is the inverse of Append.
func DecodePair(b []byte) (Pair, error) {
	r := detect.NewReader(b)
	p := Pair{last: r.U32(), count: [2]uint16{r.U16(), r.U16()}, by: r.U8(), outcome: r.U8(), flags: r.U16()}
	p.media, p.paid, p.paidN = [2]uint32{r.U32(), r.U32()}, [2]uint32{r.U32(), r.U32()}, [2]uint8{r.U8(), r.U8()}
	p.wrote, p.run = r.U32(), r.U8()
	if p.by > 2 || p.outcome > outcomeRefused || p.flags > flagsAll {
		return Pair{}, detect.ErrState
	}
	return p, r.Err()
}

// Last is the event time, in Unix seconds, at which the pair was last seen.
func (p *Pair) Last() int64 { return int64(p.last) }

// Family reports whether the platform has said that the two are family.
func (p *Pair) Family() bool { return p.flags&flagFamily != 0 }

// Touch is one act of one account toward another.
type Touch struct {
	Event   *event.Event
	From    *detect.Profile
	To      *detect.Profile
	FromLow bool            // whether From is the low account of the pair
	Passed  []detect.Passed // contact details in the event's text; nil where it was not read
	Unread  bool            // there is no text to read
	Scores  *detect.Scores  // of the model in force; nil where it gave none
	By      detect.Scorer   // that model
	Tongue  string          // the language that the model in force is not calibrated in; empty else
}

// Fold takes in one act and appends the facts that follow from it.
func (p *Pair) Fold(t Touch, out []detect.Fact) []detect.Fact {
	if t.Event.Data.Relation == taxonomy.RelationFamily {
		p.flags |= flagFamily
	}
	out = p.met(t, out)
	switch t.Event.Type {
	case event.ContactRequested:
		return p.exchange(t, p.approach(t, out))
	case event.MessageSent, event.CallStarted:
		return p.written(t, out)
	case event.PaymentSent:
		return p.payment(t, out)
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

// met tells every account that may be an adult's whom it has to do with, once in each metEvery. Family is not exposure.
func (p *Pair) met(t Touch, out []detect.Fact) []detect.Fact {
	at := uint32(max(t.Event.Time.Unix(), 0))
	fresh := p.last == 0 || at/metEvery > p.last/metEvery
	p.last = max(p.last, at)
	if !fresh || p.flags&flagFamily != 0 {
		return out
	}
	if t.From.Band.AdultOrUnknown() {
		out = append(out, fact(detect.Met, t, t.From, t.To))
	}
	if t.To.Band.AdultOrUnknown() {
		out = append(out, fact(detect.Met, t, t.To, t.From))
	}
	return out
}

func side(low bool) uint8 {
	if low {
		return 0
	}
	return 1
}

// approach notes the first contact in private; what happens where others look on decides nothing, so that a comment does not
// hide the message that follows it. Only contact between strangers is an approach that counts.
func (p *Pair) approach(t Touch, out []detect.Fact) []detect.Fact {
	if p.by != 0 {
		return out
	}
	p.by = 1 + side(t.FromLow)
	if p.flags&flagFamily != 0 || !t.Event.Data.Relation.Stranger() {
		p.outcome = outcomeWelcomed // they knew each other: there is nothing to wait for
		return out
	}
	p.flags |= flagStrangers
	if t.From.Band.AdultOrUnknown() {
		out = append(out, fact(detect.Approached, t, t.From, t.To))
	}
	return out
}

// written counts a message and answers an open approach by the other side.
func (p *Pair) written(t Touch, out []detect.Fact) []detect.Fact {
	out = p.answer(t, detect.Welcomed, out)
	if s := t.Event.Data.Surface; s.Private() || s == taxonomy.SurfaceGame {
		out = p.private(t, out)
		out = p.sentMedia(t, out)
	}
	out = p.exchange(t, out)
	if p.flags&flagFamily != 0 || !t.To.Band.Minor() || !t.From.Band.AdultOrUnknown() {
		return out
	}
	if f, ok := p.scored(t); ok {
		out = append(out, f)
	}
	if f, ok := p.opened(t); ok {
		out = append(out, f)
	}
	if nats := t.strongest(); nats > 0 {
		f := fact(detect.Staged, t, t.From, t.To)
		f.Value = nats
		out = append(out, f)
	}
	return out
}

// private counts a private message and tells a minor's account what the stranger who came to it writes. Of another minor only the
// first message matters, as a measure of who ordinarily writes.
func (p *Pair) private(t Touch, out []detect.Fact) []detect.Fact {
	out = p.approach(t, out)
	me := side(t.FromLow)
	if p.count[me] == math.MaxUint16 {
		return out
	}
	p.count[me]++
	out = p.press(t, out)
	stranger := p.flags&flagStrangers != 0 && p.flags&flagFamily == 0 && p.by == 1+me
	if !stranger || !t.To.Band.Minor() || t.From.Band.Minor() && p.count[me] > 1 {
		return out
	}
	f := fact(detect.Written, t, t.To, t.From)
	f.N = int(p.count[me])
	return append(out, f)
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

// blocked counts a block once. Within a family it is a quarrel.
func (p *Pair) blocked(t Touch, out []detect.Fact) []detect.Fact {
	out = p.answer(t, detect.Refused, out)
	if p.flags&flagFamily != 0 {
		return out
	}
	return p.complain(flagBlocked, detect.Blocked, t, out)
}

// reported counts a report once a pair, and once more when the reason becomes one of concern. A concern is heard within a family
// too.
func (p *Pair) reported(t Touch, out []detect.Fact) []detect.Fact {
	out = p.answer(t, detect.Refused, out)
	reason := t.Event.Data.Reason
	switch {
	case event.Concern(reason):
		return p.complain(flagConcern, detect.Reported, t, out)
	case p.flags&flagFamily != 0:
		return out
	case reason == Spam:
		return p.complain(flagSpam, detect.Reported, t, out)
	}
	return p.complain(flagReported, detect.Reported, t, out)
}

// complain notes one kind of complaint about an account that may be an adult's. N of the fact is 1 for the first complaint of
// that person, so that one child is one child; 0 for a report of spam alone, which is no complaint.
func (p *Pair) complain(flag uint16, k detect.FactKind, t Touch, out []detect.Fact) []detect.Fact {
	by := side(t.FromLow)
	if p.flags&(flag<<by) != 0 || !t.To.Band.AdultOrUnknown() {
		return out
	}
	p.flags |= flag << by
	f := fact(k, t, t.To, t.From)
	f.Reason = t.Event.Data.Reason
	for _, kind := range []uint16{flagBlocked, flagReported, flagConcern} {
		if p.flags&(kind<<by) != 0 {
			f.N++
		}
	}
	return append(out, f)
}

// Spam is the reason for a report that speaks of a nuisance, not of a danger.
const Spam = "spam"

// scored says what is known of the stages of a message to a minor: what the platform says, else the model in force. That nothing is known is said at the first message only.
func (p *Pair) scored(t Touch) (detect.Fact, bool) {
	if t.Event.Type != event.MessageSent {
		return detect.Fact{}, false
	}
	f := fact(detect.Scored, t, t.From, t.To)
	if len(t.Event.Data.StageScores) == 0 {
		f.Scores, f.By, f.Reason = t.Scores, t.By, t.Tongue
		return f, t.Scores != nil || p.count[side(t.FromLow)] == 1
	}
	f.Scores = new(detect.Scores)
	for i, name := range taxonomy.Stages() {
		v, ok := t.Event.Data.StageScores[name]
		if !ok {
			v = math.NaN()
		}
		f.Scores[i] = float32(v)
	}
	return f, true
}

// opened says what the first private message to a minor was like.
func (p *Pair) opened(t Touch) (detect.Fact, bool) {
	if t.Event.Type != event.MessageSent || p.count[side(t.FromLow)] != 1 || !t.Event.Data.Surface.Private() && t.Event.Data.Surface != taxonomy.SurfaceGame {
		return detect.Fact{}, false
	}
	f := fact(detect.Opened, t, t.From, t.To)
	if t.Event.Data.Text != "" {
		s := template.SketchOf(t.Event.Data.Text)
		f.Sketch = &s
	}
	return f, true
}

// exchange tells the account of the two that may be an adult's which contact details passed between it and a minor, or that
// there was no text in which they could be seen. Within a family nothing is strange in it.
func (p *Pair) exchange(t Touch, out []detect.Fact) []detect.Fact {
	if p.flags&flagFamily != 0 || len(t.Passed) == 0 && !t.Unread {
		return out
	}
	elder, minor := t.From, t.To
	if t.From.Band.Minor() {
		elder, minor = t.To, t.From
	}
	if !minor.Band.Minor() || !elder.Band.AdultOrUnknown() {
		return out
	}
	if t.Unread {
		return append(out, fact(detect.Unread, t, elder, minor))
	}
	for i := range t.Passed {
		f := fact(detect.Exchanged, t, elder, minor)
		c := t.Passed[i]
		c.Given = elder == t.From
		f.Passed, f.N = &c, 2
		if p.flags&flagExchanged == 0 {
			p.flags |= flagExchanged
			f.N = 1
		}
		out = append(out, f)
	}
	return out
}

// strongest is the largest score of the message, in nats; 0 where there is none above. The seed is too weak to count.
func (t *Touch) strongest() float64 {
	best := 0.0
	for _, v := range t.Event.Data.StageScores {
		best = max(best, v)
	}
	if len(t.Event.Data.StageScores) > 0 || t.Scores == nil || t.By.Seed || t.Event.Type != event.MessageSent {
		return best
	}
	for _, v := range t.Scores {
		if float64(v) > best { // false for NaN
			best = float64(v)
		}
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
