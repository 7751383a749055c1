package access

import (
	"strconv"
	"time"
)

// Look is a review beside what is true now.
type Look struct {
	Review
	Now      map[Ref]Held // of everybody and everything; what is not there is gone
	Deciders []string     // ids of the people who may decide now
}

// Of returns what a line may do now.
func (l *Look) Of(r Ref) Held {
	if h, ok := l.Now[r]; ok {
		return h
	}
	return Held{Gone: true}
}

// Moved reports whether a line may do something else now than when the review began.
func (l *Look) Moved(x *Line) bool {
	now := l.Of(x.Ref)
	return !x.Then.Same(&now)
}

// Settled reports whether a line needs no decision any more. Of a closed review every line is.
func (l *Look) Settled(x *Line) bool {
	now := l.Of(x.Ref)
	return l.Closed() || x.Settled(&now)
}

// Left is how many lines need a decision.
func (l *Look) Left() (n int) {
	for i := range l.Lines {
		if !l.Settled(&l.Lines[i]) {
			n++
		}
	}
	return n
}

// Alone reports whether a person has a line that needs a decision and nobody else could decide it.
func (l *Look) Alone(person string) bool {
	if len(l.Deciders) != 1 || l.Deciders[0] != person {
		return false
	}
	for i := range l.Lines {
		if l.Lines[i].Ref == (Ref{Person, person}) && !l.Settled(&l.Lines[i]) {
			return true
		}
	}
	return false
}

// Due says when the next review is to be closed.
type Due struct {
	Every   time.Duration
	At      time.Time // zero when none is ever asked for, or nobody has come yet
	Running string    // id of the review that is not closed; empty when there is none
}

// NewDue counts from the end of the last review, and before the first one from when the first person came. every is how often; 0 for never.
func NewDue(every time.Duration, first time.Time, list []Summary) Due {
	d := Due{Every: every}
	from := first
	for i := range list {
		if !list[i].Closed() {
			d.Running = list[i].ID
		} else if list[i].ClosedAt.After(from) {
			from = list[i].ClosedAt
		}
	}
	if every > 0 && !from.IsZero() {
		d.At = from.Add(every)
	}
	return d
}

// Overdue reports whether a review should have been closed before now.
func (d *Due) Overdue(now time.Time) bool { return !d.At.IsZero() && now.After(d.At) }

// Rows is a review as a table for programs: a head, a row for each line in order, and one for each who came since with the decision "came_since".
// name writes the id of a person. Times are RFC 3339 in UTC.
func Rows(r *Review, name func(id string) string) [][]string {
	out := [][]string{{
		"review", "n", "kind", "id", "name", "login", "access", "second_factor", "passkeys", "since", "last_used", "decision", "access_after", "decided_by", "decided_by_name", "decided_at", "reason",
	}}
	for i := range r.Lines {
		l := &r.Lines[i]
		row := []string{
			r.ID, strconv.Itoa(l.N), string(l.Kind), l.ID, l.Name, l.Facts.Login, l.Then.Text(), strconv.FormatBool(l.Facts.Factor), strconv.Itoa(l.Facts.Passkeys),
			stamp(l.Facts.Since), stamp(l.Facts.Last),
		}
		d := l.Decision()
		if d.Verdict == "" {
			row = append(row, "", "", "", "", "", "")
		} else {
			row = append(row, string(d.Verdict), d.Now.Text(), d.By, name(d.By), stamp(d.At), d.Reason)
		}
		out = append(out, row)
	}
	for _, c := range r.Came {
		out = append(out, []string{r.ID, "", string(c.Kind), c.ID, c.Name, "", c.Held.Text(), "", "", stamp(c.Since), "", "came_since", "", "", "", "", ""})
	}
	return out
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
