package identity

import (
	"math"
	"slices"

	"haris/internal/detect"
	"haris/internal/detect/stat"
)

// odds is the log-likelihood ratio, in nats, that somebody else signed in.
func (s *control) odds(a *detect.Access, device uint32, c detect.Cohort) float64 {
	agent := s.factor(ofAgent, a.Agent, c)
	where := s.factor(ofNetwork, a.Network, c) + s.factor(ofPlace, a.Place, c)
	if a.Network != 0 && a.Place != 0 {
		where /= 2
	}
	where += recovered(a, c)
	switch {
	case device == 0:
		return where + agent
	case find(s.devices, device) > 0:
		return where + agent + math.Log(strangerKnows/(1-s.changes(c)))
	}
	return where + math.Max(agent, bound(math.Log((1-strangerKnows)/s.changes(c))))
}

// recovered is the factor of having come by way of account recovery, which owners seldom do.
func recovered(a *detect.Access, c detect.Cohort) float64 {
	q := math.Min(.5, detect.Rate(c, detect.CohortKey{What: detect.CountRecovery}, recoveryRate, recoveryRateN))
	if a.Recovery {
		return bound(math.Log(strangerRecovers / q))
	}
	return math.Log((1 - strangerRecovers) / (1 - q))
}

// changes is how likely the account is to come with a new device.
func (s *control) changes(c detect.Cohort) float64 {
	q := detect.Rate(c, detect.CohortKey{What: detect.CountDevice}, newDevice, newDeviceN)
	return math.Min((float64(s.fresh)+deviceKappa*q)/(float64(s.n)+deviceKappa), .9)
}

// factor is ln p(x)/p(x|account) of one kind of value; 0 where the platform did not say.
func (s *control) factor(kind int, x uint32, c detect.Cohort) float64 {
	if x == 0 {
		return 0
	}
	hits, _ := c.Count(accessKey(kind, x))
	_, all := c.Count(accessKey(kind, 0))
	p := math.Max(rareShare, (hits+shareN*rareShare)/(all+shareN))
	return bound(math.Log(p * (float64(s.n) + kappa) / (float64(find(s.values[kind-1], x)) + kappa*p)))
}

func accessKey(kind int, x uint32) detect.CohortKey {
	return detect.CohortKey{What: detect.CountAccess, A: uint16(kind), C: uint64(x)} //nolint:gosec // one of three
}

func bound(v float64) float64 { return math.Max(-factorLimit, math.Min(factorLimit, v)) }

func find(list []value, hash uint32) uint16 {
	for _, v := range list {
		if v.hash == hash {
			return v.n
		}
	}
	return 0
}

// changed reports whether a credential was changed about the unusual sign-in.
func (s *control) changed() bool {
	return s.rekeyed > 0 && math.Abs(float64(s.rekeyed)-float64(s.suspect.at)) <= rekeyWindow.Seconds()
}

// on lists who else uses a device.
func (s *control) on(device uint32) (out []link) {
	for _, l := range s.links {
		if device != 0 && l.device == device {
			out = append(out, l)
		}
	}
	return out
}

// company is how likely the company of the unusual sign-in is to stand about it by chance; 1 when there is none.
func (s *control) company(now uint32, c detect.Cohort) float64 {
	p := 1.0
	if others := s.on(s.suspect.device); len(others) > 0 {
		rate := detect.Rate(c, detect.CohortKey{What: detect.CountCompany}, companyRate, companyRateN)
		if !slices.ContainsFunc(others, func(l link) bool { return !l.family }) {
			rate = math.Max(rate, familyRate)
		}
		p *= rate
	}
	if within(s.talk, now, companyWindow) {
		p *= talkRate
		if slices.ContainsFunc(s.on(s.suspect.device), func(l link) bool { return who(l.who) == s.talker }) {
			p *= sameRate
		}
	}
	if within(s.inverted, now, companyWindow) {
		p *= inboundRate
	}
	return math.Min(1, p*companies)
}

// who is a short hash of an account, enough to tell a few apart.
func who(id string) uint32 { return uint32(detect.AccountKey(id).Short() >> 32) } //nolint:gosec // half of a hash

// unusual is how often a sign-in as odd as this comes among those of a fortnight.
func (s *control) unusual(c detect.Cohort) float64 {
	rate := fortnight * detect.Rate(c, detect.CohortKey{What: detect.CountUnusual}, unusualRate, unusualRateN)
	return math.Min(1, math.Max(rate, math.Exp(-float64(s.suspect.odds))))
}

// strength joins the sign-in, its company and the change of credentials.
func (s *control) strength(now uint32, c detect.Cohort) float64 {
	if s.suspect == nil {
		return 0
	}
	company := s.company(now, c)
	if len(s.on(s.suspect.device)) == 0 && !within(s.talk, now, companyWindow) && !within(s.inverted, now, companyWindow) {
		return 0
	}
	rekey := 1.0
	if s.changed() {
		rekey = detect.Rate(c, detect.CohortKey{What: detect.CountRekeyed}, rekeyRate, rekeyRateN)
	}
	e := stat.Strength(stat.Fisher(s.unusual(c), company, rekey), controlLimit)
	if e < controlLeast {
		return 0
	}
	return e
}

// note counts a value; beyond the bound the least used makes room.
func note(list []value, hash uint32) []value {
	if hash == 0 {
		return list
	}
	least := 0
	for i := range list {
		if list[i].hash == hash {
			list[i].n = more(list[i].n)
			return list
		}
		if list[i].n < list[least].n {
			least = i
		}
	}
	if len(list) == maxValues {
		list = slices.Delete(list, least, least+1)
	}
	return append(list, value{hash, 1})
}
