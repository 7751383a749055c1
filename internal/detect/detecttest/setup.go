// Package detecttest holds what the tests of detectors share: a fake of ordinary life, makers of people and facts, and the
// contract that every detector must keep. Only tests may import it.
package detecttest

import (
	"fmt"
	"time"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// Start is the first instant of a test: a Monday afternoon in UTC.
var Start = time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)

// Cohort is a fake of ordinary life. Detectors read what the test says and never what they add.
type Cohort struct {
	Said  map[detect.CohortKey][2]float64
	Added map[detect.CohortKey][2]uint32
}

var _ detect.Cohort = (*Cohort)(nil)

// NewCohort returns a platform on which nothing was counted yet.
func NewCohort() *Cohort {
	return &Cohort{map[detect.CohortKey][2]float64{}, map[detect.CohortKey][2]uint32{}}
}

// Count returns what the test says.
func (c *Cohort) Count(k detect.CohortKey) (hits, total float64) { v := c.Said[k]; return v[0], v[1] }

// Add notes what a detector adds.
func (c *Cohort) Add(k detect.CohortKey, hits, total uint32) {
	v := c.Added[k]
	c.Added[k] = [2]uint32{v[0] + hits, v[1] + total}
}

// Platform is a large platform: the share minors of active people are minors, the share adults of the strangers who write to
// minors are adults, nearly half of all approaches are welcomed, one minor in a hundred complains, accounts' trials are
// independent, and one day in two hundred of young accounts is busier than a few messages.
func Platform(minors, adults float64) *Cohort {
	c := NewCohort()
	for _, s := range []taxonomy.Surface{taxonomy.SurfaceDM, taxonomy.SurfaceUnknown} {
		c.Said[detect.CohortKey{What: detect.CountReach, A: uint16(s), B: 24}] = [2]float64{minors * 1e6, 1e6}
	}
	pair := func(both, each uint8, p float64) {
		c.Said[detect.CohortKey{What: both}] = [2]float64{p * p * 1e6, 1e6}
		c.Said[detect.CohortKey{What: each}] = [2]float64{2 * p * 1e6, 2e6}
	}
	pair(detect.CountBoth, detect.CountEach, minors)
	pair(detect.CountInboundBoth, detect.CountInboundEach, adults)
	c.Said[detect.CohortKey{What: detect.CountWelcome}] = [2]float64{470_000, 1e6}
	c.Said[detect.CohortKey{What: detect.CountFeedback}] = [2]float64{10_000, 1e6}
	c.Said[detect.CohortKey{What: detect.CountInbound}] = [2]float64{adults * 1e6, 1e6}
	c.Said[detect.CohortKey{What: detect.CountStayed}] = [2]float64{600_000, 1e6}
	c.Said[detect.CohortKey{What: detect.CountBurst, B: 0}] = [2]float64{995_000, 995_000}
	c.Said[detect.CohortKey{What: detect.CountBurst, B: 3}] = [2]float64{5_000, 5_000}
	c.Said[detect.CohortKey{What: detect.CountBurstTotal}] = [2]float64{1e6, 1e6}
	return c
}

// Adult, Unknown and Child are the accounts that facts are about.
func Adult() *detect.Profile   { return &detect.Profile{ID: "grown", Band: taxonomy.Age25up} }
func Unknown() *detect.Profile { return &detect.Profile{ID: "nobody-said"} }
func Child() *detect.Profile   { return &detect.Profile{ID: "young", Band: taxonomy.Age13to15} }

// Person is somebody else.
func Person(n int, b taxonomy.AgeBand) *detect.Profile {
	return &detect.Profile{ID: fmt.Sprintf("p%d", n), Band: b}
}

// Fact is an observation among strangers in direct messages; N is 1.
func Fact(k detect.FactKind, who, other *detect.Profile, at time.Time, seq int) *detect.Fact {
	return &detect.Fact{
		Kind: k, Key: detect.AccountKey(who.ID), Seq: uint64(seq), At: at.UnixMilli(), Account: who, Other: other,
		Surface: taxonomy.SurfaceDM, Relation: taxonomy.RelationNone, N: 1,
	}
}
