package decide

import (
	"math"
	"slices"

	"haris/internal/taxonomy"
)

// Ledger counts by day the matters (an account and a typology) that came up, each at the greatest sum that it reached, so that the sum from
// which a person looks can be set by how many a day a team can look at. It holds no names. The zero value has counted nothing.
type Ledger struct {
	Days []LedgerDay `json:"days,omitempty"` // oldest first, at most ledgerDays
}

// LedgerDay is one day of event time.
type LedgerDay struct {
	Day  int64             `json:"day"` // from 1970-01-01 UTC
	Sums [ledgerSums]int32 `json:"sums"`
}

// The extent of a ledger.
const (
	ledgerDays  = 28
	ledgerSums  = 81  // sums from 0 to 8 in tenths; what is greater, hard or urgent stands at the end
	leastDays   = 7   // of whole days before a budget says anything
	ledgerTenth = 0.1 // width of a step
)

func step(sum float64) int { return min(int(sum/ledgerTenth+1e-9), ledgerSums-1) }

// Tenth is a strength in whole tenths, at most 80.
func Tenth(strength float64) uint16 { return uint16(step(math.Max(0, strength))) } //nolint:gosec // bounded

// placeOf is where a fusion is counted: what comes before a person whatever the sum stands at the end.
func placeOf(f *Fusion) int {
	if f.Priority >= taxonomy.P1 {
		return ledgerSums - 1
	}
	return step(f.Total)
}

// Note counts a matter on a day. before is the place at which it was counted until then, from an earlier Note; −1 for none. It returns the place
// at which it is counted now, which is never lower.
func (l *Ledger) Note(day int64, before int, f *Fusion) int {
	now := placeOf(f)
	if now <= before {
		return before
	}
	if before >= 0 {
		l.uncount(before)
	}
	i, found := slices.BinarySearchFunc(l.Days, day, func(d LedgerDay, day int64) int { return int(d.Day - day) })
	if !found {
		l.Days = slices.Insert(l.Days, i, LedgerDay{Day: day})
		if len(l.Days) > ledgerDays {
			l.Days = slices.Delete(l.Days, 0, 1)
			i--
		}
	}
	if i >= 0 {
		l.Days[i].Sums[now]++
	}
	return now
}

// uncount takes one matter at a place out of the newest day that has one: which of them is not known and does not matter.
func (l *Ledger) uncount(place int) {
	for i := len(l.Days) - 1; i >= 0; i-- {
		if l.Days[i].Sums[place] > 0 {
			l.Days[i].Sums[place]--
			return
		}
	}
}

// Line is the least sum, in tenths from low to high, from which on average no more than budget matters came up a day on the whole days before
// today. ok is false while fewer than seven days are known. When even high lets more in, it is high.
func (l *Ledger) Line(budget float64, today int64, low, high float64) (line float64, ok bool) {
	if len(l.Days) == 0 {
		return 0, false
	}
	n := min(today-l.Days[0].Day, ledgerDays)
	if n < leastDays {
		return 0, false
	}
	var counts [ledgerSums]int
	for i := range l.Days {
		if d := &l.Days[i]; d.Day < today && d.Day >= today-n {
			for s, c := range d.Sums {
				counts[s] += int(c)
			}
		}
	}
	above, best := 0, high
	for s := ledgerSums - 1; s >= 0; s-- {
		above += counts[s]
		if float64(above) > budget*float64(n) {
			break
		}
		if v := float64(s) * ledgerTenth; v <= high {
			best = v
		}
	}
	return round(math.Max(low, math.Min(high, best))), true
}
