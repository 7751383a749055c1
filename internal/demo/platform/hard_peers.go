package platform

import (
	"fmt"
	"time"
)

// handleSwappers: eight class-mates who tell each other the names they use elsewhere.
func (m *maker) handleSwappers(r *random) scene {
	first := m.claimOne(r, "handle swapper", exactly(band13, band16), func(p *person) bool { return p.class > 1 })
	class := m.classes[first.class]
	swappers := []*person{first}
	for _, p := range sample(r, class, len(class)) {
		if len(swappers) < 8 && !p.cast && p.minor() {
			p.cast, p.requests = true, 0
			swappers = append(swappers, p)
		}
	}
	m.benign("handle_swappers", swappers...)
	start := r.between(3, 8)
	return func() {
		for _, a := range swappers {
			elsewhere := a.ScreenName + pick(r, []string{"_x", ".2", "_real"})
			at := m.moment(r, a, start+r.IntN(6))
			m.emit(at, fromAccounts, "account.updated", accountKeysData{Account: a.ID, Keys: []keyData{{Kind: "handle", Value: "@" + elsewhere}}})
			for _, b := range sample(r, swappers, 5) {
				if a != b {
					m.know(a, b)
					at = m.swap(r, at.Add(r.span(time.Minute, time.Hour)), a, b, elsewhere)
				}
			}
		}
	}
}

// prankReporters: four friends of the same age report each other within minutes, once even for grooming, and go on chatting.
func (m *maker) prankReporters(r *random) scene {
	first := m.claimOne(r, "prank reporter", exactly(band13, band16), func(p *person) bool { return p.class > 1 })
	pranksters := []*person{first}
	for _, p := range m.classes[first.class] {
		if len(pranksters) < 4 && !p.cast && p.minor() {
			p.cast, p.requests = true, 0
			pranksters = append(pranksters, p)
		}
	}
	m.benign("prank_reports", pranksters...)
	day := r.between(4, m.cfg.Days-5)
	return func() {
		at := m.moment(r, first, day)
		for i, a := range pranksters {
			for j, b := range pranksters {
				if a == b {
					continue
				}
				m.know(a, b)
				reason := pick(r, []string{"harassment", "other", "spam"})
				if i == 0 && j == 1 {
					reason = "grooming"
				}
				m.report(at, a, b, reason)
				at = at.Add(r.span(10*time.Second, 3*time.Minute))
			}
		}
		for d := range 3 {
			m.exchange(r, at.AddDate(0, 0, d), pranksters[0], pranksters[1+d], exchange{relation: "mutual", turns: r.between(4, 8), first: m.words[first.Lang].game})
		}
	}
}

// swap tells one friend the name and gets an answer.
func (m *maker) swap(r *random, at time.Time, a, b *person, elsewhere string) time.Time {
	line := fmt.Sprintf(pick(r, m.words[a.Lang].handle), elsewhere)
	id := m.say(r, message{at: at, from: a, to: b, relation: "mutual", text: line})
	at = at.Add(r.span(20*time.Second, 10*time.Minute))
	m.say(r, message{at: at, from: b, to: a, relation: "mutual", text: pick(r, m.words[b.Lang].thanks), replyTo: id})
	return at
}

// childrenOfWrongAge: six sociable children who told the platform that they are grown up, or did not tell their age. They ask many
// others of their own age, which from outside looks like an adult who chooses children; but those others say yes.
func (m *maker) childrenOfWrongAge(r *random) scene {
	kids := m.claim(r, "child of wrong age", 6, func(p *person) bool {
		return (p.ActualBand == band13 || p.ActualBand == band16) && !p.minor()
	})
	m.benign("child_declared_older", kids...)
	for _, p := range kids {
		p.requests = r.between(10, 18)
	}
	return func() {}
}
