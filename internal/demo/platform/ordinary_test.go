package platform

import (
	"testing"
	"time"
)

// within fails the test when a share is outside its stated range.
func within(t *testing.T, what string, n, of int, lo, hi float64) {
	t.Helper()
	if of == 0 {
		t.Errorf("%s: nothing to measure", what)
		return
	}
	if share := float64(n) / float64(of); share < lo || share > hi {
		t.Errorf("%s is %.4f (%d of %d), want %g to %g", what, share, n, of, lo, hi)
	}
}

// named are all accounts that the truth names.
func (b *bundle) named() map[string]bool {
	out := map[string]bool{}
	for _, p := range b.Truth.Positive {
		for _, id := range append(p.Subjects[:len(p.Subjects):len(p.Subjects)], p.Victims...) {
			out[id] = true
		}
	}
	for _, h := range b.Truth.BenignHard {
		for _, id := range h.Subjects {
			out[id] = true
		}
	}
	return out
}

// The ranges here are those that README.md states.
func TestPopulation(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		var young, actual, unknown, wrong, verified int
		langs, regions := map[string]int{}, map[string]int{}
		for _, a := range b.Accounts {
			langs[a.Lang]++
			regions[a.Region]++
			if minorBand(a.AgeBand) {
				young++
			}
			if minorBand(a.ActualBand) {
				actual++
			}
			if a.AgeBand == bandUnknown {
				unknown++
			} else if a.AgeBand != a.ActualBand {
				wrong++
				if a.AgeSource != "declared" {
					t.Errorf("%s is %s in fact and %s by %s", a.ID, a.ActualBand, a.AgeBand, a.AgeSource)
				}
			}
			if a.AgeSource == "verified" {
				verified++
			}
		}
		n := len(b.Accounts)
		within(t, "share under 18 by the platform's bands", young, n, 0.25, 0.35)
		within(t, "share under 18 in fact", actual, n, 0.29, 0.35)
		within(t, "share of unknown age", unknown, n, 0.03, 0.08)
		within(t, "share of wrong age", wrong, n, 0.01, 0.06)
		within(t, "share of verified age", verified, n, 0.05, 0.12)
		if len(langs) != 4 || len(regions) != 11 {
			t.Errorf("%d languages and %d regions, want 4 and 11", len(langs), len(regions))
		}
	})
}

func TestOrdinaryRates(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		named := b.named()
		relation := map[[2]string]string{}
		asked, accepted := map[string]int{}, map[string]int{}
		var messages, replies, sealed, adultRequests, toMinors, blocks, reports int
		wrote := map[string]map[string]bool{}
		for _, s := range b.seen {
			if named[s.d.From] || named[s.to()] || named[s.d.Account] || named[s.d.By] {
				continue
			}
			switch s.kind {
			case "contact.requested":
				relation[[2]string{s.d.From, s.to()}] = s.d.Relation
				asked[s.d.Relation]++
				if adultBand(b.accounts[s.d.From].AgeBand) && !minorBand(b.accounts[s.d.From].ActualBand) {
					adultRequests++
					toMinors += b.minors([]string{s.to()})
				}
			case "contact.accepted":
				accepted[relation[[2]string{s.to(), s.d.From}]]++
			case "message.sent":
				messages++
				if s.d.Text == "" {
					sealed++
				}
				if s.d.Surface == "dm" {
					if wrote[s.d.Conversation] == nil {
						wrote[s.d.Conversation] = map[string]bool{}
					}
					wrote[s.d.Conversation][s.d.From] = true
				}
			case "account.blocked":
				blocks++
			case "account.reported", "content.reported":
				reports++
			}
		}
		for _, speakers := range wrote {
			if len(speakers) == 2 {
				replies++
			}
		}
		within(t, "acceptance by strangers", accepted["none"], asked["none"], 0.45, 0.60)
		within(t, "acceptance by acquaintances", accepted["mutual"], asked["mutual"], 0.70, 0.92)
		within(t, "conversations both ways", replies, len(wrote), 0.80, 0.99)
		within(t, "messages without text", sealed, messages, 0.15, 0.40)
		within(t, "adults' requests that go to minors", toMinors, adultRequests, 0.03, 0.25)
		within(t, "blocks per account", blocks, len(b.Accounts), 0.02, 0.12)
		within(t, "reports per account", reports, len(b.Accounts), 0.015, 0.10)
	})
}

// Children sleep at night, by their own clock, and are at school on weekday mornings.
func TestHours(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		places := map[string]region{}
		for _, g := range regions() {
			places[g.code] = g
		}
		named := b.named()
		var sessions, night, school, adults, adultSchool int
		for _, s := range b.where(func(s seen) bool { return s.kind == "session.started" && !named[s.d.Account] }) {
			g := places[b.accounts[s.d.Account].Region]
			hour := s.at.Add(g.offset).Hour()
			if !minorBand(b.accounts[s.d.Account].ActualBand) {
				adults++
				if hour >= 8 && hour < 12 && !g.free(s.at) {
					adultSchool++
				}
				continue
			}
			sessions++
			if hour >= 2 && hour < 6 {
				night++
			}
			if hour >= 8 && hour < 12 && !g.free(s.at) {
				school++
			}
		}
		within(t, "children's sessions at night", night, sessions, 0, 0.02)
		within(t, "children's sessions in school hours", school, sessions, 0, 0.06)
		within(t, "adults' sessions in school hours", adultSchool, adults, 0.08, 0.25)
	})
}

func TestWeekendIsBusier(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		perDay := map[bool]map[string]int{true: {}, false: {}}
		free := region{weekend: time.Saturday}
		for _, s := range b.where(func(s seen) bool { return s.kind == "session.started" && b.accounts[s.d.Account].Country == "GB" }) {
			perDay[free.free(s.at)][s.at.Format(time.DateOnly)]++
		}
		mean := func(days map[string]int) float64 {
			sum := 0
			for _, n := range days {
				sum += n
			}
			return float64(sum) / float64(max(1, len(days)))
		}
		if on, off := mean(perDay[true]), mean(perDay[false]); on <= off {
			t.Errorf("%.1f sessions on a free day, %.1f on another", on, off)
		}
	})
}
