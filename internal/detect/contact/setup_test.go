package contact_test

import (
	"fmt"
	"time"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// cohort is a fake of ordinary life: what the test says, plus what detectors add, which tests read but detectors do not.
type cohort struct {
	said  map[detect.CohortKey][2]float64
	added map[detect.CohortKey][2]uint32
}

func (c *cohort) Count(k detect.CohortKey) (hits, total float64) { v := c.said[k]; return v[0], v[1] }

func (c *cohort) Add(k detect.CohortKey, hits, total uint32) {
	v := c.added[k]
	c.added[k] = [2]uint32{v[0] + hits, v[1] + total}
}

// platform is a platform on which the share q of active people are minors and adults' approaches do not cluster.
func platform(q float64) *cohort {
	c := &cohort{said: map[detect.CohortKey][2]float64{}, added: map[detect.CohortKey][2]uint32{}}
	c.said[detect.CohortKey{What: detect.CountReach, A: uint16(taxonomy.SurfaceDM), B: 24}] = [2]float64{q * 1e6, 1e6}
	c.said[detect.CohortKey{What: detect.CountBoth}] = [2]float64{q * q * 1e6, 1e6}
	c.said[detect.CohortKey{What: detect.CountEach}] = [2]float64{2 * q * 1e6, 2e6}
	c.said[detect.CohortKey{What: detect.CountWelcome}] = [2]float64{470_000, 1e6}
	return c
}

var start = time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)

var (
	adult   = &detect.Profile{ID: "grown", Band: taxonomy.Age25up}
	unknown = &detect.Profile{ID: "nobody-said"}
)

func person(n int, b taxonomy.AgeBand) *detect.Profile {
	return &detect.Profile{ID: fmt.Sprintf("p%d", n), Band: b}
}

func fact(k detect.FactKind, who, other *detect.Profile, at time.Time, seq int) *detect.Fact {
	return &detect.Fact{
		Kind: k, Key: detect.AccountKey(who.ID), Seq: uint64(seq), At: at.UnixMilli(), Account: who, Other: other,
		Surface: taxonomy.SurfaceDM, Relation: taxonomy.RelationNone,
	}
}
