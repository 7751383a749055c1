package platform

import "time"

// alonePerson claims an adult without household to live only in a scene.
func (m *maker) alonePerson(r *random, role string, wants ...want) *person {
	p := m.claimOne(r, role, append(wants, func(p *person) bool { return p.ActualBand == band25 && len(p.household) == 0 })...)
	p.alone, p.Verified = true, false
	return p
}

// patientGroomer plants an adult who asks about three children a day for two weeks, nearly all of 13 to 15; few accept. Everything is
// end-to-end encrypted: no text, no scores.
func (m *maker) patientGroomer(r *random) scene {
	g := m.alonePerson(r, "patient groomer", exactly(band25))
	g.CreatedAt = m.cfg.Start.AddDate(0, 0, -40)
	perDay := make([]int, 14)
	total := 0
	for d := range perDay {
		perDay[d] = r.between(2, 4)
		total += perDay[d]
	}
	targets := m.need(r, "children of the patient groomer", total, exactly(band13))
	others := m.need(r, "adults of the patient groomer", 2, exactly(band18))
	firstDay := m.startDay(r, 15)
	start := m.day(firstDay).Add(r.span(15*time.Hour, 18*time.Hour))
	m.positive("grooming", start, []*person{g}, targets)
	return func() {
		m.sessions(r, g, 0, m.cfg.Days-1)
		next := 0
		for d, n := range perDay {
			at := start.AddDate(0, 0, d)
			m.search(at, g, map[string]string{"age": band13, "region": targets[next].Region})
			for range n {
				at = m.patientApproach(r, at, g, targets[next], next)
				next++
			}
		}
		for i, q := range others {
			m.ask(start.AddDate(0, 0, 3+5*i).Add(7*time.Hour), g, q, "none", "dm", "")
		}
	}
}

// patientApproach is one approach, the n-th; it returns when the next may begin. Every eighth is accepted.
func (m *maker) patientApproach(r *random, at time.Time, g, q *person, n int) time.Time {
	at = at.Add(r.span(time.Minute, 20*time.Minute))
	m.know(g, q)
	m.view(at, g, q)
	at = at.Add(r.span(20*time.Second, 4*time.Minute))
	m.ask(at, g, q, "none", "dm", "")
	reply := at.Add(r.span(30*time.Minute, 20*time.Hour))
	switch {
	case n%8 == 3:
		m.answer(reply, q, g, "accepted")
		m.exchange(r, reply.Add(5*time.Minute), g, q, exchange{relation: "mutual", turns: r.between(2, 6), silent: true})
	case n%11 == 5:
		m.answer(reply, q, g, "declined")
		m.block(reply.Add(30*time.Second), q, g)
		if n == 16 {
			m.report(reply.Add(time.Minute), q, g, "minor_safety")
		}
	case r.chance(0.3):
		m.answer(reply, q, g, "declined")
	default:
		m.answer(at.Add(72*time.Hour), q, g, "ignored")
	}
	return at.Add(r.span(20*time.Minute, 100*time.Minute))
}

// recruiter plants an adult who offers work and travel to many of 16 and 17, to each in their own language; some report.
func (m *maker) recruiter(r *random) scene {
	p := m.alonePerson(r, "recruiter", exactly(band25))
	targets := m.find(r, r.between(34, 44), exactly(band16))
	if len(targets) < 30 {
		m.fail("cast recruiter: %d accounts of 16-17 fit, expected 30; use more accounts", len(targets))
	}
	start := m.day(m.startDay(r, 10)).Add(r.span(9*time.Hour, 12*time.Hour))
	m.positive("trafficking_recruitment", start, []*person{p}, targets)
	return func() {
		m.sessions(r, p, 0, m.cfg.Days-1)
		reasons := map[int]string{6: "trafficking", 14: "spam", 21: "grooming", 27: "trafficking"}
		for i, q := range targets {
			// Five or so a day, one after the other.
			at := start.AddDate(0, 0, i/5).Add(time.Duration(i%5)*2*time.Hour + r.span(0, time.Hour))
			if i == 0 {
				at = start
			}
			w := m.words[q.Lang]
			m.know(p, q)
			m.say(r, message{at: at, from: p, to: q, relation: "none", text: pick(r, w.job), lang: q.Lang})
			at = at.Add(r.span(10*time.Minute, 8*time.Hour))
			switch reason := reasons[i]; {
			case reason != "":
				m.report(at, q, p, reason)
				if i != 14 {
					m.block(at.Add(20*time.Second), q, p)
				}
			case i%4 == 1:
				m.say(r, message{at: at, from: q, to: p, relation: "none", text: pick(r, w.reply)})
				at = at.Add(r.span(5*time.Minute, 2*time.Hour))
				m.say(r, message{at: at, from: p, to: q, relation: "none", text: pick(r, w.ticket), lang: q.Lang})
				if i%12 == 1 {
					m.pay(payment{at: at.Add(30 * time.Minute), from: p, to: q, dollars: 60, instrument: "transfer", note: "ticket"})
				}
			}
		}
	}
}
