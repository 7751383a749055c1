package platform

import "time"

// stranger draws somebody p might come across at a time, mostly near in age and place, as suggestions and games bring people together.
// It may return nil.
func (m *maker) stranger(r *random, p *person, at time.Time) *person {
	sameAge := r.chance(0.72)
	sameTongue := r.chance(0.8)
	for range 40 {
		q := pick(r, m.people)
		switch {
		case q == p, q.alone, !q.there(at):
		case sameAge && !near(p, q), sameTongue && q.Lang != p.Lang:
		case minorBand(q.ActualBand) && p.ActualBand == band25 && r.chance(0.45):
			// Grown adults come across children less than chance would have it.
		default:
			return q
		}
	}
	return nil
}

// playWithStranger is a short exchange in a game with somebody unknown. Now and then somebody is rude and gets blocked or reported.
func (m *maker) playWithStranger(r *random, p *person, at time.Time) {
	q := m.stranger(r, p, at.Add(time.Hour))
	if q == nil || !q.there(at) {
		return
	}
	from, to := p, q
	for range 1 + r.repeats(0.6, 4) {
		m.say(r, message{at: at, from: from, to: to, relation: "none", surface: "game", text: pick(r, m.words[from.Lang].game)})
		from, to = to, from
		at = at.Add(r.span(4*time.Second, time.Minute))
	}
	if r.chance(0.03) {
		m.block(at, q, p)
	}
	if r.chance(0.02) {
		m.report(at.Add(time.Minute), q, p, pick(r, []string{"harassment", "other", "spam"}))
	}
}

// meetStrangers lets people ask others for contact: class-mates and friends of friends they do not know yet, and strangers.
func (m *maker) meetStrangers() {
	r := newRandom(m.cfg.Seed, "strangers")
	for _, p := range m.people {
		if p.alone {
			continue
		}
		for range p.requests {
			at := m.moment(r, p, r.IntN(m.cfg.Days))
			if !p.there(at) {
				continue
			}
			q, known := m.acquaintance(r, p), true
			if q == nil || r.chance(0.6) {
				q, known = m.stranger(r, p, at), false
			}
			if q != nil && q.there(at) && !q.alone && m.know(p, q) {
				m.request(r, p, q, at, known)
			}
		}
	}
}

// acquaintance draws a class-mate or a friend's friend of p; it may be nil, and it may be somebody p knows already.
func (m *maker) acquaintance(r *random, p *person) *person {
	if p.class >= 0 && r.chance(0.5) {
		return pick(r, m.classes[p.class])
	}
	if len(p.bonds) == 0 {
		return nil
	}
	friend := pick(r, p.bonds).to
	// A parent's colleagues are not a child's acquaintances.
	if q := pick(r, friend.bonds).to; near(p, q) && q != p {
		return q
	}
	return nil
}

// request is one request for contact and what becomes of it.
func (m *maker) request(r *random, p, q *person, at time.Time, known bool) {
	relation, accept := "none", 0.55
	switch {
	case known:
		relation, accept = "mutual", 0.85
	case !near(p, q):
		accept = 0.42
	}
	if r.chance(0.4) {
		m.view(at, p, q)
		at = at.Add(r.span(10*time.Second, 5*time.Minute))
	}
	text := ""
	if r.chance(0.3) {
		text = pick(r, m.words[p.Lang].greeting)
	}
	m.ask(at, p, q, relation, pick(r, []string{"dm", "public", "game", "group"}), text)
	reply := at.Add(r.span(time.Minute, 30*time.Hour))
	switch {
	case !q.there(reply):
		m.answer(at.Add(72*time.Hour), q, p, "ignored")
	case r.chance(accept):
		m.answer(reply, q, p, "accepted")
		m.firstTalk(r, p, q, reply)
	case r.chance(0.3):
		m.answer(reply, q, p, "declined")
		if r.chance(0.16) {
			m.block(reply.Add(time.Minute), q, p)
		}
		if r.chance(0.08) {
			m.report(reply.Add(2*time.Minute), q, p, pick(r, []string{"spam", "spam", "harassment", "other"}))
		}
	default:
		m.answer(at.Add(72*time.Hour), q, p, "ignored")
		if r.chance(0.025) {
			m.block(reply, q, p)
		}
	}
}

// firstTalk is how a new contact starts. A third become friends in fact, which shows in how long they talk.
func (m *maker) firstTalk(r *random, p, q *person, at time.Time) {
	turns := r.between(0, 4)
	if r.chance(0.33) {
		turns = r.between(5, 16)
	}
	from, to := p, q
	for i := range turns {
		at = at.Add(r.span(30*time.Second, 40*time.Minute))
		if !from.there(at) {
			return
		}
		m.say(r, message{at: at, from: from, to: to, relation: "mutual", text: m.line(r, from, "mutual", i)})
		if r.chance(0.9) {
			from, to = to, from
		}
	}
}

// complain lets people report posts and mute or block accounts they find tiresome, and lets the platform remove a few of those posts.
func (m *maker) complain() {
	r := newRandom(m.cfg.Seed, "complaints")
	for _, post := range m.posts {
		at := post.at.Add(r.span(time.Minute, 20*time.Hour))
		by := m.stranger(r, post.by, at)
		if by == nil || by == post.by {
			continue
		}
		switch n := r.IntN(1000); {
		case n < 25:
			reason := pick(r, []string{"spam", "spam", "harassment", "other"})
			m.emit(at, fromSafety, "content.reported", reportData{By: by.ID, Account: post.by.ID, Content: post.id, Reason: reason})
			if r.chance(0.2) {
				at = at.Add(r.span(time.Hour, 8*time.Hour))
				m.emit(at, fromSafety, "moderation.applied", moderationData{Account: post.by.ID, Action: "remove", Content: post.id, By: "moderation", Reason: reason})
				m.emit(at.Add(time.Second), fromPosts, "post.removed", postData{Account: post.by.ID, Post: post.id})
			}
		case n < 45:
			m.emit(at, fromSafety, "account.muted", byData{By: by.ID, Account: post.by.ID})
		case n < 55:
			m.block(at, by, post.by)
		}
	}
}
