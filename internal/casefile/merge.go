package casefile

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// Bounds of what a folded case carries; the history keeps everything.
const (
	MaxAccounts = 1000 // subjects, and victims
	MaxLabels   = 200
	MaxReasons  = 50  // the newest
	maxSignals  = 100 // the newest
	maxEvidence = 200
	maxOthers   = 20
)

// Check reports why a matter cannot open or grow a case, as an ErrMatter.
func (m *Matter) Check() error {
	for _, f := range [...]struct{ name, value string }{{"key", m.Key}, {"subject", m.Subject}, {"typology", string(m.Typology)}} {
		if f.value == "" {
			return fmt.Errorf("%w: %s is empty", ErrMatter, f.name)
		}
	}
	for _, w := range slices.Concat([]string{m.Key, m.Subject, m.Queue}, m.Linked, m.Victims) {
		if !utf8.ValidString(w) || strings.ContainsRune(w, 0) {
			return fmt.Errorf("%w: %q is not text that every database can hold", ErrMatter, w)
		}
	}
	switch {
	case !slices.Contains(taxonomy.Typologies(), m.Typology):
		return fmt.Errorf("%w: typology %q: expected one of %v", ErrMatter, m.Typology, taxonomy.Typologies())
	case m.Priority < taxonomy.P3 || m.Priority > taxonomy.P0:
		return fmt.Errorf("%w: priority %d: expected P3 to P0", ErrMatter, m.Priority)
	case m.At.IsZero():
		return fmt.Errorf("%w: no event time", ErrMatter)
	}
	return nil
}

// Belongs reports whether a matter is about the case's subject, or about one group with it, and a person has not taken its subject apart from
// the case. Of a case that was trimmed only the history knows every account, so that it takes whatever is said to belong.
func (c *Case) Belongs(m *Matter) bool {
	return m.Typology == c.Typology && !slices.Contains(c.Apart, m.Subject) && (c.Trimmed || slices.Contains(c.Subjects, m.Subject) || slices.Contains(m.Linked, c.Subject))
}

// Merge folds a matter into a case about the same subject or group and typology: the newest signal of each detector about each account, the union of
// accounts and labels without what is apart, and a priority that only rises. RaisedAt becomes the matter's event time when the priority rises; a
// case that rises moves to the matter's queue unless a person has escalated it. Deadlines are Fold's, which knows the time
// of this machine. c is left as it was.
func Merge(c Case, m Matter) Case {
	c.Signals = newest(c.Signals, m.Signals)
	var cut, cutVictims bool
	c.Subjects, cut = union(c.Subjects, append([]string{m.Subject}, c.Joining(&m)...), MaxAccounts)
	c.Victims, cutVictims = union(c.Victims, m.Victims, MaxAccounts)
	c.Trimmed = c.Trimmed || cut || cutVictims
	c.Labels, _ = union(c.Labels, m.Labels, MaxLabels)
	c.Reasons = lastOf(c.Reasons, m.Reasons, MaxReasons)
	if m.Priority > c.Priority {
		c.Priority, c.RaisedAt = m.Priority, m.At
		if m.Queue != "" && c.Status != Escalated {
			c.Queue = m.Queue
		}
	}
	if m.About != nil {
		c.About = m.About
	}
	if m.At.After(c.EventAt) {
		c.EventAt = m.At
	}
	c.Count++
	return c
}

// newest returns old with each signal of more put in the place of an older one by the same detector about the same account, whose evidence it
// takes over: what a case rested on once it goes on resting on.
func newest(old, more []detect.Signal) []detect.Signal {
	out := slices.Clone(old)
	for _, s := range more {
		i := slices.IndexFunc(out, func(o detect.Signal) bool { return o.Detector == s.Detector && o.Subject == s.Subject })
		switch {
		case i < 0:
			out = append(out, s)
		case !s.At.Before(out[i].At):
			s.Events = evidenceOf(out[i].Events, s.Events)
			s.Others, _ = union(s.Others, out[i].Others, maxOthers)
			out[i] = s
		}
	}
	return out[max(0, len(out)-maxSignals):]
}

// Spoken returns the strongest signal of each detector that could look, in the order of the first: a detector that has spoken about several
// accounts of a group has spoken once.
func (c *Case) Spoken() []detect.Signal {
	var out []detect.Signal
	for _, s := range c.Signals {
		if s.Unscanned != "" {
			continue
		}
		switch i := slices.IndexFunc(out, func(o detect.Signal) bool { return o.Detector == s.Detector }); {
		case i < 0:
			out = append(out, s)
		case s.Strength > out[i].Strength:
			out[i] = s
		}
	}
	return out
}

// evidenceOf is the evidence of both, oldest first, at most maxEvidence: when there is more, the oldest and the newest stay.
func evidenceOf(old, more []uint64) []uint64 {
	out := slices.Concat(old, more)
	slices.Sort(out)
	out = slices.Compact(out)
	if over := len(out) - maxEvidence; over > 0 {
		out = slices.Delete(out, maxEvidence/4, maxEvidence/4+over)
	}
	return out
}

// union returns old with the words of more that are new, in order of arrival, and whether limit cut some off.
func union(old, more []string, limit int) (out []string, cut bool) {
	seen := make(map[string]bool, len(old)+len(more))
	out = make([]string, 0, len(old)+len(more))
	for _, w := range slices.Concat(old, more) {
		if w == "" || seen[w] {
			continue
		}
		if len(out) == limit {
			return out, true
		}
		seen[w] = true
		out = append(out, w)
	}
	if len(out) == 0 {
		return nil, false
	}
	return out, false
}

// lastOf returns the limit newest reasons, each once, newest last.
func lastOf(old, more []string, limit int) []string {
	var out []string
	for _, w := range slices.Concat(old, more) {
		if w == "" {
			continue
		}
		out = slices.DeleteFunc(out, func(o string) bool { return o == w })
		out = append(out, w)
	}
	return slices.Clone(out[max(0, len(out)-limit):])
}

// DeadlineOf returns by when a person must have looked at a case that reached priority p at the given time: 15 minutes for
// P0, 4 hours for P1, 24 hours for P2. P3 is watched without a deadline and gives the zero time.
func DeadlineOf(p taxonomy.Priority, at time.Time) time.Time {
	switch p {
	case taxonomy.P0:
		return at.Add(15 * time.Minute)
	case taxonomy.P1:
		return at.Add(4 * time.Hour)
	case taxonomy.P2:
		return at.Add(24 * time.Hour)
	}
	return time.Time{}
}
