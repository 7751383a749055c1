package rule

import (
	"encoding/binary"
	"sync/atomic"
	"time"

	"cel.dev/cel-go/common/types"
	"github.com/zeebo/xxh3"

	"haris/internal/event"
)

// counter is a counter as it runs.
type counter struct {
	name     string
	identity [16]byte
	window   int64 // milliseconds
	distinct bool
	feed     feed
	cancel   *feed // nil when nothing cancels
	usesTo   bool
	missed   atomic.Uint64
}

type feed struct {
	on      []event.Type
	clauses []int
	member  *program
	group   []program
	usesTo  bool
}

// Op is what a fact does to a counter.
type Op uint8

// The operations. Every one also answers with the counter's value at the fact's time.
const (
	OpRead   Op = iota + 1 // look only
	OpFeed                 // count
	OpCancel               // forget the group, or one member of it
)

// CounterFact is one observation addressed to one group of one counter. It carries everything that folding needs.
type CounterFact struct {
	Counter  int      // index into Set.Counters and into the values of Eval; -1 for a rule's quota
	Group    [16]byte // key of the state: the counter's meaning and the values of its group, hashed
	Member   uint64   // hash of the distinct member; 0 for a plain count or when the whole group is cancelled
	At       int64    // event time, milliseconds since 1970
	Window   int64    // milliseconds
	Op       Op
	Distinct bool
}

// Counts appends the facts of one event: which counters it cancels, feeds or reads, in this order for each counter. It is pure
// and safe for concurrent use. An event whose group, member or condition is not known feeds nothing and is counted as missed.
// When a counter has a fact that reads or feeds, the value of that fact is the one to hand to Eval.
func (s *Set) Counts(in *Input, out []CounterFact) []CounterFact {
	p := s.plans[in.Event.Type]
	if p == nil || len(p.counters) == 0 {
		return out
	}
	x := s.borrow(in, nil)
	for _, u := range p.counters {
		out = x.count(u, out)
	}
	s.give(x)
	return out
}

func (x *scratch) count(u counterUse, out []CounterFact) []CounterFact {
	c := x.set.counters[u.counter]
	f := CounterFact{Counter: u.counter, At: x.in.Event.Time.UnixMilli(), Window: c.window, Distinct: c.distinct}
	first := x.in.Target == 0
	if u.cancels && (first || c.cancel.usesTo) && x.place(c, c.cancel, &f) {
		f.Op = OpCancel
		out = append(out, f)
	}
	f.Member = 0
	if u.feeds && (first || c.usesTo) && x.place(c, &c.feed, &f) {
		f.Op = OpFeed
		return append(out, f)
	}
	f.Member = 0
	if u.reads && x.group(c, &c.feed, &f) {
		f.Op = OpRead
		out = append(out, f)
	}
	return out
}

// place fills in the group and member of an event that a feed takes; false when it takes it not, or cannot know.
func (x *scratch) place(c *counter, f *feed, fact *CounterFact) bool {
	switch x.decide(f.clauses) {
	case no:
		return false
	case unknown:
		c.missed.Add(1)
		return false
	}
	if !x.group(c, f, fact) {
		c.missed.Add(1)
		return false
	}
	if f.member == nil {
		return true
	}
	m, ok := x.text(f.member)
	if !ok {
		c.missed.Add(1)
		return false
	}
	fact.Member = max(xxh3.HashString(m), 1)
	return true
}

// group hashes the counter's meaning and the values of its group, each with its length so that no two lists collide.
func (x *scratch) group(c *counter, f *feed, fact *CounterFact) bool {
	x.key = append(x.key[:0], c.identity[:]...)
	for i := range f.group {
		v, ok := x.text(&f.group[i])
		if !ok {
			return false
		}
		x.key = binary.LittleEndian.AppendUint32(x.key, uint32(len(v)))
		x.key = append(x.key, v...)
	}
	fact.Group = xxh3.Hash128(x.key).Bytes()
	return true
}

func (x *scratch) text(p *program) (string, bool) {
	if p.variable >= 0 {
		return x.textOf(p.variable)
	}
	v, ok := x.run(p)
	if !ok {
		return "", false
	}
	s, ok := v.(types.String)
	return string(s), ok
}

func (s *Set) missed() uint64 {
	var n uint64
	for _, c := range s.counters {
		n += c.missed.Load()
	}
	return n
}

func msDuration(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }
