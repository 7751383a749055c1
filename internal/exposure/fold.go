package exposure

import (
	"cmp"
	"slices"
	"time"

	"haris/internal/evidence"
	"haris/internal/report"
)

// Fold says from the entries about one item who has viewed all of it, and who also what it says of itself: the newest of each. It
// believes a person's word only where the log itself shows that every byte was sent to them before, in a form that shows all.
func Fold(entries []Entry) (out report.Views) {
	in := slices.Clone(entries)
	slices.SortStableFunc(in, byTime)
	sent := map[string][]evidence.Span{} // by person
	entire := map[string]time.Time{}     // first, by person
	panel := map[string]time.Time{}      // newest, by person
	for _, e := range in {
		switch {
		case e.Act == Contents && e.Form.Whole(e.How):
			sent[e.Who] = append(sent[e.Who], e.Span)
		case e.Act == Declared && e.Form.Whole(e.How) && covered(sent[e.Who], e.Size):
			if entire[e.Who].IsZero() {
				entire[e.Who] = e.At
			}
			out.Entire = &report.Viewing{Who: e.Who, At: e.At}
		case e.Act == Metadata:
			panel[e.Who] = e.At
		}
		both := later(entire[e.Who], panel[e.Who])
		if !both.IsZero() && (out.Metadata == nil || !both.Before(out.Metadata.At)) {
			out.Metadata = &report.Viewing{Who: e.Who, At: both}
		}
	}
	return out
}

// later is the later of two moments, and none when one is missing.
func later(a, b time.Time) time.Time {
	switch {
	case a.IsZero() || b.IsZero():
		return time.Time{}
	case a.After(b):
		return a
	}
	return b
}

func byTime(a, b Entry) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) }

// covered reports whether spans together hold every byte of something of the given size. Of nothing, nothing can be seen.
func covered(spans []evidence.Span, size int64) bool { return size > 0 && reach(spans, size) == size }

// reach counts the different bytes that spans hold, within the size.
func reach(spans []evidence.Span, size int64) (n int64) {
	in := slices.Clone(spans)
	slices.SortFunc(in, func(a, b evidence.Span) int { return cmp.Compare(a.From, b.From) })
	var done int64
	for _, s := range in {
		from, to := max(s.From, done), min(s.To, size)
		if to > from {
			n += to - from
			done = to
		}
	}
	return n
}

// shown returns what was sent of an item to a person in forms that show all.
func shown(entries []Entry, who string) (spans []evidence.Span) {
	for _, e := range entries {
		if e.Who == who && e.Act == Contents && e.Form.Whole(e.How) {
			spans = append(spans, e.Span)
		}
	}
	return spans
}

// Count is how much a person has been shown clear in a day.
type Count struct {
	Who        string
	Items      int            // different items
	Time       time.Duration  // on the screen
	BySeverity map[string]int // different items by classification; "" counts those without one
	Lifted     bool           // a lead has lifted the limit
}

// unattended is how long a showing that nobody ended counts after its last sign.
const unattended = 10 * time.Minute

// Tally counts what one person was shown, from their entries of a day, up to now. A showing lasts until it is ended or the person asks
// for the next one; one that was left open counts for ten minutes after its last sign.
func Tally(who string, entries []Entry, now time.Time) Count {
	c := Count{Who: who, BySeverity: map[string]int{}}
	var own []Entry
	for _, e := range entries {
		if e.Who == who {
			own = append(own, e)
		}
	}
	slices.SortStableFunc(own, byTime)
	seen := map[string]bool{}
	for n, e := range own {
		if e.Act == Lifted {
			c.Lifted = true
		}
		if e.Act != Begun || (e.How != Clear && e.How != Sound) {
			continue
		}
		c.Time += lasted(e, own[n+1:], now)
		if !seen[e.Item] {
			seen[e.Item] = true
			c.Items++
			c.BySeverity[e.Severity]++
		}
	}
	return c
}

// lasted is how long a showing was on the screen, from the person's entries after the one that began it.
func lasted(begun Entry, after []Entry, now time.Time) time.Duration {
	sign := begun.Until
	limit := now
	for _, e := range after {
		if e.Act == Begun {
			limit = e.At
			break
		}
		if e.Showing != begun.Showing {
			continue
		}
		if e.Act == Ended {
			return max(0, e.At.Sub(begun.At))
		}
		if e.Until.After(sign) {
			sign = e.Until
		}
	}
	if end := sign.Add(unattended); end.Before(limit) {
		limit = end
	}
	return max(0, limit.Sub(begun.At))
}

// People lists who has entries, in order.
func People(entries []Entry) (who []string) {
	for _, e := range entries {
		who = append(who, e.Who)
	}
	slices.Sort(who)
	return slices.Compact(who)
}
