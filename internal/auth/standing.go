package auth

import (
	"context"
	"errors"
	"slices"
	"strings"

	"haris/internal/audit"
)

// Standing is what a person signs in with besides a password.
type Standing struct {
	Factor   bool // one-time codes
	Codes    int  // recovery codes left
	Passkeys int
}

// Standings says for every person, by id, what they sign in with.
func (s *Service) Standings(ctx context.Context) (map[string]Standing, error) {
	out := map[string]Standing{}
	err := s.db.Read(ctx, func(tx Tx) error {
		people, err := tx.People().List(ctx)
		if err != nil {
			return err
		}
		for i := range people {
			st, err := standing(ctx, tx, people[i].ID)
			if err != nil {
				return err
			}
			out[people[i].ID] = st
		}
		return nil
	})
	return out, err
}

func standing(ctx context.Context, tx Tx, person string) (st Standing, err error) {
	keys, err := tx.Passkeys().Of(ctx, person)
	if err != nil {
		return Standing{}, err
	}
	st.Passkeys = len(keys)
	f, err := tx.Factors().Get(ctx, person)
	if errors.Is(err, ErrNotFound) || err == nil && f.Secret == nil {
		return st, nil
	}
	if err != nil {
		return Standing{}, err
	}
	st.Factor = true
	st.Codes, err = tx.Factors().CodesLeft(ctx, person)
	return st, err
}

// historyLength is how many entries History looks through.
const historyLength = 100

// comings are the acts of coming and going, of which there are too many to tell.
var comings = []string{"person.signed_in", "person.signed_out", "person.first_factor", "person.proved"}

// History returns what was done about a person's own sign-in, newest first: passwords, factors, roles and who did it. A sign-in itself
// is not among it.
func (s *Service) History(ctx context.Context, person string) (out []audit.Entry, err error) {
	err = s.db.Read(ctx, func(tx Tx) error {
		list, err := tx.Audit().List(ctx, audit.Filter{Object: "person/" + person}, 0, historyLength)
		out = nil
		for _, e := range list {
			ofSelf := strings.HasPrefix(e.Act, "person.") && !slices.Contains(comings, e.Act)
			if ofSelf || e.Act == "link.created" || strings.HasPrefix(e.Act, "passkey.") || e.Act == "identity.linked" || e.Act == "session.ended" {
				out = append(out, e)
			}
		}
		return err
	})
	return out, err
}
