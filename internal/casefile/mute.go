package casefile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"haris/internal/taxonomy"
)

// MaxMute is the longest that a finding may be muted.
const MaxMute = 90 * 24 * time.Hour

// Mute keeps one detector (or rule) from opening or growing cases about one subject for a while. It has an owner, a reason and an end.
// It never holds back P0 or P1, nor a hard signal, nor a matter in which any other detector has spoken.
type Mute struct {
	ID       string    `json:"id"`
	Subject  string    `json:"subject"`
	Detector string    `json:"detector"` // name of a detector or rule, as in the signal
	Owner    string    `json:"owner"`    // the person who muted
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
	Ends     time.Time `json:"ends"`
	// EndedBy is the person who ended it early, and EndedAt when; empty and zero otherwise.
	EndedBy string    `json:"ended_by,omitempty"`
	EndedAt time.Time `json:"ended_at,omitzero"`
	Held    int       `json:"held"` // matters that it has held back
}

// What callers of Mutes test for.
var (
	ErrNoMute = errors.New("casefile: no such mute")
	ErrMuted  = errors.New("casefile: this detector is muted for this subject already")
)

// Mutes keeps mutes within the caller's transaction.
type Mutes interface {
	// Add keeps a new mute and gives it its id. ErrBody; ErrMuted while one for the same pair is in force.
	Add(ctx context.Context, m Mute) (Mute, error)
	// End ends a mute that is in force; ErrNoMute.
	End(ctx context.Context, id, who string, at time.Time) (Mute, error)
	// Of returns the mutes of a subject that are in force at the given time.
	Of(ctx context.Context, subject string, at time.Time) ([]Mute, error)
	// List returns mutes, newest first, those with an id below before ("" from the newest).
	List(ctx context.Context, before string, limit int) ([]Mute, error)
	// Hold counts a matter that the mutes have held back.
	Hold(ctx context.Context, ids []string) error
}

// Check reports what is wrong with a new mute, as an ErrBody.
func (m *Mute) Check() error {
	for _, f := range [...]struct{ name, value string }{{"subject", m.Subject}, {"detector", m.Detector}, {"reason", m.Reason}} {
		if err := need(f.name, f.value); err != nil {
			return err
		}
	}
	if !IsPerson(m.Owner) {
		return fmt.Errorf("%w: mute by %q", ErrPerson, m.Owner)
	}
	if !m.Ends.After(m.At) || m.Ends.Sub(m.At) > MaxMute {
		return fmt.Errorf("%w: ends %s: expected a time after %s, at most %d days later", ErrBody, m.Ends, m.At, int(MaxMute.Hours()/24))
	}
	return nil
}

// InForce reports whether the mute counts at the given time.
func (m *Mute) InForce(at time.Time) bool { return m.EndedAt.IsZero() && m.Ends.After(at) }

// HeldBack returns the ids of the mutes that together hold a matter back, or nil when it goes on: all that has spoken in it is muted, it
// is at most P2, and none of it is a hard signal.
func HeldBack(m *Matter, mutes []Mute, at time.Time) (ids []string) {
	if m.Priority > taxonomy.P2 {
		return nil
	}
	for i := range m.Signals {
		s := &m.Signals[i]
		if s.Unscanned != "" {
			continue
		}
		n := slices.IndexFunc(mutes, func(u Mute) bool { return u.Detector == s.Detector && u.Subject == m.Subject && u.InForce(at) })
		if s.Hard || n < 0 {
			return nil
		}
		if !slices.Contains(ids, mutes[n].ID) {
			ids = append(ids, mutes[n].ID)
		}
	}
	return ids
}
