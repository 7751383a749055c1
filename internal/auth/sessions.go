package auth

import (
	"bytes"
	"context"
)

// Sessions returns a person's sessions that are good now, the last used first.
func (s *Service) Sessions(ctx context.Context, person string) (out []Session, err error) {
	err = s.db.Read(ctx, func(tx Tx) error {
		list, err := tx.Sessions().Of(ctx, person)
		out = nil
		for i := range list {
			if list[i].Live(s.now()) {
				out = append(out, list[i])
			}
		}
		return err
	})
	return out, err
}

// EndSession ends one session of a person, by its SessionID. who is the one who asks. ErrNotFound.
func (s *Service) EndSession(ctx context.Context, who, person, id string) error {
	return s.db.Write(ctx, func(tx Tx) error {
		list, err := tx.Sessions().Of(ctx, person)
		if err != nil {
			return err
		}
		for i := range list {
			if SessionID(list[i].Hash) == id {
				return s.endOne(ctx, tx, who, &list[i])
			}
		}
		return ErrNotFound
	})
}

// EndOtherSessions ends every session of a person but the one behind a token, and returns how many.
func (s *Service) EndOtherSessions(ctx context.Context, person, token string) (n int, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		n = 0
		list, err := tx.Sessions().Of(ctx, person)
		if err != nil {
			return err
		}
		for i := range list {
			if bytes.Equal(list[i].Hash, tokenHash(token)) {
				continue
			}
			if err := s.endOne(ctx, tx, person, &list[i]); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

func (s *Service) endOne(ctx context.Context, tx Tx, who string, sess *Session) error {
	if err := tx.Sessions().End(ctx, sess.Hash); err != nil {
		return err
	}
	return note(ctx, tx, s.entry(who, "session.ended", "person/"+sess.Person, map[string]string{"session": SessionID(sess.Hash)}))
}
