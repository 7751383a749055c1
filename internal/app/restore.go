package app

import (
	"context"
	"errors"
	"time"

	"haris/internal/report"
	"haris/internal/store"
	"haris/internal/store/sqlite"
)

// SettleRestored makes a restored data directory fit to be worked on: what was on its way when the backup was made waits for a person.
// It opens the database alone, because the keys may be put into the directory later.
func SettleRestored(ctx context.Context, dir string, backup, now time.Time) (out report.Restored, err error) {
	db, err := sqlite.Open(ctx, sqlite.Options{Path: Dir(dir).Database()})
	if err != nil {
		return out, err
	}
	out, err = report.HoldRestored(ctx, store.ReportKeeper(db), backup, now)
	return out, errors.Join(err, db.Close())
}
