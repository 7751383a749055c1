// Package casefile is the noun "case": one open matter about one subject. A case is an append-only list of events; its
// status is a fold over them by a pure transition table. Only a person closes a case. Nothing here touches clock or disk:
// internal/store keeps cases, internal/review is what people do with them, internal/pipeline opens them.
package casefile

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// Status is where a case stands, derived from its events.
type Status string

// The statuses. Everything but the closed three is open and has a clock that turns.
const (
	Open         Status = "open"
	Escalated    Status = "escalated"     // put before a lead or specialist
	SecondPerson Status = "second_person" // disposed once; another person must agree
	Confirmed    Status = "confirmed"     // closed: a person found it to be true
	Cleared      Status = "cleared"       // closed: a person found it not to be
	Merged       Status = "merged"        // closed: it goes on in another case; nothing was found
)

// EventKind is what happened to a case.
type EventKind string

// The kinds of case events.
const (
	Opened          EventKind = "opened"
	Grown           EventKind = "grown" // more signals, subjects, labels, or a higher priority
	Claimed         EventKind = "claimed"
	Released        EventKind = "released"
	Noted           EventKind = "noted"
	Marked          EventKind = "marked" // a person said which stages a message shows
	Assigned        EventKind = "assigned"
	Snoozed         EventKind = "snoozed"    // put off until a time
	Parked          EventKind = "parked"     // waits for something outside, with a time at which it comes back all the same
	Woken           EventKind = "woken"      // a person took back a snooze or took up what was parked
	MergedInto      EventKind = "merged"     // it goes on in another case
	Absorbed        EventKind = "absorbed"   // another case was merged into it
	SplitOff        EventKind = "split"      // some of its accounts go on in a new case
	SplitFrom       EventKind = "split_from" // a person began it with accounts of another
	Escalate        EventKind = "escalated"
	Disposed        EventKind = "disposed" // a person's finding
	Agreed          EventKind = "agreed"   // the second person's
	Disagreed       EventKind = "disagreed"
	Reopened        EventKind = "reopened"
	ActionAsked     EventKind = "action_asked"
	ReportDrafted   EventKind = "report_drafted"
	ReportSubmitted EventKind = "report_submitted"
	ReportFiled     EventKind = "report_filed"
)

// Event is one line of a case's history. Who is a person's id, or "haris".
type Event struct {
	Case string          `json:"case"`
	N    int             `json:"n"` // from 1, without gaps
	At   time.Time       `json:"at"`
	Who  string          `json:"who"`
	Kind EventKind       `json:"kind"`
	Body json.RawMessage `json:"body,omitempty"` // one of the bodies below, by kind
}

// Case is the fold of its events.
type Case struct {
	ID       string            `json:"id"`
	Subject  string            `json:"subject"`  // the account it is about, and of a group the first that was found
	Subjects []string          `json:"subjects"` // Subject first, then the accounts that belong together with it
	Victims  []string          `json:"victims,omitempty"`
	Typology taxonomy.Typology `json:"typology"`
	Priority taxonomy.Priority `json:"priority"`
	Queue    string            `json:"queue"`
	Status   Status            `json:"status"`
	Signals  []detect.Signal   `json:"signals"` // the newest of each detector about each account
	Labels   []string          `json:"labels,omitempty"`
	Reasons  []string          `json:"reasons,omitempty"` // of the decision, newest last
	Count    int               `json:"count"`             // findings folded in
	// OpenedAt and UpdatedAt are this machine's time; EventAt is the event time of the newest finding and RaisedAt the event
	// time at which the case reached its priority.
	OpenedAt  time.Time    `json:"opened_at"`
	UpdatedAt time.Time    `json:"updated_at"`
	RaisedAt  time.Time    `json:"raised_at"`
	EventAt   time.Time    `json:"event_at"`
	Deadline  time.Time    `json:"deadline"` // by which a person must have looked; zero for P3
	Disposal  *Disposition `json:"disposition,omitempty"`
	Claim     *Claim       `json:"claim,omitempty"` // the last one given; Holder says whether it still counts
	Events    int          `json:"events"`          // length of the history
	// Assignee is the person whose case it is; that is no lock. Empty for nobody.
	Assignee string `json:"assignee,omitempty"`
	Rest     *Rest  `json:"rest,omitempty"` // the last one given; Rests says whether it still counts
	// Into is the case that this one was merged into, and Absorbed are the cases that were merged into this one.
	Into     string   `json:"merged_into,omitempty"`
	Absorbed []string `json:"absorbed,omitempty"`
	// From is the case that this one was split from, SplitInto are those that were split from this one. Apart are the accounts that a
	// person took apart from it: no later find brings them back, only a merge does.
	From      string   `json:"split_from,omitempty"`
	SplitInto []string `json:"split_into,omitempty"`
	Apart     []string `json:"apart,omitempty"`
	// Earlier is the closed case about the same subject and typology after which this one was opened, and Judged the strongest
	// signal of each detector that a person saw in the earlier cases.
	Earlier string          `json:"earlier,omitempty"`
	Judged  []detect.Signal `json:"judged,omitempty"`
	// Appeals are those against what was found, oldest first.
	Appeals []Appeal `json:"appeals,omitempty"`
	// Marks are the messages of which people said what they show, by event.
	Marks []Mark `json:"marks,omitempty"`
	// Trimmed says that Subjects or Victims reached MaxAccounts: the history and a search by account still know the others.
	Trimmed bool `json:"trimmed,omitempty"`
	// About is what was known of the account when something was last found about it; nil when nothing was.
	About *About `json:"about,omitempty"`
}

// About is what is known of the account that a case is about, so that it can be counted for whom people are wrong.
type About struct {
	Band   string `json:"band,omitempty"` // as taxonomy.AgeBand writes it; empty when not known, as the others
	Region string `json:"region,omitempty"`
	Lang   string `json:"lang,omitempty"`
}

// Mark is what a person said of one message: the stages that it shows, or NoStage for an ordinary one. Models learn from it; it decides
// nothing about the case.
type Mark struct {
	Event  uint64    `json:"event"` // place of the message in the log
	Stages []string  `json:"stages"`
	Who    string    `json:"who"`
	At     time.Time `json:"at"`
}

// NoStage is the mark of an ordinary message.
const NoStage = "none"

// MaxMarks bounds the marks of a case.
const MaxMarks = 500

// Claim is a time-limited lock: only its holder may decide.
type Claim struct {
	Who  string    `json:"who"`
	Ends time.Time `json:"ends"`
}

// Disposition is a person's finding.
type Disposition struct {
	Finding    Finding           `json:"finding"`
	Typology   taxonomy.Typology `json:"typology"`   // what the person found it to be; never pre-filled
	Policy     string            `json:"policy"`     // the platform's policy that it breaks; free word
	Reason     string            `json:"reason"`     // in the person's words, required
	Confidence string            `json:"confidence"` // low, medium, high
	// Banked are hashes, as kind:value, of media that no list had and that the person found to be abuse material: they join the own bank,
	// as those of media that a list had do by themselves.
	Banked []string `json:"banked,omitempty"`
	// Wrong says that the media of the case are wrongly on a list: they join the bank of what is not to match. Only with cleared.
	Wrong bool `json:"wrongly_matched,omitempty"`
	// Elements is what the person finds of the elements of trafficking; only with that typology, and never required.
	Elements map[taxonomy.Element]Element `json:"elements,omitempty"`
	// Proposed is what a second person is asked to agree to, confirmed or cleared; set only when Finding is needs_second_person.
	Proposed Finding   `json:"proposed,omitempty"`
	Who      string    `json:"who"` // set by the fold from the event, like At
	At       time.Time `json:"at"`
	// Second is the other person who agreed; after that Finding is what was proposed.
	Second   string    `json:"second,omitempty"`
	SecondAt time.Time `json:"second_at,omitzero"`
}

// Finding is the outcome of a disposition.
type Finding string

// The findings.
const (
	FindingConfirmed   Finding = "confirmed"
	FindingCleared     Finding = "cleared"
	FindingEscalated   Finding = "escalated"
	FindingNeedsSecond Finding = "needs_second_person"
)

// Matter is what a decision says about one subject: it opens a case or grows the open one, about the subject or about the group that it
// belongs to.
type Matter struct {
	Key      string            `json:"key"` // identity of the effect, derived from what caused it; applying it twice changes nothing
	Subject  string            `json:"subject"`
	Linked   []string          `json:"linked,omitempty"`
	Victims  []string          `json:"victims,omitempty"`
	Typology taxonomy.Typology `json:"typology"`
	Priority taxonomy.Priority `json:"priority"`
	Queue    string            `json:"queue"`
	Signals  []detect.Signal   `json:"signals"`
	Labels   []string          `json:"labels,omitempty"`
	Reasons  []string          `json:"reasons,omitempty"`
	At       time.Time         `json:"at"` // event time
	About    *About            `json:"about,omitempty"`
}

// Change says what applying a matter did.
type Change struct {
	Case    string
	Opened  bool
	Raised  bool // the priority went up (also true when opened)
	Skipped bool // the key was applied before, or a person cleared the same thing and nothing new has come
}

// What callers test for.
var (
	ErrNotFound   = errors.New("casefile: no such case")
	ErrClaimed    = errors.New("casefile: another person holds the claim")
	ErrNotClaimed = errors.New("casefile: claim the case first")
	ErrTransition = errors.New("casefile: not allowed in this status")
	ErrStale      = errors.New("casefile: the case has changed since it was read")
	ErrOtherOpen  = errors.New("casefile: another case about the same subject and typology is open")
	ErrMatter     = errors.New("casefile: a matter that cannot open a case")
	ErrBody       = errors.New("casefile: a case event with a wrong body")
	ErrCursor     = errors.New("casefile: not a cursor that List gave out")
	ErrFourEyes   = errors.New("casefile: the second person must be another than the first")
	ErrPerson     = errors.New("casefile: only a person may do this")
	ErrUrgent     = errors.New("casefile: a case of P0 is neither put off nor muted")
)

// Store keeps cases within the caller's transaction.
type Store interface {
	// Apply opens the case of a matter or grows the open one about the same typology and the same subject; or else one about a group to
	// which the subject belongs, or whose first account belongs to the matter's group, unless a person took the subject apart from it. now
	// is this machine's time.
	Apply(ctx context.Context, now time.Time, m Matter) (Change, error)
	// Append adds an event after checking it against the transition table; it returns the case after it. N is the place it
	// must get (what the caller has seen, plus one) or 0 for the next place. SplitFrom without a case begins one and gives it its id.
	// ErrNotFound, ErrStale, ErrOtherOpen and the errors of Fold.
	Append(ctx context.Context, e Event) (Case, error)
	// Get returns one case; ErrNotFound.
	Get(ctx context.Context, id string) (Case, error)
	// History returns the case's events in order.
	History(ctx context.Context, id string) ([]Event, error)
	// List returns a page of cases in the order of the filter, and the cursor of the next page ("" at the end).
	List(ctx context.Context, f Filter) (cases []Case, next string, err error)
	// Count returns how many cases match, by priority (the cursor and limit of the filter are not looked at).
	Count(ctx context.Context, f Filter) (map[taxonomy.Priority]int, error)
	// Total returns how many cases match, of whatever priority; counting stops at most one after "to".
	Total(ctx context.Context, f Filter, to int) (int, error)
}

// Filter narrows List; zero fields do not narrow. The order is most urgent first: priority, then deadline, then age.
type Filter struct {
	Statuses []Status
	Queue    string
	Typology taxonomy.Typology
	AtLeast  taxonomy.Priority // P2 shows P2, P1 and P0
	Subject  string            // cases in which this account is a subject or a victim
	Claimant string
	Now      time.Time // claims and rests that ended by then do not count; zero counts every claim given
	Detector string    // a detector or rule that has spoken in the case
	Label    string
	Assignee string
	// Unassigned asks for cases that are nobody's, and FreeFor for those that this person could take at Now: nobody holds them and they
	// are nobody else's.
	Unassigned bool
	FreeFor    string
	OpenedBy   time.Time // opened at or before it
	// LateAfter asks for cases whose deadline is over at Now, or that were opened more than this long before it; 0 does not narrow.
	LateAfter time.Duration
	// NotTypologies leaves cases of these kinds out, but for those of P0.
	NotTypologies []taxonomy.Typology
	// CountTo bounds Count: of each priority and status at most one more than this is counted; 0 counts all.
	CountTo int
	// Resting asks for cases that are put off at Now, or that are not; AnyRest for both.
	Resting Resting
	Cursor  string
	Limit   int // 0 means 50, at most 500
}

// Resting narrows by whether a case is put off.
type Resting string

// The values of Resting.
const (
	AnyRest Resting = ""
	Awake   Resting = "awake"
	Asleep  Resting = "asleep"
)
