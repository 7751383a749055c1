package platform

import "time"

// creator: an adult with many followers of every age, who answers one in seven.
func (m *maker) creator(r *random) scene {
	c := m.claimOne(r, "creator", exactly(band18, band25))
	c.Role, c.Verified = "creator", true
	m.benign("creator", c)
	return func() {
		m.audience(r, c, m.find(r, r.between(150, 200), near18), 0.15)
	}
}

// near18 holds for everyone but the youngest.
func near18(p *person) bool { return p.ActualBand != bandU13 }

// teenCreator: a creator of 16 or 17 who gets a lot of one-way messages, from grown-ups too; the ages are those of the platform.
func (m *maker) teenCreator(r *random) scene {
	c := m.claimOne(r, "teen creator", exactly(band16))
	c.Role = "creator"
	m.benign("teen_creator", c)
	return func() {
		fans := m.find(r, r.between(55, 75), exactly(band13, band16))
		fans = append(fans, m.find(r, r.between(40, 60), exactly(band18, band25))...)
		m.audience(r, c, fans, 0.08)
	}
}

// audience lets people follow, comment and write to a creator, who posts every day.
func (m *maker) audience(r *random, c *person, fans []*person, answers float64) {
	for d := range m.cfg.Days {
		m.publish(r, c, m.moment(r, c, d), pick(r, m.words[c.Lang].post))
	}
	for _, fan := range fans {
		if fan == c {
			continue
		}
		at := m.moment(r, fan, r.IntN(m.cfg.Days))
		m.view(at, fan, c)
		for range 1 + r.repeats(0.3, 3) {
			at = at.Add(r.span(10*time.Second, 20*time.Hour))
			surface := pick(r, []string{"dm", "dm", "comment", "live"})
			m.say(r, message{at: at, from: fan, to: c, relation: "one_way", surface: surface, text: pick(r, m.words[fan.Lang].fan)})
		}
		if r.chance(answers) {
			m.say(r, message{at: at.Add(r.span(time.Minute, 5*time.Hour)), from: c, to: fan, relation: "one_way", text: pick(r, m.words[c.Lang].thanks)})
		}
		if r.chance(0.04) {
			m.pay(payment{at: at.Add(time.Minute), from: fan, to: c, dollars: 2, instrument: "in_game"})
		}
	}
}

// business: a shop that answers everyone who writes, a third of them under age, and sells through listings.
func (m *maker) business(r *random) scene {
	shop := m.claimOne(r, "business", exactly(band25))
	shop.Role, shop.Verified = "business", true
	m.benign("business", shop)
	return func() {
		for d := 0; d < m.cfg.Days; d += 2 {
			m.list(shop, m.moment(r, shop, d), pick(r, m.words[shop.Lang].selling), float64(r.between(10, 80)))
		}
		for _, customer := range m.find(r, r.between(90, 130)) {
			at := m.moment(r, customer, r.IntN(m.cfg.Days))
			w := m.words[customer.Lang]
			at = m.exchange(r, at, customer, shop, exchange{relation: "one_way", turns: 2 * r.between(1, 3), first: w.buying, second: m.words[shop.Lang].support})
			if r.chance(0.4) && customer.adult() {
				m.pay(payment{at: at, from: customer, to: shop, dollars: float64(r.between(10, 80)), instrument: "card"})
			}
		}
	}
}

// gamer: a popular adult who asks everyone he plays with, children in the share in which they are there.
func (m *maker) gamer(r *random) scene {
	g := m.claimOne(r, "gamer", exactly(band18, band25))
	m.benign("popular_gamer", g)
	return func() {
		total := r.between(70, 100)
		young := total * r.between(25, 30) / 100
		met := append(m.find(r, young, exactly(band13, band16), without(g)), m.find(r, total-young, exactly(band18, band25), without(g))...)
		for _, q := range met {
			at := m.moment(r, q, r.IntN(m.cfg.Days-4))
			m.know(g, q)
			at = m.exchange(r, at, g, q, exchange{relation: "none", surface: "game", turns: r.between(1, 4), first: m.words[g.Lang].game, second: m.words[q.Lang].game})
			m.ask(at, g, q, "none", "game", "")
			switch {
			case r.chance(0.55):
				at = at.Add(r.span(time.Minute, 20*time.Hour))
				m.answer(at, q, g, "accepted")
				m.exchange(r, at.Add(time.Hour), g, q, exchange{relation: "mutual", turns: r.between(0, 5), first: m.words[g.Lang].game})
			case r.chance(0.2):
				m.answer(at.Add(time.Hour), q, g, "declined")
			default:
				m.answer(at.Add(72*time.Hour), q, g, "ignored")
			}
		}
	}
}

// spammer: writes the same line to everyone; adults and children alike block and report it.
func (m *maker) spammer(r *random) scene {
	s := m.claimOne(r, "spammer", exactly(band18, band25), func(p *person) bool { return len(p.household) == 0 })
	s.alone = true
	m.benign("spammer", s)
	return func() {
		first, last := 1, m.cfg.Days-1
		m.sessions(r, s, first, last)
		for _, q := range m.find(r, r.between(130, 170), near18, without(s)) {
			at := m.moment(r, s, first+r.IntN(last-first))
			m.say(r, message{at: at, from: s, to: q, relation: "none", text: pick(r, m.words[s.Lang].spam)})
			at = at.Add(r.span(time.Minute, 10*time.Hour))
			if r.chance(0.2) {
				m.block(at, q, s)
			}
			if r.chance(0.15) {
				m.report(at.Add(time.Minute), q, s, "spam")
			}
		}
	}
}

// shyAdult: asks thirty adults for contact, and most take no notice.
func (m *maker) shyAdult(r *random) scene {
	s := m.claimOne(r, "shy adult", exactly(band18, band25))
	m.benign("shy_adult", s)
	return func() {
		for _, q := range m.find(r, 30, exactly(band18, band25), without(s)) {
			at := m.moment(r, s, r.IntN(m.cfg.Days-4))
			m.know(s, q)
			m.ask(at, s, q, "none", "dm", pick(r, m.words[s.Lang].greeting))
			switch {
			case r.chance(0.14):
				m.answer(at.Add(r.span(time.Hour, 30*time.Hour)), q, s, "accepted")
			case r.chance(0.15):
				m.answer(at.Add(time.Hour), q, s, "declined")
			default:
				m.answer(at.Add(72*time.Hour), q, s, "ignored")
			}
		}
	}
}
