package evidence

import (
	"context"
	"fmt"

	"haris/internal/audit"
)

// Keys keeps the keys and holds of cases within the caller's transaction.
type Keys interface {
	// Key returns the key of a case; ErrNotFound.
	Key(ctx context.Context, caseID string) (Key, error)
	// AddKey stores a new key unless the case has one; added says which.
	AddKey(ctx context.Context, k Key) (added bool, err error)
	// DestroyKey erases both wrapped copies and notes when. ErrNotFound, ErrDestroyed when it was done before.
	DestroyKey(ctx context.Context, k Key) error
	// Holds returns the holds of a case, ended ones included, in the order of their kind and source.
	Holds(ctx context.Context, caseID string) ([]Hold, error)
	// PutHold stores a hold in place of one of the same case, kind and source.
	PutHold(ctx context.Context, h Hold) error
}

// Manifest keeps the items within the caller's transaction.
type Manifest interface {
	// AddItem stores an item; its id must be new.
	AddItem(ctx context.Context, i Item) error
	// Item returns one item; ErrNotFound.
	Item(ctx context.Context, id string) (Item, error)
	// Items returns the items of a case in the order in which they were sealed.
	Items(ctx context.Context, caseID string) ([]Item, error)
	// Sealed reports whether the case has at least one item and its key lives. Package action asks this before it acts.
	Sealed(ctx context.Context, caseID string) (bool, error)
	// Known reports whether an item with this sealed digest exists.
	Known(ctx context.Context, sealedSHA string) (bool, error)
}

// Chain keeps custody within the caller's transaction.
type Chain interface {
	// Note appends a line; it sets N.
	Note(ctx context.Context, c Custody) (Custody, error)
	// Custody returns the lines of an item in order.
	Custody(ctx context.Context, item string) ([]Custody, error)
}

// Tx is one transaction as the vault sees it.
type Tx struct {
	Keys
	Manifest
	Chain
	Keeping
	Audit audit.Log
	Book  audit.Book
}

// Keeper runs transactions. Write may run f more than once, so f has no effects besides the transaction.
type Keeper interface {
	Write(ctx context.Context, f func(Tx) error) error
	Read(ctx context.Context, f func(Tx) error) error
}

// record writes a line of custody together with its audit entry. The sealed digest is of ciphertext, so the entry holds no
// fingerprint of the contents and still pins them: VerifyCase compares it with the manifest. The audit log comes first: two
// transactions meet there, and an engine that lets both begin tells one of them to run again.
func record(ctx context.Context, tx Tx, c Custody, i Item) error {
	_, err := tx.Audit.Append(ctx, audit.Entry{
		At: c.At, Who: c.Who, Act: "evidence." + string(c.Act), Object: object(i.ID),
		Detail: map[string]string{"case": i.Case, "why": c.Why, "sealed": i.SealedSHA},
	})
	if err != nil {
		return fmt.Errorf("evidence: audit custody of %s: %w", i.ID, err)
	}
	if _, err := tx.Note(ctx, c); err != nil {
		return fmt.Errorf("evidence: note custody of %s: %w", i.ID, err)
	}
	return nil
}

// object names an item in the audit log.
func object(item string) string { return "evidence/" + item }
