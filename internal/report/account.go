package report

import (
	"fmt"
	"slices"
	"strings"

	"haris/cybertip"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

// aged notes what was said of the age.
func (p *Party) aged(e *event.Event) {
	if e.Data.AgeBand == taxonomy.AgeUnknown {
		return
	}
	a := Age{Band: e.Data.AgeBand.String(), From: e.Data.AgeSource, At: e.Time.UTC()}
	if !slices.ContainsFunc(p.Ages, func(o Age) bool { return o.Band == a.Band && o.From == a.From }) {
		p.Ages = append(p.Ages, a)
	}
}

// contradicts reports whether the age that was declared and one that was estimated or verified are different bands.
func (p *Party) contradicts() bool {
	for _, a := range p.Ages {
		for _, b := range p.Ages {
			if a.From == "declared" && (b.From == "estimated" || b.From == "verified") && a.Band != b.Band {
				return true
			}
		}
	}
	return false
}

// session notes where a session came from; the newest of one place stands.
func (p *Party) session(e *event.Event) {
	country := e.Data.Country
	if country == "" {
		country, _, _ = strings.Cut(e.Data.Region, "-")
	}
	if country == "" || !slices.Contains(cybertip.Countries(), country) {
		if where := strings.TrimSpace(e.Data.Country + " " + e.Data.Region); where != "" {
			p.remark("Place of a session as the platform gave it: " + where)
		}
		return
	}
	_, region, found := strings.Cut(e.Data.Region, "-")
	if !found && e.Data.Country != "" {
		region = e.Data.Region
	}
	same := func(o Place) bool { return o.Country == country && o.Region == region }
	p.Places = append(slices.DeleteFunc(p.Places, same), Place{Country: country, Region: region, At: e.Time.UTC()})
}

// means says of a sighting what has no field of NCMEC's.
func means(d *event.Data) string {
	var words []string
	if d.ASN != 0 {
		words = append(words, fmt.Sprintf("network AS%d", d.ASN))
	}
	if d.UserAgent != "" {
		words = append(words, "user agent "+d.UserAgent)
	}
	if d.Auth != "" {
		words = append(words, "signed in by "+d.Auth)
	}
	if d.RecoveryUsed {
		words = append(words, "a way of recovery was used")
	}
	return strings.Join(words, ", ")
}

// maxValues is the most values of one sort that an account has in a report.
const maxValues = 25

// short keeps the first values of a list and counts the others.
func short[T any](p *Party, list []T, of string) []T {
	if len(list) <= maxValues {
		return list
	}
	p.More = append(p.More, More{of, len(list) - maxValues})
	return list[:maxValues:maxValues]
}

// bound keeps the newest of everything, counts the rest, and always keeps the sighting of the registration.
func (p *Party) bound() {
	p.DisplayNames, p.URLs = short(p, p.DisplayNames, "display names"), short(p, p.URLs, "profile addresses")
	p.Emails, p.Phones, p.Devices = short(p, p.Emails, "email addresses"), short(p, p.Phones, "telephone numbers"), short(p, p.Devices, "devices")
	p.Groups, p.Places, p.Ages = short(p, p.Groups, "groups"), short(p, p.Places, "places of sessions"), short(p, p.Ages, "statements of age")
	p.Remarks = short(p, p.Remarks, "remarks")
	if n := len(p.Measures) - maxValues; n > 0 {
		p.More = append(p.More, More{"measures", n})
		p.Measures = p.Measures[n:] // the newest say how the account stands
	}
	if len(p.Sightings) <= maxSightings {
		return
	}
	keep := p.Sightings[:maxSightings:maxSightings]
	for _, s := range p.Sightings[maxSightings:] {
		if s.Event == cybertip.EventRegistration {
			keep = append(keep[:maxSightings-1:maxSightings-1], s)
		}
	}
	p.MoreSeen, p.Sightings = len(p.Sightings)-maxSightings, keep
}

// eventName says in NCMEC's words what an account was doing.
func eventName(t event.Type) cybertip.EventName {
	switch t {
	case event.SessionStarted:
		return cybertip.EventLogin
	case event.AccountCreated:
		return cybertip.EventRegistration
	case event.PaymentSent:
		return cybertip.EventPurchase
	case event.MediaUploaded:
		return cybertip.EventUpload
	}
	return cybertip.EventOther
}
