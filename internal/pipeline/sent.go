package pipeline

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"haris/internal/event"
	"haris/internal/store"
)

// sent remembers which fields events of each type have ever carried, so that a report can tell what a platform never sends from what it
// did not send this time.
type sent map[event.Type]carried

// carried is a set of fields, and of kinds of keys that came in the clear.
type carried struct {
	fields event.Fields
	keys   uint8
}

func (c carried) and(o carried) carried { return carried{c.fields | o.fields, c.keys | o.keys} }

func (c carried) less(o carried) carried { return carried{c.fields &^ o.fields, c.keys &^ o.keys} }

func carriedBy(e *event.Event) carried {
	c := carried{fields: e.Data.Sent()}
	for _, k := range e.Data.Keys {
		if i := slices.Index(keyKinds[:], k.Kind); i >= 0 && k.Value != "" {
			c.keys |= 1 << i
		}
	}
	return c
}

// learn returns what the events carry that was never carried before: by type, and as rows.
func (s sent) learn(events []event.Event) (news sent, rows []store.EventField) {
	news = sent{}
	for i := range events {
		e := &events[i]
		if strings.HasPrefix(e.Source, event.OwnSource) {
			continue // no platform has sent it
		}
		fresh := carriedBy(e).less(s[e.Type]).less(news[e.Type])
		if fresh == (carried{}) {
			continue
		}
		news[e.Type] = news[e.Type].and(fresh)
		add := func(name string) {
			rows = append(rows, store.EventField{Type: string(e.Type), Field: name, Seq: e.Seq, At: e.Time})
		}
		for _, name := range fresh.fields.Names() {
			add(name)
		}
		for k, kind := range keyKinds {
			if fresh.keys&(1<<k) != 0 {
				add("keys." + kind)
			}
		}
	}
	return news, rows
}

// merge takes over what has become durable.
func (s sent) merge(news sent) {
	for t, c := range news {
		s[t] = s[t].and(c)
	}
}

// note writes down what events carry for the first time, and returns what to do when that has become durable. The first note says where
// the memory begins.
func (p *Pipeline) note(ctx context.Context, tx *store.Tx, events []event.Event, now time.Time) (done func(), err error) {
	news, rows := p.sent.learn(events)
	if len(rows) == 0 {
		return func() {}, nil
	}
	if len(p.sent) == 0 {
		rows = append(rows, store.EventField{Seq: events[0].Seq, At: now})
	}
	return func() { p.sent.merge(news) }, tx.EventFields().Add(ctx, rows)
}

// remember loads what was carried before.
func remember(list []store.EventField) sent {
	bits := map[string]event.Fields{}
	for i, name := range event.Fields(1<<63 - 1).Names() {
		bits[name] = 1 << i
	}
	s := sent{}
	for _, f := range list {
		c := carried{fields: bits[f.Field]}
		for i, kind := range keyKinds {
			if f.Field == "keys."+kind {
				c.keys |= 1 << i
			}
		}
		s[event.Type(f.Type)] = s[event.Type(f.Type)].and(c)
	}
	maps.DeleteFunc(s, func(_ event.Type, c carried) bool { return c == carried{} })
	return s
}
