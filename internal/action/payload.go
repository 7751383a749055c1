package action

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"haris/internal/job"
)

// Payload is the body of every message to the platform:
//
//	{
//	  "type": "action.asked",                       "action.asked" or "action.reversed"
//	  "timestamp": "2026-03-01T16:00:00Z",          when it was asked for; the same however often the message is sent
//	  "data": {
//	    "action": "act_6b1c…",                      id of the action, the same in the reversal
//	    "sequence": 1,                              1 for the action, 2 for its reversal
//	    "kind": "limit_messages",                   see Kinds
//	    "account": "u-1",                           whom it is about
//	    "item": "post-9",                           the post or content, for kinds that are about one
//	    "case": "01j…",
//	    "reverse": false,                           true: undo it; what stands is then nothing of this action
//	    "by": "rule",                               "rule" or "person"; who the person is stays inside
//	    "rule": "new-contacts",                     for "rule"
//	    "reason": "…",                              for the platform's record, never for the account
//	    "no_notice": true,                          absent or true: the account must not be told of this, nor why
//	    "expires_at": "2026-03-08T16:00:00Z"        absent: stands until it is reversed; haris sends the reversal itself
//	  }
//	}
//
// Messages may come more than once (same webhook-id) and out of order: a receiver that has seen sequence 2 of an action ignores
// its sequence 1.
type Payload struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      Data      `json:"data"`
}

// Data is what a message asks; see Payload.
type Data struct {
	Action    string    `json:"action"`
	Sequence  int       `json:"sequence"`
	Kind      Kind      `json:"kind"`
	Account   string    `json:"account"`
	Item      string    `json:"item,omitempty"`
	Case      string    `json:"case"`
	Reverse   bool      `json:"reverse"`
	By        string    `json:"by"`
	Rule      string    `json:"rule,omitempty"`
	Reason    string    `json:"reason"`
	NoNotice  bool      `json:"no_notice,omitempty"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// The types of messages.
const (
	TypeAsked    = "action.asked"
	TypeReversed = "action.reversed"
)

// message is one thing to send: its id and body stay the same over all attempts, but for no_notice, which says what holds when it
// is sent.
type message struct {
	id   string
	body []byte
}

// ask is the message that asks for the action.
func (a Action) ask(silent bool) (message, error) {
	d := a.data(1)
	d.NoNotice = silent
	return a.message("-ask", Payload{Type: TypeAsked, Timestamp: a.AskedAt, Data: d})
}

// reversal is the message that takes the action back.
func (a Action) reversal(silent bool) (message, error) {
	d := a.data(2)
	d.Reverse, d.NoNotice = true, silent
	return a.message("-reverse", Payload{Type: TypeReversed, Timestamp: a.ReversedAt, Data: d})
}

func (a Action) message(suffix string, p Payload) (message, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return message{}, fmt.Errorf("action: message: %w", err)
	}
	return message{id: a.ID + suffix, body: b}, nil
}

func (a Action) data(sequence int) Data {
	d := Data{
		Action: a.ID, Sequence: sequence, Kind: a.Kind, Account: a.Subject, Item: a.Item, Case: a.Case,
		By: "rule", Rule: a.By.Rule, Reason: a.Reason, ExpiresAt: a.ExpiresAt,
	}
	if a.By.Person != "" {
		d.By = "person"
	}
	return d
}

// errPayload says that a job does not name an action.
var errPayload = errors.New("action: the job names no action")

// payload reads which action a job is for.
func payload(j job.Job) (string, error) {
	var p JobPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return "", fmt.Errorf("%w: %w", errPayload, err)
	}
	if p.Action == "" {
		return "", errPayload
	}
	return p.Action, nil
}
