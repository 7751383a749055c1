package report

import (
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"haris/cybertip"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

// The lengths that NCMEC's documentation allows, in characters.
const (
	maxScreenName  = 256
	maxDisplayName = 255
	maxURL         = 2083
	maxDeviceValue = 2083
	maxPhone       = 50
	maxEmail       = 255
)

// partyOf gathers what is known of one account of the case.
func partyOf(s seat, m *Material) Party {
	p := Party{Account: s.account, Role: s.role, Prior: slices.Clone(m.Prior[s.account])}
	var own []event.Event
	for i := range m.Accounts {
		if m.Accounts[i].Profile.ID == s.account {
			p.profile(&m.Accounts[i].Profile)
			own = append(own, m.Accounts[i].Events...)
		}
	}
	for _, e := range m.Events {
		if e.Actor() == s.account || e.Data.Account == s.account {
			own = append(own, e)
		}
	}
	own = inOrder(own)
	for i := range own {
		p.learn(&own[i])
	}
	slices.Reverse(p.Sightings) // newest first
	slices.Reverse(p.Devices)
	slices.Reverse(p.Groups)
	slices.Reverse(p.Places)
	if p.Role == RoleLinked {
		p.Association = cybertip.AssociationLinked
	}
	p.bound()
	return p
}

// profile takes over what the platform has said about the account.
func (p *Party) profile(f *detect.Profile) {
	if f.Band != taxonomy.AgeUnknown {
		p.AgeBand, p.AgeFrom = f.Band.String(), f.BandFrom
	}
	p.CreatedAt, p.Deleted, p.Part = f.CreatedAt, f.Deleted, f.Role
	p.region(f.Region)
}

// region takes over a place in the form of ISO 3166-1 or -2.
func (p *Party) region(s string) {
	country, region, _ := strings.Cut(s, "-")
	if country == "" || !slices.Contains(cybertip.Countries(), country) {
		return
	}
	p.Country, p.Region = country, region
}

// learn takes over what one event of the account says, in the order of time, so that the newest word stands.
func (p *Party) learn(e *event.Event) {
	d := &e.Data
	switch e.Type {
	case event.AccountCreated, event.AccountUpdated:
		if d.Account == p.Account {
			p.shown(d)
			p.aged(e)
		}
	case event.ModerationApplied:
		if d.Account == p.Account {
			p.Measures = append(p.Measures, Measure{
				Action: d.Action, Effect: effects()[strings.ToLower(d.Action)], At: e.Time.UTC(), By: d.By, Reason: d.Reason, Content: d.Content,
			})
		}
		return
	case event.CredentialChanged:
		p.remark(fmt.Sprintf("The %s of the account was changed on %s.", d.What, e.Time.UTC().Format(time.RFC3339)))
	}
	if e.Actor() != p.Account {
		return // it was done to the account, so its address and devices are another's
	}
	if d.Group != "" {
		p.Groups = append(slices.DeleteFunc(p.Groups, func(g string) bool { return g == d.Group }), d.Group)
	}
	if e.Type == event.SessionStarted {
		p.session(e)
	}
	if d.IP != "" {
		p.seen(e)
	}
	for _, k := range d.Keys {
		p.key(e, k)
	}
}

// shown takes over what the account showed of itself.
func (p *Party) shown(d *event.Data) {
	if d.ScreenName != "" {
		if utf8.RuneCountInString(d.ScreenName) <= maxScreenName {
			p.ScreenName = d.ScreenName
		} else {
			p.remark("Screen name: " + d.ScreenName)
		}
	}
	if d.DisplayName != "" && utf8.RuneCountInString(d.DisplayName) <= maxDisplayName {
		p.DisplayNames = appendNew(p.DisplayNames, d.DisplayName)
	} else if d.DisplayName != "" {
		p.remark("Display name: " + d.DisplayName)
	}
	if d.ProfileURL != "" && goodURL(d.ProfileURL) {
		p.URLs = appendNew(p.URLs, d.ProfileURL)
	} else if d.ProfileURL != "" {
		p.remark("Profile address as the platform gave it: " + d.ProfileURL)
	}
	if d.Bio != "" {
		p.Bio = d.Bio
	}
	if d.Region != "" {
		p.region(d.Region)
	}
	if d.Lang != "" {
		p.remark("Language that the account has set: " + d.Lang)
	}
	if d.Verified {
		p.remark("The platform marks the account as verified.")
	}
}

// seen notes an address. One that is not an IP address goes to the remarks, because NCMEC would refuse the whole report for it.
func (p *Party) seen(e *event.Event) {
	if _, err := netip.ParseAddr(e.Data.IP); err != nil || strings.Contains(e.Data.IP, "%") {
		p.remark(fmt.Sprintf("Address as the platform gave it: %s at %s", e.Data.IP, e.Time.UTC().Format(time.RFC3339)))
		return
	}
	p.Sightings = append(p.Sightings, Sighting{IP: e.Data.IP, Port: int(e.Data.Port), At: e.Time.UTC(), Event: eventName(e.Type), Means: means(&e.Data)})
}

// key takes over something the account could share with others. Keys that the platform sent as hashes mean something only to the
// platform, and are named as what they are.
func (p *Party) key(e *event.Event, k event.Key) {
	if k.Kind == "payout" {
		p.remark("The platform holds a payout account of this account: " + keyWords(k) + ".")
		return
	}
	if k.Value == "" {
		p.remark(fmt.Sprintf("Hash that the platform made of a %s of this account: %s", k.Kind, k.Hash))
		return
	}
	switch k.Kind {
	case "device":
		d := Device{Kind: "Device", Value: k.Value, At: e.Time.UTC(), Event: eventName(e.Type)}
		p.Devices = slices.DeleteFunc(p.Devices, func(o Device) bool { return o.Value == d.Value })
		if utf8.RuneCountInString(d.Value) <= maxDeviceValue {
			p.Devices = append(p.Devices, d)
		}
	case "email", "phone", "recovery":
		p.address(k)
	case "ip":
		if k.Value != e.Data.IP {
			other := *e
			other.Data.IP, other.Data.Port = k.Value, 0
			p.seen(&other)
		}
	default:
		p.remark(fmt.Sprintf("%s: %s", k.Kind, k.Value))
	}
}

func (p *Party) address(k event.Key) {
	a := Address{Value: k.Value, Recovery: k.Kind == "recovery"}
	switch {
	case goodEmail(k.Value) && k.Kind != "phone":
		p.Emails = appendAddress(p.Emails, a)
	case goodPhone(k.Value) && k.Kind != "email":
		p.Phones = appendAddress(p.Phones, a)
	default:
		p.remark(fmt.Sprintf("%s as the platform gave it: %s", k.Kind, k.Value))
	}
}

// remark adds what has no field of its own, once.
func (p *Party) remark(s string) { p.Remarks = appendNew(p.Remarks, s) }

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

func appendAddress(list []Address, a Address) []Address {
	if slices.ContainsFunc(list, func(o Address) bool { return o.Value == a.Value }) {
		return list
	}
	return append(list, a)
}

// goodURL, goodEmail and goodPhone are at least as strict as NCMEC's rules, so that a fact which a person cannot change never
// blocks a report.
func goodURL(s string) bool {
	u, err := url.Parse(s)
	odd := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && utf8.RuneCountInString(s) <= maxURL && !strings.ContainsFunc(s, odd)
}

func goodEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	at := strings.LastIndexByte(s, '@')
	return err == nil && a.Address == s && a.Name == "" && at <= 64 && utf8.RuneCountInString(s) <= maxEmail && strings.Contains(s[at:], ".")
}

func goodPhone(s string) bool {
	digits := 0
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0, strings.ContainsRune(" -().", r):
		default:
			return false
		}
	}
	return digits >= 5 && len(s) <= maxPhone
}
