package casefile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/internal/taxonomy"
)

// Haris is the Who of what the software itself did.
const Haris = "haris"

// IsPerson reports whether who is a person: neither the software itself nor an API key.
func IsPerson(who string) bool {
	return who != "" && who != Haris && !strings.HasPrefix(who, "key:")
}

// IsOpen reports whether a case with the status still waits for a person.
func (s Status) IsOpen() bool { return s == Open || s == Escalated || s == SecondPerson }

// Statuses lists every status.
func Statuses() []Status { return []Status{Open, Escalated, SecondPerson, Confirmed, Cleared, Merged} }

// OpenStatuses lists the statuses of cases that wait for a person.
func OpenStatuses() []Status { return []Status{Open, Escalated, SecondPerson} }

// Kinds lists every kind of case event.
func Kinds() []EventKind {
	kinds := make([]EventKind, len(moves))
	for i, m := range moves {
		kinds[i] = m.kind
	}
	return kinds
}

// actor says who may do a thing.
type actor uint8

const (
	anyone   actor = iota // the software, an API key or a person
	software              // only haris itself
	person                // only a person
)

// set is a set of statuses, one bit each.
type set uint8

const (
	inNone set = 1 << iota // before the first event
	inOpen
	inEscalated
	inSecond
	inConfirmed
	inCleared
	inMerged

	waiting = inOpen | inEscalated | inSecond
	closed  = inConfirmed | inCleared | inMerged
)

// bit returns the set that holds only s.
func (s Status) bit() set {
	switch s {
	case "":
		return inNone
	case Open:
		return inOpen
	case Escalated:
		return inEscalated
	case SecondPerson:
		return inSecond
	case Confirmed:
		return inConfirmed
	case Cleared:
		return inCleared
	case Merged:
		return inMerged
	}
	return 0
}

// lock says what the claim means for a thing that is done.
type lock uint8

const (
	free   lock = iota // whoever holds it
	mine               // only the holder
	unless             // not while another holds it
)

// move is one line of the transition table. An empty to leaves the status; Disposed, Agreed choose theirs from the finding.
type move struct {
	kind EventKind
	from set
	to   Status
	by   actor
	lock lock
}

// moves is the transition table. A report that was filed and an action that was asked are facts from outside, so that they
// are recorded in whatever status the case has come to meanwhile.
var moves = [...]move{
	{Opened, inNone, Open, software, free},
	{Grown, waiting, "", software, free},
	{Claimed, waiting, "", person, unless},
	{Released, waiting, "", person, mine},
	{Noted, waiting | closed, "", anyone, free},
	{Marked, waiting | closed, "", person, free},
	{Assigned, waiting, "", person, free},
	{Snoozed, waiting, "", person, unless},
	{Parked, waiting, "", person, unless},
	{Woken, waiting, "", person, free},
	{MergedInto, inOpen | inEscalated, Merged, person, unless},
	{Absorbed, inOpen | inEscalated, "", person, unless},
	{SplitOff, inOpen | inEscalated, "", person, unless},
	{SplitFrom, inNone, Open, person, free},
	{Escalate, inOpen | inSecond, Escalated, person, mine},
	{Disposed, inOpen | inEscalated, "", person, mine},
	{Agreed, inSecond, "", person, mine},
	{Disagreed, inSecond, Escalated, person, mine},
	{Reopened, closed, Open, person, free},
	{ActionAsked, waiting | closed, "", anyone, free},
	{ReportDrafted, waiting | inConfirmed, "", person, free},
	{ReportSubmitted, inConfirmed, "", person, free},
	{ReportFiled, waiting | closed, "", anyone, free},
}

// Holder returns who holds the claim at the given time, empty when nobody does: a claim that has ended counts as none.
func (c *Case) Holder(at time.Time) string {
	if c.Claim == nil || !c.Claim.Ends.After(at) {
		return ""
	}
	return c.Claim.Who
}

// Allowed reports why who may not do kind to the case at the given time, or nil. It does not look at what would be written:
// Fold checks that too. ErrTransition, ErrPerson, ErrClaimed, ErrNotClaimed, ErrFourEyes, ErrUrgent.
func Allowed(c *Case, kind EventKind, who string, at time.Time) error {
	i := slices.IndexFunc(moves[:], func(m move) bool { return m.kind == kind })
	if i < 0 {
		return fmt.Errorf("%w: unknown kind of event %q", ErrTransition, kind)
	}
	m := moves[i]
	if m.from&c.Status.bit() == 0 {
		return fmt.Errorf("%w: %s while the case is %s", ErrTransition, kind, c.Status.words())
	}
	if err := m.allows(who); err != nil {
		return err
	}
	holder := c.Holder(at)
	switch {
	case m.lock != free && holder != "" && holder != who:
		return fmt.Errorf("%w: %s until %s", ErrClaimed, holder, c.Claim.Ends.UTC().Format(time.RFC3339))
	case m.lock == mine && holder == "":
		return ErrNotClaimed
	case (kind == Snoozed || kind == Parked) && c.Priority >= taxonomy.P0:
		return ErrUrgent
	case kind == MergedInto && len(c.Absorbed) > 0:
		return fmt.Errorf("%w: others were merged into this case: merge into it instead", ErrTransition)
	case (kind == Agreed || kind == Disagreed) && c.Disposal != nil && c.Disposal.Who == who:
		return ErrFourEyes
	}
	return nil
}

// allows checks the actor.
func (m *move) allows(who string) error {
	switch {
	case who == "":
		return fmt.Errorf("%w: %s by nobody", ErrPerson, m.kind)
	case m.by == person && !IsPerson(who):
		return fmt.Errorf("%w: %s by %s", ErrPerson, m.kind, who)
	case m.by == software && who != Haris:
		return fmt.Errorf("%w: %s is said by haris alone, not by %s", ErrTransition, m.kind, who)
	}
	return nil
}

// words returns the status for a message.
func (s Status) words() string {
	if s == "" {
		return "not opened"
	}
	return string(s)
}
