package template

import (
	"math"

	"haris/internal/detect"
)

// measure is what the platform's accounts are counted by.
type measure uint8

// The measures, each within 30 days: the greatest number seen of what shares one contact detail or one text.
const (
	contactAccounts measure = iota
	contactNames
	contactCities
	textAccounts
	ownCities
	firstAccounts // accounts that begin talk with minors by one text
	nMeasures     = iota
)

// Before the platform is known, sizes are taken to be those of firms: the share of size n or more is n^−1.06 (R. Axtell, Zipf distribution
// of U.S. firm sizes, Science 293, 2001), and that counts as much as 50 accounts.
const (
	firmTail = 1.06
	firmN    = 50
)

// tallied is how far the platform has counted one account since a day: the greatest number of each measure.
type tallied struct {
	day  uint32
	most [nMeasures]uint8
}

// countAgain is after how many days an account is counted anew, so that what is old and goes on does not come to look rare when counts fade.
const countAgain = 30

// count tells the platform's counters what the account has come to. n is at most MaxPeople.
func (t *tallied) count(c detect.Cohort, day uint32, m measure, n int) {
	if day >= t.day+countAgain || t.day == 0 {
		t.day, t.most = day, [nMeasures]uint8{}
	}
	for t.most[m] < uint8(n) { //nolint:gosec // at most MaxPeople
		t.most[m]++
		c.Add(detect.CohortKey{What: detect.CountCrowd, A: uint16(m), B: uint16(t.most[m])}, 1, 0)
	}
}

// ordinary is the share of accounts that come to n or more within 30 days: an empirical tail, so a platform full of agencies finds agencies
// ordinary (V. Vovk, A. Gammerman, G. Shafer, Algorithmic Learning in a Random World, 2005, on such p-values).
func ordinary(c detect.Cohort, m measure, n int) float64 {
	hits, _ := c.Count(detect.CohortKey{What: detect.CountCrowd, A: uint16(m), B: uint16(n)}) //nolint:gosec // small
	all, _ := c.Count(detect.CohortKey{What: detect.CountCrowd, A: uint16(m), B: 1})
	return (hits + firmN*math.Pow(float64(n), -firmTail)) / (all + firmN)
}
