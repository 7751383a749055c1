// Package lead is the arithmetic of leading a team: what is counted when something happens to a case, how long things took, and what a lead is
// shown of a period beside the one before it. It is pure: internal/store keeps the counts, in the transaction of what is counted, and the pages
// of internal/console show them. It ranks nobody: what it says of a person is there so that work can be shared fairly.
package lead

import (
	"slices"
	"time"

	"haris/internal/casefile"
)

// Kind is what a count is about.
type Kind string

// The kinds, with what Part and What of their counts say.
const (
	Inflow       Kind = "inflow"        // a case was opened: its queue, its priority
	Looked       Kind = "looked"        // a person took a case up for the first time: its priority; kept, late, or free without a time limit
	LookedQueue  Kind = "looked_queue"  // the same: its queue
	LookTime     Kind = "look_time"     // the same: its priority; the step of the time since it was opened
	Decided      Kind = "decided"       // a case was closed: its queue, the finding
	DecideTime   Kind = "decide_time"   // a case was closed for the first time: its priority; the step of the time since it was opened
	DecidedBy    Kind = "decided_by"    // a person's act: who; confirmed, cleared, escalated, needs_second_person, agreed or disagreed
	Reopened     Kind = "reopened"      // a closed case was opened again: its queue, what it had been closed as
	Spoke        Kind = "spoke"         // a case was closed: a detector or rule that had spoken in it; the finding
	Band         Kind = "band"          // a case was closed: the age band of the account, "" when not known; the finding
	Region       Kind = "region"        // likewise, its region
	Language     Kind = "language"      // likewise, its language
	Scanned      Kind = "scanned"       // a signal of a case that was opened: the detector; "" or why it is unscanned
	ShownSeconds Kind = "shown_seconds" // a day that is over: who was shown sealed material, and for how many seconds
	ShownItems   Kind = "shown_items"   // likewise, how many different items of each day
)

// Whether a case was taken up in time.
const (
	Kept = "kept"
	Late = "late"
	Free = "free" // watched cases (P3) have no time limit
)

// The words of DecidedBy for what a second person said; the others are findings.
const (
	Agreed    = "agreed"
	Disagreed = "disagreed"
)

// Tick is one thing to count.
type Tick struct {
	Kind Kind
	Part string
	What string
}

// Sum is how often a tick was counted in a period.
type Sum struct {
	Tick
	N int64
}

// Past is what of a case's earlier history the count of an event depends on.
type Past struct {
	Looked  bool // a person has taken it up before
	Decided bool // it was closed before
}

// Add takes in an event of the earlier history.
func (p *Past) Add(e *casefile.Event) {
	p.Looked = p.Looked || TakesUp(e)
	p.Decided = p.Decided || e.Kind == casefile.Reopened
}

// TakesUp reports whether an event is a person taking a case up.
func TakesUp(e *casefile.Event) bool {
	switch e.Kind {
	case casefile.Claimed, casefile.Noted, casefile.Marked, casefile.Escalate, casefile.Disposed, casefile.SplitFrom: // who splits a case has looked
		return casefile.IsPerson(e.Who)
	}
	return false
}

// Counts reports whether an event has anything to be counted for which Past must be known.
func Counts(k casefile.EventKind) bool {
	return slices.Contains([]casefile.EventKind{casefile.Claimed, casefile.Noted, casefile.Marked, casefile.Escalate, casefile.Disposed, casefile.Agreed}, k)
}

// Count says what is counted of an event that led from before to after.
func Count(before, after *casefile.Case, e *casefile.Event, past Past) (out []Tick) {
	add := func(k Kind, part, what string) { out = append(out, Tick{k, part, what}) }
	switch e.Kind {
	case casefile.Opened:
		add(Inflow, after.Queue, after.Priority.String())
		for i := range after.Signals {
			add(Scanned, after.Signals[i].Detector, after.Signals[i].Unscanned)
		}
	case casefile.SplitFrom: // its signals were counted with the case that it is from
		add(Inflow, after.Queue, after.Priority.String())
	case casefile.Reopened:
		add(Reopened, before.Queue, string(before.Status))
	case casefile.Disposed:
		add(DecidedBy, e.Who, string(after.Disposal.Finding))
	case casefile.Escalate:
		add(DecidedBy, e.Who, string(casefile.FindingEscalated))
	case casefile.Agreed:
		add(DecidedBy, e.Who, Agreed)
	case casefile.Disagreed:
		add(DecidedBy, e.Who, Disagreed)
	}
	if TakesUp(e) && !past.Looked && before.Status.IsOpen() {
		kept := Kept
		switch {
		case before.Deadline.IsZero():
			kept = Free
		case e.At.After(before.Deadline):
			kept = Late
		}
		add(Looked, before.Priority.String(), kept)
		add(LookedQueue, before.Queue, kept)
		add(LookTime, before.Priority.String(), Step(e.At.Sub(before.OpenedAt)))
	}
	found := after.Status == casefile.Confirmed || after.Status == casefile.Cleared // a case that was merged goes on in another
	if before.Status.IsOpen() && found {
		out = append(out, closed(after, e.At, past)...)
	}
	return out
}

// closed is what is counted of a case that a person has closed.
func closed(c *casefile.Case, at time.Time, past Past) []Tick {
	finding := string(c.Status)
	out := []Tick{{Decided, c.Queue, finding}}
	if !past.Decided {
		out = append(out, Tick{DecideTime, c.Priority.String(), Step(at.Sub(c.OpenedAt))})
	}
	for _, s := range c.Spoken() {
		out = append(out, Tick{Spoke, s.Detector, finding})
	}
	about := casefile.About{}
	if c.About != nil {
		about = *c.About
	}
	return append(out, Tick{Band, about.Band, finding}, Tick{Region, about.Region, finding}, Tick{Language, about.Lang, finding})
}

// Day counts the days since 1970-01-01 (UTC).
type Day int64

// length is how long a day is.
const length = 24 * time.Hour

// DayOf is the day (UTC) of a moment.
func DayOf(t time.Time) Day {
	n := t.UnixMilli() / length.Milliseconds()
	if t.UnixMilli() < n*length.Milliseconds() {
		n-- // before 1970
	}
	return Day(n)
}

// Start is the moment at which the day begins.
func (d Day) Start() time.Time { return time.UnixMilli(int64(d) * length.Milliseconds()).UTC() }

// String writes the day as 2026-03-01.
func (d Day) String() string { return d.Start().Format(time.DateOnly) }

// Range is the days from From up to To, without To.
type Range struct{ From, To Day }

// Days is how many days there are.
func (r Range) Days() int { return int(r.To - r.From) }

// Before is the range of the same length that ends where r begins.
func (r Range) Before() Range { return Range{r.From - (r.To - r.From), r.From} }

// Last is the range of n days that ends with the day of now.
func Last(n int, now time.Time) Range {
	to := DayOf(now) + 1
	return Range{to - Day(n), to}
}

// MostDays bounds a range.
const MostDays = 366

// ParseRange reads the first and the last day of a range, as 2026-03-01. ok is false for what is no date, for a range that ends before it
// begins, or one of more than MostDays.
func ParseRange(from, to string) (r Range, ok bool) {
	a, err := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	r = Range{DayOf(a), DayOf(b) + 1}
	return r, err == nil && err2 == nil && r.Days() >= 1 && r.Days() <= MostDays
}
