package console

import (
	"context"
	"errors"
	"slices"
	"strings"

	"haris/internal/bank"
	"haris/internal/casefile"
)

// Sight says what the scope of the context hides. Safe for concurrent use.
type Sight interface {
	// Hides reports whether a thing ("case", "report", "evidence", "process", "mute", "note") belongs to a case that is hidden. What is not there is
	// not hidden.
	Hides(ctx context.Context, thing, id string) (bool, error)
}

// errPart says that a page counts over all cases, and that who asks does not see all of them.
var errPart = errors.New("console: this page is about all cases")

// things are the beginnings of patterns that name a thing of a case, with the parameter that holds its id.
func things() [][3]string {
	return [][3]string{
		{"/case/{id}", "case", "id"},
		{"/quality/{id}", "case", "id"},
		{"/keeping/{id}", "case", "id"},
		{"/report/{id}", "report", "id"},
		{"/evidence/{item}", "evidence", "item"},
		{"/legal/{id}", "process", "id"},
		{"/mute/{id}", "mute", "id"},
		{"/quality/note/{id}", "note", "id"},
	}
}

// guard refuses what belongs to a case that is hidden from the person, as if it were not there. It is the one guard of single things; lists are
// narrowed by the store, by the same scope, which it reads from the context.
func (c *console) guard(r *request) error {
	if r.scope.All() {
		return nil
	}
	if r.route.whole {
		return errPart
	}
	for _, t := range things() {
		if !strings.HasPrefix(r.route.pattern, t[0]) {
			continue
		}
		hides, err := c.Sight.Hides(r.Context(), t[1], r.PathValue(t[2]))
		if err != nil {
			return err
		}
		if hides {
			return ErrNotFound
		}
	}
	return nil
}

// uncover takes the ids of cases that are hidden from who looks out of what a page is about to show.
func (c *console) uncover(ctx context.Context, ids ...*string) error {
	if s := casefile.ScopeIn(ctx); s.All() {
		return nil
	}
	for _, id := range ids {
		hides, err := c.Sight.Hides(ctx, "case", *id)
		if err != nil {
			return err
		}
		if hides {
			*id = ""
		}
	}
	return nil
}

// uncoverCase is uncover for the other cases that a case names.
func (c *console) uncoverCase(ctx context.Context, k *casefile.Case) error {
	if s := casefile.ScopeIn(ctx); s.All() {
		return nil
	}
	for _, list := range []*[]string{&k.Absorbed, &k.SplitInto} {
		var left []string
		for _, id := range *list {
			if err := c.uncover(ctx, &id); err != nil {
				return err
			}
			if id != "" {
				left = append(left, id)
			}
		}
		*list = left
	}
	return c.uncover(ctx, &k.Earlier, &k.Into, &k.From)
}

// seenCases says of the other cases that a case names whether who looks may see them; k is the case after uncoverCase.
func seenCases(ctx context.Context, k *casefile.Case) func(id string) bool {
	s := casefile.ScopeIn(ctx)
	return func(id string) bool {
		return s.All() || id == k.Into || id == k.From || id == k.Earlier || slices.Contains(k.Absorbed, id) || slices.Contains(k.SplitInto, id)
	}
}

// uncoverBank is uncover for where entries of banks come from: with the case goes what a person wrote in it.
func (c *console) uncoverBank(ctx context.Context, list ...*bank.Provenance) error {
	for _, o := range list {
		if o.Case == "" {
			continue
		}
		if err := c.uncover(ctx, &o.Case); err != nil {
			return err
		}
		if o.Case == "" {
			o.Key, o.Note, o.Ended = "", "", nil
		}
	}
	return nil
}

// uncoverDecision is uncoverBank for what banks say of a media. The decision itself is left as it is: others may hold it.
func (c *console) uncoverDecision(ctx context.Context, d *bank.Decision) error {
	d.Results = slices.Clone(d.Results)
	for i := range d.Results {
		x := &d.Results[i]
		if err := c.uncoverBank(ctx, &x.Provenance); err != nil {
			return err
		}
		if x.VetoedBy == nil {
			continue
		}
		veto := *x.VetoedBy
		x.VetoedBy = &veto
		if err := c.uncoverBank(ctx, &veto.Provenance); err != nil {
			return err
		}
	}
	return nil
}

// uncoverItem takes hidden cases out of what a page about an item says of its contents elsewhere: that somebody has viewed them stays, where
// does not.
func (c *console) uncoverItem(ctx context.Context, p *itemPage) error {
	if s := casefile.ScopeIn(ctx); s.All() {
		return nil
	}
	for i := range p.twins {
		hides, err := c.Sight.Hides(ctx, "evidence", p.twins[i].Item)
		if err != nil {
			return err
		}
		if hides {
			p.twins[i].Item, p.twins[i].Case = p.ID, p.Case
		}
	}
	return c.uncoverDecision(ctx, &p.known)
}
