package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"

	"haris/internal/audit"
)

// Condition is what verification found of one item.
type Condition string

// The conditions. Unreadable is neither intact nor changed: the check could not run, and Detail says why.
const (
	Intact     Condition = "intact"
	Changed    Condition = "changed"
	Missing    Condition = "missing"
	Unreadable Condition = "unreadable"
)

// Checked is the result for one item.
type Checked struct {
	Item      Item      `json:"item"`
	Condition Condition `json:"condition"`
	Detail    string    `json:"detail,omitempty"` // why, unless intact
}

// VerifyCase reads every item of a case to its end, compares it with the manifest and the manifest with the audit log, and notes
// each check in custody. The results are in the order of the manifest. An error means that the verification itself did not
// come to its end; results are then not to be used. ErrNotFound when nothing was sealed, ErrDestroyed, ErrWrongKey.
func (v *Vault) VerifyCase(ctx context.Context, who, why, caseID string) ([]Checked, error) {
	if err := named(who, why); err != nil {
		return nil, err
	}
	var items []Item
	var id *age.X25519Identity
	err := v.keeper.Read(ctx, func(tx Tx) error {
		k, err := tx.Key(ctx, caseID)
		if err != nil {
			return err
		}
		if id, err = unwrap(k, v.working); err != nil {
			return err
		}
		items, err = tx.Items(ctx, caseID)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]Checked, 0, len(items))
	for _, i := range items {
		c, err := v.check(ctx, i, id)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
		line := Custody{Item: i.ID, At: v.at(), Who: who, Act: Verified, Why: why + ": " + string(c.Condition)}
		if err := v.note(ctx, line, i); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// check reads one item.
func (v *Vault) check(ctx context.Context, i Item, id *age.X25519Identity) (Checked, error) {
	pinned, err := v.pinned(ctx, i)
	if err != nil {
		return Checked{}, err
	}
	if !pinned {
		return Checked{i, Changed, "the manifest does not agree with the audit log"}, nil
	}
	err = v.readThrough(ctx, i, id)
	switch {
	case ctx.Err() != nil:
		return Checked{}, ctx.Err()
	case err == nil:
		return Checked{i, Intact, ""}, nil
	case errors.Is(err, ErrNoBlob):
		return Checked{i, Missing, err.Error()}, nil
	case errors.Is(err, ErrTampered):
		return Checked{i, Changed, err.Error()}, nil
	}
	return Checked{i, Unreadable, err.Error()}, nil
}

// pinned reports whether the audit entry written when the item was sealed names the same sealed digest.
func (v *Vault) pinned(ctx context.Context, i Item) (ok bool, err error) {
	err = v.keeper.Read(ctx, func(tx Tx) error {
		list, err := tx.Audit.List(ctx, audit.Filter{Act: "evidence." + string(Sealed), Object: object(i.ID)}, 0, 2)
		ok = err == nil && len(list) == 1 && list[0].Detail["sealed"] == i.SealedSHA
		return err
	})
	return ok, err
}

// readThrough decrypts an item to its end, which compares both digests.
func (v *Vault) readThrough(ctx context.Context, i Item, id *age.X25519Identity) (err error) {
	body, err := v.contents(ctx, i, id)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	n, err := io.Copy(io.Discard, reader{ctx, body})
	if err != nil {
		return fmt.Errorf("after %d bytes: %w", n, err)
	}
	return nil
}
