package review

import (
	"context"

	"haris/internal/audit"
	"haris/internal/casefile"
)

// KeepDraft keeps what a person has typed into a form of a case, in the place of what they had typed before; one with nothing in it removes
// what was kept. That a draft exists is written down once, when it begins. It needs no claim. casefile.ErrNotFound, casefile.ErrDraft,
// casefile.ErrRecorded.
func (s *Service) KeepDraft(ctx context.Context, d casefile.Draft) (casefile.Draft, error) {
	if err := d.Check(); err != nil {
		return d, err
	}
	err := s.Write(ctx, func(tx Tx) error {
		c, err := tx.Cases().Get(ctx, d.Case)
		if err != nil {
			return err
		}
		if err := recorded(ctx, tx, &c, &d); err != nil {
			return err
		}
		d.At = s.Now().UTC()
		if d.Empty() {
			_, err := s.drop(ctx, tx, d.Person, d.Case, d.Form)
			return err
		}
		first, err := tx.Drafts().Put(ctx, &d)
		if err != nil || !first {
			return err
		}
		return s.draftLine(ctx, tx, d.Person, "draft.begun", d.Case, d.Form)
	})
	return d, err
}

// recorded refuses a draft that comes late.
func recorded(ctx context.Context, tx Tx, c *casefile.Case, d *casefile.Draft) error {
	if d.Seen <= 0 || d.Seen > c.Events {
		return ErrSeen
	}
	if d.Seen == c.Events {
		return nil
	}
	history, err := tx.Cases().History(ctx, c.ID)
	if err == nil && d.RecordedSince(history) {
		err = casefile.ErrRecorded
	}
	return err
}

// Drafts returns what a person has typed about a case and not recorded; never what another has.
func (s *Service) Drafts(ctx context.Context, who, id string) (out []casefile.Draft, err error) {
	err = s.Write(ctx, func(tx Tx) error {
		out, err = tx.Drafts().Of(ctx, who, id)
		return err
	})
	return out, err
}

// DropDraft throws away what a person has typed; it is no error when there is nothing.
func (s *Service) DropDraft(ctx context.Context, who, id, form string) error {
	return s.Write(ctx, func(tx Tx) error {
		_, err := s.drop(ctx, tx, who, id, form)
		return err
	})
}

func (s *Service) drop(ctx context.Context, tx Tx, who, id, form string) (bool, error) {
	there, err := tx.Drafts().Drop(ctx, who, id, form)
	if err != nil || !there {
		return there, err
	}
	return true, s.draftLine(ctx, tx, who, "draft.thrown_away", id, form)
}

// draftLine says that a draft exists or is gone, never what is in it.
func (s *Service) draftLine(ctx context.Context, tx Tx, who, act, id, form string) error {
	_, err := tx.Audit().Append(ctx, audit.Entry{At: s.Now().UTC(), Who: who, Act: act, Object: "case/" + id, Detail: map[string]string{"form": form}})
	return err
}
