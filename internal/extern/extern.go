// Package extern asks a model of somebody else, which the operator has chosen, what stages a message shows. It holds the written policy that
// such a model is given, the two protocols (a scorer by HTTP, and a chat endpoint as OpenAI defined it), and the check that makes of an
// answer something that can be believed to be one: bounded, complete, about what was asked, with quotations that stand in the message. The
// answer is a claim of a machine, never a finding: it stands in the log as an event of haris itself, detector D17 folds it, and its weight is
// capped. Whom to ask about is for internal/pipeline to say; internal/app and internal/cli call the client.
package extern

import (
	"errors"
	"time"
)

// The kinds of endpoints.
const (
	Scores = "scores" // takes {text, lang, stages}, answers {scores}
	Chat   = "chat"   // takes and answers as /v1/chat/completions
)

// Why a stage, or a whole message, has no answer. They stand in the log.
const (
	NoText      = "no_text"     // haris holds no text of the account to a minor
	Unreachable = "unreachable" // the endpoint gave no answer, however often it was asked
	Late        = "late"        // it could not be asked within a day, within the bounds of how often and of which share
	Malformed   = "malformed"   // what came is no answer of the protocol
	Declined    = "declined"    // the model would not answer, or was cut off
	Missing     = "missing"     // a stage that was asked about and not answered
	Unsure      = "unsure"      // the model says that it does not know
	Misquoted   = "misquoted"   // the quotation does not stand in the message
	TooLong     = "too_long"    // the message is longer than what may be sent
)

// Reasons lists them all.
func Reasons() []string {
	return []string{NoText, Unreachable, Late, Malformed, Declined, Missing, Unsure, Misquoted, TooLong}
}

// Bounds of what is sent, read and kept.
const (
	MaxText      = 8 << 10  // bytes of a message that is sent
	maxReply     = 64 << 10 // bytes of an answer
	maxQuote     = 160      // bytes of a quotation that are kept
	maxRationale = 240      // bytes of a rationale that are kept
	MaxNats      = 2.0      // most that a model is believed of one stage of one message, either way
	maxScore     = 1000.0   // a score beyond it is none
	MaxModel     = 80       // bytes of the name of a model
)

// What a word of a chat model weighs, in nats. They are a judgement: nobody has calibrated the operator's model.
const (
	presentNats = MaxNats
	absentNats  = -0.5
)

// Finding is what the model says of one stage of one message.
type Finding struct {
	Stage     string  `json:"stage"`
	Nats      float64 `json:"nats"`                // −MaxNats to MaxNats; 0 where Unscanned is set
	Quote     string  `json:"quote,omitempty"`     // stands in the message; the beginning of it
	Rationale string  `json:"rationale,omitempty"` // the model's own words
	Unscanned string  `json:"unscanned,omitempty"` // one of Reasons
}

// Answer is what the model says of one message: one finding for each stage of the policy, in its order.
type Answer []Finding

// Error says why there is no answer. Its text holds neither the message nor the address nor the key.
type Error struct {
	Reason string        // one of Reasons
	Text   string        // what is wrong, and how to mend it
	Retry  bool          // asking again later can help
	After  time.Duration // how long the endpoint asks to wait; 0 where it does not say
}

// Error implements error.
func (e *Error) Error() string { return "external model: " + e.Text }

// reasonOf is the reason of an error; Unreachable for one that is not of this package.
func reasonOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return Unreachable
}

func malformed(text string) error { return &Error{Reason: Malformed, Text: text} }
