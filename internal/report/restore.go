package report

import (
	"context"
	"fmt"
	"time"

	"haris/internal/casefile"
)

// Restored says what a backup means for the reports that it holds.
type Restored struct {
	Held    int `json:"held"`    // were on their way
	Waiting int `json:"waiting"` // were held or had failed; a person may have answered since
	Drafts  int `json:"drafts"`  // may have been submitted since
}

// HoldRestored holds every report that was on its way when a backup was made, at the moment it gives. The world went on after that: a
// report may be filed by now, or opened under another number, and whoever goes on as if nothing had happened may file it twice. A
// person finds out and answers with Service.Resolve. It is to be called before a Filer works on what was restored.
func HoldRestored(ctx context.Context, k Keeper, backup, now time.Time) (out Restored, err error) {
	now = now.UTC().Truncate(time.Millisecond)
	why := fmt.Sprintf("it was on its way when the backup of %s was made, from which this installation was restored; "+
		"what became of it after that is not known here. Find out whether it was filed (NCMEC knows, and so may the machine that was lost) before it goes on",
		backup.UTC().Format(time.RFC3339))
	err = k.Write(ctx, func(tx Tx) error {
		out = Restored{}
		for _, status := range []Status{Held, Failed} {
			list, err := tx.List(ctx, Filter{Status: status, Limit: 500})
			if err != nil {
				return err
			}
			out.Waiting += len(list)
		}
		for {
			list, err := tx.List(ctx, Filter{Status: Submitting, Limit: 500})
			if err != nil {
				return err
			}
			if len(list) == 0 {
				break
			}
			for i := range list {
				r, err := tx.Append(ctx, Event{Report: list[i].ID, At: now, Who: casefile.Haris, Kind: WasHeld, Why: why})
				if err != nil {
					return err
				}
				if err := note(ctx, tx, &r, casefile.Haris, now, "held", map[string]string{"restored": "true"}); err != nil {
					return err
				}
			}
			out.Held += len(list)
		}
		drafts, err := tx.List(ctx, Filter{Status: Drafted, Limit: 500})
		out.Drafts = len(drafts)
		return err
	})
	if err != nil {
		return Restored{}, fmt.Errorf("report: hold what was restored: %w", err)
	}
	return out, nil
}
