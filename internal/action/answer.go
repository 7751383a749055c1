package action

import "slices"

// Outcome is what the platform tells an account that has warned: that somebody looked, and what came of it. Nothing of the case and nothing about
// the account that was warned of is told.
type Outcome string

// The outcomes. They stand in Item of an action of kind AnswerReporter.
const (
	OutcomeActed   Outcome = "acted"        // somebody looked, and the platform has acted
	OutcomeNothing Outcome = "no_violation" // somebody looked, and found nothing against the rules
	OutcomeLooking Outcome = "looking"      // somebody is looking
)

// Outcomes lists the outcomes.
func Outcomes() []Outcome { return []Outcome{OutcomeActed, OutcomeNothing, OutcomeLooking} }

// AnswerKey identifies an answer: the same outcome is told to an account once for each case.
func AnswerKey(caseID, account string, o Outcome) string {
	return "answer/" + caseID + "/" + string(o) + "/" + account
}

// isOutcome reports whether the item of an answer is an outcome.
func isOutcome(item string) bool { return slices.Contains(Outcomes(), Outcome(item)) }
