package lead

import (
	"math"
	"strconv"
	"time"
)

// Times are counted in steps, so that a period of any length can be summed up: step i holds what took more than 2^((i−1)/4) minutes and at most
// 2^(i/4); step 0 all that took a minute or less. A quantile read from them is at most a fifth (2^¼) above the true one, and never below it.
const stepsPerDouble = 4

// lastStep holds everything above 2^(96/4) minutes, some 31 years.
const lastStep = 96

// Step is the step that a time falls into, as it is stored.
func Step(d time.Duration) string {
	if d <= time.Minute {
		return "0"
	}
	return strconv.Itoa(min(int(math.Ceil(stepsPerDouble*math.Log2(d.Minutes())-1e-9)), lastStep))
}

// stepEnd is the longest time of a step.
func stepEnd(i int) time.Duration {
	return time.Duration(math.Round(math.Exp2(float64(i)/stepsPerDouble) * float64(time.Minute)))
}

// Times are how long things took, by step.
type Times map[string]int64

// Of is how many there are.
func (t Times) Of() (n int64) {
	for _, c := range t {
		n += c
	}
	return n
}

// Quantile is the time that a share q of them did not exceed, by nearest rank: the end of its step, so at most a fifth above the true one. ok is
// false of none.
func (t Times) Quantile(q float64) (d time.Duration, ok bool) {
	all := t.Of()
	if all == 0 {
		return 0, false
	}
	rank := max(int64(math.Ceil(q*float64(all)-1e-9)), 1)
	for i := range lastStep + 1 {
		if rank -= t[strconv.Itoa(i)]; rank <= 0 {
			return stepEnd(i), true
		}
	}
	return 0, false
}
