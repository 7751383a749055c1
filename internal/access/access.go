// Package access is the review of who may see what: everybody who may sign in and every API key that works is written down as it is, and
// somebody else says of each whether it is kept, was changed, or is taken away. It holds the nouns and what may be decided, and touches
// neither clock nor disk. Package auth reads what people and keys may do and carries decisions out; internal/store keeps them.
package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What callers test for.
var (
	ErrNotFound = errors.New("access: no such review, or no such line in it")
	ErrRunning  = errors.New("access: another review is not closed yet")
	ErrClosed   = errors.New("access: the review is closed")
	ErrOwn      = errors.New("access: nobody decides about their own access")
	ErrMoved    = errors.New("access: the access is no longer what was written down: it was changed, or is taken")
	ErrSame     = errors.New("access: nothing has changed: change it first, or keep it")
	ErrStale    = errors.New("access: the access has changed since the page was made")
	ErrReason   = errors.New("access: what was changed or taken has a reason")
	ErrVerdict  = errors.New("access: expected kept, changed or taken")
	ErrOpen     = errors.New("access: a line is not decided, or has changed since")
)

// Kind says what has access.
type Kind string

// The kinds.
const (
	Person Kind = "person"
	Key    Kind = "key"
)

// Verdict is what was decided about a line.
type Verdict string

// The verdicts.
const (
	Kept    Verdict = "kept"    // the access is what it should be
	Changed Verdict = "changed" // it was something else, and now is what it should be
	Taken   Verdict = "taken"   // the person is shut out, the key is revoked
)

// Verdicts lists the verdicts in the order in which pages show them.
func Verdicts() []Verdict { return []Verdict{Kept, Changed, Taken} }

// Ref names who or what has access.
type Ref struct {
	Kind Kind   `json:"kind"`
	ID   string `json:"id"`
}

// Compartment is a compartment as it was called.
type Compartment struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Held is what somebody or something may do. It is what is compared.
type Held struct {
	Roles        []string      `json:"roles,omitempty"`        // of a person
	Compartments []Compartment `json:"compartments,omitempty"` // of a person
	Confined     bool          `json:"confined,omitempty"`     // the person sees no case outside of them
	Scopes       []string      `json:"scopes,omitempty"`       // of a key
	Gone         bool          `json:"gone,omitempty"`         // shut out, revoked, or not there any more
}

// Same reports whether the two allow the same. What is gone allows nothing, whatever it once was. The name of a compartment is not compared.
func (h *Held) Same(o *Held) bool {
	if h.Gone || o.Gone {
		return h.Gone == o.Gone
	}
	return h.Confined == o.Confined && sameSet(h.Roles, o.Roles) && sameSet(h.Scopes, o.Scopes) && sameSet(ids(h.Compartments), ids(o.Compartments))
}

// Mark is a short mark of what is allowed: pages send it back, so that nobody decides about what they did not see.
func (h *Held) Mark() string {
	allowed := Held{Gone: h.Gone}
	if !h.Gone {
		allowed = Held{Roles: sorted(h.Roles), Confined: h.Confined, Scopes: sorted(h.Scopes)}
		for _, id := range sorted(ids(h.Compartments)) {
			allowed.Compartments = append(allowed.Compartments, Compartment{ID: id})
		}
	}
	b, err := json.Marshal(allowed)
	if err != nil {
		return "" // strings and booleans can always be written
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// Text writes what is allowed on one line for files, such as "roles admin, lead; compartments Europe; confined".
func (h *Held) Text() string {
	if h.Gone {
		return "none"
	}
	var out []string
	if len(h.Roles) > 0 {
		out = append(out, "roles "+strings.Join(h.Roles, ", "))
	}
	if len(h.Compartments) > 0 {
		var names []string
		for _, c := range h.Compartments {
			names = append(names, c.Name)
		}
		out = append(out, "compartments "+strings.Join(names, ", "))
	}
	if h.Confined {
		out = append(out, "confined")
	}
	if len(h.Scopes) > 0 {
		out = append(out, "scopes "+strings.Join(h.Scopes, ", "))
	}
	return strings.Join(out, "; ")
}

func ids(list []Compartment) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.ID
	}
	return out
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func sameSet(a, b []string) bool { return slices.Equal(sorted(a), sorted(b)) }

// Facts stand beside the access as it was when the review began. They are shown and not compared.
type Facts struct {
	Login    string    `json:"login,omitempty"` // of a person
	Factor   bool      `json:"second_factor"`   // the person has one-time codes
	Passkeys int       `json:"passkeys"`
	Since    time.Time `json:"since"`         // when the person was added, or the key made
	Last     time.Time `json:"last,omitzero"` // last sign-in, or last use to the hour; zero for never
}

// Decision is what one person said of a line. Now is the access at that moment, after it was carried out.
type Decision struct {
	Line    int       `json:"line"`
	Verdict Verdict   `json:"verdict"`
	By      string    `json:"by"` // id of a person
	At      time.Time `json:"at"`
	Reason  string    `json:"reason,omitempty"`
	Now     Held      `json:"now"`
}

// Line is one person or key of a review, frozen when it began, with what was decided since, oldest first.
type Line struct {
	N int `json:"n"` // from 1
	Ref
	Name      string     `json:"name"` // as then; of a key, its source
	Then      Held       `json:"then"`
	Facts     Facts      `json:"facts"`
	Decisions []Decision `json:"decisions,omitempty"`
}

// Came reports whether a person ever signed in, or a key was ever used.
func (l *Line) Came() bool { return !l.Facts.Last.IsZero() }

// Decision is the last one; its Verdict is empty when there is none.
func (l *Line) Decision() Decision {
	if len(l.Decisions) == 0 {
		return Decision{}
	}
	return l.Decisions[len(l.Decisions)-1]
}

// Settled reports whether the line is decided and the access is still what it was then.
func (l *Line) Settled(now *Held) bool {
	d := l.Decision()
	return d.Verdict != "" && d.Now.Same(now)
}

// Check says whether a decision may stand, where now is the access before it is carried out. ErrOwn, ErrReason, ErrMoved, ErrSame, ErrVerdict.
func (l *Line) Check(d *Decision, now *Held) error {
	switch {
	case l.Kind == Person && l.ID == d.By:
		return ErrOwn
	case !slices.Contains(Verdicts(), d.Verdict):
		return fmt.Errorf("%w, not %q", ErrVerdict, d.Verdict)
	case d.Verdict == Kept && !l.Then.Same(now):
		return ErrMoved
	case d.Verdict == Changed && l.Then.Same(now):
		return ErrSame
	case d.Verdict != Kept && d.Reason == "":
		return ErrReason
	}
	return nil
}

// Head is a review without its lines.
type Head struct {
	ID       string    `json:"id"`
	BegunAt  time.Time `json:"begun_at"`
	BegunBy  string    `json:"begun_by"`
	Why      string    `json:"why"`
	ClosedAt time.Time `json:"closed_at,omitzero"` // zero while it runs
	ClosedBy string    `json:"closed_by,omitempty"`
	Note     string    `json:"note,omitempty"`
	Disabled int       `json:"left_out_disabled"` // people who were shut out when it began
	Revoked  int       `json:"left_out_revoked"`  // keys that were revoked
}

// Closed reports whether nothing more is decided.
func (h *Head) Closed() bool { return !h.ClosedAt.IsZero() }

// Newcomer has access and came after the review began: named, not decided.
type Newcomer struct {
	Ref
	Name  string    `json:"name"`
	Since time.Time `json:"since"`
	Held  Held      `json:"held"`
}

// Review is a review with its lines. Came is set when it is closed.
type Review struct {
	Head
	Lines []Line     `json:"lines"`
	Came  []Newcomer `json:"came_since,omitempty"`
}

// Line returns the line with a number; ErrNotFound.
func (r *Review) Line(n int) (*Line, error) {
	if n < 1 || n > len(r.Lines) {
		return nil, ErrNotFound
	}
	return &r.Lines[n-1], nil
}

// Has reports whether a person or key is a line.
func (r *Review) Has(ref Ref) bool {
	return slices.ContainsFunc(r.Lines, func(l Line) bool { return l.Ref == ref })
}

// Count says how many lines there are, and of how many the last decision is which.
func (r *Review) Count() Count {
	c := Count{Lines: len(r.Lines)}
	for i := range r.Lines {
		c.Add(r.Lines[i].Decision().Verdict, 1)
	}
	return c
}

// Count is how far a review is.
type Count struct {
	Lines   int `json:"lines"`
	Kept    int `json:"kept"`
	Changed int `json:"changed"`
	Taken   int `json:"taken"`
}

// Add counts n lines with a verdict; an empty one counts nothing.
func (c *Count) Add(v Verdict, n int) {
	switch v {
	case Kept:
		c.Kept += n
	case Changed:
		c.Changed += n
	case Taken:
		c.Taken += n
	}
}

// Of is how many lines have a verdict.
func (c *Count) Of(v Verdict) int {
	switch v {
	case Kept:
		return c.Kept
	case Changed:
		return c.Changed
	case Taken:
		return c.Taken
	}
	return 0
}

// Decided is how many lines have a decision.
func (c *Count) Decided() int { return c.Kept + c.Changed + c.Taken }

// Summary is a review in a list.
type Summary struct {
	Head
	Count
}

// Store keeps reviews within the caller's transaction. What is closed is never changed, and no line or decision ever is.
type Store interface {
	// Begin adds a review with its lines; ErrRunning when one is not closed.
	Begin(ctx context.Context, r *Review) error
	// Get returns one with its lines and all decisions; ErrNotFound.
	Get(ctx context.Context, id string) (Review, error)
	// List returns all, the newest first.
	List(ctx context.Context) ([]Summary, error)
	// Decide adds a decision; ErrClosed, ErrNotFound.
	Decide(ctx context.Context, id string, d *Decision) error
	// Close stores when, by whom, the note and who came since; ErrClosed.
	Close(ctx context.Context, r *Review) error
}
