package review

import (
	"context"
	"errors"

	"haris/internal/casefile"
)

// ErrNothing says that no case of what was asked for is free.
var ErrNothing = errors.New("review: no case is free")

// nextPage is how many cases of a queue are looked at together when the next one is looked for.
const nextPage = 20

// Ask is where a case may come from: a saved queue, of which the time limit counts, or with an empty one just what a filter finds.
type Ask struct {
	Queue  casefile.Queue
	Filter casefile.Filter
}

// Next claims for a person the best of the cases that they can take: nobody holds it, it is nobody else's, it is not put off, and they are not
// its first person. Of several asks, in the order of the person's round, casefile.Best chooses; of each it sees as many as one page holds, by
// priority and deadline, so that the time limit of a queue counts among those. Two who ask at once get two cases. It returns the
// case and which ask it came from. ErrNothing.
func (s *Service) Next(ctx context.Context, who string, asks ...Ask) (c casefile.Case, from int, err error) {
	err = s.Write(ctx, func(tx Tx) error {
		now := s.Now()
		var offers []casefile.Offer
		for i := range asks {
			ask := asks[i]
			ask.Filter.FreeFor, ask.Filter.Resting, ask.Filter.Now = who, casefile.Awake, now
			free, err := offered(ctx, tx, &ask, who, i)
			if err != nil {
				return err
			}
			offers = append(offers, free...)
		}
		best := casefile.Best(offers)
		if best < 0 {
			return ErrNothing
		}
		from = offers[best].Place
		d := deed{Act: Act{Who: who, Case: offers[best].Case.ID, Seen: offers[best].Case.Events}, kind: casefile.Claimed, body: s.claimBody}
		c, err = s.write(ctx, tx, now, d)
		return err
	})
	if err != nil {
		return casefile.Case{}, 0, err
	}
	return c, from, nil
}

// offered returns the free cases of the first page on which there are any.
func offered(ctx context.Context, tx Tx, ask *Ask, who string, place int) (out []casefile.Offer, err error) {
	f := ask.Filter
	f.Limit, f.Cursor = nextPage, ""
	for {
		list, next, err := tx.Cases().List(ctx, f)
		if err != nil {
			return nil, err
		}
		for i := range list {
			c := &list[i]
			first := c.Status == casefile.SecondPerson && c.Disposal != nil && c.Disposal.Who == who
			if first || casefile.Allowed(c, casefile.Claimed, who, f.Now) != nil {
				continue
			}
			due, _ := ask.Queue.Due(c)
			out = append(out, casefile.Offer{Case: *c, Place: place, Due: due})
		}
		if f.Cursor = next; next == "" || len(out) > 0 {
			return out, nil
		}
	}
}
