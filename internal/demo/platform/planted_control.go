package platform

import "time"

// takeOver is the moment the account changes hands: a device the child never had, recovery, a new password and a new recovery address;
// afterwards sessions at hours the child never kept. The device was once seen on the adult's own account.
func (m *maker) takeOver(r *random, c chainCast) {
	phone := network{device: "d-" + r.hex(8), ip: someIPv4(r), auth: "token", place: c.adult.home}
	m.sessionFrom(r, c.adult, c.handover.Add(-r.span(20*time.Hour, 30*time.Hour)), phone)
	signIn := phone
	signIn.auth, signIn.recovery = "password", true
	m.sessionFrom(r, c.child, c.handover, signIn)
	device := keyData{Kind: "device", Value: phone.device}
	m.emit(c.handover.Add(2*time.Minute), fromAccounts, "credential.changed", credentialData{Account: c.child.ID, What: "password", Keys: []keyData{device}})
	m.emit(c.handover.Add(4*time.Minute), fromAccounts, "credential.changed", credentialData{
		Account: c.child.ID, What: "recovery", Keys: []keyData{device, {Kind: "recovery", Hash: c.adult.recoveryHash}},
	})
	midnight := c.handover.Add(c.child.home.offset).Truncate(24 * time.Hour).Add(-c.child.home.offset)
	for d := 1; d <= 4; d++ {
		m.sessionFrom(r, c.child, midnight.AddDate(0, 0, d).Add(r.span(time.Hour, 4*time.Hour)), phone)
	}
}

// offer publishes from the child's account and lets the strangers come, pay and vanish; the money goes on to the adult.
func (m *maker) offer(r *random, c chainCast) {
	advert := pick(r, m.words[c.child.Lang].advert)
	published := c.handover.Add(r.span(4*time.Hour, 7*time.Hour))
	m.list(c.child, published, advert, 100)
	m.publish(r, c.child, published.Add(10*time.Minute), advert)
	m.burst(r, published.Add(time.Hour), c.child, c.buyers, burst{within: 60 * time.Hour, answers: 0.6})
	for _, buyer := range sample(r, c.buyers, r.between(6, 9)) {
		paid := published.Add(r.span(64*time.Hour, 72*time.Hour))
		dollars := float64(r.between(80, 160))
		m.pay(payment{at: paid, from: buyer, to: c.child, dollars: dollars, instrument: "wallet"})
		m.pay(payment{at: paid.Add(r.span(30*time.Minute, 10*time.Hour)), from: c.child, to: c.adult, dollars: dollars * 0.95, instrument: "transfer"})
	}
}

// strangersTo claims n adults from other regions who will never be the child's friends.
func (m *maker) strangersTo(r *random, child *person, n int) []*person {
	found := m.claim(r, "strangers", n, exactly(band18, band25), func(p *person) bool { return p.home != child.home })
	for _, q := range found {
		// Whoever has met is passed over when friendships are made.
		m.know(q, child)
	}
	return found
}

// burst says how strangers come upon one account.
type burst struct {
	within  time.Duration // how long it takes until all have come
	answers float64       // how often the account answers
	silent  bool          // no text
}

// burst lets every stranger sign in, write one to three messages and stop. The first writes at the given time.
func (m *maker) burst(r *random, from time.Time, target *person, strangers []*person, b burst) {
	for i, q := range strangers {
		at := from
		if i > 0 {
			at = at.Add(r.span(time.Minute, b.within))
		}
		m.session(r, q, at.Add(-time.Minute))
		for range r.between(1, 3) {
			msg := message{at: at, from: q, to: target, relation: "none"}
			if !b.silent {
				msg.text = pick(r, m.words[q.Lang].inquiry)
			}
			m.say(r, msg)
			at = at.Add(r.span(20*time.Second, 30*time.Minute))
		}
		if r.chance(b.answers) {
			msg := message{at: at, from: target, to: q, relation: "none"}
			if !b.silent {
				msg.text = pick(r, m.words[target.Lang].answer)
			}
			m.say(r, msg)
		}
	}
}

// controlledAccount plants a second account in other hands, of which nothing shows but who writes to it: a burst of grown-ups from
// elsewhere who stop at once. No text, no advertisement, no known controller; the account itself is the subject.
func (m *maker) controlledAccount(r *random) scene {
	child := m.claimOne(r, "controlled account", exactly(band13))
	strangers := m.strangersTo(r, child, r.between(18, 28))
	start := m.day(m.startDay(r, 5)).Add(r.span(9*time.Hour, 20*time.Hour))
	m.positive("trafficking_control", start, []*person{child}, []*person{child}, strangers...)
	return func() {
		m.burst(r, start, child, strangers, burst{within: 70 * time.Hour, answers: 0.25, silent: true})
	}
}
