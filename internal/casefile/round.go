package casefile

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A round is the queues out of which a person is given the next case, in their order. It is a list of ids without repeats.

// Step is a change to a round.
type Step string

// The steps.
const (
	StepIn   Step = "in"   // the queue joins at the end
	StepOut  Step = "out"  // it leaves
	StepUp   Step = "up"   // it changes places with the one before it
	StepDown Step = "down" // and with the one after it
)

// Take returns the round after a step of one queue. What cannot be done, such as to move the first one up, changes nothing.
func (s Step) Take(round []string, queue string) []string {
	out := slices.Clone(round)
	at := slices.Index(out, queue)
	switch {
	case s == StepIn && at < 0:
		return append(out, queue)
	case s == StepOut && at >= 0:
		return slices.Delete(out, at, at+1)
	case s == StepUp && at > 0:
		out[at-1], out[at] = out[at], out[at-1]
	case s == StepDown && at >= 0 && at < len(out)-1:
		out[at+1], out[at] = out[at], out[at+1]
	}
	return out
}

// Offer is a case that a person could take out of one of their queues.
type Offer struct {
	Case  Case
	Place int       // of the queue in the round, from 0
	Due   time.Time // by when it must be looked at in that queue; zero for no limit
}

// Best returns which of the offers to take, -1 when there is none: of the highest priority, then the one with least time left, then of the queue
// that stands first in the round, then the oldest.
func Best(list []Offer) int {
	best := -1
	for i := range list {
		if best < 0 || list[i].before(&list[best]) {
			best = i
		}
	}
	return best
}

func (o *Offer) before(p *Offer) bool {
	return cmp.Or(
		cmp.Compare(p.Case.Priority, o.Case.Priority),
		soonest(o.Due, p.Due),
		cmp.Compare(o.Place, p.Place),
		strings.Compare(o.Case.ID, p.Case.ID),
	) < 0
}

// soonest orders moments; the zero time, no limit, comes last.
func soonest(a, b time.Time) int {
	switch {
	case a.IsZero() == b.IsZero():
		return a.Compare(b)
	case a.IsZero():
		return 1
	}
	return -1
}

// Bars reports whether the scope hides everything that a filter could find, as far as the filter alone says it.
func (s *Scope) Bars(n *Narrow) bool {
	if n.Queue != "" && slices.Contains(s.NotQueues, n.Queue) || n.Label != "" && slices.Contains(s.NotLabels, n.Label) {
		return true
	}
	if !s.Confined {
		return false
	}
	byLabel := len(s.Labels) > 0 // a case of any queue may have one, whatever else the filter asks for
	return !byLabel && (len(s.Queues) == 0 || n.Queue != "" && !slices.Contains(s.Queues, n.Queue))
}
