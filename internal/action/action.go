// Package action is the noun "action": something haris asks the platform to do about an account, told to it by a signed webhook,
// with a receipt, an end and a way back. An action is an append-only list of events; its status is a fold over them by a pure
// transition table. Software may ask only for reversible friction that ends by itself; everything else needs a person.
// internal/store keeps actions, internal/pipeline and internal/review ask for them, and the job runner works them off with a
// Deliverer. Nothing here decides whether an action is right.
package action

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Kind says what is asked of the platform.
type Kind string

// Friction: reversible, always with an end, and the only kinds that software may ask for.
const (
	SlowNewContacts     Kind = "slow_new_contacts_to_minors"
	HideFromSuggestions Kind = "hide_from_suggestions"
	HoldPost            Kind = "hold_post"     // Item names the post
	HoldListing         Kind = "hold_listing"  // Item names the listing
	SafetyNotice        Kind = "safety_notice" // shown to the account until it ends or is taken back
	LimitMessages       Kind = "limit_messages"
)

// Measures: a person asks for them, by name.
const (
	SuspendAccount      Kind = "suspend_account"
	RemoveContent       Kind = "remove_content"       // Item names the content
	RequestPreservation Kind = "request_preservation" // the platform keeps what it has about the account
	AnswerReporter      Kind = "answer_reporter"      // the platform tells an account that warned what came of it; Item is an Outcome
)

// kindRule is what holds for a kind.
type kindRule struct {
	kind       Kind
	personOnly bool
	needsItem  bool
	tells      bool // it speaks to the account
	firm       bool // it takes something from the account: a person asks for it while they hold the case
	anyone     bool // it may be about those who were approached, too
	apart      bool // it is not asked for at a Desk
}

// kindRules is the fixed list.
func kindRules() []kindRule {
	return []kindRule{
		{kind: SlowNewContacts},
		{kind: HideFromSuggestions},
		{kind: HoldPost, needsItem: true},
		{kind: HoldListing, needsItem: true},
		{kind: SafetyNotice, tells: true, anyone: true},
		{kind: LimitMessages},
		{kind: SuspendAccount, personOnly: true, firm: true},
		{kind: RemoveContent, personOnly: true, needsItem: true, firm: true},
		{kind: RequestPreservation, personOnly: true, anyone: true},
		{kind: AnswerReporter, personOnly: true, needsItem: true, tells: true, apart: true},
	}
}

// Kinds lists every kind, friction first.
func Kinds() []Kind { return list(func(kindRule) bool { return true }) }

// Friction lists the kinds that software may ask for.
func Friction() []Kind { return list(func(r kindRule) bool { return !r.personOnly }) }

// DeskKinds lists the kinds that people ask for at a Desk: all but the answer to whoever warned, which follows from a finding.
func DeskKinds() []Kind { return list(func(r kindRule) bool { return !r.apart }) }

func list(want func(kindRule) bool) (out []Kind) {
	for _, r := range kindRules() {
		if want(r) {
			out = append(out, r.kind)
		}
	}
	return out
}

// Tells reports whether an action of the kind speaks to the account. The others may be felt; telling why is the platform's choice,
// and a message with no_notice says that it may not.
func (k Kind) Tells() bool { return k.has(func(r kindRule) bool { return r.tells }) }

// Firm reports whether an action of the kind takes something from the account, so that a person asks for it as they decide: with the claim.
func (k Kind) Firm() bool { return k.has(func(r kindRule) bool { return r.firm }) }

// ForAnyone reports whether an action of the kind may be about those who were approached as well.
func (k Kind) ForAnyone() bool { return k.has(func(r kindRule) bool { return r.anyone }) }

// NeedsItem reports whether an action of the kind is about one post, listing or other content.
func (k Kind) NeedsItem() bool { return k.has(func(r kindRule) bool { return r.needsItem }) }

// IsFriction reports whether an action of the kind is reversible and always ends.
func (k Kind) IsFriction() bool { return k.has(func(r kindRule) bool { return !r.personOnly }) }

func (k Kind) has(what func(kindRule) bool) bool { return slices.Contains(list(what), k) }

// Status is where an action stands, derived from its events.
type Status string

// The statuses. Dead, expired and reversed are where nothing more is under way; a person can queue a dead action again.
const (
	Asked        Status = "asked"        // written down, not yet delivered
	NoEndpoint   Status = "no_endpoint"  // nothing is configured to deliver it to; it waits and is shown
	Failed       Status = "failed"       // the last attempt failed, another will be made
	Dead         Status = "dead"         // given up
	Delivered    Status = "delivered"    // the platform answered with success
	Acknowledged Status = "acknowledged" // the platform confirmed it under its signature, or a person did
	Reversing    Status = "reversing"    // a person took it back; the platform has not been told yet
	Reversed     Status = "reversed"
	Expiring     Status = "expiring" // its end has come; the platform has not been told yet
	Expired      Status = "expired"
)

// Statuses lists the statuses.
func Statuses() []Status {
	return []Status{Asked, NoEndpoint, Failed, Dead, Delivered, Acknowledged, Reversing, Reversed, Expiring, Expired}
}

// By says who asked: exactly one of the two is set.
type By struct {
	Rule   string `json:"rule,omitempty"`   // id of the rule, or of what else in the software decided
	Person string `json:"person,omitempty"` // id of the person
}

// who is the name in the audit log.
func (b By) who() string {
	if b.Person != "" {
		return b.Person
	}
	return Software
}

// Software is how haris itself stands in histories and in the audit log.
const Software = "haris"

// Action is what was asked, and the fold of its events.
type Action struct {
	ID        string    `json:"id"`  // derived from Key
	Key       string    `json:"key"` // identity of the effect, derived from what caused it
	Case      string    `json:"case"`
	Subject   string    `json:"subject"`        // the account
	Item      string    `json:"item,omitempty"` // the post or content, for kinds that are about one
	Kind      Kind      `json:"kind"`
	By        By        `json:"by"`
	Reason    string    `json:"reason"`
	AskedAt   time.Time `json:"asked_at"`
	ExpiresAt time.Time `json:"expires_at,omitzero"` // zero: stands until it is taken back

	Status     Status    `json:"status"`
	Attempts   int       `json:"attempts"`              // deliveries begun, of the reversal too
	Sent       bool      `json:"sent"`                  // an attempt was begun, so the platform may have it
	LastError  string    `json:"last_error,omitempty"`  // of the newest attempt that failed
	ReversedBy string    `json:"reversed_by,omitempty"` // who took it back; Software when it expired
	ReversedAt time.Time `json:"reversed_at,omitzero"`  // when that was asked for
	Events     int       `json:"events"`                // length of the history
}

// Event is one line of an action's history.
type Event struct {
	Action string    `json:"action"`
	N      int       `json:"n"` // from 1, without gaps
	At     time.Time `json:"at"`
	Who    string    `json:"who"`
	Kind   EventKind `json:"kind"`
	Why    string    `json:"why,omitempty"` // a person's reason, or what went wrong
}

// Receipt is the proof that the platform took a message: one for the action and one for its reversal.
type Receipt struct {
	Message   string    `json:"message"` // the webhook id
	Action    string    `json:"action"`
	At        time.Time `json:"at"`
	Code      int       `json:"code"`      // HTTP status
	SHA256    string    `json:"sha256"`    // of the body of the answer, as far as it was read
	Size      int       `json:"size"`      // bytes read
	Truncated bool      `json:"truncated"` // the answer was longer than what is read
	Signed    bool      `json:"signed"`    // the platform signed its answer with the shared secret
}

// What callers test for.
var (
	ErrNotFound    = errors.New("action: no such action")
	ErrNoEvidence  = errors.New("action: seal evidence for the case before asking for an action")
	ErrNeedsPerson = errors.New("action: only a person may ask for this kind")
	ErrInvalid     = errors.New("action: invalid request")
	ErrKeyTaken    = errors.New("action: the key belongs to another action")
	ErrTransition  = errors.New("action: not allowed in this status")
	ErrNoNotice    = errors.New("action: a hold forbids to tell the account")
)

// FieldError is an ErrInvalid that says which field of the request is wrong.
type FieldError struct {
	Field string // "kind", "by", "key", "case", "subject", "item", "reason" or "expires at"
	Want  string
}

// Error says what was expected.
func (e *FieldError) Error() string {
	return fmt.Sprintf("%v: %s: expected %s", ErrInvalid, e.Field, e.Want)
}

// Unwrap makes it an ErrInvalid.
func (e *FieldError) Unwrap() error { return ErrInvalid }
