package cybertip

import (
	"math"
	"time"
)

// Backoff spaces repeated calls: the n-th wait is Base·Factorⁿ, at most Max, of which a random half is taken off.
type Backoff struct {
	Base   time.Duration // first wait; 0 means one second
	Max    time.Duration // longest wait; 0 means five minutes
	Factor float64       // growth; below 1 means 2
}

// Delay returns how long to wait before the next call after the given number of failures, from 1. random returns numbers in [0, 1); the
// result lies between half the exponential wait and all of it.
func (b Backoff) Delay(failures int, random func() float64) time.Duration {
	base, most, factor := b.Base, b.Max, b.Factor
	if base <= 0 {
		base = time.Second
	}
	if most <= 0 {
		most = 5 * time.Minute
	}
	if factor < 1 {
		factor = 2
	}
	wait := math.Min(float64(base)*math.Pow(factor, float64(max(failures, 1)-1)), float64(most))
	return time.Duration(wait/2 + wait/2*random())
}
