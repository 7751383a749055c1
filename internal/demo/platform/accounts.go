package platform

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// The age bands of the wire format.
const (
	bandU13     = "u13"
	band13      = "13-15"
	band16      = "16-17"
	band18      = "18-24"
	band25      = "25+"
	bandUnknown = "unknown"
)

// minorBand says whether a band is under 18.
func minorBand(band string) bool { return band == bandU13 || band == band13 || band == band16 }

// adultBand says whether a band is 18 or over. "unknown" is neither.
func adultBand(band string) bool { return band == band18 || band == band25 }

// person is an account with what the generator needs to let it live.
type person struct {
	Account
	index int
	home  *region
	// born is when the account begins to exist for the platform: long before the world, or within it for newcomers.
	born     time.Time
	newcomer bool
	// quiet is when the person lost the account to somebody else; zero if never.
	quiet time.Time

	bio                         string
	device, ip6, ip4            string
	email, emailHash, phoneHash string
	recoveryHash, agent         string
	household                   []*person
	class                       int // index of the class, or noClass
	activity                    float64
	requests                    int  // strangers asked in the whole world
	cast                        bool // plays in a scene; nobody else may cast it
	alone                       bool // lives no ordinary life and has no friends
	bonds                       []bond
	groups                      []*group
}

// minor and adult are about what the platform says.
func (p *person) minor() bool { return minorBand(p.AgeBand) }
func (p *person) adult() bool { return adultBand(p.AgeBand) }

// there says whether the account exists and is in its owner's hands at t.
func (p *person) there(t time.Time) bool {
	return !t.Before(p.born) && (p.quiet.IsZero() || t.Before(p.quiet))
}

// populate makes all accounts: school classes, other minors, adults; then households.
func (m *maker) populate() {
	r := newRandom(m.cfg.Seed, "population")
	minors := m.cfg.Accounts * r.between(310, 335) / 1000
	inClass := minors * 3 / 4
	// By turns rather than by lot, so that even a small platform has classes of every age.
	rotation, first := [...]string{band16, band13, band16, bandU13, band13}, r.IntN(5)
	for n := 0; n < inClass; {
		size, band := r.between(26, 30), rotation[(first+len(m.classes))%len(rotation)]
		if len(m.classes) < 2 {
			// Two classes of a fixed kind, so that a teacher always finds one.
			size, band = 28, band13
		}
		home := m.someRegion(r)
		class := make([]*person, 0, size)
		for range size {
			class = append(class, m.newPerson(r, band, home, len(m.classes)))
		}
		m.classes = append(m.classes, class)
		n += size
	}
	for len(m.people) < minors {
		m.newPerson(r, someBand(r, 15, 40), m.someRegion(r), noClass)
	}
	for len(m.people) < m.cfg.Accounts {
		band := band25
		if r.chance(0.38) {
			band = band18
		}
		m.newPerson(r, band, m.someRegion(r), noClass)
	}
	m.households(r)
}

// someBand draws a minor's age band; the shares of u13 and 13-15 are in percent.
func someBand(r *random, u13, teen int) string {
	switch n := r.IntN(100); {
	case n < u13:
		return bandU13
	case n < u13+teen:
		return band13
	default:
		return band16
	}
}

// noClass is the class of those who go to no school on this platform.
const noClass = -1

// newPerson makes one account. Pupils of a class have been there from the start; only others may be newcomers.
func (m *maker) newPerson(r *random, band string, home *region, class int) *person {
	p := &person{index: len(m.people), home: home, class: class}
	for p.ID == "" || m.taken[p.ID] {
		p.ID = "u-" + r.hex(5)
	}
	m.taken[p.ID] = true
	p.ActualBand = band
	p.AgeBand, p.AgeSource = claimedAge(r, band)
	p.Country, p.Region, p.Lang = home.country, home.code, home.lang
	m.name(r, p)
	m.age(r, p)
	p.device = "d-" + r.hex(8)
	p.ip4 = someIPv4(r)
	p.ip6 = fmt.Sprintf("2001:db8:%x:%x::%x", p.index>>12+1, p.index&0xfff+1, r.between(2, 0xfff))
	p.email = p.ScreenName + "@mail.example"
	p.emailHash, p.phoneHash, p.recoveryHash = r.hex(32), r.hex(32), r.hex(32)
	p.agent = pick(r, []string{"ChatApp/5.2 (Android 15)", "ChatApp/5.2 (iOS 19.1)", "ChatApp/5.1 (Android 14)", "ChatWeb/5.2 (Firefox 148)"})
	// Most people come now and then, some every day.
	p.activity = 0.07 + 0.55*math.Pow(r.Float64(), 1.6)
	// How many strangers one asks has a long tail in every platform.
	p.requests = int(min(40, math.Exp(0.3+r.NormFloat64()*1.05)))
	m.people = append(m.people, p)
	return p
}

// claimedAge returns what the platform says about an age, and how it knows. Some do not say, some children make themselves older, a
// few adults younger; what was verified is so.
func claimedAge(r *random, actual string) (band, source string) {
	switch n := r.IntN(1000); {
	case n < 55:
		return bandUnknown, "unknown"
	case n < 135:
		return actual, "verified"
	case n < 275:
		return actual, "estimated"
	case n < 315:
		return actual, "unknown"
	}
	band = actual
	switch {
	case actual == bandU13 && r.chance(0.15):
		band = band13
	case actual == band13 && r.chance(0.09):
		band = pick(r, []string{band16, band18})
	case actual == band16 && r.chance(0.12):
		band = band18
	case actual == band18 && r.chance(0.02):
		band = band16
	}
	return band, "declared"
}

// name gives a display name in the account's language and a unique ASCII screen name.
func (m *maker) name(r *random, p *person) {
	w := m.words[p.Lang]
	p.DisplayName = pick(r, w.given)
	if r.chance(0.6) {
		p.DisplayName += " " + pick(r, w.family)
	}
	first := []string{"maple", "river", "quiet", "lemon", "north", "amber", "paper", "silver", "cloud", "tiny", "brave", "orange", "winter", "lucky", "green", "dusty"}
	second := []string{"fox", "kite", "stone", "bird", "train", "leaf", "drum", "boat", "panda", "lamp", "comet", "piano", "otter", "tower", "violet", "wave"}
	for p.ScreenName == "" || m.screen[p.ScreenName] {
		p.ScreenName = fmt.Sprintf("%s_%s%d", pick(r, first), pick(r, second), r.between(1, 9999))
	}
	m.screen[p.ScreenName] = true
	if r.chance(0.4) {
		p.bio = pick(r, w.bio)
	}
}

// age draws when the account was made: up to six years ago, children's accounts at most three; one in fifty comes within the world.
func (m *maker) age(r *random, p *person) {
	if p.class < 0 && r.chance(0.02) {
		p.newcomer = true
		p.born = m.open.Add(r.span(0, m.end.Sub(m.open)*3/4))
		p.CreatedAt = p.born
		return
	}
	years := 6.0
	if minorBand(p.ActualBand) {
		years = 3
	}
	days := 10 + math.Pow(r.Float64(), 2)*(years*365-10)
	p.CreatedAt = m.cfg.Start.Add(-time.Duration(days * 24 * float64(time.Hour))).Truncate(time.Millisecond)
	p.born = m.cfg.Start
}

// someIPv4 draws an address of the three documentation ranges (RFC 5737). There are 762 of them, so many accounts share one, as they
// do behind a carrier's translation.
func someIPv4(r *random) string {
	return fmt.Sprintf("%s.%d", pick(r, []string{"192.0.2", "198.51.100", "203.0.113"}), r.between(1, 254))
}

// households puts children with an adult of 25 or more of the same region, under one address; brothers and sisters with the same adult.
func (m *maker) households(r *random) {
	parents := map[string][]*person{}
	for _, p := range m.people {
		if p.ActualBand == band25 && !p.newcomer {
			parents[p.Region] = append(parents[p.Region], p)
		}
	}
	for _, child := range m.people {
		if !minorBand(child.ActualBand) || child.newcomer || !r.chance(0.6) || len(parents[child.Region]) == 0 {
			continue
		}
		parent := pick(r, parents[child.Region])
		if len(parent.household) >= 3 || parent.AgeBand == band16 {
			continue
		}
		m.joinHousehold(r, parent, child)
	}
}

// joinHousehold moves a child to a parent's home: one network, sometimes one recovery address or one tablet.
func (m *maker) joinHousehold(r *random, parent, child *person) {
	for _, sibling := range parent.household {
		sibling.household = append(sibling.household, child)
		child.household = append(child.household, sibling)
	}
	parent.household = append(parent.household, child)
	child.household = append(child.household, parent)
	child.ip4 = parent.ip4
	child.ip6 = parent.ip6[:strings.LastIndex(parent.ip6, ":")+1] + fmt.Sprintf("%x", r.between(0x1000, 0xffff))
	if r.chance(0.2) {
		child.recoveryHash = parent.emailHash
	}
	if r.chance(0.05) {
		child.device = parent.device
	}
}

// announce tells every account: the platform's stock within the first hour as account.updated, newcomers when they come.
func (m *maker) announce() {
	r := newRandom(m.cfg.Seed, "announce")
	for _, p := range m.people {
		kind, at := "account.updated", m.cfg.Start.Add(r.span(0, 50*time.Minute))
		if p.newcomer {
			kind, at = "account.created", p.born
		}
		keys := []keyData{{Kind: "handle", Value: "@" + p.ScreenName}}
		if r.chance(0.7) {
			keys = append(keys, keyData{Kind: "email", Value: p.email})
		}
		if r.chance(0.45) {
			keys = append(keys, keyData{Kind: "phone", Hash: p.phoneHash})
		}
		if p.minor() {
			keys = append(keys, keyData{Kind: "recovery", Hash: p.recoveryHash})
		}
		m.emit(at, fromAccounts, kind, accountData{
			Account: p.ID, AgeBand: p.AgeBand, AgeSource: p.AgeSource, CreatedAt: p.CreatedAt.Format(stamp),
			DisplayName: p.DisplayName, ScreenName: p.ScreenName, ProfileURL: "https://chat.example/@" + p.ScreenName,
			Bio: p.bio, Region: p.Region, Lang: p.Lang, Verified: p.Verified, Role: p.Role, Keys: keys,
		})
	}
}
