package bank

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"haris/internal/event"
	"haris/internal/job"
	"haris/internal/taxonomy"
)

// JobSweep is the kind of the job that compares what was seen with new entries.
const JobSweep = "bank.sweep"

// SweepOrder is the payload of a sweep: what is compared with what, and how far it has come.
type SweepOrder struct {
	After   uint64    `json:"after"` // entries, and settings of banks, that changed after this place in the sequence
	Until   uint64    `json:"until"` // and up to this one
	Next    uint64    `json:"next"`  // hashes seen up to this id are done
	End     uint64    `json:"end"`   // the last one; 0 before it began
	Looked  int       `json:"looked"`
	Found   int       `json:"found"` // accounts on which something was found
	Begun   time.Time `json:"begun,omitzero"`
	Updated time.Time `json:"updated,omitzero"`
}

// Tx is one transaction as the sweep sees it.
type Tx interface {
	Banks() Store
	Seen() Seen
	SweepMark() Mark
	Jobs() job.Queue
}

// Sweeper works off sweeps. All fields are required.
type Sweeper struct {
	Read    func(ctx context.Context, f func(Tx) error) error
	Write   func(ctx context.Context, f func(Tx) error) error
	Matcher *Matcher
	// Ingest puts what was found into the log; finding it again changes nothing.
	Ingest func(ctx context.Context, list []event.Event) error
	Now    func() time.Time
	// Event is the event time as far as the log has come: what is found now is told now, however long ago it was posted.
	Event func() time.Time
	Log   *slog.Logger

	mu     sync.Mutex // held by a handler: one sweep at a time in a process
	target *target
}

// Bounds of one attempt, after which the job is queued again with how far it came.
const (
	sweepTime  = 20 * time.Second
	sweepPiece = 250_000 // hashes between two looks at the clock
	pauseWait  = 15 * time.Second
)

// Due queues a sweep when banks have changed since the last one, or when something could not be compared and can be now. It reports
// whether one was queued; while one is open none is.
func (s *Sweeper) Due(ctx context.Context) (queued bool, err error) {
	if !s.Matcher.Status().Ready {
		return false, nil
	}
	now, asked := s.Now(), false
	err = s.Read(ctx, func(tx Tx) error {
		_, asked, err = wanted(ctx, tx)
		return err
	})
	if err != nil || !asked {
		return false, err
	}
	err = s.Write(ctx, func(tx Tx) error {
		queued = false
		for _, state := range []job.State{job.Queued, job.Leased} {
			if open, err := tx.Jobs().List(ctx, JobSweep, state, 1); err != nil || len(open) > 0 {
				return err
			}
		}
		o, ok, err := wanted(ctx, tx)
		if err != nil || !ok {
			return err
		}
		body, err := json.Marshal(o)
		if err != nil {
			return err
		}
		_, queued, err = tx.Jobs().Enqueue(ctx, job.New{
			Kind: JobSweep, Key: fmt.Sprintf("%s/%d/%d/%d", JobSweep, o.After, o.Until, now.UnixMilli()), Payload: body, RunAt: now, Max: 1000,
		})
		return err
	})
	return queued, err
}

// wanted returns the sweep that there is reason for.
func wanted(ctx context.Context, tx Tx) (o SweepOrder, ok bool, err error) {
	if o.After, err = tx.SweepMark().Swept(ctx); err != nil {
		return o, false, err
	}
	if o.Until, err = tx.Banks().Seq(ctx); err != nil {
		return o, false, err
	}
	waiting, err := tx.SweepMark().Waiting(ctx)
	return o, waiting || o.After < o.Until, err
}

// Handle does a part of a sweep.
func (s *Sweeper) Handle(ctx context.Context, j job.Job) (job.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var o SweepOrder
	if err := json.Unmarshal(j.Payload, &o); err != nil {
		return job.Outcome{State: job.Dead, Error: "the payload cannot be read"}, nil
	}
	paused, err := s.begin(ctx, &o)
	switch {
	case err != nil:
		return job.Outcome{}, err
	case paused:
		return s.later(&o, pauseWait)
	}
	began := s.Now()
	for o.Next < o.End {
		if err := s.piece(ctx, &o); err != nil {
			return job.Outcome{}, err
		}
		if o.Next < o.End && (job.Stopping(ctx) || s.Now().Sub(began) >= sweepTime) {
			return s.later(&o, 0)
		}
	}
	err = s.Write(ctx, func(tx Tx) error { return tx.SweepMark().SetSwept(ctx, o.Until) })
	if err != nil {
		return job.Outcome{}, err
	}
	s.target = nil
	s.Log.Info("sweep done", "looked", o.Looked, "found", o.Found, "took", s.Now().Sub(o.Begun))
	return s.outcome(&o, job.Outcome{State: job.Done})
}

// begin makes sure that the index has what the sweep is for before it looks which hashes there are: what comes in later is compared
// with that index when it comes.
func (s *Sweeper) begin(ctx context.Context, o *SweepOrder) (paused bool, err error) {
	if err := s.Matcher.Follow(ctx); err != nil {
		return false, err
	}
	if v := s.Matcher.Status().Version; v < o.Until {
		return false, fmt.Errorf("bank: the index is at %d, the sweep is for %d", v, o.Until)
	}
	err = s.Read(ctx, func(tx Tx) error {
		if paused, err = tx.SweepMark().Paused(ctx); err != nil || paused {
			return err
		}
		if o.End == 0 {
			o.Begun = s.Now().UTC()
			if o.End, err = tx.Seen().Last(ctx); err != nil {
				return err
			}
		}
		if s.target == nil || s.target.after != o.After || s.target.until != o.Until {
			s.target, err = newTarget(ctx, tx.Banks(), o, s.Matcher)
		}
		return err
	})
	return paused, err
}

func (s *Sweeper) later(o *SweepOrder, wait time.Duration) (job.Outcome, error) {
	return s.outcome(o, job.Outcome{State: job.Queued, RunAt: s.Now().Add(wait), Snooze: true})
}

func (s *Sweeper) outcome(o *SweepOrder, out job.Outcome) (job.Outcome, error) {
	o.Updated = s.Now().UTC()
	body, err := json.Marshal(o)
	out.Payload = body
	return out, err
}

// piece compares the next hashes.
func (s *Sweeper) piece(ctx context.Context, o *SweepOrder) error {
	until := min(o.Next+sweepPiece, o.End)
	near, looked, err := s.scan(ctx, o.Next, until)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(near, 500) {
		if err := s.settle(ctx, o, part); err != nil {
			return err
		}
	}
	o.Next, o.Looked = until, o.Looked+looked
	return nil
}

// scanBatch is how many hashes a worker takes at a time.
const scanBatch = 4096

// scan reads hashes and returns those that lie near what changed, or could not be compared when they came. One goroutine reads while
// the others compare.
func (s *Sweeper) scan(ctx context.Context, after, until uint64) (near []Stored, looked int, err error) {
	work := make(chan []Stored, 2*s.Matcher.c.Workers)
	var mu sync.Mutex
	var wg sync.WaitGroup
	var failures error
	for range s.Matcher.c.Workers {
		wg.Go(func() {
			var found []Stored
			var bad error
			t := s.target.worker()
			for batch := range work {
				for i := range batch {
					ok, err := t.near(&batch[i])
					bad = errors.Join(bad, err)
					if ok || batch[i].Unscanned.Again() {
						found = append(found, batch[i])
					}
				}
			}
			mu.Lock()
			defer mu.Unlock()
			near, failures = append(near, found...), errors.Join(failures, bad)
		})
	}
	batch := make([]Stored, 0, scanBatch)
	err = s.Read(ctx, func(tx Tx) error {
		return tx.Seen().Each(ctx, after, until, func(h *Stored) error {
			looked++
			if batch = append(batch, *h); len(batch) == scanBatch {
				work <- batch
				batch = make([]Stored, 0, scanBatch)
			}
			return nil
		})
	})
	work <- batch
	close(work)
	wg.Wait()
	slices.SortFunc(near, func(a, b Stored) int { return int(a.ID) - int(b.ID) }) //nolint:gosec // places in a table
	return near, looked, errors.Join(err, failures)
}

// settle asks all banks about hashes, and puts what concerns the changes into the log, for every account that posted them.
func (s *Sweeper) settle(ctx context.Context, o *SweepOrder, list []Stored) error {
	media := make([]Media, len(list))
	for i := range list {
		media[i] = Media{Hashes: []Hash{list[i].Hash}, Quality: list[i].Quality}
	}
	for i, d := range s.Matcher.Match(ctx, media) {
		h := &list[i]
		left := d.Left(h.Hash.Kind)
		if left.Again() {
			return fmt.Errorf("bank: the sweep could not compare: %s", left)
		}
		if !h.Unscanned.Again() {
			d.Results = slices.DeleteFunc(d.Results, func(r Result) bool { return !s.target.concerns(&r) })
		}
		if len(d.Results) > 0 {
			if err := s.tell(ctx, o, h, d); err != nil {
				return err
			}
		}
		if h.Unscanned == left {
			continue
		}
		if err := s.Write(ctx, func(tx Tx) error { return tx.Seen().Settle(ctx, []uint64{h.ID}, left) }); err != nil {
			return err
		}
	}
	return nil
}

// tell puts a match into the log once for every account.
func (s *Sweeper) tell(ctx context.Context, o *SweepOrder, h *Stored, d Decision) error {
	for after := ""; ; {
		var who []Sighting
		err := s.Read(ctx, func(tx Tx) (err error) {
			who, err = tx.Seen().Of(ctx, h.ID, after, 500)
			return err
		})
		if err != nil || len(who) == 0 {
			return err
		}
		events := make([]event.Event, 0, len(who))
		for i := range who {
			if ofOwnCase(&d, who[i].Account) {
				continue // a person has judged just this
			}
			e, err := s.observed(h, &who[i], d)
			if err != nil {
				return err
			}
			events = append(events, e)
		}
		if len(events) > 0 {
			if err := s.Ingest(ctx, events); err != nil {
				return fmt.Errorf("bank: what the sweep found: %w", err)
			}
		}
		o.Found += len(events)
		after = who[len(who)-1].Account
	}
}

// ofOwnCase reports whether everything that was found comes from the account's own case.
func ofOwnCase(d *Decision, account string) bool {
	return !slices.ContainsFunc(d.Results, func(r Result) bool { return r.Provenance.About != account })
}

func (s *Sweeper) observed(h *Stored, w *Sighting, d Decision) (event.Event, error) {
	m := Media{ID: w.Media, Hashes: []Hash{h.Hash}, Quality: h.Quality}
	o := Observed{
		Account: w.Account, Media: []ObservedMedia{{ID: w.Media, Kind: w.MediaKind}}, Item: w.Item, Of: w.Event, Hashes: m.Copied(),
		Sweep: true, Count: w.Count, Decision: d,
	}
	parts := []string{"sweep", string(h.Hash.Kind), h.Hash.Value, w.Account}
	for i := range d.Results {
		parts = append(parts, d.Results[i].record(), string(d.Results[i].Mode))
	}
	at := s.Event()
	if at.IsZero() {
		at = w.Last
	}
	return o.Event(Key(parts...), at)
}

// concerns reports whether a result is of what changed.
func (t *target) concerns(r *Result) bool {
	return t.banks[r.Bank] || r.Seq > t.after && r.Seq <= t.until
}

// changed reports whether the settings of a bank changed in the range, so that all its entries are to be compared anew.
func changed(b *Bank, o *SweepOrder) bool {
	return b.Mode != taxonomy.ModeOff && b.Version > o.After && b.Version <= o.Until
}
