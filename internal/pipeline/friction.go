package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"haris/internal/action"
	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/evidence"
	"haris/internal/store"
)

// AskFor returns what a Sealer does once the evidence of a case is sealed: it asks for the friction that waited for it.
func AskFor(db *store.DB, now func() time.Time) func(context.Context, evidence.SealOrder) error {
	return func(ctx context.Context, o evidence.SealOrder) error {
		var list []Friction
		if err := json.Unmarshal(o.Then, &list); err != nil {
			return fmt.Errorf("pipeline: friction of case %s: %w", o.Case, err)
		}
		return db.Write(ctx, func(tx *store.Tx) error {
			for _, f := range list {
				if err := ask(ctx, tx, now().UTC(), o.Case, f); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// ask asks for one action. One that cannot be asked for, such as holding a post when the event named none, is written down.
func ask(ctx context.Context, tx *store.Tx, now time.Time, id string, f Friction) error {
	a, added, err := action.Ask(ctx, tx.Actions(), now, action.Request{
		Key: f.Key, Case: id, Subject: f.Subject, Item: f.Item, Kind: action.Kind(f.Action), By: action.By{Rule: f.Rule},
		Reason: f.Reason, ExpiresAt: now.Add(f.For),
	})
	switch {
	case errors.Is(err, action.ErrInvalid) || errors.Is(err, action.ErrNeedsPerson) || errors.Is(err, action.ErrNoNotice):
		_, err = tx.Audit().Append(ctx, audit.Entry{
			At: now, Who: action.Software, Act: "action.refused", Object: "case/" + id,
			Detail: map[string]string{"rule": f.Rule, "kind": f.Action, "reason": err.Error()},
		})
		return err
	case err != nil || !added:
		return err
	}
	e, err := casefile.NewEvent(id, now, casefile.Haris, casefile.ActionAsked, casefile.ActionBody{
		Action: a.ID, Verb: f.Action, Account: f.Subject, Reason: f.Reason,
	})
	if err != nil {
		return err
	}
	_, err = tx.Cases().Append(ctx, e)
	if errors.Is(err, casefile.ErrTransition) {
		return nil // closed meanwhile: the action's own history has it
	}
	return err
}
