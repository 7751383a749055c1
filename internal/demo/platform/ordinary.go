package platform

import "time"

// liveDays lets every account live its days: sessions, talk with friends, groups, posts, looking around, money, pictures.
func (m *maker) liveDays(told func(int)) {
	r := newRandom(m.cfg.Seed, "days")
	for i, p := range m.people {
		if told != nil {
			told(i + 1)
		}
		if p.alone {
			continue
		}
		for d := range m.cfg.Days {
			chance := p.activity
			if p.home.free(m.day(d).Add(12 * time.Hour)) {
				chance *= 1.25
			}
			if !r.chance(chance) {
				continue
			}
			if at := m.moment(r, p, d); p.there(at) {
				m.oneDay(r, p, at)
			}
		}
	}
}

// oneDay is one visit, sometimes two.
func (m *maker) oneDay(r *random, p *person, at time.Time) {
	m.session(r, p, at)
	for range 1 + r.repeats(0.42, 5) {
		at = at.Add(r.span(20*time.Second, 12*time.Minute))
		if p.there(at) {
			m.oneThing(r, p, at)
		}
	}
	if later := at.Add(r.span(time.Hour, 4*time.Hour)); r.chance(0.12) && p.there(later) {
		m.session(r, p, later)
	}
}

// oneThing does one ordinary thing. The shares are those of a messenger with public posts: mostly talk.
func (m *maker) oneThing(r *random, p *person, at time.Time) {
	switch n := r.IntN(1000); {
	case n < 440:
		m.talk(r, p, at)
	case n < 580:
		m.groupTalk(r, p, at)
	case n < 650:
		m.publish(r, p, at, pick(r, m.words[p.Lang].post))
	case n < 800:
		m.lookAround(r, p, at)
	case n < 840:
		m.search(at, p, m.someFilters(r, p))
	case n < 890:
		m.emit(at, fromPosts, "media.uploaded", uploadData{Account: p.ID, Media: m.someMedia(r, at)})
	case n < 940:
		m.spend(r, p, at)
	case n < 950:
		if p.adult() {
			m.list(p, at, pick(r, m.words[p.Lang].selling), float64(r.between(10, 300)))
		}
	case n < 955:
		m.emit(at, fromAccounts, "credential.changed", credentialData{Account: p.ID, What: pick(r, []string{"password", "mfa", "recovery", "phone"})})
	default:
		m.playWithStranger(r, p, at)
	}
}

// someBond returns a friend of p at a time, or nil.
func (m *maker) someBond(r *random, p *person, at time.Time) *bond {
	if len(p.bonds) == 0 {
		return nil
	}
	b := &p.bonds[r.IntN(len(p.bonds))]
	if at.Before(b.since) {
		return nil
	}
	return b
}

// talk is a conversation with a friend, both ways. A friend whose account is in other hands does not answer.
func (m *maker) talk(r *random, p *person, at time.Time) {
	b := m.someBond(r, p, at)
	if b == nil {
		return
	}
	turns := 2 + r.repeats(0.5, 8)
	if !b.to.there(at.Add(time.Hour)) {
		turns = 1
	}
	speaker, other, last := p, b.to, ""
	for i := range turns {
		msg := message{at: at, from: speaker, to: other, relation: b.relation, text: m.line(r, speaker, b.relation, i)}
		if b.sealed {
			msg.text = ""
		}
		if r.chance(0.05) {
			msg.media = m.someMedia(r, at)
		}
		if last != "" && r.chance(0.3) {
			msg.replyTo = last
		}
		last = m.say(r, msg)
		if r.chance(0.012) {
			m.emit(at.Add(r.span(2*time.Second, 20*time.Second)), fromChat, "message.unsent", conversationData{Account: speaker.ID, Conversation: m.conversation(p, b.to), Message: last})
		}
		if r.chance(0.8) {
			speaker, other = other, speaker
		}
		at = at.Add(r.span(6*time.Second, 3*time.Minute))
	}
	if turns > 1 {
		m.afterTalk(r, p, b, at)
	}
}

// afterTalk is what friends do besides writing.
func (m *maker) afterTalk(r *random, p *person, b *bond, at time.Time) {
	switch n := r.IntN(100); {
	case n < 7:
		m.emit(at, fromChat, "call.started", callData{From: p.ID, To: []string{b.to.ID}, Conversation: m.conversation(p, b.to), Video: r.chance(0.5), Seconds: r.between(5, 3600)})
	case n < 10:
		m.emit(at, fromChat, "location.shared", locationData{From: p.ID, To: []string{b.to.ID}, Precision: pick(r, []string{"city", "area", "point"})})
	case n < 11:
		m.emit(at, fromChat, "ephemeral.enabled", conversationData{Account: p.ID, Conversation: m.conversation(p, b.to)})
	}
}

// line is an ordinary sentence that suits who speaks and the turn of the conversation.
func (m *maker) line(r *random, p *person, relation string, turn int) string {
	w := m.words[p.Lang]
	switch {
	case turn == 0:
		return pick(r, w.hello)
	case r.chance(0.45):
		return pick(r, w.reply)
	case r.chance(0.1):
		return pick(r, w.thanks)
	case relation == "family":
		return pick(r, w.home)
	case minorBand(p.ActualBand):
		return pick(r, [][]string{w.school, w.game, w.plan}[r.IntN(3)])
	default:
		return pick(r, [][]string{w.work, w.plan, w.game}[r.IntN(3)])
	}
}

// groupTalk writes into one of the account's groups once everyone has had time to join.
func (m *maker) groupTalk(r *random, p *person, at time.Time) {
	if len(p.groups) == 0 || at.Before(m.open.Add(24*time.Hour)) {
		return
	}
	g := pick(r, p.groups)
	w := m.words[p.Lang]
	text := pick(r, w.club)
	if g.school && r.chance(0.7) {
		text = pick(r, w.school)
	}
	m.say(r, message{at: at, from: p, group: g, relation: "mutual", text: text})
	if r.chance(0.01) {
		m.emit(at.Add(time.Minute), fromChat, "group.left", groupData{Account: p.ID, Group: g.id})
		for i, own := range p.groups {
			if own == g {
				p.groups = append(p.groups[:i:i], p.groups[i+1:]...)
				break
			}
		}
	}
}

// lookAround views the profile of a friend, or of a stranger of similar age.
func (m *maker) lookAround(r *random, p *person, at time.Time) {
	if b := m.someBond(r, p, at); b != nil && r.chance(0.6) {
		m.view(at, p, b.to)
		return
	}
	if q := m.stranger(r, p, at); q != nil {
		m.view(at, p, q)
	}
}

// someFilters is what people search for: mostly an interest or a place, sometimes their own age.
func (m *maker) someFilters(r *random, p *person) map[string]string {
	f := map[string]string{"interest": pick(r, []string{"football", "music", "drawing", "cooking", "games", "cycling", "books"})}
	if r.chance(0.5) {
		f["region"] = p.Region
	}
	if r.chance(0.15) && p.AgeBand != bandUnknown {
		f["age"] = p.AgeBand
	}
	return f
}

// spend is money between adults who know each other, gifts among friends, and pocket money from family.
func (m *maker) spend(r *random, p *person, at time.Time) {
	b := m.someBond(r, p, at)
	if b == nil || !b.to.there(at) {
		return
	}
	out := payment{at: at, from: p, to: b.to, dollars: float64(r.between(3, 60))}
	switch grown, both := !minorBand(p.ActualBand), minorBand(p.ActualBand) == minorBand(b.to.ActualBand); {
	case grown && both:
		out.instrument = pick(r, []string{"card", "transfer", "wallet", "wallet", "gift_card"})
	case grown && b.relation == "family":
		out.instrument, out.dollars = pick(r, []string{"wallet", "gift_card"}), float64(r.between(5, 20))
	case both:
		out.instrument, out.dollars = "in_game", float64(r.between(1, 8))
	default:
		return
	}
	m.pay(out)
}
