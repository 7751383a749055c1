package detect

import "math"

// What is ordinary of young accounts on one key before the platform has shown it.
const (
	priorFurther, priorFurtherN         = 0.35, 100
	priorOtherRegion, priorOtherRegionN = 0.1, 50
	mostShared                          = 0.9
)

// Together is how ordinary it is that so many young accounts, at least 1, use one thing, and claim so many regions, at least 1: r^(young−1)·s^(regions−1),
// r the platform's share of further young accounts among all that share a key with one account (a geometric law: households have several
// children), s the share of such accounts that claim another region than the first.
func Together(c Cohort, young float64, regions int) float64 {
	r := math.Min(mostShared, Rate(c, CohortKey{What: CountShared}, priorFurther, priorFurtherN))
	s := math.Min(mostShared, Rate(c, CohortKey{What: CountSharedRegion}, priorOtherRegion, priorOtherRegionN))
	return math.Pow(r, math.Max(0, young-1)) * math.Pow(s, math.Max(0, float64(regions-1)))
}
