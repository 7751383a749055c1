package app

import (
	"context"
	"errors"
	"slices"
	"strings"

	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/console"
	"haris/internal/pipeline"
	"haris/internal/store"
)

// finder looks for cases and accounts for the pages.
type finder struct {
	*Core
	know func(func(*pipeline.Knowledge))
}

var _ console.Finder = finder{}

// Bounds of what is found.
const (
	maxFoundAccounts = 20
	maxFoundCases    = 50
)

// Find implements console.Finder. The audit log names the accounts that were found, not what was typed.
func (f finder) Find(ctx context.Context, who, words string) (out console.Found, err error) {
	accounts := f.accounts(words)
	err = f.DB.Write(ctx, func(tx *store.Tx) error {
		out = console.Found{}
		k, err := tx.Cases().Get(ctx, strings.ToLower(words))
		switch {
		case err == nil:
			out.Case = k.ID
			return f.noted(ctx, tx, who, "case/"+k.ID)
		case !errors.Is(err, casefile.ErrNotFound):
			return err
		}
		for _, a := range accounts {
			cases, next, err := tx.Cases().List(ctx, casefile.Filter{Subject: a.ID, Limit: maxFoundCases})
			if err != nil {
				return err
			}
			out.More = out.More || next != ""
			for _, k := range cases {
				if !slices.ContainsFunc(out.Cases, func(o casefile.Case) bool { return o.ID == k.ID }) && len(out.Cases) < maxFoundCases {
					out.Cases = append(out.Cases, k)
				}
			}
			if a.By == "" && len(cases) == 0 && !f.known(a.ID) {
				continue // nobody has ever named it
			}
			out.Accounts = append(out.Accounts, a)
			if err := f.noted(ctx, tx, who, "account/"+a.ID); err != nil {
				return err
			}
		}
		if len(out.Accounts) == 0 {
			return f.noted(ctx, tx, who, "nothing")
		}
		return nil
	})
	return out, err
}

// accounts are those that the words may mean: the account of that id, and the users of a key of that value.
func (f finder) accounts(words string) []console.FoundAccount {
	out := []console.FoundAccount{{ID: words}}
	f.know(func(k *pipeline.Knowledge) {
		for _, u := range k.Users(words) {
			same := func(a console.FoundAccount) bool { return a.ID == u.Account }
			if len(out) < maxFoundAccounts && !slices.ContainsFunc(out, same) {
				out = append(out, console.FoundAccount{ID: u.Account, By: u.Kind})
			}
		}
	})
	return out
}

func (f finder) known(id string) (ok bool) {
	f.know(func(k *pipeline.Knowledge) { _, ok = k.About(id) })
	return ok
}

func (f finder) noted(ctx context.Context, tx *store.Tx, who, object string) error {
	_, err := tx.Audit().Append(ctx, audit.Entry{At: f.Options.Now().UTC(), Who: who, Act: "search.made", Object: object})
	return err
}
