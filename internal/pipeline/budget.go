package pipeline

import (
	"haris/internal/decide"
)

// drawn is the line that a budget has drawn: from which sum on a matter comes before a person. It is drawn once a day of event time, so
// that it depends on the log alone.
type drawn struct {
	Budget float64 `json:"budget"` // 0 for none
	Line   float64 `json:"line"`   // 0 while too few days are known
}

// draw draws the line anew.
func (k *Knowledge) draw() {
	k.drawn = drawn{Budget: k.policy.Budget}
	if k.policy.Budget > 0 {
		k.drawn.Line, _ = k.ledger.Line(k.policy.Budget, k.day, k.policy.P3, decide.HighestLine)
	}
}

// weighing is how what stands is weighed now.
func (k *Knowledge) weighing() decide.Policy {
	if k.drawn.Line > 0 {
		return k.policy.Drawn(k.drawn.Line)
	}
	return k.policy
}

// Line is the sum from which a matter comes before a person (P2), and whether a budget has drawn it.
func (k *Knowledge) Line() (sum float64, budget bool) { return k.weighing().P2, k.drawn.Line > 0 }
