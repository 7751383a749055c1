package process

import (
	"context"
	"fmt"
	"slices"

	"haris/internal/event"
)

// Count says for one account and kind of data how many events were taken and why others were left out, so that a receiver sees that
// the scope was kept without seeing anything beyond it.
type Count struct {
	Account  string `json:"account"`
	Data     Data   `json:"data"`
	Taken    int    `json:"taken"`
	Outside  int    `json:"outside_dates"` // of a kind that was asked for, at another time
	NotAsked int    `json:"not_asked_for"` // of a kind that was not asked for
}

// chunk is how many events are held at once.
const chunk = 256

// gathered is what the scope takes of one account: places in the log by kind of data, oldest first.
type gathered struct {
	account string
	places  map[Data][]uint64
	counts  map[Data]*Count
	// talks are the places of messages by conversation.
	talks map[string][]uint64
}

// gather walks over everything on the line of an account and sorts it by the scope.
func gather(ctx context.Context, src Source, s *Scope, account string, through uint64) (*gathered, error) {
	g := &gathered{account: account, places: map[Data][]uint64{}, counts: map[Data]*Count{}, talks: map[string][]uint64{}}
	line, err := src.Line(ctx, account, through)
	if err != nil {
		return nil, fmt.Errorf("process: line of an account: %w", err)
	}
	groups := map[string]bool{}
	err = events(ctx, src, line, func(e *event.Event) error {
		if !part(e, account) {
			return nil // another account with the same short key
		}
		if g.take(s, e) && e.Data.Group != "" && e.Data.Conversation != "" {
			groups[e.Data.Conversation] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if slices.Contains(s.Data, Messages) {
		if err := g.groups(ctx, src, s, groups, through); err != nil {
			return nil, err
		}
	}
	for d := range g.places {
		slices.Sort(g.places[d])
	}
	return g, nil
}

// take enters one event in which the account has a part; false when the scope leaves it out.
func (g *gathered) take(s *Scope, e *event.Event) bool {
	d := dataOf(e.Type)
	c := g.count(d)
	switch {
	case d == "" || !slices.Contains(s.Data, d):
		c.NotAsked++
		return false
	case !s.Covers(d, g.account, e.Time):
		c.Outside++
		return false
	}
	c.Taken++
	g.places[d] = append(g.places[d], e.Seq)
	if d == Messages && e.Data.Conversation != "" {
		g.talks[e.Data.Conversation] = append(g.talks[e.Data.Conversation], e.Seq)
	}
	return true
}

func (g *gathered) count(d Data) *Count {
	if g.counts[d] == nil {
		g.counts[d] = &Count{Account: g.account, Data: d}
	}
	return g.counts[d]
}

// groups adds what others wrote to a group in a conversation in which the account took part within the dates: it was a recipient of
// it, though the events name only the group.
func (g *gathered) groups(ctx context.Context, src Source, s *Scope, names map[string]bool, through uint64) error {
	for name := range names {
		line, err := src.Conversation(ctx, name, through)
		if err != nil {
			return fmt.Errorf("process: line of a conversation: %w", err)
		}
		err = events(ctx, src, line, func(e *event.Event) error {
			if e.Data.Conversation != name || e.Data.Group == "" || dataOf(e.Type) != Messages || part(e, g.account) {
				return nil
			}
			if !s.during(e.Time) {
				g.count(Messages).Outside++
				return nil
			}
			g.count(Messages).Taken++
			g.places[Messages] = append(g.places[Messages], e.Seq)
			g.talks[name] = append(g.talks[name], e.Seq)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// part reports whether the account did it or it was done to it.
func part(e *event.Event, account string) bool {
	return e.Actor() == account || slices.Contains(e.Targets(), account)
}

// events reads events by their places, some at a time.
func events(ctx context.Context, src Source, places []uint64, each func(*event.Event) error) error {
	for list := range slices.Chunk(places, chunk) {
		batch, err := src.Events(ctx, list)
		if err != nil {
			return fmt.Errorf("process: read the log: %w", err)
		}
		if len(batch) != len(list) {
			return fmt.Errorf("process: read the log: %d of %d events are there", len(batch), len(list))
		}
		for i := range batch {
			if err := each(&batch[i]); err != nil {
				return err
			}
		}
	}
	return nil
}
