package exposure

import (
	"slices"
	"time"
)

// Breaks says after how much of what is clear a person rests their eyes, and for how long. Without After nobody is asked to.
type Breaks struct {
	After, For time.Duration
}

// Pause is where a person stands between two breaks.
type Pause struct {
	Watched time.Duration // clear on the screen since the last break
	Near    bool          // three quarters of what leads to a break, or more: one is proposed
	Until   time.Time     // until when nothing is shown clear; zero unless a break is due. While something is still on the screen it moves on
}

// pauseWithin is how far back breaks are looked for: whoever looked longer ago has rested.
const pauseWithin = 6 * time.Hour

// PauseOf says from a person's entries where they stand. Time without anything clear on the screen is a break when it is as long as b.For. What
// is watched in pieces adds up until then.
func PauseOf(who string, entries []Entry, b Breaks, now time.Time) (p Pause) {
	if b.After <= 0 {
		return Pause{}
	}
	var own []Entry
	for _, e := range entries {
		if e.Who == who {
			own = append(own, e)
		}
	}
	slices.SortStableFunc(own, byTime)
	var last time.Time
	for n, e := range own {
		if e.Act != Begun || e.How != Clear && e.How != Sound {
			continue
		}
		if !last.IsZero() && e.At.Sub(last) >= b.For {
			p.Watched = 0
		}
		took := lasted(e, own[n+1:], now)
		p.Watched += took
		last = e.At.Add(took)
	}
	if now.Sub(last) >= b.For {
		return Pause{}
	}
	p.Near = p.Watched >= b.After*3/4
	if p.Watched >= b.After {
		p.Until = last.Add(b.For)
	}
	return p
}
