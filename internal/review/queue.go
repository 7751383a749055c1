package review

import (
	"context"
	"errors"
	"slices"

	"haris/internal/audit"
	"haris/internal/casefile"
)

// ErrNothing says that no case of the filter is free.
var ErrNothing = errors.New("review: no case is free")

// nextPage is how many cases are looked at together when the next one is looked for.
const nextPage = 20

// Next claims for a person the most urgent case of the filter that they can take: nobody holds it, it is nobody else's, it is not put
// off, and they are not its first person. Two who ask at once get two cases. ErrNothing.
func (s *Service) Next(ctx context.Context, who string, f casefile.Filter) (casefile.Case, error) {
	var out casefile.Case
	err := s.Write(ctx, func(tx Tx) error {
		now := s.Now()
		f := f
		f.FreeFor, f.Resting, f.Now, f.Limit, f.Cursor = who, casefile.Awake, now, nextPage, ""
		for {
			list, next, err := tx.Cases().List(ctx, f)
			if err != nil {
				return err
			}
			for i := range list {
				c := &list[i]
				if c.Status == casefile.SecondPerson && c.Disposal != nil && c.Disposal.Who == who {
					continue
				}
				if casefile.Allowed(c, casefile.Claimed, who, now) != nil {
					continue
				}
				out, err = s.write(ctx, tx, now, deed{Act: Act{Who: who, Case: c.ID, Seen: c.Events}, kind: casefile.Claimed, body: s.claimBody})
				return err
			}
			if f.Cursor = next; next == "" {
				return ErrNothing
			}
		}
	})
	if err != nil {
		return casefile.Case{}, err
	}
	return out, nil
}

// Queues returns the queues that a person with these roles may see, by place.
func (s *Service) Queues(ctx context.Context, who string, roles []string) (out []casefile.Queue, err error) {
	err = s.Read(ctx, func(tx Tx) error {
		list, err := tx.Queues().Of(ctx, who)
		out = slices.DeleteFunc(list, func(q casefile.Queue) bool { return !q.SeenBy(who, roles) })
		return err
	})
	return out, err
}

// PutQueue adds a queue or changes one, with its audit entry. Only the owner changes an own queue. casefile.ErrQueue, casefile.ErrNoQueue.
func (s *Service) PutQueue(ctx context.Context, who string, q casefile.Queue) (casefile.Queue, error) {
	err := s.Write(ctx, func(tx Tx) error {
		act := "queue.changed"
		if q.ID == "" {
			act, q.Owner, q.At = "queue.added", who, s.Now().UTC()
		} else {
			old, err := ownOrShared(ctx, tx, who, q.ID)
			if err != nil {
				return err
			}
			q.Owner, q.At = old.Owner, old.At
		}
		var err error
		if q, err = tx.Queues().Put(ctx, q); err != nil {
			return err
		}
		entry := audit.Entry{At: s.Now().UTC(), Who: who, Act: act, Object: "queue/" + q.ID}
		if q.Limit > 0 {
			entry.Detail = map[string]string{"limit": q.Limit.String()}
		}
		_, err = tx.Audit().Append(ctx, entry)
		return err
	})
	return q, err
}

// DeleteQueue removes a queue; its cases stay. casefile.ErrNoQueue.
func (s *Service) DeleteQueue(ctx context.Context, who, id string) error {
	return s.Write(ctx, func(tx Tx) error {
		if _, err := ownOrShared(ctx, tx, who, id); err != nil {
			return err
		}
		if err := tx.Queues().Delete(ctx, id); err != nil {
			return err
		}
		_, err := tx.Audit().Append(ctx, audit.Entry{At: s.Now().UTC(), Who: who, Act: "queue.deleted", Object: "queue/" + id})
		return err
	})
}

// ownOrShared reads a queue that the person may change if their role allows it: another's own queue is not there for them.
func ownOrShared(ctx context.Context, tx Tx, who, id string) (casefile.Queue, error) {
	q, err := tx.Queues().Get(ctx, id)
	if err == nil && !q.Shared && q.Owner != who {
		err = casefile.ErrNoQueue
	}
	return q, err
}
