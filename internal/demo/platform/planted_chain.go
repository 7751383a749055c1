package platform

import "time"

// chainCast are the accounts of the chain.
type chainCast struct {
	adult, child *person
	targets      []*person // all children approached, the child among them
	buyers       []*person
	start        time.Time
	handover     time.Time
}

// chain plants the case of the product document: an adult approaches many children, wins one over, takes her account, offers her from
// it, and collects what strangers pay.
func (m *maker) chain(r *random) scene {
	c := chainCast{}
	c.child = m.claimOne(r, "child of the chain", exactly(bandU13, band13), func(p *person) bool { return p.class >= 0 })
	c.adult = m.claimOne(r, "adult of the chain", func(p *person) bool {
		return p.ActualBand == band25 && p.Lang == c.child.Lang && len(p.household) == 0
	})
	c.adult.AgeBand, c.adult.AgeSource, c.adult.Verified = band18, "declared", false
	c.targets = append(m.need(r, "children of the chain", r.between(14, 17), exactly(bandU13, band13)), c.child)
	last := len(c.targets) - 1
	c.targets[2], c.targets[last] = c.targets[last], c.targets[2]
	c.buyers = m.strangersTo(r, c.child, r.between(15, 30))
	c.start = m.day(m.startDay(r, 13)).Add(r.span(14*time.Hour, 18*time.Hour))
	c.handover = c.start.Add(8*24*time.Hour + r.span(0, 8*time.Hour))
	c.child.quiet = c.handover
	m.positive("grooming", c.start, []*person{c.adult}, c.targets)
	m.positive("trafficking_control", c.handover, []*person{c.adult}, []*person{c.child}, c.buyers...)
	return func() {
		met := m.approach(r, c)
		m.winOver(r, c, met)
		m.takeOver(r, c)
		m.offer(r, c)
	}
}

// approach asks all the children for contact within about three days and returns when the child accepted. Most ignore or decline; two
// block, and one of them reports.
func (m *maker) approach(r *random, c chainCast) (met time.Time) {
	at := c.start
	for i, q := range c.targets {
		m.know(c.adult, q)
		m.view(at, c.adult, q)
		asked := at.Add(r.span(10*time.Second, 3*time.Minute))
		m.ask(asked, c.adult, q, "none", pick(r, []string{"dm", "game"}), pick(r, m.words[c.adult.Lang].greeting))
		reply := asked.Add(r.span(20*time.Minute, 3*time.Hour))
		switch {
		case q == c.child:
			m.answer(reply, q, c.adult, "accepted")
			met = reply
		case i == 5 || i == 9:
			m.answer(reply, q, c.adult, "declined")
			m.block(reply.Add(r.span(5*time.Second, time.Minute)), q, c.adult)
			if i == 9 {
				m.report(reply.Add(2*time.Minute), q, c.adult, "grooming")
			}
		case r.chance(0.35):
			m.answer(reply, q, c.adult, "declined")
		default:
			m.answer(asked.Add(72*time.Hour), q, c.adult, "ignored")
		}
		at = at.Add(r.span(90*time.Minute, 6*time.Hour))
	}
	return met
}

// winOver is the talk of the first week: praise, questions about who is near, gifts, secrecy, and the wish to meet.
func (m *maker) winOver(r *random, c chainCast, met time.Time) {
	w := m.words[c.adult.Lang]
	steps := []struct {
		after      time.Duration
		lines      []string
		turns      int
		dollars    float64
		instrument string
	}{
		{10 * time.Minute, w.hello, 6, 0, ""},
		{26 * time.Hour, w.praise, 6, 0, ""},
		{50 * time.Hour, w.alone, 4, 0, ""},
		{54 * time.Hour, w.otherApp, 3, 0, ""},
		{74 * time.Hour, w.gift, 2, 25, "gift_card"},
		{98 * time.Hour, w.secret, 4, 0, ""},
		{101 * time.Hour, w.gift, 2, 50, "gift_card"},
		{122 * time.Hour, w.praise, 4, 0, ""},
		{125 * time.Hour, w.gift, 2, 50, "gift_card"},
		{140 * time.Hour, w.meet, 4, 0, ""},
		{144 * time.Hour, w.ticket, 2, 30, "transfer"},
	}
	for _, s := range steps {
		at := met.Add(s.after + r.span(0, time.Hour))
		if s.dollars > 0 {
			m.pay(payment{at: at.Add(-time.Minute), from: c.adult, to: c.child, dollars: s.dollars, instrument: s.instrument})
		}
		m.exchange(r, at, c.adult, c.child, exchange{relation: "mutual", turns: s.turns, first: s.lines})
	}
}
