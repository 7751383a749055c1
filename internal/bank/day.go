package bank

import (
	"context"
	"time"

	"haris/internal/event"
)

// Day counts what one bank said of media on one day of event time. Every media that an event brought counts once, however many entries
// of the bank are near it.
type Day struct {
	Day     time.Time // its beginning in UTC
	Bank    string
	Outcome string // match, vetoed, shadow or cleared: see Result.Outcome
	Count   int
}

// Days keeps the counts, within the caller's transaction.
type Days interface {
	// Count adds to the counts of days.
	Count(ctx context.Context, list []Day) error
	// Since lists the counts from the day on that holds a moment, by day, bank and outcome.
	Since(ctx context.Context, from time.Time) ([]Day, error)
}

// DaysOf counts what events of haris itself say that was found. One that cannot be read is passed over: haris wrote it, and the log has it.
func DaysOf(events []event.Event) (out []Day) {
	at := map[Day]int{}
	for i := range events {
		e := &events[i]
		if !Is(e) {
			continue
		}
		o, err := Read(e)
		if err != nil {
			continue
		}
		for n := range o.Results {
			d := Day{Day: dayOf(e.Time), Bank: o.Results[n].Bank, Outcome: o.Results[n].Outcome()}
			place, ok := at[d]
			if !ok {
				place = len(out)
				at[d] = place
				out = append(out, d)
			}
			out[place].Count++
		}
	}
	return out
}

// dayOf is the beginning of the day that holds a moment.
func dayOf(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }
