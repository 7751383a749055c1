package evidence

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"filippo.io/age"

	"haris/internal/audit"
)

// Config is what a vault works with. Escrow may be nil; everything else is needed.
type Config struct {
	Blobs   Blobs
	Keeper  Keeper
	Working WorkingKey
	Escrow  age.Recipient
	Now     func() time.Time
}

// Vault seals, opens, verifies and destroys evidence. Safe for concurrent use.
type Vault struct {
	blobs   Blobs
	keeper  Keeper
	working WorkingKey
	escrow  age.Recipient
	now     func() time.Time
}

// NewVault returns a vault.
func NewVault(c Config) *Vault {
	return &Vault{blobs: c.Blobs, keeper: c.Keeper, working: c.Working, escrow: c.Escrow, now: c.Now}
}

// at is the present moment as precisely as it is stored.
func (v *Vault) at() time.Time { return v.now().UTC().Truncate(time.Millisecond) }

// Manifest returns the items of a case in the order in which they were sealed. It reads no contents.
func (v *Vault) Manifest(ctx context.Context, caseID string) (items []Item, err error) {
	err = v.keeper.Read(ctx, func(tx Tx) error {
		items, err = tx.Items(ctx, caseID)
		return err
	})
	return items, err
}

// Custody returns the chain of custody of an item; ErrNotFound.
func (v *Vault) Custody(ctx context.Context, item string) (chain []Custody, err error) {
	err = v.keeper.Read(ctx, func(tx Tx) error {
		if _, err := tx.Item(ctx, item); err != nil {
			return err
		}
		chain, err = tx.Custody(ctx, item)
		return err
	})
	return chain, err
}

// HoldOrder asks for a hold. For a legal hold an Until that is not in the future releases it.
type HoldOrder struct {
	Who, Why string
	Case     string
	Kind     HoldKind
	Until    time.Time // zero: without end
}

// SetHold sets, lengthens or (a legal hold only) shortens and releases a hold. A case can be held before anything is sealed.
// ErrInvalid, ErrShorter, ErrDestroyed.
func (v *Vault) SetHold(ctx context.Context, o HoldOrder) error {
	switch {
	case o.Kind != Preservation && o.Kind != LegalHold:
		return invalid("hold kind", string(Preservation)+" or "+string(LegalHold))
	case o.Case == "":
		return invalid("case", "a case id")
	}
	if err := named(o.Who, o.Why); err != nil {
		return err
	}
	now := v.at()
	h := Hold{Case: o.Case, Kind: o.Kind, Until: o.Until, Reason: o.Why, SetBy: o.Who, SetAt: now}
	return v.keeper.Write(ctx, func(tx Tx) error { return putHold(ctx, tx, h) })
}

func putHold(ctx context.Context, tx Tx, h Hold) error {
	switch k, err := tx.Key(ctx, h.Case); {
	case err == nil && k.Destroyed():
		return fmt.Errorf("%w: case %s", ErrDestroyed, h.Case)
	case err != nil && !errors.Is(err, ErrNotFound):
		return err
	}
	holds, err := tx.Holds(ctx, h.Case)
	if err != nil {
		return err
	}
	for _, old := range holds {
		if old.Kind != h.Kind {
			continue
		}
		if err := replaces(old, h); err != nil {
			return err
		}
	}
	if err := tx.PutHold(ctx, h); err != nil {
		return err
	}
	until := "without end"
	if !h.Until.IsZero() {
		until = h.Until.UTC().Format(time.RFC3339)
	}
	_, err = tx.Audit.Append(ctx, audit.Entry{
		At: h.SetAt, Who: h.SetBy, Act: "evidence.hold_set", Object: "case/" + h.Case,
		Detail: map[string]string{"kind": string(h.Kind), "until": until, "why": h.Reason},
	})
	return err
}

// Destroy ends the retention of a case: its key is erased, so that no copy of the contents can be read again, custody is noted
// for every item, and the blobs are deleted. The manifest stays as proof of what there was. Doing it again only deletes what
// blobs are left. ErrHeld while a hold stands, ErrNotFound when nothing was ever sealed for the case.
//
// What is erased here lives on in backups of the database until they expire, and in freed pages of its files until the engine
// writes over them; both can be read only by someone who also has the working key.
func (v *Vault) Destroy(ctx context.Context, who, why, caseID string) error {
	if err := named(who, why); err != nil {
		return err
	}
	var items []Item
	now := v.at()
	err := v.keeper.Write(ctx, func(tx Tx) (err error) {
		items, err = destroy(ctx, tx, Custody{At: now, Who: who, Act: Destroyed, Why: why}, caseID)
		return err
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, i := range items {
		if err := v.blobs.Delete(ctx, i.SealedSHA); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

func destroy(ctx context.Context, tx Tx, c Custody, caseID string) ([]Item, error) {
	k, err := tx.Key(ctx, caseID)
	if err != nil {
		return nil, err
	}
	items, err := tx.Items(ctx, caseID)
	if err != nil || k.Destroyed() {
		return items, err
	}
	holds, err := tx.Holds(ctx, caseID)
	if err != nil {
		return nil, err
	}
	if err := held(holds, c.At); err != nil {
		return nil, err
	}
	k.DestroyedAt = c.At
	if err := tx.DestroyKey(ctx, k); err != nil {
		return nil, err
	}
	for _, i := range items {
		c.Item = i.ID
		if err := record(ctx, tx, c, i); err != nil {
			return nil, err
		}
	}
	_, err = tx.Audit.Append(ctx, audit.Entry{
		At: c.At, Who: c.Who, Act: "evidence.key_destroyed", Object: "case/" + caseID, Detail: map[string]string{"why": c.Why},
	})
	return items, err
}

// Sweep removes what interrupted seals left behind before the given time: unfinished files, and blobs that no manifest names.
// The time must lie far enough back that no seal that began before it can still be under way (a day is plenty).
func (v *Vault) Sweep(ctx context.Context, before time.Time) (removed int, err error) {
	if removed, err = v.blobs.Tidy(ctx, before); err != nil {
		return removed, err
	}
	err = v.blobs.List(ctx, func(b BlobInfo) error {
		if !b.At.Before(before) {
			return nil
		}
		var known bool
		err := v.keeper.Read(ctx, func(tx Tx) (err error) {
			known, err = tx.Known(ctx, b.Name)
			return err
		})
		if err != nil || known {
			return err
		}
		removed++
		return v.blobs.Delete(ctx, b.Name)
	})
	return removed, err
}

// named requires that every access says who and why.
func named(who, why string) error {
	if strings.TrimSpace(who) == "" {
		return invalid("who", "the id of the person or key that acts")
	}
	if strings.TrimSpace(why) == "" {
		return invalid("why", "a reason in words")
	}
	return nil
}
