package platform

import "time"

// sextortion plants a matter of which only metadata show: an account of unknown age asks many children; with the few who accept,
// media go both ways, and within the hour the child pays, more than once, while the account keeps writing unanswered. Media here are
// names and random digests; there is no picture and no text.
func (m *maker) sextortion(r *random) scene {
	p := m.alonePerson(r, "sextortion account")
	p.AgeBand, p.AgeSource = bandUnknown, "unknown"
	targets := m.need(r, "children of the sextortion account", r.between(20, 26), exactly(band13, band16))
	start := m.day(m.startDay(r, 9)).Add(r.span(16*time.Hour, 18*time.Hour))
	m.positive("sextortion", start, []*person{p}, targets)
	return func() {
		m.sessions(r, p, 0, m.cfg.Days-1)
		for i, q := range targets {
			at := start.AddDate(0, 0, i/5).Add(time.Duration(i%5) * time.Hour)
			if i > 0 {
				at = at.Add(r.span(0, 40*time.Minute))
			}
			m.know(p, q)
			m.ask(at, p, q, "none", "dm", "")
			reply := at.Add(r.span(5*time.Minute, 40*time.Minute))
			switch {
			case i%4 == 1:
				m.answer(reply, q, p, "accepted")
				m.demand(r, reply.Add(10*time.Minute), p, q, i)
			case i%9 == 4:
				m.answer(reply, q, p, "declined")
				m.block(reply.Add(time.Minute), q, p)
			case r.chance(0.3):
				m.answer(reply, q, p, "declined")
			default:
				m.answer(at.Add(72*time.Hour), q, p, "ignored")
			}
		}
	}
}

// demand is what follows an acceptance, the n-th approach: media from one, then from the other, unanswered messages, payments; at the
// end the child blocks the account, and every second one reports it.
func (m *maker) demand(r *random, at time.Time, p, q *person, n int) {
	m.emit(at, fromChat, "ephemeral.enabled", conversationData{Account: p.ID, Conversation: m.conversation(p, q)})
	at = m.exchange(r, at.Add(time.Minute), p, q, exchange{relation: "mutual", turns: 4, silent: true})
	m.say(r, message{at: at, from: p, to: q, relation: "mutual", media: m.imageMedia(r, at)})
	at = at.Add(r.span(2*time.Minute, 10*time.Minute))
	m.say(r, message{at: at, from: q, to: p, relation: "mutual", media: m.imageMedia(r, at)})
	for range r.between(4, 7) {
		at = at.Add(r.span(20*time.Second, 3*time.Minute))
		m.say(r, message{at: at, from: p, to: q, relation: "mutual"})
	}
	for range r.between(1, 3) {
		at = at.Add(r.span(4*time.Minute, 10*time.Minute))
		m.pay(payment{at: at, from: q, to: p, dollars: float64(r.between(20, 60)), instrument: "gift_card"})
	}
	at = at.Add(r.span(time.Hour, 9*time.Hour))
	m.block(at, q, p)
	if n%8 == 1 {
		m.report(at.Add(time.Minute), q, p, "sextortion")
	}
}
