package detect

import (
	"math"

	"github.com/zeebo/xxh3"

	"haris/internal/taxonomy"
)

// The counters of ordinary life.
const (
	CountReach        uint8 = iota + 1 // minors among the accounts active on a surface, at an hour, in a region
	CountBoth                          // pairs of successive approaches of one adult of which both went to minors
	CountEach                          // minors among the approaches of those pairs
	CountWelcome                       // approaches of adults to minors that were welcomed, out of those decided
	CountFeedback                      // minors who blocked or reported an adult, per minor whom the adult met
	CountInbound                       // adults among the strangers of known age who wrote to minors
	CountBurst                         // days of young accounts by the burst score of their inbound messages; B is the bucket
	CountBurstTotal                    // all such days
	CountInboundBoth                   // pairs of successive strangers to one young account of which both were adults
	CountInboundEach                   // adults among the strangers of those pairs
	CountLeaning                       // minors among adults' approaches, out of those that the reach of each approach lets expect; in thousandths
	CountStayed                        // adults who first wrote to a minor as strangers and went on, out of all who first wrote
	CountDevice                        // sign-ins to young accounts on a device that was new to the account
	CountAccess                        // sign-ins to young accounts by network, place or agent (A) of a hash (C), out of all that say
	CountCompany                       // unusual sign-ins to young accounts on a device that another account uses
	CountUnusual                       // sign-ins to young accounts that fit another person better, out of all that were compared
	CountShared                        // young accounts with which an account shares a key, beyond its first, out of all
	CountSharedRegion                  // such young accounts from another region than the first one's
	CountOffered                       // strangers to minors who paid them, out of all that approached
	CountOfferedAgain                  // payments after the first of a pair, out of all by strangers to minors
	CountBought                        // such payments within an hour of media that the minor sent
	CountCharged                       // minors' first payments to a stranger within an hour of media that they sent there, out of all
	CountPassed                        // young payers of an account who pass on what they receive, out of all
	CountPressed                       // minors whom a stranger goes on writing to unanswered, out of all approached
	CountNight                         // messages of strangers to minors that come in the minors' night
	CountRecovery                      // sign-ins to young accounts by way of account recovery
	CountRekeyed                       // unusual sign-ins to young accounts about which a credential was changed
	CountRecurring                     // minors with whom an adult reached two or more stages, out of those whose messages were scored
	CountRepeated                      // first messages of adults to minors that are like an earlier one of theirs, out of all of six words or more
	CountExchange                      // minors with whom an adult exchanged contact details, per minor whom the adult met
	CountCrowd                         // accounts by the size (B) of what they take part in; A says of what, B = 1 counts all accounts
	CountFollowed                      // accounts of a kind (B) that a detector (A, its place) follows
	CountSaid                          // such accounts of which it has said at least so many tenths (the low byte of B)
	CountPassedAgain                   // days on which young payers pass on what they receive to an account, those after the first of each, out of all
	CountMarked                        // minors approached by strangers upon whom evidence of trafficking stands, out of all approached
)

// allHours stands for every hour of the day in a reach counter.
const allHours = 24

// AddReach counts one active account in the cohorts it belongs to.
func AddReach(c Cohort, p *Profile, s taxonomy.Surface, hour int) {
	if p.Band == taxonomy.AgeUnknown {
		return
	}
	hit := uint32(0)
	if p.Band.Minor() {
		hit = 1
	}
	region := xxh3.HashString(p.Region)
	c.Add(CohortKey{What: CountReach, A: uint16(s), B: allHours}, hit, 1)
	c.Add(CohortKey{What: CountReach, A: uint16(s), B: uint16(hour)}, hit, 1)
	c.Add(CohortKey{What: CountReach, A: uint16(s), B: uint16(hour), C: region}, hit, 1)
}

// Bounds of the share of minors that an account is taken to reach.
const (
	minReach, maxReach = 0.02, 0.9
	priorReach         = 0.4 // before anything was counted: high, so that a cold start accuses nobody
	priorReachWeight   = 50
	reachWeight        = 200
)

// Reach is the share of minors among the accounts that somebody in the region meets on the surface at the hour. A thin
// cohort leans on the next wider one: q = (hits + m·q_wider) / (n + m).
func Reach(c Cohort, s taxonomy.Surface, hour int, region string) float64 {
	q := lean(c, CohortKey{What: CountReach, A: uint16(s), B: allHours}, priorReach, priorReachWeight)
	q = lean(c, CohortKey{What: CountReach, A: uint16(s), B: uint16(hour)}, q, reachWeight)
	q = lean(c, CohortKey{What: CountReach, A: uint16(s), B: uint16(hour), C: xxh3.HashString(region)}, q, reachWeight)
	return math.Min(maxReach, math.Max(minReach, q))
}

// Rate is a cohort's share, leaning on a prior that counts as much as weight observations.
func Rate(c Cohort, name CohortKey, prior, weight float64) float64 {
	return lean(c, name, prior, weight)
}

func lean(c Cohort, k CohortKey, prior, weight float64) float64 {
	hits, total := c.Count(k)
	return (hits + weight*prior) / (total + weight)
}

// Correlation describes how alike the successive trials of one account are on the platform.
type Correlation struct {
	Both, Each    CohortKey // pairs of successive trials that both hit; hits among the trials of those pairs
	Prior, Weight float64   // the correlation before anything was counted, and how many pairs it counts as much as
	Low, High     float64   // bounds of the answer
}

// Of is the intra-class correlation ρ, estimated by the correlation of successive trials, (E[xy] − p²) / (p(1−p)).
func (r Correlation) Of(c Cohort) float64 {
	both, n := c.Count(r.Both)
	each, m := c.Count(r.Each)
	rho := r.Prior
	if n > 0 && each > 0 && each < m {
		p := each / m
		seen := (both/n - p*p) / (p * (1 - p))
		rho = (n*seen + r.Weight*r.Prior) / (n + r.Weight)
	}
	return math.Max(r.Low, math.Min(r.High, rho))
}
