package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/internal/audit"
	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/privacy"
	"haris/internal/store"
)

// person prepares the export about somebody who signs in here. privacy.ErrUnknown.
func (d *dossier) person(ctx context.Context) (p auth.Person, err error) {
	err = d.DB.Read(ctx, func(tx *store.Tx) error {
		p, err = tx.People().ByLogin(ctx, auth.NormalLogin(d.ask.ID))
		return err
	})
	if errors.Is(err, auth.ErrNotFound) {
		return p, fmt.Errorf("%w about %q: nobody signs in as that (haris person list shows everyone)", privacy.ErrUnknown, d.ask.ID)
	}
	if err != nil {
		return p, err
	}
	if err := d.mask(ctx, p.ID, p.Login); err != nil {
		return p, err
	}
	if err := d.everyAccount(ctx); err != nil {
		return p, err
	}
	d.x.ID, d.x.Notes = p.Login, []string{"theirs"}
	d.signIn(&p)
	d.stream("acts", d.objects(audit.Filter{Who: p.ID}))
	d.stream("about", d.objects(audit.Filter{Object: "person/" + p.ID}))
	d.stream("exposure", func(ctx context.Context, emit privacy.Emit) error { return d.exposed(ctx, &p, emit) })
	d.guards(p.ID)
	d.work(p.ID)
	d.reviewed(&p)
	return p, nil
}

// everyAccount teaches the mask the accounts of all cases: people here write about them.
func (d *dossier) everyAccount(ctx context.Context) error {
	f := casefile.Filter{Resting: casefile.AnyRest, Limit: page}
	for {
		err := d.DB.Read(ctx, func(tx *store.Tx) error {
			list, next, err := tx.Cases().List(ctx, f)
			for i := range list {
				d.x.Mask.Learn("account", list[i].Subjects...)
				d.x.Mask.Learn("account", list[i].Victims...)
			}
			f.Cursor = next
			return err
		})
		if err != nil || f.Cursor == "" {
			return err
		}
	}
}

// objects streams entries of the audit log; an account that one is about is somebody else.
func (d *dossier) objects(f audit.Filter) func(context.Context, privacy.Emit) error {
	each := d.entries(f)
	return func(ctx context.Context, emit privacy.Emit) error {
		return each(ctx, func(line any) error {
			if e, ok := line.(audit.Entry); ok {
				if id, about := strings.CutPrefix(e.Object, "account/"); about {
					d.x.Mask.Learn("account", id)
				}
			}
			return emit(line)
		})
	}
}

// signIn adds the account and the ways to sign in, without what proves who somebody is.
func (d *dossier) signIn(p *auth.Person) {
	d.add("person", func(ctx context.Context, tx *store.Tx) ([]any, error) {
		line := map[string]any{
			"id": p.ID, "name": p.Name, "login": p.Login, "roles": p.Roles, "lang": p.Lang, "zone": p.Zone, "created_at": p.CreatedAt,
			"disabled": p.Disabled(), "has_password": p.HasPassword(), "confined": p.Confined,
		}
		factor, err := tx.Factors().Get(ctx, p.ID)
		if err == nil && factor.Secret != nil {
			line["second_factor_since"] = factor.Since
		}
		if errors.Is(err, auth.ErrNotFound) {
			err = nil
		}
		return []any{line}, err
	})
	d.add("sessions", func(ctx context.Context, tx *store.Tx) (out []any, err error) {
		list, err := tx.Sessions().Of(ctx, p.ID)
		for i := range list {
			s := &list[i]
			out = append(out, map[string]any{"begun": s.Begun, "used": s.Used, "way": s.Way, "browser": s.Agent, "network": s.Network})
		}
		return out, err
	})
	d.add("passkeys", func(ctx context.Context, tx *store.Tx) (out []any, err error) {
		list, err := tx.Passkeys().Of(ctx, p.ID)
		for i := range list {
			out = append(out, map[string]any{"name": list[i].Name, "made": list[i].Made, "used": list[i].Used})
		}
		return out, err
	})
}

// exposed counts what the person was shown, month by month.
func (d *dossier) exposed(ctx context.Context, p *auth.Person, emit privacy.Emit) error {
	now := d.Options.Now().UTC()
	at := p.CreatedAt.UTC()
	for from := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC); from.Before(now); from = from.AddDate(0, 1, 0) {
		counts := map[string]int{}
		err := d.DB.Read(ctx, func(tx *store.Tx) error {
			list, err := tx.Exposure().Between(ctx, p.ID, from, from.AddDate(0, 1, 0))
			clear(counts)
			for i := range list {
				counts[string(list[i].Act)]++
			}
			return err
		})
		if err == nil && len(counts) > 0 {
			err = emit(map[string]any{"month": from.Format("2006-01"), "counts": counts})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// guards adds the limits of a day and the rests that are kept for the person, those they took themselves too.
func (d *dossier) guards(id string) {
	d.add("limits", func(ctx context.Context, tx *store.Tx) (out []any, err error) {
		bounds, err := tx.Exposure().Bounds(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, b := range bounds {
			if b.Who == id {
				out = append(out, map[string]any{"items": b.Items, "minutes": int(b.Time / time.Minute), "own": b.Own, "why": b.Why, "set_by": b.By, "at": b.At})
			}
		}
		rests, err := tx.Exposure().Rests(ctx, id, time.Time{})
		for _, r := range rests {
			out = append(out, map[string]any{"rest_until": r.Until, "own": r.Own, "why": r.Why, "set_by": r.By, "at": r.At})
		}
		if err != nil {
			return nil, err
		}
		rotations, err := tx.Exposure().Rotations(ctx, id, time.Time{})
		for _, r := range rotations {
			out = append(out, map[string]any{"rest_from": r.Kinds, "begins": r.From, "rest_until": r.Until, "own": r.Own, "why": r.Why, "set_by": r.By, "at": r.At})
		}
		return out, err
	})
}

// everything is more than anybody has of what is listed with a limit.
const everything = 1 << 30

// work adds what others say of the person's findings, and what the person writes.
func (d *dossier) work(id string) {
	d.add("second_looks", func(ctx context.Context, tx *store.Tx) (out []any, err error) {
		list, err := tx.Looks().Since(ctx, time.Time{}, everything)
		for i := range list {
			if l := &list[i]; l.First == id || l.Second.Who == id {
				out = append(out, map[string]any{
					"case": l.Case, "n": l.N, "first_by": l.First, "finding": l.Finding, "kind": l.Typology, "second_by": l.Second.Who,
					"second_finding": l.Second.Finding, "second_kind": l.Second.Typology, "reason": l.Second.Reason, "at": l.Second.At,
				})
			}
		}
		return out, err
	})
	d.add("golden_answers", func(ctx context.Context, tx *store.Tx) (out []any, err error) {
		list, err := tx.Golden().Answers(ctx, id)
		for i := range list {
			a := &list[i]
			out = append(out, map[string]any{"case": a.Case, "n": a.N, "finding": a.Finding, "kind": a.Typology, "reason": a.Reason, "at": a.At})
		}
		return out, err
	})
	d.add("notes", func(ctx context.Context, tx *store.Tx) (out []any, err error) {
		list, err := tx.Coaching().Of(ctx, id, everything)
		for i := range list {
			n := &list[i]
			out = append(out, map[string]any{
				"case": n.Case, "writer": n.Writer, "reader": n.Reader, "text": n.Body, "at": n.At, "read_at": n.Read, "answer": n.Answer, "answered_at": n.Answered,
			})
		}
		return out, err
	})
	d.add("queues", func(ctx context.Context, tx *store.Tx) (out []any, err error) {
		list, err := tx.Queues().Of(ctx, id)
		if err != nil {
			return nil, err
		}
		for i := range list {
			q := &list[i]
			if q.Owner == id {
				out = append(out, map[string]any{"queue": q.ID, "name": q.Name, "filter": q.Narrow, "shared": q.Shared, "minutes": int(q.Limit / time.Minute), "at": q.At})
			}
			if slices.Contains(q.People, id) {
				out = append(out, map[string]any{"queue": q.ID, "named_to_work_it": true})
			}
		}
		round, err := tx.Queues().Round(ctx, id)
		for i := range round {
			out = append(out, map[string]any{"queue": round[i].ID, "place_in_round": i + 1})
		}
		return out, err
	})
	d.add("drafts", func(ctx context.Context, tx *store.Tx) (out []any, err error) {
		list, err := tx.DraftsOf(ctx, id)
		for i := range list {
			out = append(out, map[string]any{"case": list[i].Case, "form": list[i].Form, "at": list[i].At})
		}
		return out, err
	})
}
