package platform

import (
	"fmt"
	"time"
)

// bond ties an account to another one it talks with.
type bond struct {
	to       *person
	relation string // mutual or family
	// sealed means end-to-end encrypted: the platform sees that a message was sent, not what it says.
	sealed bool
	since  time.Time
}

// group is a group conversation.
type group struct {
	id, conversation string
	members          []*person
	school           bool
}

// pairKey orders two accounts.
func pairKey(a, b *person) [2]int {
	return [2]int{min(a.index, b.index), max(a.index, b.index)}
}

// know notes that two accounts have met, and says whether they had not before.
func (m *maker) know(a, b *person) bool {
	key := pairKey(a, b)
	if a == b || m.met[key] {
		return false
	}
	m.met[key] = true
	return true
}

// conversation returns the id of the conversation of two accounts, the same in both directions.
func (m *maker) conversation(a, b *person) string {
	key := pairKey(a, b)
	return fmt.Sprintf("c%016x", hash64(fmt.Sprint(m.cfg.Seed), m.people[key[0]].ID, m.people[key[1]].ID))
}

// tie makes two accounts friends or family from since on.
func (m *maker) tie(r *random, a, b *person, relation string, since time.Time) {
	if a.alone || b.alone || !m.know(a, b) {
		return
	}
	for _, t := range []time.Time{a.born, b.born} {
		if since.Before(t) {
			since = t
		}
	}
	sealed := r.chance(0.35)
	a.bonds = append(a.bonds, bond{b, relation, sealed, since})
	b.bonds = append(b.bonds, bond{a, relation, sealed, since})
}

// befriend makes the friendships that exist from the start: families, circles within classes, circles of adults, clubs; and groups.
func (m *maker) befriend() {
	r := newRandom(m.cfg.Seed, "friends")
	for _, p := range m.people {
		for _, q := range p.household {
			m.tie(r, p, q, "family", m.open)
		}
	}
	for _, class := range m.classes {
		m.classCircle(r, class)
	}
	m.circles(r)
	m.clubs(r)
}

// classCircle ties every pupil to a few others and opens the class's group.
func (m *maker) classCircle(r *random, class []*person) {
	for _, p := range class {
		for _, q := range sample(r, class, r.between(2, 4)) {
			m.tie(r, p, q, "mutual", m.open)
		}
	}
	if r.chance(0.7) {
		m.openGroup(r, sample(r, class, r.between(12, 24)), true)
	}
}

// circles ties accounts of like age and region in circles of four to nine; some know somebody far away too.
func (m *maker) circles(r *random) {
	pools := map[string][]*person{}
	order := []string{}
	for _, i := range r.Perm(len(m.people)) {
		p := m.people[i]
		if p.alone || p.class >= 0 && r.chance(0.6) {
			continue
		}
		key := p.Region + p.ActualBand
		if pools[key] == nil {
			order = append(order, key)
		}
		pools[key] = append(pools[key], p)
	}
	for _, key := range order {
		for pool := pools[key]; len(pool) > 1; {
			n := min(len(pool), r.between(4, 9))
			circle := pool[:n]
			pool = pool[n:]
			for _, p := range circle {
				for _, q := range sample(r, circle, r.between(2, 4)) {
					m.tie(r, p, q, "mutual", m.open)
				}
			}
			if r.chance(0.25) {
				m.openGroup(r, circle, false)
			}
		}
	}
	for range len(m.people) / 6 {
		p, q := pick(r, m.people), pick(r, m.people)
		if p.Lang == q.Lang && near(p, q) {
			m.tie(r, p, q, "mutual", m.open)
		}
	}
}

// near says whether two accounts are of the same or the adjacent age band, in fact.
func near(p, q *person) bool {
	rank := func(b string) int {
		for i, x := range [...]string{bandU13, band13, band16, band18, band25} {
			if x == b {
				return i
			}
		}
		return -9
	}
	d := rank(p.ActualBand) - rank(q.ActualBand)
	return d >= -1 && d <= 1
}

// clubs makes groups about an interest: one for about sixty accounts, one region and one language each, of mixed but adjacent ages.
func (m *maker) clubs(r *random) {
	for range len(m.people) / 60 {
		first := pick(r, m.people)
		if first.alone || first.newcomer {
			continue
		}
		members := []*person{first}
		for range 200 {
			q := pick(r, m.people)
			if len(members) < 14 && q != first && q.home == first.home && near(first, q) && !q.alone && !q.newcomer && without(members...)(q) {
				members = append(members, q)
			}
		}
		if len(members) < 5 {
			continue
		}
		m.openGroup(r, members, false)
	}
}

// openGroup opens a group in the first day: its first member makes it and invites the others.
// Newcomers and those who live alone stay outside, and two make no group.
func (m *maker) openGroup(r *random, members []*person, school bool) {
	present := make([]*person, 0, len(members))
	for _, p := range members {
		if !p.newcomer && !p.alone {
			present = append(present, p)
		}
	}
	if len(present) > 2 {
		m.openGroupAt(r, m.open.Add(r.span(0, 8*time.Hour)), present[0], present[1:], school)
	}
}

// openGroupAt opens a group at a time; everyone who is invited joins within some hours.
func (m *maker) openGroupAt(r *random, at time.Time, founder *person, others []*person, school bool) *group {
	g := &group{id: m.nextID("g"), school: school, members: append([]*person{founder}, others...)}
	g.conversation = "c-" + g.id
	m.emit(at, fromChat, "group.joined", groupData{Account: founder.ID, Group: g.id})
	for _, p := range others {
		at = at.Add(r.span(time.Second, 20*time.Second))
		m.emit(at, fromChat, "group.invited", groupData{Account: p.ID, Group: g.id, By: founder.ID})
		m.emit(at.Add(r.span(time.Minute, 10*time.Hour)), fromChat, "group.joined", groupData{Account: p.ID, Group: g.id, By: founder.ID})
	}
	for _, p := range g.members {
		p.groups = append(p.groups, g)
	}
	return g
}
