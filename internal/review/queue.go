package review

import (
	"context"
	"slices"
	"strings"

	"haris/internal/audit"
	"haris/internal/casefile"
)

// Queues returns the queues that a person with these roles may see, by place.
func (s *Service) Queues(ctx context.Context, who string, roles []string) (out []casefile.Queue, err error) {
	err = s.Read(ctx, func(tx Tx) error {
		list, err := tx.Queues().Of(ctx, who)
		out = slices.DeleteFunc(list, func(q casefile.Queue) bool { return !q.SeenBy(who, roles) })
		return err
	})
	return out, err
}

// PutQueue adds a queue or changes one, with its audit entry. Only the owner changes an own queue. Who is newly named to work it gets it into
// their round, at the end. casefile.ErrQueue, casefile.ErrNoQueue.
func (s *Service) PutQueue(ctx context.Context, who string, given casefile.Queue) (q casefile.Queue, err error) {
	err = s.Write(ctx, func(tx Tx) error {
		q = given // anew each time: a transaction that lost a race begins again
		act, named := "queue.changed", []string(nil)
		if q.ID == "" {
			act, q.Owner, q.At = "queue.added", who, s.Now().UTC()
		} else {
			old, err := ownOrShared(ctx, tx, who, q.ID)
			if err != nil {
				return err
			}
			q.Owner, q.At, named = old.Owner, old.At, old.People
		}
		if q, err = tx.Queues().Put(ctx, q); err != nil {
			return err
		}
		entry := audit.Entry{At: s.Now().UTC(), Who: who, Act: act, Object: "queue/" + q.ID, Detail: map[string]string{}}
		if q.Limit > 0 {
			entry.Detail["limit"] = q.Limit.String()
		}
		if len(q.People) > 0 {
			entry.Detail["people"] = strings.Join(q.People, " ")
		}
		if _, err = tx.Audit().Append(ctx, entry); err != nil {
			return err
		}
		for _, p := range q.People {
			if slices.Contains(named, p) {
				continue
			}
			if err := s.step(ctx, tx, who, p, q.ID, casefile.StepIn); err != nil {
				return err
			}
		}
		return nil
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
