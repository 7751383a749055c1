package contact

import (
	"math"
	"time"

	"haris/internal/detect"
	"haris/internal/event"
)

// The words of the facts about payments.
const (
	AfterMedia = "media"    // within an hour of media that the young account sent there
	BothWays   = "exchange" // and the other had sent media, too, within a day
)

const (
	coupled = uint32(time.Hour / time.Second)
	traded  = uint32(24 * time.Hour / time.Second)
)

// among reports whether then lies at most d seconds before now.
func among(then, now, d uint32) bool { return then != 0 && then <= now && now-then <= d }

// young returns the sides of a pair of a young account and a stranger to it who may be an adult; ok is false for any other pair. Family
// is no stranger.
func (p *Pair) young(t Touch) (minor uint8, ok bool) {
	if p.flags&flagStrangers == 0 || p.flags&flagFamily != 0 {
		return 0, false
	}
	switch {
	case t.From.Band.Minor() && t.To.Band.AdultOrUnknown():
		return side(t.FromLow), true
	case t.To.Band.Minor() && t.From.Band.AdultOrUnknown():
		return side(!t.FromLow), true
	}
	return 0, false
}

// sentMedia notes media sent in private, and tells a stranger's account that a young one sends some after being paid.
func (p *Pair) sentMedia(t Touch, out []detect.Fact) []detect.Fact {
	minor, ok := p.young(t)
	if t.Event.Type != event.MessageSent || len(t.Event.Data.Media) == 0 || !ok {
		return out
	}
	me, at := side(t.FromLow), uint32(max(t.Event.Time.Unix(), 0)) //nolint:gosec // seconds until 2106
	before := p.media[me]
	p.media[me] = max(p.media[me], at)
	// One payment is coupled once: media that follow on media say nothing new.
	if me != minor || !among(p.paid[1-minor], at, coupled) || before >= p.paid[1-minor] {
		return out
	}
	return append(out, fact(detect.Given, t, t.To, t.From))
}

// payment counts a payment between a young account and a stranger, and tells the stranger's account.
func (p *Pair) payment(t Touch, out []detect.Fact) []detect.Fact {
	minor, ok := p.young(t)
	if !ok {
		return out
	}
	me, at := side(t.FromLow), uint32(max(t.Event.Time.Unix(), 0)) //nolint:gosec // seconds until 2106
	p.paid[me] = max(p.paid[me], at)
	if p.paidN[me] < math.MaxUint8 {
		p.paidN[me]++
	}
	f := fact(detect.Offered, t, t.From, t.To)
	if me == minor {
		f = fact(detect.Charged, t, t.To, t.From)
	}
	f.N = int(p.paidN[me])
	if among(p.media[minor], at, coupled) {
		f.Reason = AfterMedia
		if among(p.media[1-minor], at, traded) {
			f.Reason = BothWays
		}
	}
	return append(out, f)
}
