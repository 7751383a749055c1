package lead

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/measure"
	"haris/internal/taxonomy"
)

// Golden is a finding of a closed case that a lead has written down as the right one, with why. It is given to others to look at as second looks are,
// and nobody can tell them apart before they have answered. It changes no case.
type Golden struct {
	Case     string
	N        int    // place of the finding in the history of the case
	First    string // who found it then
	Finding  casefile.Finding
	Typology taxonomy.Typology
	Why      string // what there is to see
	By       string // the lead
	At       time.Time
	Retired  time.Time // zero while it is given to people
}

// GoldenAnswer is what somebody found in a golden case.
type GoldenAnswer struct {
	Case string
	N    int
	Second
}

// Agrees reports whether an answer is what the golden case has. A confirmed case must be confirmed as the same typology.
func (g *Golden) Agrees(a *Second) bool {
	return a.Finding == g.Finding && (g.Finding != casefile.FindingConfirmed || a.Typology == g.Typology)
}

// What callers test for.
var (
	ErrNoGolden  = errors.New("lead: no such golden case")
	ErrGolden    = errors.New("lead: a golden case needs a finding, why, and for a confirmed one a typology")
	ErrIsGolden  = errors.New("lead: the finding is golden already")
	ErrLookWaits = errors.New("lead: a second look at the finding waits")
	ErrNotClosed = errors.New("lead: only a closed case can be golden")
)

// GoldenStore keeps golden cases and what people found in them, within the caller's transaction.
type GoldenStore interface {
	// Put adds one; ErrIsGolden.
	Put(ctx context.Context, g Golden) error
	// Retire ends that it is given to people. ErrNoGolden.
	Retire(ctx context.Context, id string, n int, at time.Time) error
	// Get returns one, retired ones too; ErrNoGolden.
	Get(ctx context.Context, id string, n int) (Golden, error)
	// List returns all, newest first.
	List(ctx context.Context) ([]Golden, error)
	// Open returns up to limit that who may still answer: not theirs, not set by them, not retired, oldest first.
	Open(ctx context.Context, who string, limit int) ([]Golden, error)
	// Answer records an answer. ErrLooked.
	Answer(ctx context.Context, a GoldenAnswer) error
	// Answers returns those of one person, or of everybody for "", oldest first.
	Answers(ctx context.Context, who string) ([]GoldenAnswer, error)
}

// SetGolden makes the newest finding of a closed case golden, with its audit entry. ErrGolden, ErrIsGolden, ErrLookWaits, ErrNotClosed,
// casefile.ErrNotFound.
func (s *Looks) SetGolden(ctx context.Context, who, id string, f casefile.Finding, t taxonomy.Typology, why string) (g Golden, err error) {
	if f == casefile.FindingCleared {
		t = ""
	}
	known := t != taxonomy.TypologyUnknown && slices.Contains(taxonomy.Typologies(), t)
	if why = strings.TrimSpace(why); why == "" || !slices.Contains(answers(), f) || f == casefile.FindingConfirmed && !known {
		return g, ErrGolden
	}
	err = s.Write(ctx, func(tx LookTx) error {
		c, err := tx.Cases().Get(ctx, id)
		if err != nil {
			return err
		}
		history, err := tx.Cases().History(ctx, id)
		if err != nil {
			return err
		}
		at := lastFinding(history)
		if at == nil || c.Status != casefile.Confirmed && c.Status != casefile.Cleared || c.Into != "" {
			return ErrNotClosed
		}
		if l, err := tx.Looks().Get(ctx, id, at.N); err == nil && !l.Done() {
			return ErrLookWaits
		} else if err != nil && !errors.Is(err, ErrNoLook) {
			return err
		}
		g = Golden{Case: id, N: at.N, First: at.Who, Finding: f, Typology: t, Why: why, By: who, At: s.Now().UTC().Truncate(time.Millisecond)}
		if err := tx.Golden().Put(ctx, g); err != nil {
			return err
		}
		_, err = tx.Audit().Append(ctx, audit.Entry{At: g.At, Who: who, Act: "golden.set", Object: "case/" + id, Detail: map[string]string{"n": strconv.Itoa(at.N), "finding": string(f)}})
		return err
	})
	return g, err
}

// lastFinding is the newest finding of a person in a history; nil when there is none.
func lastFinding(history []casefile.Event) *casefile.Event {
	for i := len(history) - 1; i >= 0; i-- {
		if history[i].Kind == casefile.Disposed {
			return &history[i]
		}
	}
	return nil
}

// RetireGolden ends that a golden case is given to people; what they found stays. ErrNoGolden.
func (s *Looks) RetireGolden(ctx context.Context, who, id string, n int) error {
	return s.Write(ctx, func(tx LookTx) error {
		now := s.Now().UTC()
		if err := tx.Golden().Retire(ctx, id, n, now); err != nil {
			return err
		}
		_, err := tx.Audit().Append(ctx, audit.Entry{At: now, Who: who, Act: "golden.retired", Object: "case/" + id, Detail: map[string]string{"n": strconv.Itoa(n)}})
		return err
	})
}

// Goldens are all golden cases, newest first, with everybody's answers.
func (s *Looks) Goldens(ctx context.Context) (list []Golden, found []GoldenAnswer, err error) {
	err = s.Read(ctx, func(tx LookTx) error {
		if list, err = tx.Golden().List(ctx); err != nil {
			return err
		}
		found, err = tx.Golden().Answers(ctx, "")
		return err
	})
	return list, found, err
}

// goldenFor returns a golden case as a look of who, with their answer when they have given one; ok is false when there is none for them.
func goldenFor(ctx context.Context, tx LookTx, who, id string, n int) (l Look, ok bool, err error) {
	g, err := tx.Golden().Get(ctx, id, n)
	if errors.Is(err, ErrNoGolden) || err == nil && (g.First == who || g.By == who) {
		return l, false, nil
	}
	if err != nil {
		return l, false, err
	}
	mine, err := tx.Golden().Answers(ctx, who)
	if err != nil {
		return l, false, err
	}
	l = Look{Case: id, N: n, At: g.At, First: g.First, Finding: g.Finding, Typology: g.Typology, Golden: &g}
	for _, a := range mine {
		if a.Case == id && a.N == n {
			l.Second = a.Second
		}
	}
	return l, l.Done() || g.Retired.IsZero(), nil
}

// Measured is how often what people found is what golden cases have: of each person, and of each golden case by its place in the list.
func Measured(list []Golden, found []GoldenAnswer) (people map[string]measure.Share, cases []measure.Share) {
	type tally struct{ part, of int }
	who, which := map[string]tally{}, make([]tally, len(list))
	for i := range found {
		a := &found[i]
		at := slices.IndexFunc(list, func(g Golden) bool { return g.Case == a.Case && g.N == a.N })
		if at < 0 {
			continue
		}
		right := 0
		if list[at].Agrees(&a.Second) {
			right = 1
		}
		p := who[a.Who]
		who[a.Who] = tally{p.part + right, p.of + 1}
		which[at] = tally{which[at].part + right, which[at].of + 1}
	}
	people = make(map[string]measure.Share, len(who))
	for name, t := range who {
		people[name] = measure.NewShare(t.part, t.of)
	}
	for _, t := range which {
		cases = append(cases, measure.NewShare(t.part, t.of))
	}
	return people, cases
}

// NoGolden is ErrNoGolden with the golden case's name.
func NoGolden(id string, n int) error {
	return fmt.Errorf("%w: event %d of case %q", ErrNoGolden, n, id)
}
