package evidence

import (
	"context"
	"strings"
	"time"

	"filippo.io/age"

	"haris/internal/parcel"
)

// Config is what a vault works with. Escrow may be nil; everything else is needed.
type Config struct {
	Blobs   Blobs
	Keeper  Keeper
	Working WorkingKey
	Escrow  age.Recipient
	Now     func() time.Time
	// Key signs the certificates of deletion. Without one evidence is destroyed all the same, and the certificate is made later.
	Key *parcel.Key
}

// Vault seals, opens, verifies and destroys evidence. Safe for concurrent use.
type Vault struct {
	blobs   Blobs
	keeper  Keeper
	working WorkingKey
	escrow  age.Recipient
	now     func() time.Time
	key     *parcel.Key
}

// NewVault returns a vault.
func NewVault(c Config) *Vault {
	return &Vault{blobs: c.Blobs, keeper: c.Keeper, working: c.Working, escrow: c.Escrow, now: c.Now, key: c.Key}
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
