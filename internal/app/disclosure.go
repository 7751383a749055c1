package app

import (
	"context"

	"haris/internal/audit"
	"haris/internal/console"
	"haris/internal/disclosure"
	"haris/internal/store"
)

// disclosures reads for the pages what has left the installation.
type disclosures struct{ *Core }

var _ console.Disclosures = disclosures{}

// List implements console.Disclosures.
func (d disclosures) List(ctx context.Context, who string, f disclosure.Filter) (out []disclosure.Entry, err error) {
	err = d.DB.Write(ctx, func(tx *store.Tx) error {
		if out, err = tx.Disclosures().List(ctx, f); err != nil {
			return err
		}
		_, err = tx.Audit().Append(ctx, audit.Entry{At: d.Options.Now().UTC(), Who: who, Act: "disclosure.listed", Object: "disclosure"})
		return err
	})
	return out, err
}

// Of implements console.Disclosures.
func (d disclosures) Of(ctx context.Context, f disclosure.Filter) (out []disclosure.Entry, err error) {
	err = d.DB.Read(ctx, func(tx *store.Tx) error {
		out, err = tx.Disclosures().List(ctx, f)
		return err
	})
	return out, err
}
