package lead

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/taxonomy"
)

// Look is a finding that was drawn so that another person looks at the case again without knowing it. The second finding stands beside the first:
// it changes no case.
type Look struct {
	Case     string
	N        int // place of the finding in the history of the case
	At       time.Time
	First    string // who found it
	Finding  casefile.Finding
	Typology taxonomy.Typology
	Second   Second  // zero while it waits
	Golden   *Golden // nil but for a golden case, and for that until it is answered
}

// Second is what the second person found.
type Second struct {
	Who      string
	Finding  casefile.Finding // confirmed or cleared
	Typology taxonomy.Typology
	Reason   string
	At       time.Time
}

// Done reports whether a second person has looked.
func (l *Look) Done() bool { return l.Second.Finding != "" }

// Agrees reports whether the second finding is the first. A confirmed case must be confirmed as the same typology.
func (l *Look) Agrees() bool {
	return l.Second.Finding == l.Finding && (l.Finding != casefile.FindingConfirmed || l.Second.Typology == l.Typology)
}

// What callers test for.
var (
	ErrNoLook  = errors.New("lead: no such second look")
	ErrLooked  = errors.New("lead: somebody has looked already")
	ErrOwnLook = errors.New("lead: a person cannot look at their own finding a second time")
	ErrLook    = errors.New("lead: a second look with a wrong answer")
)

// LookStore keeps second looks within the caller's transaction.
type LookStore interface {
	// Draw adds a look that waits; one that is there already stays.
	Draw(ctx context.Context, l Look) error
	// Get returns one; ErrNoLook.
	Get(ctx context.Context, id string, n int) (Look, error)
	// Answer records the second finding. ErrLooked.
	Answer(ctx context.Context, l Look) error
	// Waiting returns up to limit that wait and that are not about a finding of who, oldest first.
	Waiting(ctx context.Context, who string, limit int) ([]Look, error)
	// Since returns the answered ones from a moment on, newest first, up to limit.
	Since(ctx context.Context, from time.Time, limit int) ([]Look, error)
}

// LookTx is one transaction as second looks need it; *store.Tx is one.
type LookTx interface {
	Cases() casefile.Store
	Looks() LookStore
	Golden() GoldenStore
	Coaching() CoachStore
	Audit() audit.Log
}

// Looks draws findings and takes second ones. Fields are required. Safe for concurrent use when Write and Read are.
type Looks struct {
	Write  func(ctx context.Context, f func(LookTx) error) error
	Read   func(ctx context.Context, f func(LookTx) error) error
	Now    func() time.Time
	Secret []byte  // keys the draw, so that nobody can tell which finding will be looked at
	Share  float64 // how many of the findings, 0 to 1
}

// Drawn reports whether a finding is drawn: the first 53 bits of HMAC-SHA256 over who, what and which lie below the share. The draw depends on
// nothing else, so that of each person's findings of each kind the same share is drawn.
func Drawn(secret []byte, share float64, who string, f casefile.Finding, id string, n int) bool {
	m := hmac.New(sha256.New, secret)
	for _, s := range []string{"second look", who, string(f), id, strconv.Itoa(n)} {
		fmt.Fprintf(m, "%d %s\n", len(s), s)
	}
	return float64(binary.BigEndian.Uint64(m.Sum(nil))>>11)/(1<<53) < share
}

// After draws the finding of a case event, in its transaction; it is called after every act of a person on a case. A finding to which a second
// person has agreed was looked at twice and is not drawn.
func (s *Looks) After(ctx context.Context, tx LookTx, c *casefile.Case, e *casefile.Event) error {
	if e.Kind != casefile.Disposed || c.Disposal == nil || !slices.Contains(answers(), c.Disposal.Finding) {
		return nil
	}
	if !Drawn(s.Secret, s.Share, e.Who, c.Disposal.Finding, c.ID, e.N) {
		return nil
	}
	return tx.Looks().Draw(ctx, Look{Case: c.ID, N: e.N, At: e.At, First: e.Who, Finding: c.Disposal.Finding, Typology: c.Disposal.Typology})
}

func answers() []casefile.Finding {
	return []casefile.Finding{casefile.FindingConfirmed, casefile.FindingCleared}
}

// Show returns a look with the case as it was before the finding. What was found is left out until somebody has answered. That it was read is
// written down. ErrNoLook, ErrOwnLook.
func (s *Looks) Show(ctx context.Context, who, id string, n int) (l Look, c casefile.Case, history []casefile.Event, err error) {
	err = s.Write(ctx, func(tx LookTx) error {
		if l, err = lookFor(ctx, tx, who, id, n); err != nil {
			return err
		}
		if l.First == who && !l.Done() {
			return ErrOwnLook
		}
		if history, err = tx.Cases().History(ctx, id); err != nil {
			return err
		}
		history = history[:min(n-1, len(history))]
		if c, err = casefile.FoldAll(history); err != nil {
			return err
		}
		_, err = tx.Audit().Append(ctx, audit.Entry{At: s.Now(), Who: who, Act: "second_look.viewed", Object: "case/" + id, Detail: map[string]string{"n": strconv.Itoa(n)}})
		return err
	})
	if err == nil && !l.Done() {
		l.First, l.Finding, l.Typology, l.Golden = "", "", "", nil
	}
	return l, c, history, err
}

// lookFor is what a person is given to look at: a golden case, or else a second look. ErrNoLook.
func lookFor(ctx context.Context, tx LookTx, who, id string, n int) (Look, error) {
	l, ok, err := goldenFor(ctx, tx, who, id, n)
	if err != nil || ok {
		return l, err
	}
	return tx.Looks().Get(ctx, id, n)
}

// Take records what the second person found. ErrNoLook, ErrLooked, ErrOwnLook; ErrLook when the finding is neither confirmed nor cleared, a reason is
// missing, or a confirmed case has no typology.
func (s *Looks) Take(ctx context.Context, id string, n int, a Second) (l Look, err error) {
	known := slices.Contains(taxonomy.Typologies(), a.Typology) && a.Typology != taxonomy.TypologyUnknown
	if a.Reason = strings.TrimSpace(a.Reason); a.Reason == "" || !slices.Contains(answers(), a.Finding) || a.Finding == casefile.FindingConfirmed && !known {
		return l, fmt.Errorf("%w: expected confirmed with a typology, or cleared, and a reason", ErrLook)
	}
	if a.Finding == casefile.FindingCleared {
		a.Typology = ""
	}
	err = s.Write(ctx, func(tx LookTx) error {
		if l, err = lookFor(ctx, tx, a.Who, id, n); err != nil {
			return err
		}
		switch {
		case l.Done():
			return ErrLooked
		case l.First == a.Who:
			return ErrOwnLook
		}
		a.At = s.Now()
		l.Second = a
		if l.Golden != nil {
			err = tx.Golden().Answer(ctx, GoldenAnswer{Case: id, N: n, Second: a})
		} else {
			err = tx.Looks().Answer(ctx, l)
		}
		if err != nil {
			return err
		}
		_, err := tx.Audit().Append(ctx, audit.Entry{At: a.At, Who: a.Who, Act: "second_look.answered", Object: "case/" + id, Detail: map[string]string{"n": strconv.Itoa(n), "finding": string(a.Finding)}})
		return err
	})
	return l, err
}

// Waiting are the looks that a person may take, golden cases among them, oldest first, without what was found.
func (s *Looks) Waiting(ctx context.Context, who string, limit int) (out []Look, err error) {
	err = s.Read(ctx, func(tx LookTx) error {
		if out, err = tx.Looks().Waiting(ctx, who, limit); err != nil {
			return err
		}
		golden, err := tx.Golden().Open(ctx, who, limit)
		for _, g := range golden {
			out = append(out, Look{Case: g.Case, N: g.N, At: g.At})
		}
		return err
	})
	slices.SortFunc(out, func(a, b Look) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Case, b.Case), a.N-b.N) })
	out = out[:min(len(out), limit)]
	for i := range out {
		out[i].First, out[i].Finding, out[i].Typology = "", "", ""
	}
	return out, err
}

// Since are the answered looks from a moment on, newest first, up to limit.
func (s *Looks) Since(ctx context.Context, from time.Time, limit int) (out []Look, err error) {
	err = s.Read(ctx, func(tx LookTx) error {
		out, err = tx.Looks().Since(ctx, from, limit)
		return err
	})
	return out, err
}
