package casefile

import (
	"slices"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// familyCap is the most that one family adds to the total strength, because detectors of a family see the same thing.
const familyCap = 3.0

// newStrength is by how much the total must exceed what a person has judged: a factor of ten in probability.
const newStrength = 1.0

// ShouldOpen reports whether a matter brings something new after a person closed prev, a case about the same subject and
// typology: a family that was not there, a hard signal that was not there (or that names an account or a picture it did not name), or a
// total strength at least 1 above what was judged. Without that the person's finding stands and nothing opens. After a case that was
// merged into another a higher priority is new as well, because nobody has found anything yet.
func ShouldOpen(prev *Case, m Matter) bool {
	if prev.Status == Merged && m.Priority > prev.Priority {
		return true
	}
	judged := JudgedBy(prev)
	before := families(judged)
	for f, s := range families(m.Signals) {
		if _, had := before[f]; !had && s > 0 {
			return true
		}
	}
	for _, s := range m.Signals {
		if s.Hard && s.Unscanned == "" && !hadHard(judged, prev, s) {
			return true
		}
	}
	return Strength(m.Signals)-Strength(judged) >= newStrength
}

// JudgedBy returns what a person has seen when closing c and the cases before it: the strongest signal of each detector.
func JudgedBy(c *Case) []detect.Signal {
	out := slices.Clone(c.Judged)
	for _, s := range c.Signals {
		i := slices.IndexFunc(out, func(o detect.Signal) bool { return o.Detector == s.Detector })
		switch {
		case i < 0:
			out = append(out, s)
		case out[i].Hard && !s.Hard:
			// What a child has said outlasts what statistics say later.
		case s.Hard && !out[i].Hard, s.Strength >= out[i].Strength:
			out[i] = s
		}
	}
	return out
}

// Strength is the total strength of signals: the sum over the families of the family's strongest signal, capped at 3 each.
// An unscanned signal has no strength.
func Strength(signals []detect.Signal) float64 {
	var sum float64
	f := families(signals)
	for _, name := range taxonomy.Families() { // in a fixed order, so that the sum is the same to the last bit
		sum += min(f[name], familyCap)
	}
	return sum
}

// families returns the strongest strength of each family that has spoken. A hard signal counts as at least the smallest
// strength, so that its family is there even when it carries no statistics.
func families(signals []detect.Signal) map[taxonomy.Family]float64 {
	out := make(map[taxonomy.Family]float64, len(signals))
	for _, s := range signals {
		if s.Unscanned != "" {
			continue
		}
		v := s.Strength
		if s.Hard {
			v = max(v, 1e-9)
		}
		out[s.Family] = max(out[s.Family], v)
	}
	return out
}

// hadHard reports whether the hard signal s was judged before: by the same detector and naming nobody new, or no new picture.
// What a person has confirmed and goes on is new.
func hadHard(judged []detect.Signal, prev *Case, s detect.Signal) bool {
	for _, j := range judged {
		if j.Detector != s.Detector || !j.Hard {
			continue
		}
		if prev.Status == Confirmed && s.Times > j.Times {
			return false // it goes on
		}
		if len(s.Matches) > 0 { // of known material the picture counts, not who else was there
			return !slices.ContainsFunc(s.Matches, func(m detect.Match) bool {
				return !slices.ContainsFunc(j.Matches, func(o detect.Match) bool { return o.Picture == m.Picture })
			})
		}
		fresh := func(a string) bool { return !slices.Contains(j.Others, a) && !slices.Contains(prev.Victims, a) }
		return !slices.ContainsFunc(s.Others, fresh)
	}
	return false
}
