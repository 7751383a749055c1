package vpdq

import "haris/pdq"

// Rule says which frames count and which are near.
type Rule struct {
	MinQuality int  // frames below it do not count
	Distance   int  // up to which, inclusive, two frames are near
	Distinct   bool // frames with the same hash count once
}

// Threat is the rule of python-threatexchange and of the documentation of vpdq: up to 31 bits, equal frames once.
func Threat() Rule {
	return Rule{MinQuality: pdq.MinQuality, Distance: pdq.MatchDistance, Distinct: true}
}

// Tool is the rule of vpdq's own matcher in C++: below 31 bits, every frame.
func Tool() Rule { return Rule{MinQuality: pdq.MinQuality, Distance: pdq.MatchDistance - 1} }

// Overlap is how many of the frames of each side have a near frame on the other.
type Overlap struct {
	Query, QueryNear   int
	Target, TargetNear int
}

// QueryShare is the share of the query's frames that are near, from 0 to 1; 0 when none counts.
func (o Overlap) QueryShare() float64 { return share(o.QueryNear, o.Query) }

// TargetShare is the same for the target.
func (o Overlap) TargetShare() float64 { return share(o.TargetNear, o.Target) }

// Match tells whether both shares reach their threshold, from 0 to 1. Where no frame of a side counts there is no match, whatever
// the thresholds. Python-threatexchange asks for 0.8 of the query and 0 of the target, the documentation of vpdq for 0.8 of what
// is known and 0 of what is asked about.
func (o Overlap) Match(query, target float64) bool {
	return o.Query > 0 && o.Target > 0 && o.QueryShare() >= query && o.TargetShare() >= target
}

func share(near, all int) float64 {
	if all == 0 {
		return 0
	}
	return float64(near) / float64(all)
}

// Compare compares every frame of one video with every frame of the other. To look one up among many, search their frames by
// haris/hamming and compare what is found.
func (r Rule) Compare(query, target []Feature) Overlap {
	q, t := r.counted(query), r.counted(target)
	near := make([]bool, len(t))
	o := Overlap{Query: len(q), Target: len(t)}
	for _, a := range q {
		found := false
		for i, b := range t {
			if a.Distance(b) <= r.Distance {
				found, near[i] = true, true
			}
		}
		if found {
			o.QueryNear++
		}
	}
	for _, n := range near {
		if n {
			o.TargetNear++
		}
	}
	return o
}

// counted is the hashes that count.
func (r Rule) counted(features []Feature) (out []pdq.Hash) {
	seen := map[pdq.Hash]bool{}
	for _, f := range features {
		if f.Quality < r.MinQuality || r.Distinct && seen[f.Hash] {
			continue
		}
		seen[f.Hash] = true
		out = append(out, f.Hash)
	}
	return out
}
