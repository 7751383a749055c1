package contact

import (
	"time"
)

// Between is a pair as people read it, from the side of one account, a, toward the other, b.
type Between struct {
	First     string    `json:"first"`   // who made the first contact in private: a, b, or empty for nobody yet
	Outcome   string    `json:"outcome"` // of that contact: open, welcomed, refused; empty without one
	Strangers bool      `json:"strangers"`
	Family    bool      `json:"family"`
	A         Side      `json:"a"`
	B         Side      `json:"b"`
	Run       int       `json:"run"`       // messages in a row of whoever made the first contact, unanswered
	Pressed   bool      `json:"pressed"`   // the minor was pressed
	Exchanged bool      `json:"exchanged"` // contact details passed
	Last      time.Time `json:"last,omitzero"`
}

// Side is what one of a pair did toward the other. Counts stop at their greatest value.
type Side struct {
	Messages int  `json:"messages"` // private messages and calls
	Payments int  `json:"payments"`
	Blocked  bool `json:"blocked"`  // it blocked the other
	Reported bool `json:"reported"` // it reported the other
	Concern  bool `json:"concern"`  // for a reason of concern
}

// Between reads the pair from the side of the account that is the lower or the higher one.
func (p *Pair) Between(aIsLow bool) Between {
	low, high := 0, 1
	if !aIsLow {
		low, high = 1, 0
	}
	out := Between{
		Outcome: [...]string{"open", "welcomed", "refused"}[p.outcome], Strangers: p.flags&flagStrangers != 0, Family: p.flags&flagFamily != 0,
		A: p.side(low), B: p.side(high), Run: int(p.run), Pressed: p.flags&flagPressed != 0, Exchanged: p.flags&flagExchanged != 0,
	}
	switch {
	case p.by == 0:
		out.Outcome = ""
	case int(p.by)-1 == low:
		out.First = "a"
	default:
		out.First = "b"
	}
	if p.last > 0 {
		out.Last = time.Unix(int64(p.last), 0).UTC()
	}
	return out
}

// side is what the low (0) or high (1) account did.
func (p *Pair) side(i int) Side {
	own := func(flag uint16) bool { return p.flags&(flag<<i) != 0 }
	return Side{
		Messages: int(p.count[i]), Payments: int(p.paidN[i]),
		Blocked: own(flagBlocked), Reported: own(flagReported), Concern: own(flagConcern),
	}
}
