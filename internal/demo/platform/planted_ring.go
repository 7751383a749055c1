package platform

import (
	"fmt"
	"time"
)

// single holds for accounts without a household.
func single(p *person) bool { return len(p.household) == 0 }

// someNumber is a telephone number that is kept for films and books in the United Kingdom, and reaches nobody.
func someNumber(r *random) string { return fmt.Sprintf("+44 7700 900%03d", r.IntN(1000)) }

// otherCities are n places, one after the other, none twice in a row.
func (m *maker) otherCities(r *random, n int) (out []string) {
	at := r.IntN(len(m.regions))
	for range n {
		at = (at + r.between(1, len(m.regions)-1)) % len(m.regions)
		out = append(out, m.regions[at].city)
	}
	return out
}

// ring plants an advertisement: the same few words and the same number under three to five young accounts, from city to city, and who
// comes upon it. The words say nothing, so that the number, the places and the pace must carry it. Two grown-ups come back from account to
// account and are matters of their own; the others come once and are in no list.
func (m *maker) ring(r *random) scene {
	young := m.claim(r, "accounts of a ring", r.between(3, 5), exactly(band16), single)
	buyers := m.claim(r, "buyers of a ring", 2, exactly(band18, band25), single)
	once := m.claim(r, "strangers of a ring", 5*len(young), exactly(band18, band25))
	start := m.day(m.startDay(r, 11)).Add(r.span(9*time.Hour, 12*time.Hour))
	for _, p := range young {
		p.quiet = start
	}
	m.positive("trafficking_advertisement", start, young, young, append(once[:len(once):len(once)], buyers...)...)
	came := make([]time.Time, len(buyers))
	for i, b := range buyers {
		came[i] = start.Add(r.span(20*time.Hour, 30*time.Hour))
		m.positive("trafficking_buyer", came[i], []*person{b}, young)
	}
	number := someNumber(r)
	return func() {
		cities := m.otherCities(r, 3*len(young))
		for i, p := range young {
			text := fmt.Sprintf(m.words[young[0].Lang].furniture, number)
			for round := range 3 {
				at := start.AddDate(0, 0, 3*round).Add(time.Duration(i) * 5 * time.Hour)
				if i+round > 0 {
					at = at.Add(r.span(0, 2*time.Hour))
				}
				m.advertise(p, at, text, cities[3*i+round], number)
			}
			m.burst(r, start.Add(time.Duration(6+5*i)*time.Hour), p, once[5*i:5*i+5], burst{within: 60 * time.Hour, answers: 0.4})
		}
		for i, b := range buyers {
			m.comeAgain(r, came[i], b, young)
		}
	}
}

// advertise publishes a listing with a number to write to and a place that need not be the account's own.
func (m *maker) advertise(p *person, at time.Time, text, city, number string) {
	id := m.nextID("l")
	m.emit(at, fromPosts, "listing.published", listingData{
		Account: p.ID, Listing: id, Text: text, Lang: p.Lang, Place: city, URL: "https://chat.example/l/" + id,
		Keys: []keyData{{Kind: "phone", Value: number}},
	})
}

// comeAgain lets one grown-up write one to three messages to each account, one account after the other, a day or two apart.
func (m *maker) comeAgain(r *random, at time.Time, who *person, accounts []*person) {
	for _, p := range accounts {
		m.know(who, p)
		turn := at
		for range r.between(1, 3) {
			m.say(r, message{at: turn, from: who, to: p, relation: "none", text: pick(r, m.words[who.Lang].inquiry)})
			turn = turn.Add(r.span(20*time.Second, 30*time.Minute))
		}
		at = at.Add(r.span(20*time.Hour, 40*time.Hour))
	}
}

// collector plants proceeds: what strangers pay to four young accounts goes on, within a day, to one grown-up. Nothing else shows.
func (m *maker) collector(r *random) scene {
	c := m.alonePerson(r, "collector", exactly(band25))
	young := m.claim(r, "accounts that pass on", 4, exactly(band13, band16), single)
	payers := m.claim(r, "payers", 8, exactly(band18, band25), single)
	start := m.day(m.startDay(r, 10)).Add(r.span(10*time.Hour, 14*time.Hour))
	m.positive("trafficking_proceeds", start, []*person{c}, young, payers...)
	return func() {
		m.sessions(r, c, 0, m.cfg.Days-1)
		for i, p := range young {
			for round := range 3 {
				at := start.AddDate(0, 0, 3*round).Add(time.Duration(i) * 7 * time.Hour)
				dollars := float64(r.between(60, 150))
				received := at.Add(-r.span(4*time.Hour, 20*time.Hour))
				m.pay(payment{at: received, from: payers[(2*i+round)%len(payers)], to: p, dollars: dollars, instrument: "wallet"})
				// What comes in is in the payer's currency and what goes out in the account's, as people pay across borders; they are paid in one here.
				m.emit(at, fromPayments, "payment.sent", paymentData{
					From: p.ID, To: c.ID, Amount: m.amount(payers[(2*i+round)%len(payers)], dollars*0.9),
					Currency: payers[(2*i+round)%len(payers)].home.currency, Instrument: "transfer",
				})
			}
		}
	}
}

// holder plants control that shows in a device alone: four young accounts of different places, one after the other in the night, on the
// telephone of a grown-up who signs in with it, too.
func (m *maker) holder(r *random) scene {
	h := m.alonePerson(r, "holder of a device", exactly(band25))
	young := m.claim(r, "accounts on one device", 4, exactly(band13, band16), single)
	start := m.day(m.startDay(r, 9)).Add(r.span(time.Hour, 3*time.Hour))
	m.positive("trafficking_control", start, append([]*person{h}, young...), young)
	return func() {
		m.sessions(r, h, 0, m.cfg.Days-1)
		phone := network{device: h.device, ip: h.ip4, auth: "password", place: h.home}
		for night := range 8 {
			at := start.AddDate(0, 0, night)
			for i, p := range young {
				if night == 0 && i > 0 || night > 0 {
					at = at.Add(r.span(3*time.Minute, 25*time.Minute))
				}
				signIn := phone
				signIn.recovery = night == 0
				m.sessionFrom(r, p, at, signIn)
			}
		}
	}
}
