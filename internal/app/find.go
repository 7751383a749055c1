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
	maxFoundTexts    = 50
)

// Find implements console.Finder. The audit log names the accounts that were found and the cases of which a text was shown, not what was
// typed.
func (f finder) Find(ctx context.Context, l console.Look) (out console.Found, err error) {
	who, words := l.Who, l.Words
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
		if out.Texts, err = tx.Search().Search(ctx, casefile.Asked(words), l.Reports, maxFoundTexts); err != nil {
			return err
		}
		if len(out.Texts.List) > 0 {
			return f.shown(ctx, tx, who, out.Texts.List)
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

// shown writes down of which cases somebody was shown a text.
func (f finder) shown(ctx context.Context, tx *store.Tx, who string, list []casefile.Hit) error {
	var ids []string
	for i := range list {
		if id := list[i].Case.ID; !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	_, err := tx.Audit().Append(ctx, audit.Entry{
		At: f.Options.Now().UTC(), Who: who, Act: "search.made", Object: "text", Detail: map[string]string{"cases": strings.Join(ids, " ")},
	})
	return err
}

// readIn looks through what was written about cases before it could be looked for, beside everything else.
func (a *App) readIn(ctx context.Context) {
	cases := 0
	err := a.core.DB.IndexWords(ctx, func(n int) { cases += n })
	log := a.core.Options.Logger
	switch {
	case err != nil && ctx.Err() == nil:
		log.Error("texts about old cases cannot be looked for: they are read in at the next start", "read", cases, "error", err)
	case cases > 0:
		log.Info("texts about old cases can be looked for", "cases", cases)
	}
}
