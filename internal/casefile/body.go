package casefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"haris/internal/detect"
)

// OpenedBody is the body of Opened.
type OpenedBody struct {
	Matter  Matter          `json:"matter"`
	Earlier string          `json:"earlier,omitempty"` // the closed case before this one
	Judged  []detect.Signal `json:"judged,omitempty"`  // what a person has seen in the earlier cases
	Apart   []string        `json:"apart,omitempty"`   // accounts that a person took apart from the earlier case
}

// GrownBody is the body of Grown.
type GrownBody struct {
	Matter Matter `json:"matter"`
}

// ClaimedBody is the body of Claimed. Ends lies after the event's time.
type ClaimedBody struct {
	Ends time.Time `json:"ends"`
}

// NotedBody is the body of Noted. Text is required.
type NotedBody struct {
	Text string `json:"text"`
}

// MarkedBody is the body of Marked. No stages take the mark back.
type MarkedBody struct {
	Event  uint64   `json:"event"`
	Stages []string `json:"stages,omitempty"`
}

// AssignedBody is the body of Assigned. To is a person's id; empty gives the case back to everybody.
type AssignedBody struct {
	To     string `json:"to,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// RestBody is the body of Snoozed and Parked. Until lies after the event's time and at most MaxRest later; both are required.
type RestBody struct {
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
}

// MergedBody is the body of MergedInto. Both are required.
type MergedBody struct {
	Into   string `json:"into"`
	Reason string `json:"reason"`
}

// AbsorbedBody is the body of Absorbed: what the other case knew, as of when it was merged.
type AbsorbedBody struct {
	From   string `json:"from"`
	Reason string `json:"reason"`
	Matter Matter `json:"matter"`
	// Apart are the accounts that a person took apart from the other case, and that stay apart from what it brings.
	Apart []string `json:"apart,omitempty"`
	// Matched is what Matched says of the other case's history.
	Matched []detect.Signal `json:"matched,omitempty"`
}

// SplitOffBody is the body of SplitOff: which accounts go on in the new case. All are required.
type SplitOffBody struct {
	Into     string   `json:"into"`
	Accounts []string `json:"accounts"`
	Reason   string   `json:"reason"`
}

// SplitFromBody is the body of SplitFrom: what the other case knew of the accounts, as Part has it.
type SplitFromBody struct {
	From     string          `json:"from"`
	Reason   string          `json:"reason"`
	Matter   Matter          `json:"matter"`
	Deadline time.Time       `json:"deadline,omitzero"` // of the other case; zero for P3
	Apart    []string        `json:"apart,omitempty"`   // what stays in the other case, and what was apart from it
	Matched  []detect.Signal `json:"matched,omitempty"` // what Matched says of the accounts in the other case's history
}

// DisposedBody is the body of Disposed. Who and At of the disposition are taken from the event.
type DisposedBody struct {
	Disposition Disposition `json:"disposition"`
}

// EscalatedBody is the body of Escalate. To is the queue the case moves to; empty leaves it where it is.
type EscalatedBody struct {
	To     string `json:"to,omitempty"`
	Reason string `json:"reason"`
}

// ReasonBody is the body of Agreed, Disagreed and Reopened, in the person's words; the last two require it. Appeal is for Reopened alone: somebody
// outside did not accept what was found.
type ReasonBody struct {
	Reason string `json:"reason,omitempty"`
	Appeal bool   `json:"appeal,omitempty"`
}

// ActionBody is the body of ActionAsked: which action was asked of the platform, and on whom.
type ActionBody struct {
	Action  string `json:"action"` // id of the action
	Verb    string `json:"verb"`   // what is asked, for example "slow_contacts"
	Account string `json:"account,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

// ReportBody is the body of ReportDrafted, ReportSubmitted and ReportFiled.
type ReportBody struct {
	Report      string `json:"report"`                // id of the report here
	Environment string `json:"environment,omitempty"` // where it goes: test or production
	Receipt     string `json:"receipt,omitempty"`     // the authority's number, once filed
}

// NewEvent makes an event with its body encoded. N is 0: the store gives the next place.
func NewEvent(id string, at time.Time, who string, kind EventKind, body any) (Event, error) {
	e := Event{Case: id, At: at, Who: who, Kind: kind}
	if body == nil {
		return e, nil
	}
	b, err := json.Marshal(body)
	if err != nil {
		return Event{}, fmt.Errorf("casefile: encode the body of %s: %w", kind, err)
	}
	e.Body = b
	return e, nil
}

// decode reads an event's body strictly: a field that the body does not have means that an event of another kind, or of a
// newer haris, was put here.
func decode(e Event, into any) error {
	d := json.NewDecoder(bytes.NewReader(e.Body))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil && d.InputOffset() < int64(len(bytes.TrimRight(e.Body, " \t\r\n"))) {
		err = errors.New("more than one JSON value")
	}
	if err != nil {
		return fmt.Errorf("%w: %s event %d of case %q: %w", ErrBody, e.Kind, e.N, e.Case, err)
	}
	return nil
}
