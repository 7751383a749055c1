package contact

import (
	"math"

	"haris/internal/detect"
)

// The words of the facts about pressing.
const (
	AfterRefusal = "refused"
	AfterBlock   = "blocked"
)

// press counts the unanswered messages in a row of a stranger to a minor, and tells the stranger's account of each message. Messages
// less than five minutes apart are one: people write in pieces.
func (p *Pair) press(t Touch, out []detect.Fact) []detect.Fact {
	me := side(t.FromLow)
	if p.by != 1+me {
		p.run = 0
		return out
	}
	minor, ok := p.young(t)
	if !ok || minor == me {
		return out
	}
	at := uint32(max(t.Event.Time.Unix(), 0)) //nolint:gosec // seconds until 2106
	if p.run == 0 || at >= p.wrote+runPause {
		p.wrote = at
		if p.run < math.MaxUint8 {
			p.run++
		}
	}
	f := fact(detect.Wrote, t, t.From, t.To)
	f.N = int(p.run)
	switch {
	case p.flags&(flagBlocked<<minor) != 0:
		f.Reason = AfterBlock
	case p.outcome == outcomeRefused:
		f.Reason = AfterRefusal
	}
	if p.flags&flagPressed == 0 && (f.Reason != "" || p.run >= pressedRun) {
		p.flags |= flagPressed
		f.Value = 1
	}
	return append(out, f)
}
