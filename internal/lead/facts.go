package lead

import (
	"time"

	"haris/internal/casefile"
	"haris/internal/taxonomy"
)

// Waiting is open cases that were opened on a day, in a queue, at a priority. N is how many; it is 0 where one case is told of.
type Waiting struct {
	Day      Day
	Queue    string
	Priority taxonomy.Priority
	N        int
}

// WaitingOf is where a case is counted among those that are open; ok is false for one that is closed or not opened.
func WaitingOf(c *casefile.Case) (w Waiting, ok bool) {
	if !c.Status.IsOpen() {
		return Waiting{}, false
	}
	return Waiting{Day: DayOf(c.OpenedAt), Queue: c.Queue, Priority: c.Priority}, true
}

// Open is what is open now.
type Open struct {
	Cases []Waiting
	Held  map[string]int // past the time limit in the hands of a person, by person
}

// AgeDays are the least ages of open cases in days (UTC): opened today, yesterday, 2 to 3 days ago and so on.
func AgeDays() []int { return []int{0, 1, 2, 4, 8, 31} }

// age is the place in AgeDays of a day.
func age(d, today Day) int {
	days, out := int(today-d), 0
	for i, least := range AgeDays() {
		if days >= least {
			out = i
		}
	}
	return out
}

// ShownDay is what is counted once of a day whose exposure was added up.
func ShownDay() Tick { return Tick{Kind: ShownItems, What: "day"} }

// Facts is all that a dashboard is made from.
type Facts struct {
	Range Range
	Now   time.Time
	Days  map[Day][]Sum // of the range and of the one before it
	Open  Open
}
