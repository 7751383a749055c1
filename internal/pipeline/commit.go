package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"haris/internal/action"
	"haris/internal/audit"
	"haris/internal/bank"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/store"
	"haris/internal/store/eventlog"
)

// group is what is committed together.
type group struct {
	events  []event.Event
	ids     []eventlog.Identity
	at      []int // place in events of each event that was sent
	seen    []bank.Sighting
	version uint64 // of the banks that they were compared with
	letters []Letter
	effects Effects
	bare    int   // media without a hash that are not fetched
	cases   []int // for each decision: 1 when a case was opened or grown
	jobs    bool
}

// commit tells new events from repeats, folds them, and writes them with all that follows in one transaction.
func (p *Pipeline) commit(ctx context.Context, tickets []*ticket) error {
	began := p.d.Now()
	if p.broken {
		if err := p.reload(ctx); err != nil {
			return err
		}
	}
	g, err := p.sort(ctx, tickets)
	if err != nil {
		return err
	}
	if err := p.observe(ctx, g); err != nil {
		return err
	}
	if len(g.events) > 0 || len(g.letters) > 0 {
		if err := p.foldAndWrite(ctx, g); err != nil {
			return fmt.Errorf("pipeline: commit: %w", err)
		}
	}
	answer(tickets, g)
	p.told(tickets, g, began)
	return nil
}

// foldAndWrite folds new events and makes them durable with what follows from them. When that fails what is known is ahead of
// the log, and is loaded again before the next commit.
func (p *Pipeline) foldAndWrite(ctx context.Context, g *group) error {
	if err := p.know.OpenModels(g.events, p.d.Models); err != nil {
		return err
	}
	p.mu.Lock()
	p.d.weigh(p.know)
	g.effects = p.know.Fold(g.events, p.d.Rules(), nil)
	p.mu.Unlock()
	p.broken = len(g.events) > 0
	if err := p.enrich(ctx, g); err != nil {
		return err
	}
	done := func() {}
	err := p.d.DB.Write(ctx, func(tx *store.Tx) (err error) {
		done, err = p.write(ctx, tx, g)
		return err
	})
	if err != nil {
		return err
	}
	done()
	p.broken = false
	p.since += len(g.events)
	return nil
}

// sort gives the new events of the batches their place in the log. Of events with one identity the first counts.
func (p *Pipeline) sort(ctx context.Context, tickets []*ticket) (*group, error) {
	var all []eventlog.Identity
	g := &group{}
	for _, t := range tickets {
		all = append(all, t.ids...)
		g.letters = append(g.letters, t.batch.Letters...)
	}
	if len(all) == 0 {
		return g, nil
	}
	var seen []bool
	err := p.d.DB.Read(ctx, func(tx *store.Tx) (err error) {
		seen, err = p.d.Log.Seen(ctx, tx, all)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("pipeline: look for repeats: %w", err)
	}
	i := 0
	known := make(map[eventlog.Identity]struct{}, len(all))
	g.events = make([]event.Event, 0, len(all))
	for _, t := range tickets {
		t.answer = Answer{New: make([]bool, len(t.ids))}
		for n, id := range t.ids {
			_, twice := known[id]
			fresh := !seen[i] && !twice
			i++
			if !fresh {
				t.answer.Duplicate++
				continue
			}
			known[id] = struct{}{}
			t.answer.New[n] = true
			g.events, g.ids = append(g.events, t.batch.Events[n]), append(g.ids, id)
		}
	}
	return g, nil
}

// write puts everything into the transaction.
func (p *Pipeline) write(ctx context.Context, tx *store.Tx, g *group) (done func(), err error) {
	now := p.d.Now().UTC()
	done = func() {}
	brought := false
	if len(g.events) > 0 {
		logged, err := p.d.Log.Append(ctx, tx, now.UnixMilli(), g.ids, g.events)
		if err != nil {
			return nil, err
		}
		noted, err := p.note(ctx, tx, g.events, now)
		if err != nil {
			return nil, err
		}
		done = func() { logged(); noted() }
		if err := p.remember(ctx, tx, g); err != nil {
			return nil, err
		}
		if brought, err = p.bring(ctx, tx, g, now); err != nil {
			return nil, err
		}
		if err := tx.BankDays().Count(ctx, bank.DaysOf(g.events)); err != nil {
			return nil, err
		}
	}
	for _, l := range g.letters {
		row := store.Letter{At: now, Source: l.Source, Event: l.Event, Reason: l.Reason, Place: l.Place, Body: l.Body}
		if _, err := tx.Letters().Add(ctx, row); err != nil {
			return nil, err
		}
	}
	g.cases, g.jobs = make([]int, len(g.effects.Decisions)), brought
	for i := range g.effects.Decisions {
		if g.cases[i], err = p.apply(ctx, tx, now, &g.effects.Decisions[i]); err != nil {
			return nil, err
		}
		g.jobs = g.jobs || g.cases[i] > 0
	}
	return done, p.ask(ctx, tx, g, now)
}

// apply opens or grows the case of a decision and queues what must happen outside: first the evidence is sealed, then friction
// is asked for. A decision that was applied before, that a person has already judged or that people have muted, changes nothing.
func (p *Pipeline) apply(ctx context.Context, tx *store.Tx, now time.Time, d *Decision) (int, error) {
	if held, err := muted(ctx, tx, now, &d.Matter); err != nil || held {
		return 0, err
	}
	ch, err := tx.Cases().Apply(ctx, now, d.Matter)
	if err != nil || ch.Skipped {
		return 0, err
	}
	act := "case.grown"
	if ch.Opened {
		act = "case.opened"
	}
	_, err = tx.Audit().Append(ctx, audit.Entry{
		At: now, Who: action.Software, Act: act, Object: "case/" + ch.Case, Detail: map[string]string{
			"subject": d.Matter.Subject, "typology": string(d.Matter.Typology), "priority": d.Matter.Priority.String(),
		},
	})
	if err != nil {
		return 0, err
	}
	order := evidence.SealOrder{Case: ch.Case}
	if len(d.Friction) > 0 {
		if order.Then, err = json.Marshal(d.Friction); err != nil {
			return 0, fmt.Errorf("pipeline: friction: %w", err)
		}
	}
	seal, err := evidence.NewSealJob(d.Matter.Key, now, order)
	if err != nil {
		return 0, err
	}
	if _, _, err := tx.Jobs().Enqueue(ctx, seal); err != nil {
		return 0, err
	}
	if len(d.Notify) == 0 || !ch.Raised {
		return 1, nil
	}
	return 1, p.notify(ctx, tx, now, ch.Case, d)
}

func (p *Pipeline) notify(ctx context.Context, tx *store.Tx, now time.Time, id string, d *Decision) error {
	m := &d.Matter
	j, err := action.NewNotifyJob(m.Key, now, action.Notify{
		Case: id, To: d.Notify, Rule: d.rule, Priority: m.Priority.String(), Typology: string(m.Typology), Queue: m.Queue, At: m.At,
	})
	if err != nil {
		return err
	}
	_, _, err = tx.Jobs().Enqueue(ctx, j)
	return err
}

// enrich names the people of each decision from the events that it rests on.
func (p *Pipeline) enrich(ctx context.Context, g *group) error {
	for i := range g.effects.Decisions {
		m := &g.effects.Decisions[i].Matter
		for s := range m.Signals {
			events, err := p.eventsOf(ctx, g, m.Signals[s].Events)
			if err != nil {
				return err
			}
			m.Signals[s].Others = p.others(m.Subject, m.Signals[s].Others, events)
			for _, id := range m.Signals[s].Others {
				if p.minor(id) && !slices.Contains(m.Victims, id) {
					m.Victims = append(m.Victims, id)
				}
			}
		}
		if p.minor(m.Subject) {
			m.Victims = append([]string{m.Subject}, m.Victims...)
		}
	}
	return nil
}

func (p *Pipeline) minor(id string) bool { return p.know.directory.Find(id).Band.Minor() }

// eventsOf returns the events of a signal, of which some may not be in the log yet.
func (p *Pipeline) eventsOf(ctx context.Context, g *group, seqs []uint64) (out []event.Event, err error) {
	var old []uint64
	for _, seq := range seqs {
		if len(g.events) > 0 && seq >= g.events[0].Seq {
			out = append(out, g.events[seq-g.events[0].Seq])
			continue
		}
		old = append(old, seq)
	}
	if len(old) == 0 {
		return out, nil
	}
	err = p.d.DB.Read(ctx, func(tx *store.Tx) error {
		events, err := p.d.Log.Get(ctx, tx, old)
		out = append(events, out...)
		return err
	})
	return out, err
}

// maxOthers bounds the other side that a signal names.
const maxOthers = 20

func (p *Pipeline) others(subject string, have []string, events []event.Event) []string {
	out := slices.Clone(have)
	for i := range events {
		for _, id := range append([]string{events[i].Actor()}, events[i].Targets()...) {
			if id != "" && id != subject && len(out) < maxOthers && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

// answer fills in what each batch is told. What was found about the media of an event belongs to its verdict.
func answer(tickets []*ticket, g *group) {
	next := 0
	place := func(n int) int {
		if n < len(g.at) {
			return g.at[n]
		}
		return len(g.events)
	}
	for _, t := range tickets {
		if t.batch.Verdicts {
			t.answer.Verdicts = make([]Verdict, len(t.ids))
		}
		first := next
		for n := range t.ids {
			if !t.answer.New[n] {
				continue
			}
			if t.batch.Verdicts {
				t.answer.Verdicts[n] = strictest(g.effects.Verdicts[place(next):place(next+1)])
			}
			next++
		}
		if next == first {
			continue
		}
		from, to := place(first), place(next)
		t.answer.FirstSeq = g.events[from].Seq
		for i, d := range g.effects.Decisions {
			if d.seq >= g.events[from].Seq && d.seq <= g.events[to-1].Seq {
				t.answer.Cases += g.cases[i]
			}
		}
	}
}

func (p *Pipeline) told(tickets []*ticket, g *group, began time.Time) {
	if g.jobs && p.d.Wake != nil {
		p.d.Wake()
	}
	if p.d.Committed == nil {
		return
	}
	c := Committed{Events: len(g.events), Letters: len(g.letters), Unhashed: g.bare, Took: p.d.Now().Sub(began)}
	for _, t := range tickets {
		c.Duplicate += t.answer.Duplicate
	}
	for _, n := range g.cases {
		c.Cases += n
	}
	for i := range g.events {
		at := g.events[i].Time
		if c.Oldest.IsZero() || at.Before(c.Oldest) {
			c.Oldest = at
		}
		if at.After(c.Newest) {
			c.Newest = at
		}
	}
	p.d.Committed(c)
}
