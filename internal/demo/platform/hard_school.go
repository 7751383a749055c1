package platform

import "time"

// teacher: a verified teacher opens a group for a class of 28, then writes to every pupil; all answer.
func (m *maker) teacher(r *random) scene {
	class := m.classes[r.IntN(2)]
	if m.copy > 0 {
		class = pick(r, m.classes)
	}
	t := m.claimOne(r, "teacher", exactly(band25), in(class[0].home))
	t.Role, t.Verified, t.AgeSource = "teacher", true, "verified"
	m.benign("teacher", t)
	first := r.between(1, 4)
	return func() {
		opened := m.moment(r, t, first)
		m.openGroupAt(r, opened, t, class, true)
		for _, pupil := range class {
			m.know(t, pupil)
			at := m.moment(r, t, first+1+r.IntN(12))
			m.exchange(r, at, t, pupil, exchange{relation: "mutual", turns: r.between(2, 4), first: m.words[t.Lang].teacher})
		}
	}
}

// coach: a coach, not verified, with a team of sixteen from several classes and several ages.
func (m *maker) coach(r *random) scene {
	home := m.biggestRegion()
	c := m.claimOne(r, "coach", exactly(band18, band25), in(home))
	c.Role = "coach"
	team := m.need(r, "team", 16, exactly(band13, band16), in(home))
	m.benign("coach", c)
	first := r.between(1, 3)
	return func() {
		m.openGroupAt(r, m.moment(r, c, first), c, team, false)
		for _, child := range team {
			m.know(c, child)
			for range r.between(1, 3) {
				at := m.moment(r, c, first+1+r.IntN(13))
				m.exchange(r, at, c, child, exchange{relation: "mutual", turns: r.between(1, 3), first: m.words[c.Lang].coach})
			}
		}
	}
}

// biggestRegion is the region with most accounts of children, where a team is easiest to find.
func (m *maker) biggestRegion() *region {
	count := map[*region]int{}
	best := &m.regions[0]
	for _, p := range m.people {
		if exactly(band13, band16)(p) {
			count[p.home]++
		}
	}
	for i := range m.regions {
		if count[&m.regions[i]] > count[best] {
			best = &m.regions[i]
		}
	}
	return best
}

// tutor: an adult who writes to five children, each after a parent has asked, and whom the parents pay each week.
func (m *maker) tutor(r *random) scene {
	t := m.claimOne(r, "tutor", exactly(band18, band25), func(p *person) bool { return len(p.household) == 0 })
	m.benign("tutor", t)
	lessons := m.need(r, "pupils of a tutor", 5, exactly(bandU13, band13, band16), hasParent)
	return func() {
		for _, child := range lessons {
			parent := parentOf(child)
			at := m.moment(r, parent, 1+r.IntN(4))
			m.know(t, parent)
			m.know(t, child)
			m.exchange(r, at, parent, t, exchange{relation: "none", turns: 4, first: m.words[parent.Lang].hello})
			for at = at.Add(24 * time.Hour); at.Before(m.end); at = at.Add(7*24*time.Hour + r.span(0, 3*time.Hour)) {
				m.exchange(r, at, t, child, exchange{relation: "one_way", turns: r.between(4, 9), first: m.words[t.Lang].tutor})
				m.pay(payment{at: at.Add(3 * time.Hour), from: parent, to: t, dollars: 20, instrument: "transfer"})
			}
		}
	}
}

// hasParent holds for children who live with an adult.
func hasParent(p *person) bool { return parentOf(p) != nil }

// parentOf returns the adult of a child's household, or nil.
func parentOf(child *person) *person {
	for _, q := range child.household {
		if !minorBand(q.ActualBand) {
			return q
		}
	}
	return nil
}

// youthWorker: new on the platform and without a role, writes to twelve teenagers within a week; most answer, two do not.
func (m *maker) youthWorker(r *random) scene {
	w := m.claimOne(r, "youth worker", exactly(band25), func(p *person) bool { return len(p.household) == 0 })
	first := m.startDay(r, 9)
	w.newcomer, w.alone = true, true
	w.born = m.day(first).Add(r.span(8*time.Hour, 10*time.Hour))
	w.CreatedAt = w.born
	teens := m.need(r, "teenagers of a youth centre", 12, exactly(band13, band16))
	m.benign("youth_worker", w)
	return func() {
		m.sessions(r, w, first, m.cfg.Days-1)
		for i, teen := range teens {
			at := m.moment(r, w, first+i/2)
			m.know(w, teen)
			m.ask(at, w, teen, "none", "dm", pick(r, m.words[w.Lang].youthClub))
			if i >= 10 {
				m.answer(at.Add(72*time.Hour), teen, w, "ignored")
				continue
			}
			at = at.Add(r.span(10*time.Minute, 9*time.Hour))
			m.answer(at, teen, w, "accepted")
			m.exchange(r, at.Add(10*time.Minute), w, teen, exchange{relation: "mutual", turns: r.between(2, 7), first: m.words[w.Lang].youthClub})
		}
	}
}

// exchange is a conversation between two accounts of a scene.
type exchange struct {
	relation, surface string
	turns             int
	first             []string // what the first speaker says in each of his turns; nil for no text
	second            []string // what the other says; nil for ordinary answers
	silent            bool     // no text at all
}

// exchange lets a and b speak by turns and returns when they stopped.
func (m *maker) exchange(r *random, at time.Time, a, b *person, e exchange) time.Time {
	for i := range e.turns {
		msg := message{at: at, from: a, to: b, relation: e.relation, surface: e.surface}
		lines := e.first
		if i%2 == 1 {
			msg.from, msg.to, lines = b, a, e.second
			if lines == nil {
				lines = append(m.words[b.Lang].reply[:3:3], m.words[b.Lang].thanks...)
			}
		}
		if !e.silent {
			msg.text = pick(r, lines)
		}
		m.say(r, msg)
		at = at.Add(r.span(20*time.Second, 15*time.Minute))
	}
	return at
}
