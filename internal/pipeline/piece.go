package pipeline

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"haris/internal/detect"
	"haris/internal/detect/contact"
	"haris/internal/event"
	"haris/internal/rule"
	"haris/internal/state"
)

// piece is the part of a step that is folded at once: facts in parallel over events, pairs, counters and accounts in parallel
// over shards of their keys, rules in parallel over events, then the judging of what was found, one after another in the order
// of the log.
type piece struct {
	k        *Knowledge
	set      *rule.Set
	events   []event.Event
	verdicts []Verdict
	out      *Effects

	casts  []cast // of each event
	links  []link // every pair that an event touches
	inputs []rule.Input
	values [][]rule.Value // of each input
	known  []detect.Fact  // media that match known material
	texts  []*reading     // of each event: what was read ahead
	found  []finding
}

// cast is who takes part in an event, with the profiles as of the event.
type cast struct {
	from    *detect.Profile
	fromKey detect.Key
	to      []*detect.Profile
	first   int // index of the event's first input
	shared  []sharing
	passed  []detect.Passed // contact details in its text
	unread  bool            // a message between a minor and somebody else without its text
	voice   *voice          // what the model in force says of its text; nil where it was not asked
}

// link is one pair that an event touches.
type link struct {
	event, target int
	key           detect.Key
	fromLow       bool
	shared        *sharing // the two came to share a key; else it is an act of one toward the other
}

// maxPairs bounds the recipients with whom one event makes pairs: what goes to more is not a private contact.
const maxPairs = 32

// least is the number of events below which a piece is not worth several goroutines.
const least = 64

func (p *piece) run() {
	p.read()
	p.resolve()
	p.connect()
	facts := p.touch()
	p.since(facts)
	p.together(facts)
	p.openings(facts)
	facts = append(facts, p.known)
	p.k.trace.facts(facts)
	p.count()
	p.detect(facts)
	p.rules()
	p.judge()
}

// workers is how many goroutines the piece is worth.
func (p *piece) workers() int {
	if len(p.events) < least {
		return 1
	}
	return p.k.workers
}

// each calls f for every worker and waits.
func (p *piece) each(f func(worker, workers int)) {
	n := p.workers()
	if n == 1 {
		f(0, 1)
		return
	}
	var wg sync.WaitGroup
	for w := range n {
		wg.Go(func() { f(w, n) })
	}
	wg.Wait()
}

// span cuts n things into equal parts and returns the bounds of the worker's.
func span(n, worker, workers int) (from, to int) {
	return n * worker / workers, n * (worker + 1) / workers
}

// mine reports whether a key belongs to the worker.
func mine(key detect.Key, worker, workers int) bool { return state.Bucket(key)%workers == worker }

// resolve brings the directory up to date, event by event, and notes who takes part.
func (p *piece) resolve() {
	p.casts = make([]cast, len(p.events))
	p.inputs = make([]rule.Input, 0, len(p.events))
	for i := range p.events {
		e := &p.events[i]
		p.k.watermark = max(p.k.watermark, e.Time.UnixMilli())
		if p.k.began == 0 {
			p.k.began = e.Time.UnixMilli()
		}
		if p.k.directory.Apply(e) && e.Type == event.ModerationApplied {
			p.grouped(e, p.k.sharing(e.Data.Account))
		}
		p.access(e, p.share(i))
		p.matched(i)
		p.passed(e)
		c := &p.casts[i]
		c.first = len(p.inputs)
		if actor := e.Actor(); actor != "" {
			c.from = p.k.directory.Find(actor)
		}
		targets := e.Targets()
		c.to = make([]*detect.Profile, len(targets))
		for t, id := range targets {
			c.to[t] = p.k.directory.Find(id)
			p.inputs = append(p.inputs, rule.Input{Event: e, From: c.from, To: c.to[t], Target: t, Now: e.Time})
		}
		if len(targets) == 0 {
			p.inputs = append(p.inputs, rule.Input{Event: e, From: c.from, Now: e.Time})
		}
		p.exchange(i)
		p.advertised(i)
		p.told(e)
		p.answered(e)
		p.k.asked.counted(e)
	}
}

// connect works out the keys, and counts who is about in ordinary life.
func (p *piece) connect() {
	parts := make([][]link, p.workers())
	p.each(func(w, n int) {
		from, to := span(len(p.events), w, n)
		for i := from; i < to; i++ {
			e, c := &p.events[i], &p.casts[i]
			if c.from == nil {
				continue
			}
			c.fromKey = detect.AccountKey(c.from.ID)
			for s := range c.shared {
				key, _ := detect.PairKey(c.shared[s].me.ID, c.shared[s].other.ID)
				parts[w] = append(parts[w], link{event: i, key: key, shared: &c.shared[s]})
			}
			if active(e.Type) {
				detect.AddReach(p.k.pending[w], c.from, e.Data.Surface, e.Time.UTC().Hour())
			}
			if !pairs(e.Type) || len(c.to) > maxPairs {
				continue
			}
			for t, other := range c.to {
				if other.ID == c.from.ID {
					continue
				}
				key, low := detect.PairKey(c.from.ID, other.ID)
				parts[w] = append(parts[w], link{event: i, target: t, key: key, fromLow: low})
			}
		}
	})
	p.links = slices.Concat(parts...)
}

// active reports whether an event of the type shows that its actor is about and can be met.
func active(t event.Type) bool {
	switch t {
	case event.MessageSent, event.ContactRequested, event.PostPublished, event.SessionStarted, event.CallStarted:
		return true
	}
	return false
}

// pairs reports whether an event of the type is an act of one account toward another.
func pairs(t event.Type) bool {
	switch t {
	case event.ContactRequested, event.ContactAccepted, event.ContactDeclined, event.ContactIgnored, event.MessageSent,
		event.CallStarted, event.PaymentSent, event.AccountBlocked, event.AccountMuted, event.AccountReported, event.ContentReported:
		return true
	}
	return false
}

// touch folds the pairs and returns the facts that follow, for each worker's pairs in the order of the log.
func (p *piece) touch() [][]detect.Fact {
	facts := make([][]detect.Fact, p.workers())
	p.each(func(w, n int) {
		for i := range p.links {
			l := &p.links[i]
			if !mine(l.key, w, n) {
				continue
			}
			pair, _ := p.k.pairs.Get(l.key)
			if l.shared != nil {
				told := l.shared.tell(&p.events[l.event], pair.Family())
				facts[w] = append(facts[w], told[:]...)
				continue
			}
			c := &p.casts[l.event]
			t := contact.Touch{
				Event: &p.events[l.event], From: c.from, To: c.to[l.target], FromLow: l.fromLow, Passed: c.passed, Unread: c.unread,
			}
			c.voice.tell(&t, p.k.model)
			facts[w] = pair.Fold(t, facts[w])
			p.k.pairs.Put(l.key, pair)
		}
	})
	return facts
}

// count runs the counters of the rules and keeps the values that each input sees.
func (p *piece) count() {
	p.values = make([][]rule.Value, len(p.inputs))
	if p.set == nil {
		return
	}
	type counted struct {
		input int
		fact  rule.CounterFact
	}
	parts := make([][]counted, p.workers())
	counters := len(p.set.Counters())
	p.each(func(w, n int) {
		from, to := span(len(p.inputs), w, n)
		var buf []rule.CounterFact
		for i := from; i < to; i++ {
			buf = p.set.Counts(&p.inputs[i], buf[:0])
			if len(buf) > 0 {
				p.values[i] = make([]rule.Value, counters)
			}
			for _, f := range buf {
				parts[w] = append(parts[w], counted{i, f})
			}
		}
	})
	p.each(func(w, n int) {
		for _, part := range parts {
			for i := range part {
				if c := &part[i]; mine(c.fact.Group, w, n) {
					p.values[c.input][c.fact.Counter] = p.k.foldCounter(c.fact)
				}
			}
		}
	})
}

// foldCounter folds one fact; a state that was only read is not kept.
func (k *Knowledge) foldCounter(f rule.CounterFact) rule.Value {
	key := detect.Key(f.Group)
	c, ok := k.counters.Get(key)
	if !ok {
		c = &rule.CounterState{}
	}
	v := c.Fold(f)
	if f.Op != rule.OpRead && !c.Empty() {
		k.counters.Put(key, c)
	}
	return v
}

// detect folds the facts into the accounts, each account's in the order of the log.
func (p *piece) detect(facts [][]detect.Fact) {
	parts := make([]folded, p.workers())
	p.each(func(w, n int) {
		var list []*detect.Fact
		for _, part := range facts {
			for i := range part {
				if mine(part[i].Key, w, n) {
					list = append(list, &part[i])
				}
			}
		}
		slices.SortStableFunc(list, func(a, b *detect.Fact) int {
			return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Account.ID, b.Account.ID), cmp.Compare(a.Other.ID, b.Other.ID))
		})
		for _, f := range list {
			p.k.foldFact(f, p.k.pending[w], &parts[w])
		}
	})
	for i := range parts {
		p.found = append(p.found, parts[i].found...)
		for _, key := range parts[i].touched {
			if a, ok := p.k.accounts.Get(key); ok {
				p.k.schedule(key, a)
			}
		}
	}
}

// folded is what one worker's accounts had to say.
type folded struct {
	found   []finding
	touched []detect.Key
}

func (k *Knowledge) foldFact(f *detect.Fact, c detect.Cohort, out *folded) {
	a, known := k.accounts.Get(f.Key)
	if !known {
		a = &account{id: strings.Clone(f.Account.ID), slots: make([]detect.State, len(k.detectors))}
	}
	changed := false
	for _, i := range k.wants[f.Kind] {
		next, sig, ok := k.detectors[i].Fold(a.slots[i], f, c)
		if next != nil && a.slots[i] == nil {
			follow(i, f, c)
		}
		changed = changed || next != nil
		a.slots[i] = next
		if ok {
			out.found = append(out.found, finding{seq: f.Seq, key: f.Key, who: f.Account, sig: &sig})
		}
	}
	if !changed {
		return
	}
	k.accounts.Put(f.Key, a)
	out.touched = append(out.touched, f.Key)
}

// rules asks the rules about every input, with what stood when the step began.
func (p *piece) rules() {
	if p.set == nil {
		return
	}
	parts := make([][]finding, p.workers())
	p.each(func(w, n int) {
		from, to := span(len(p.events), w, n)
		for i := from; i < to; i++ {
			parts[w] = p.ask(i, parts[w])
		}
	})
	p.found = append(p.found, slices.Concat(parts...)...)
}

func (p *piece) ask(i int, out []finding) []finding {
	c := &p.casts[i]
	last := len(p.inputs)
	if i+1 < len(p.casts) {
		last = p.casts[i+1].first
	}
	var a *account
	if c.from != nil {
		a, _ = p.k.accounts.Get(c.fromKey)
	}
	signals, labels := a.visible()
	for j := c.first; j < last; j++ {
		in := &p.inputs[j]
		in.Signals, in.Labels = signals, labels
		if p.k.trace != nil { // one goroutine folds a traced event
			p.k.trace.judged(p.set, in, p.values[j])
		}
		for _, h := range p.set.Eval(in, p.values[j]) {
			who := in.From
			if in.To != nil && h.Subject == in.To.ID {
				who = in.To
			}
			out = append(out, finding{seq: p.events[i].Seq, event: &p.events[i], place: i, who: who, hit: &h})
		}
	}
	return out
}

// judge takes what was found in the order of the log: of one event the signals by account, then the hits as the rules stand.
func (p *piece) judge() {
	slices.SortStableFunc(p.found, func(a, b finding) int { return cmp.Or(cmp.Compare(a.seq, b.seq), a.compare(b)) })
	for _, f := range p.found {
		p.k.judge(p.out, p, f)
	}
	for i := range p.verdicts {
		if p.verdicts[i].Verdict == "" {
			p.verdicts[i].Verdict = "allow"
		}
	}
}
