package rule

import "haris/internal/taxonomy"

// Judgement is what became of one rule on one input.
type Judgement struct {
	Rule    string        `json:"rule"`
	Title   string        `json:"title"`
	Mode    taxonomy.Mode `json:"mode"`
	Outcome Outcome       `json:"outcome"`
	Why     string        `json:"why,omitempty"` // filled in when the rule fired
}

// Outcome is the outcome of a rule's condition.
type Outcome string

// The outcomes. Unknown is never true.
const (
	Fired   Outcome = "fired"
	Silent  Outcome = "silent"
	Unknown Outcome = "unknown" // something that the condition needs was not known
)

// Judge says what becomes of every rule that looks at the event's type. Unlike Eval it also names those that stay silent, and
// it counts nothing.
func (s *Set) Judge(in *Input, values []Value) []Judgement {
	p := s.plans[in.Event.Type]
	if p == nil {
		return nil
	}
	x := s.borrow(in, values)
	defer s.give(x)
	var out []Judgement
	for _, r := range p.rules {
		if in.Target > 0 && !r.usesTo {
			continue
		}
		j := Judgement{Rule: r.id, Title: r.title, Mode: r.mode, Outcome: Silent}
		switch x.decide(r.clauses) {
		case yes:
			j.Outcome, j.Why = Fired, x.explain(r.why)
		case unknown:
			j.Outcome = Unknown
		}
		out = append(out, j)
	}
	return out
}
