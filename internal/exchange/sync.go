package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"haris/internal/bank"
	"haris/internal/taxonomy"
)

// Exchange is one exchange as it is taken in.
type Exchange struct {
	Name     string // also the id of its bank
	Label    taxonomy.Typology
	Interval time.Duration // between two syncs
	Stale    time.Duration // after so long without a success somebody is to be told
	Source   Source
	Feedback Sender // what dispositions are sent back through; nil when the operator does not want it
}

// Syncer takes exchanges in. All fields but Progress are required. Safe for concurrent use, but for one exchange at a time.
type Syncer struct {
	Read   func(ctx context.Context, f func(Tx) error) error
	Write  func(ctx context.Context, f func(Tx) error) error
	Now    func() time.Time
	Random func() float64 // in [0, 1)
	Log    *slog.Logger
	// Progress is told after each page; it may be nil.
	Progress func(State)
}

// Sync takes in all that an exchange gives now: page by page, each in one transaction with how far it reaches. It returns the state as it
// is then. When it fails, what was taken in before stays, the failure stands in the state, and the error says why; ErrConflict leaves
// the state to whom it was lost.
func (s *Syncer) Sync(ctx context.Context, e *Exchange) (State, error) {
	st, err := s.state(ctx, e.Name)
	if err != nil {
		return st, err
	}
	began := s.Now()
	st.Last, st.LastTry = Counts{}, began.UTC()
	if st.Begun.IsZero() {
		st.Begun = st.LastTry
	}
	out, err := s.run(ctx, e, st)
	line := []any{"exchange", e.Name, "took", s.Now().Sub(began), "pages", out.Last.Pages, "added", out.Last.Added, "changed", out.Last.Changed, "withdrawn", out.Last.Withdrawn}
	switch {
	case err == nil:
		s.Log.Info("exchange taken in", line...)
		return out, nil
	case ctx.Err() != nil:
		return out, ctx.Err()
	case errors.Is(err, ErrConflict):
		return out, err
	}
	s.Log.Warn("exchange could not be taken in", append(line, "error", err)...)
	failed, saveErr := s.save(ctx, out.failed(s.Now().UTC(), e.Interval, err, s.Random))
	if saveErr != nil && !errors.Is(saveErr, ErrConflict) {
		return out, errors.Join(err, saveErr)
	}
	return failed, err
}

// run reads pages until there are no more, and returns the last state that was kept.
func (s *Syncer) run(ctx context.Context, e *Exchange, st State) (State, error) {
	for ended := false; ; {
		if st.Retiring {
			next, err := s.retire(ctx, e, st)
			if err != nil {
				return st, err
			}
			st = next
			continue
		}
		if ended {
			return st, nil
		}
		p, err := e.Source.Next(ctx, st.Checkpoint)
		if err != nil {
			return st, err
		}
		if err := checkPage(&p, st.Checkpoint); err != nil {
			return st, err
		}
		next, err := s.commit(ctx, e, st, &p)
		if err != nil {
			return st, err
		}
		st, ended = next, !p.More
	}
}

// checkPage refuses what would go wrong without end or without being noticed.
func checkPage(p *Page, before Checkpoint) error {
	switch {
	case len(p.Records) > MaxPage:
		return Malformed("records", fmt.Errorf("a page of %d records, of at most %d", len(p.Records), MaxPage))
	case len(p.Checkpoint) == 0:
		return Malformed("records", errors.New("a page that says not how far it reaches"))
	case p.More && !p.Begins && bytes.Equal(p.Checkpoint, before):
		return Malformed("records", errors.New("the next page is the same page"))
	}
	return nil
}

// commit takes a page in and keeps how far it reaches, or neither.
func (s *Syncer) commit(ctx context.Context, e *Exchange, st State, p *Page) (out State, err error) {
	err = s.Write(ctx, func(tx Tx) error {
		now := s.Now().UTC()
		next := st.begin(p)
		// The state is kept first: who has the row has the exchange, and a page that another process took in meanwhile ends this one.
		kept, err := tx.Exchanges().Save(ctx, next)
		if err != nil {
			return err
		}
		t := s.taker(tx, e, kept.Round)
		if err := t.take(ctx, p.Records); err != nil {
			return err
		}
		t.count.Pages, t.count.Passed = 1, p.Passed
		kept = kept.took(t)
		if p.Ends {
			kept = kept.end()
		}
		if !p.More {
			kept = kept.succeeded(now, e.Interval, s.Random)
		}
		out, err = tx.Exchanges().Save(ctx, kept)
		return err
	})
	if err == nil && s.Progress != nil {
		s.Progress(out)
	}
	return out, err
}

func (s *Syncer) taker(tx Tx, e *Exchange, round int64) *taker {
	return &taker{tx: tx, name: e.Name, label: e.Label, now: s.Now().UTC(), round: round, banks: map[string]bool{}, add: map[Stance][]bank.Entry{}}
}

// retireAtOnce is how many records are withdrawn by one transaction.
const retireAtOnce = 1000

// retire withdraws some of the records that the last pass over everything did not name.
func (s *Syncer) retire(ctx context.Context, e *Exchange, st State) (out State, err error) {
	err = s.Write(ctx, func(tx Tx) error {
		kept, err := tx.Exchanges().Save(ctx, st)
		if err != nil {
			return err
		}
		list, err := tx.Exchanges().Behind(ctx, e.Name, st.Round, retireAtOnce)
		if err != nil {
			return err
		}
		t := s.taker(tx, e, st.Round)
		keys := make([]string, len(list))
		for i := range list {
			keys[i] = list[i].Key
			if err := t.withdraw(ctx, list[i].Stance, list[i].Key); err != nil {
				return err
			}
		}
		if t.forgotten, err = tx.Exchanges().Forget(ctx, e.Name, keys); err != nil {
			return err
		}
		kept = kept.took(t)
		kept.Retiring = len(list) == retireAtOnce
		out, err = tx.Exchanges().Save(ctx, kept)
		return err
	})
	if err == nil && s.Progress != nil {
		s.Progress(out)
	}
	return out, err
}

func (s *Syncer) state(ctx context.Context, name string) (st State, err error) {
	err = s.Read(ctx, func(tx Tx) error {
		st, err = tx.Exchanges().State(ctx, name)
		return err
	})
	return st, err
}

func (s *Syncer) save(ctx context.Context, st State) (out State, err error) {
	err = s.Write(ctx, func(tx Tx) error {
		out, err = tx.Exchanges().Save(ctx, st)
		return err
	})
	return out, err
}
