package measure

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Raised is a moment at which a case stands before people: when it was opened, and again whenever it has grown.
type Raised struct {
	Case     string
	At       time.Time
	Priority int // a greater one is looked at first
	Sum      float64
}

// Seen plays a team that looks at the end of each day (UTC) at as many cases as it can, the highest priority first, then the greatest sum, then
// the oldest; what was seen is not looked at again. It returns the cases seen, with the end of that day. The order of list does not matter.
func Seen(list []Raised, perDay int) map[string]time.Time {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Raised) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Case, b.Case)) })
	out, waiting := map[string]time.Time{}, map[string]Raised{}
	close := func(day time.Time) {
		queue := make([]Raised, 0, len(waiting))
		for _, r := range waiting {
			queue = append(queue, r)
		}
		slices.SortFunc(queue, func(a, b Raised) int {
			return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(b.Sum, a.Sum), a.At.Compare(b.At), strings.Compare(a.Case, b.Case))
		})
		for _, r := range queue[:min(perDay, len(queue))] {
			out[r.Case] = day
			delete(waiting, r.Case)
		}
	}
	for i := 0; i < len(list); {
		end := list[i].At.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
		for ; i < len(list) && list[i].At.Before(end); i++ {
			r := list[i]
			if _, seen := out[r.Case]; seen {
				continue
			}
			if old, ok := waiting[r.Case]; ok {
				r.At, r.Priority, r.Sum = old.At, max(old.Priority, r.Priority), max(old.Sum, r.Sum)
			}
			waiting[r.Case] = r
		}
		// The days until something new comes up are worked through, too.
		for day := end; ; day = day.Add(24 * time.Hour) {
			close(day)
			if len(waiting) == 0 || perDay < 1 || i < len(list) && list[i].At.Before(day.Add(24*time.Hour)) {
				break
			}
			if i == len(list) { // the stream ends with its last day
				break
			}
		}
	}
	return out
}
