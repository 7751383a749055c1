package platform

import "time"

// want says which account a scene needs.
type want func(*person) bool

// old holds for accounts that exist from the world's start on.
func old(p *person) bool { return !p.newcomer }

// exactly holds for accounts whose band is known and right.
func exactly(bands ...string) want {
	return func(p *person) bool {
		for _, b := range bands {
			if p.AgeBand == b && p.ActualBand == b {
				return true
			}
		}
		return false
	}
}

// in holds for accounts of a region.
func in(home *region) want {
	return func(p *person) bool { return p.home == home }
}

// without holds for accounts that are not among people.
func without(people ...*person) want {
	return func(p *person) bool {
		for _, q := range people {
			if p == q {
				return false
			}
		}
		return true
	}
}

// find returns up to n accounts, in random order, that existed from the start, are in no other scene and fit every want.
func (m *maker) find(r *random, n int, wants ...want) []*person {
	fits := func(p *person) bool {
		for _, w := range wants {
			if !w(p) {
				return false
			}
		}
		return true
	}
	found := make([]*person, 0, n)
	if m.cfg.Rates != nil {
		if found = m.probe(r, n, fits); len(found) == n {
			return found
		}
		found = found[:0]
	}
	for _, i := range r.Perm(len(m.people)) {
		if p := m.people[i]; len(found) < n && !p.cast && old(p) && fits(p) {
			found = append(found, p)
		}
	}
	return found
}

// probe is find by lot, which is quick among many accounts and may give up too early.
func (m *maker) probe(r *random, n int, fits want) (found []*person) {
	for tries := 0; tries < 2000+100*n && len(found) < n; tries++ {
		if p := pick(r, m.people); !p.cast && old(p) && fits(p) && without(found...)(p) {
			found = append(found, p)
		}
	}
	return found
}

// need is find that fails the world when fewer than n accounts fit.
func (m *maker) need(r *random, role string, n int, wants ...want) []*person {
	found := m.find(r, n, wants...)
	if len(found) < n {
		m.fail("cast %s: %d accounts fit, expected %d; use more accounts", role, len(found), n)
		// A stand-in lets the remaining casting run to its end; the world is not returned.
		for len(found) < n {
			found = append(found, m.people[len(found)])
		}
	}
	return found
}

// claim is need for the accounts that a truth entry names: no other scene may cast them, and they ask no strangers by themselves.
func (m *maker) claim(r *random, role string, n int, wants ...want) []*person {
	found := m.need(r, role, n, wants...)
	for _, p := range found {
		p.cast = true
		p.requests = 0
	}
	return found
}

// claimOne claims one account of a band.
func (m *maker) claimOne(r *random, role string, wants ...want) *person {
	return m.claim(r, role, 1, wants...)[0]
}

// day returns midnight UTC of a day of the world, counted from 0. A world may start at any hour; its first midnight lies before it.
func (m *maker) day(n int) time.Time { return m.cfg.Start.Truncate(24*time.Hour).AddDate(0, 0, n) }

// startDay draws the first day of a matter that takes length days, leaving two ordinary days before it where the world is long enough.
func (m *maker) startDay(r *random, length int) int {
	return r.between(2, max(2, m.cfg.Days-length-1))
}
