package bank

import (
	"context"
	"strconv"
	"time"

	"haris/internal/audit"
)

// forgetBatch bounds one transaction of Forget, so that events wait for it only briefly.
const forgetBatch = 5000

// Forget deletes what was last seen before the moment: no sweep compares it with new entries any more. Entries of banks, cases and their
// evidence stay. It writes one audit entry when anything went. What was deleted before an error is in the answer, and in the audit log.
func (d *Desk) Forget(ctx context.Context, who string, before time.Time) (all Forgotten, err error) {
	for {
		var some Forgotten
		err = d.Write(ctx, func(tx DeskTx) (err error) {
			some, err = tx.Seen().Forget(ctx, before, forgetBatch)
			return err
		})
		all.Sightings, all.Hashes = all.Sightings+some.Sightings, all.Hashes+some.Hashes
		if err != nil || some == (Forgotten{}) {
			break
		}
	}
	if all == (Forgotten{}) {
		return all, err
	}
	written := d.Write(context.WithoutCancel(ctx), func(tx DeskTx) error {
		_, err := tx.Audit().Append(ctx, audit.Entry{At: d.at(), Who: who, Act: "bank.seen.forgotten", Object: "bank", Detail: map[string]string{
			"before": before.UTC().Format(time.RFC3339), "sightings": strconv.Itoa(all.Sightings), "hashes": strconv.Itoa(all.Hashes),
		}})
		return err
	})
	if err == nil {
		err = written
	}
	return all, err
}
