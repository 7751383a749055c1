package platform

import "time"

// siblings: three children of different ages on one tablet at one address, whose recovery goes to one parent.
func (m *maker) siblings(r *random) scene {
	single := func(p *person) bool { return len(p.household) == 0 }
	parent := m.claimOne(r, "parent of siblings", exactly(band25), single)
	// Few children are in no class and no household, so that their ages are given rather than looked for.
	kids := m.claim(r, "siblings", 3, single, func(p *person) bool { return minorBand(p.ActualBand) && p.class < 0 })
	m.benign("siblings_one_tablet", append(kids[:3:3], parent)...)
	for i, kid := range kids {
		kid.ActualBand = [...]string{bandU13, band13, band16}[i]
		kid.AgeBand, kid.AgeSource = kid.ActualBand, "declared"
		kid.home, kid.Country, kid.Region, kid.Lang = parent.home, parent.Country, parent.Region, parent.Lang
		m.joinHousehold(r, parent, kid)
		kid.device, kid.recoveryHash = kids[0].device, parent.emailHash
	}
	return func() {
		for d := range m.cfg.Days {
			at := m.moment(r, kids[0], d)
			for _, kid := range sample(r, kids, r.between(1, 3)) {
				m.session(r, kid, at)
				m.oneThing(r, kid, at.Add(r.span(time.Minute, 10*time.Minute)))
				at = at.Add(r.span(15*time.Minute, 50*time.Minute))
			}
		}
	}
}

// travellingChild: goes abroad for a week, signs in from a relative's phone there, changes the password, and goes on talking with the
// same friends.
func (m *maker) travellingChild(r *random) scene {
	child := m.claimOne(r, "travelling child", exactly(band13, band16), func(p *person) bool { return p.class >= 0 })
	m.benign("travelling_child", child)
	leaves := m.startDay(r, 8)
	return func() {
		abroad := child.home
		for abroad.country == child.home.country {
			abroad = pick(r, m.regionPointers())
		}
		there := network{device: "d-" + r.hex(8), ip: someIPv4(r), auth: "password", place: abroad}
		for d := leaves; d < leaves+7; d++ {
			at := m.moment(r, child, d)
			m.sessionFrom(r, child, at, there)
			if d == leaves {
				m.emit(at.Add(5*time.Minute), fromAccounts, "credential.changed", credentialData{Account: child.ID, What: "password"})
			}
			if b := m.someBond(r, child, at); b != nil && b.to.there(at.Add(6*time.Hour)) {
				m.exchange(r, at.Add(10*time.Minute), child, b.to, exchange{relation: b.relation, turns: r.between(2, 5), first: m.words[child.Lang].travel})
			}
		}
	}
}

// regionPointers lists the regions in their order.
func (m *maker) regionPointers() []*region {
	out := make([]*region, len(m.regions))
	for i := range m.regions {
		out[i] = &m.regions[i]
	}
	return out
}
