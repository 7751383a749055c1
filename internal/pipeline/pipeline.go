package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"haris/internal/bank"
	"haris/internal/decide"
	"haris/internal/event"
	"haris/internal/rule"
	"haris/internal/store"
	"haris/internal/store/eventlog"
)

// Deps is what a Pipeline works with. Fields without a comment are required.
type Deps struct {
	DB        *store.DB
	Log       *eventlog.Log
	Rules     func() *rule.Set // the rules in force; asked once for each commit
	KeySecret []byte           // keys the hashes of what accounts share; at least 32 bytes
	Now       func() time.Time
	Logger    *slog.Logger
	Workers   int             // goroutines that fold; 0 means 1
	Queue     int             // batches that may wait; 0 means 64
	Wake      func()          // called after a commit that queued jobs; may be nil
	Committed func(Committed) // told of every commit; may be nil
	Progress  func(done, all uint64)
	// Models opens the models that score texts; nil opens none. FirstModel is in force until another is chosen; empty for none.
	Models     OpenModel
	FirstModel string
	// Policy is how what stands is weighed; asked once for each commit. nil means decide.Default.
	Policy func() decide.Policy
	// Match compares media with the banks; nil compares nothing, and then nothing is said of any media.
	Match func(context.Context, []bank.Media) []bank.Decision
	// Brings reports whether a media of a URL that came without a hash is fetched; nil fetches nothing.
	Brings func(url string) bool
	// Asks says that a model of somebody else is asked about candidates: see Asker.
	Asks bool
}

// Committed describes one commit, for metrics.
type Committed struct {
	Events, Duplicate, Letters, Cases int
	Unhashed                          int // media that came without a hash and are not fetched, so that nothing compares them
	Took                              time.Duration
	Oldest, Newest                    time.Time // event times
}

// Pipeline takes batches in, one after another. One Pipeline may own a log at a time.
type Pipeline struct {
	d     Deps
	queue chan *ticket
	ended chan struct{}

	gate   sync.RWMutex // held for writing while the pipeline closes
	closed bool

	mu     sync.RWMutex // guards know: folding writes, questions read
	know   *Knowledge
	sent   sent // what events have ever carried; only commits read and write it
	broken bool // a commit failed after its events were folded: know is ahead of the log

	since      int // events since the last checkpoint
	checkpoint time.Time
}

// The bounds of a commit and of the distance between checkpoints.
const (
	groupEvents      = 8192
	checkpointEvents = 200_000
	checkpointTime   = 10 * time.Minute
)

// ticket is a batch on its way.
type ticket struct {
	batch  Batch
	ids    []eventlog.Identity
	answer Answer
	err    error
	done   chan struct{}
}

// Open loads the last checkpoint, replays the log from there, and starts to take batches in.
func Open(ctx context.Context, d Deps) (*Pipeline, error) {
	if d.DB == nil || d.Log == nil || d.Rules == nil || d.Now == nil || d.Logger == nil || len(d.KeySecret) < 32 {
		return nil, errors.New("pipeline: DB, Log, Rules, Now, Logger and a KeySecret of 32 bytes are required")
	}
	if d.Queue == 0 {
		d.Queue = 64
	}
	p := &Pipeline{d: d, queue: make(chan *ticket, d.Queue), ended: make(chan struct{}), checkpoint: d.Now()}
	if err := p.reload(ctx); err != nil {
		return nil, err
	}
	go p.work()
	return p, nil
}

// Ingest takes a batch in and returns when all that it caused is durable. ErrFull when the queue is full, ErrClosed when the
// pipeline is stopping; in both cases nothing was taken. When ctx ends first its error is returned and the work goes on, so
// that the batch may or may not be taken: sending it again is harmless. Any other error means that nothing of the batch was
// taken.
func (p *Pipeline) Ingest(ctx context.Context, b Batch) (Answer, error) {
	t := &ticket{batch: b, ids: make([]eventlog.Identity, len(b.Events)), done: make(chan struct{})}
	for i := range b.Events {
		t.ids[i] = eventlog.Identify(b.Events[i].Source, b.Events[i].ID)
	}
	if err := p.enqueue(t); err != nil {
		return Answer{}, err
	}
	select {
	case <-t.done:
		return t.answer, t.err
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
}

func (p *Pipeline) enqueue(t *ticket) error {
	p.gate.RLock()
	defer p.gate.RUnlock()
	if p.closed {
		return ErrClosed
	}
	select {
	case p.queue <- t:
		return nil
	default:
		return ErrFull
	}
}

// Waiting is how many batches wait, out of how many that may.
func (p *Pipeline) Waiting() (waiting, limit int) { return len(p.queue), cap(p.queue) }

// Know calls f with what is known, which f must neither change nor keep.
func (p *Pipeline) Know(f func(*Knowledge)) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	f(p.know)
}

// Close takes no more batches, finishes those that wait, and writes a checkpoint so that the next start has nothing to replay.
func (p *Pipeline) Close(ctx context.Context) error {
	p.gate.Lock()
	if !p.closed {
		p.closed = true
		close(p.queue)
	}
	p.gate.Unlock()
	select {
	case <-p.ended:
	case <-ctx.Done():
		return fmt.Errorf("pipeline: stopped before all batches were finished: %w", ctx.Err())
	}
	return p.save(ctx)
}

// work commits one group of batches after another.
func (p *Pipeline) work() {
	defer close(p.ended)
	ctx := context.Background() // a batch that was taken is finished; stopping waits for it
	for t := range p.queue {
		group := p.gather(t)
		err := p.commit(ctx, group)
		for _, t := range group {
			if err != nil {
				t.answer, t.err = Answer{}, err
			}
			close(t.done)
		}
		if err != nil {
			p.d.Logger.Error("commit failed; nothing of it was taken", "batches", len(group), "error", err)
			continue
		}
		p.maybeSave(ctx)
	}
}

// gather joins the batches that wait to one commit.
func (p *Pipeline) gather(first *ticket) []*ticket {
	group, n := []*ticket{first}, len(first.batch.Events)
	for n < groupEvents {
		select {
		case t, ok := <-p.queue:
			if !ok {
				return group
			}
			group, n = append(group, t), n+len(t.batch.Events)
		default:
			return group
		}
	}
	return group
}

// reload forgets what is known, loads the last checkpoint and folds the log from there, without effects: they are durable.
func (p *Pipeline) reload(ctx context.Context) error {
	k, replayed, err := Load(ctx, p.d)
	if errors.Is(err, errVersion) {
		p.d.Logger.Warn("the checkpoint was written by another version; replaying the whole log", "reason", err)
		if err = p.d.DB.Write(ctx, func(tx *store.Tx) error { return tx.State().Clear(ctx) }); err == nil {
			k, replayed, err = Load(ctx, p.d)
		}
	}
	if err != nil {
		return err
	}
	err = p.d.DB.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.EventFields().List(ctx)
		p.sent = remember(list)
		return err
	})
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.know, p.broken, p.since = k, false, int(replayed)
	p.mu.Unlock()
	return nil
}

// Load reads the last checkpoint and folds the log from there. It changes nothing, so it may be called beside a running
// Pipeline. Of the dependencies it needs DB, Log, Rules and KeySecret.
func Load(ctx context.Context, d Deps) (k *Knowledge, replayed uint64, err error) {
	k = NewKnowledge(d.Workers, d.KeySecret)
	if k.model, err = k.opened(cmp.Or(d.FirstModel, NoModel), d.Models); err != nil {
		return nil, 0, err
	}
	if err := d.DB.Read(ctx, func(tx *store.Tx) error { return k.load(ctx, tx.State(), d.Models) }); err != nil {
		return nil, 0, fmt.Errorf("pipeline: load the checkpoint: %w", err)
	}
	d.weigh(k)
	from, end := k.next, d.Log.Next()
	set := d.Rules()
	err = d.Log.From(ctx, from, func(events []event.Event) error {
		if events[0].Seq != k.next {
			return fmt.Errorf("the log has a gap: expected event %d, found %d", k.next, events[0].Seq)
		}
		if err := k.OpenModels(events, d.Models); err != nil {
			return err
		}
		k.Fold(events, set, nil)
		if d.Progress != nil {
			d.Progress(k.next-from, end-from)
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, 0, fmt.Errorf("pipeline: replay: %w", err)
	}
	if k.next < end {
		return nil, 0, fmt.Errorf("pipeline: replay ended at event %d, the log ends at %d", k.next-1, end-1)
	}
	k.tally = Tally{}
	return k, k.next - from, nil
}

// weigh puts the policy in force.
func (d *Deps) weigh(k *Knowledge) {
	if d.Policy != nil {
		k.SetPolicy(d.Policy())
	}
}

// maybeSave writes a checkpoint when replaying what came since the last one would take long.
func (p *Pipeline) maybeSave(ctx context.Context) {
	size := p.know.Size()
	far := p.since >= max(checkpointEvents, (size.Accounts+size.Pairs)/2)
	if !far && (p.since == 0 || p.d.Now().Sub(p.checkpoint) < checkpointTime) {
		return
	}
	if err := p.save(ctx); err != nil {
		p.d.Logger.Error("checkpoint failed; the log has everything, the next start takes longer", "error", err)
	}
}

// save writes a checkpoint.
func (p *Pipeline) save(ctx context.Context) error {
	if p.broken || p.since == 0 {
		return nil
	}
	began := p.d.Now()
	err := p.d.DB.Write(ctx, func(tx *store.Tx) error { return p.know.save(ctx, tx.State()) })
	if err != nil {
		return fmt.Errorf("pipeline: checkpoint: %w", err)
	}
	p.know.saved()
	p.d.Logger.Info("checkpoint", "events", p.since, "applied", p.know.next-1, "took", p.d.Now().Sub(began))
	p.since, p.checkpoint = 0, p.d.Now()
	return nil
}
