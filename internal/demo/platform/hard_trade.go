package platform

import (
	"fmt"
	"time"
)

// lettingAgency: three people of an agency with one number and many flats in many cities; anybody may ask.
func (m *maker) lettingAgency(r *random) scene {
	staff := m.claim(r, "letting agency", 3, exactly(band25), single)
	for _, p := range staff {
		p.Role, p.Verified = "business", true
	}
	m.benign("letting_agency", staff...)
	number := someNumber(r)
	return func() {
		for i, city := range m.otherCities(r, 2*m.cfg.Days) {
			p := staff[i%len(staff)]
			m.advertise(p, m.moment(r, p, i/2), fmt.Sprintf(m.words[staff[0].Lang].flat, number), city, number)
		}
		for _, q := range m.find(r, 30, exactly(band18, band25), without(staff...)) {
			p := pick(r, staff)
			m.exchange(r, m.moment(r, q, r.IntN(m.cfg.Days)), q, p, exchange{relation: "one_way", turns: r.between(2, 4), first: m.words[q.Lang].buying, second: m.words[p.Lang].support})
		}
	}
}

// jobAgency: one account without a role that lists honest work in several cities under one number. Those who ask are of 16 and more, and most are
// grown up; it answers them and pays nobody.
func (m *maker) jobAgency(r *random) scene {
	a := m.claimOne(r, "job agency", exactly(band25), single)
	m.benign("job_agency", a)
	number := someNumber(r)
	return func() {
		for d, city := range m.otherCities(r, m.cfg.Days) {
			m.advertise(a, m.moment(r, a, d), fmt.Sprintf(m.words[a.Lang].honestWork, number), city, number)
		}
		asking := append(m.find(r, 26, exactly(band18, band25), without(a)), m.find(r, 6, exactly(band16))...)
		for _, q := range asking {
			m.know(a, q)
			m.exchange(r, m.moment(r, q, 1+r.IntN(m.cfg.Days-1)), q, a, exchange{relation: "none", turns: r.between(2, 5), first: m.words[q.Lang].hello, second: m.words[a.Lang].work})
		}
	}
}

// familyShop: a parent, and a child of 16 or 17 who helps, sell the family's things under one number; what the child is paid goes to the parent.
func (m *maker) familyShop(r *random) scene {
	child := m.claimOne(r, "child of a family shop", exactly(band16), single)
	parents := m.claim(r, "parents of a family shop", 2, exactly(band25), single)
	shop := append([]*person{child}, parents...)
	m.benign("family_shop", shop...)
	for _, p := range parents {
		m.joinHousehold(r, p, child)
	}
	number := someNumber(r)
	return func() {
		for d := 0; d < m.cfg.Days; d += 2 {
			p := shop[d/2%len(shop)]
			m.advertise(p, m.moment(r, p, d), fmt.Sprintf(m.words[parents[0].Lang].homeMade, number), parents[0].home.city, number)
		}
		for _, q := range m.find(r, 14, exactly(band18, band25), without(shop...)) {
			at := m.exchange(r, m.moment(r, q, r.IntN(m.cfg.Days-1)), q, child, exchange{relation: "one_way", turns: r.between(2, 4), first: m.words[q.Lang].buying, second: m.words[child.Lang].support})
			m.pay(payment{at: at, from: q, to: child, dollars: 12, instrument: "card"})
			m.emit(at.Add(r.span(time.Hour, 20*time.Hour)), fromPayments, "payment.sent", paymentData{
				From: child.ID, To: parents[0].ID, Amount: m.amount(q, 12), Currency: q.home.currency, Instrument: "transfer",
			})
		}
	}
}

// charity: one grown-up collects for a good cause; forty people give a little, half of them young, of their own money.
func (m *maker) charity(r *random) scene {
	c := m.claimOne(r, "collector for a charity", exactly(band25), single)
	m.benign("charity_collector", c)
	return func() {
		givers := append(m.find(r, 20, exactly(band13, band16)), m.find(r, 20, exactly(band18, band25), without(c))...)
		first := 2 + r.IntN(4)
		m.publish(r, c, m.moment(r, c, first), m.words[c.Lang].cause)
		for _, q := range givers {
			m.pay(payment{at: m.moment(r, q, first+1+r.IntN(9)), from: q, to: c, dollars: float64(r.between(2, 10)), instrument: "wallet"})
		}
	}
}

// schoolTablets: nine pupils of a class sign in on the school's three tablets on weekdays, one after the other.
func (m *maker) schoolTablets(r *random) scene {
	first := m.claimOne(r, "pupil with a school tablet", exactly(band13, band16), func(p *person) bool { return p.class > 1 })
	pupils := []*person{first}
	for _, p := range m.classes[first.class] {
		if len(pupils) < 9 && !p.cast && p.minor() {
			p.cast, p.requests = true, 0
			pupils = append(pupils, p)
		}
	}
	m.benign("school_tablets", pupils...)
	tablets := []string{"d-" + r.hex(8), "d-" + r.hex(8), "d-" + r.hex(8)}
	return func() {
		for d := 1; d < m.cfg.Days; d++ {
			noon := m.day(d).Add(10 * time.Hour).Add(-first.home.offset)
			if first.home.free(noon) {
				continue
			}
			for i, p := range pupils {
				m.sessionFrom(r, p, noon.Add(time.Duration(i/3)*40*time.Minute+r.span(0, 10*time.Minute)), network{device: tablets[i%3], ip: first.ip4, auth: "password", place: first.home})
			}
		}
	}
}

// viralPost: the same sentence posted by sixty people of all ages and places within four days.
func (m *maker) viralPost(r *random) scene {
	people := m.find(r, 60, near18)
	author := m.claimOne(r, "author of a post that spreads", exactly(band18, band25))
	m.benign("viral_post", author)
	first := m.startDay(r, 6)
	return func() {
		text := m.words[author.Lang].spreads
		m.publish(r, author, m.moment(r, author, first), text)
		for _, p := range people {
			if p != author {
				m.publish(r, p, m.moment(r, p, first+1+r.IntN(4)), text)
			}
		}
	}
}
