package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/cybertip"
)

// writer writes accounts in NCMEC's terms.
type writer struct {
	service string
	now     time.Time
}

// past returns t unless it lies ahead: NCMEC refuses a report with a time in the future, and a wrong clock of the platform must
// not keep a report back.
func (w *writer) past(t time.Time) time.Time {
	if t.Before(w.now) {
		return t
	}
	return time.Time{}
}

func (w *writer) reported(p *Party) cybertip.PersonOrUserReported {
	out := cybertip.PersonOrUserReported{
		EspIdentifier: p.Account, EspService: w.service, ScreenName: p.ScreenName, DisplayNames: p.DisplayNames, ProfileURLs: p.URLs,
		ProfileBio: p.Bio, IPCaptureEvents: w.sightings(p), DeviceIDs: w.devices(p), PriorReports: p.Prior,
		EstimatedLocation: place(p), AdditionalInfo: w.remarks(p),
	}
	if person := personOf(p); !empty(&person) {
		out.Person = &person
	}
	return out
}

func (w *writer) child(p *Party) cybertip.Victim {
	return cybertip.Victim{
		Person: personOf(p), EspIdentifier: p.Account, EspService: w.service, ScreenName: p.ScreenName, DisplayNames: p.DisplayNames,
		ProfileURLs: p.URLs, ProfileBio: p.Bio, IPCaptureEvents: w.sightings(p), DeviceIDs: w.devices(p), SchoolName: p.School,
		PriorReports: p.Prior, EstimatedLocation: place(p), AdditionalInfo: w.remarks(p),
	}
}

func (w *writer) linked(p *Party) cybertip.AssociatedAccount {
	person := personOf(p)
	return cybertip.AssociatedAccount{
		Type: cybertip.AssociationLinked, FirstName: p.FirstName, LastName: p.LastName, Phones: person.Phones, Emails: person.Emails,
		EspService: w.service, EspIdentifier: p.Account, ProfileURLs: p.URLs, ScreenName: p.ScreenName, DisplayNames: p.DisplayNames,
		ProfileBio: p.Bio, IPCaptureEvents: w.sightings(p), DeviceIDs: w.devices(p), PriorReports: p.Prior, AdditionalInfo: w.remarks(p),
	}
}

func personOf(p *Party) cybertip.Person {
	out := cybertip.Person{FirstName: p.FirstName, LastName: p.LastName}
	for _, e := range p.Emails {
		x := cybertip.Email{Address: e.Value}
		if e.Recovery {
			x.Type = cybertip.EmailRecovery
		}
		out.Emails = append(out.Emails, x)
	}
	for _, n := range p.Phones {
		x := cybertip.Phone{Number: n.Value}
		if n.Recovery {
			x.Type = cybertip.PhoneRecovery
		}
		out.Phones = append(out.Phones, x)
	}
	return out
}

func empty(p *cybertip.Person) bool {
	return p.FirstName == "" && p.LastName == "" && len(p.Emails) == 0 && len(p.Phones) == 0
}

func (w *writer) sightings(p *Party) (out []cybertip.IPCaptureEvent) {
	for _, s := range p.Sightings {
		x := cybertip.IPCaptureEvent{IPAddress: s.IP, EventName: s.Event, DateTime: w.past(s.At)}
		if s.Port > 0 {
			port := s.Port
			x.Port = &port
		}
		out = append(out, x)
	}
	return out
}

func (w *writer) devices(p *Party) (out []cybertip.DeviceID) {
	for _, d := range p.Devices {
		out = append(out, cybertip.DeviceID{IDType: d.Kind, IDValue: d.Value, EventName: d.Event, DateTime: w.past(d.At)})
	}
	return out
}

// place is where the platform says the account belongs. A region is named only for the United States, where it must be a state.
func place(p *Party) *cybertip.EstimatedLocation {
	if p.Country == "" {
		return nil
	}
	l := &cybertip.EstimatedLocation{CountryCode: p.Country}
	if p.Country == "US" && slices.Contains(cybertip.States(), p.Region) {
		l.Region = p.Region
	}
	return l
}

// remarks says what has no element of its own. The age is a band that the platform gave and never a number.
func (w *writer) remarks(p *Party) string {
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if p.Note != "" {
		add("%s", p.Note)
	}
	if p.AgeBand != "" {
		source := "source not stated"
		if p.AgeFrom != "" && p.AgeFrom != "unknown" {
			source = p.AgeFrom
		}
		add("Age according to the platform: %s (%s).", ageWords(p.AgeBand), source)
	}
	if p.Part != "" {
		add("Role of the account according to the platform: %s.", p.Part)
	}
	if p.Country != "" && p.Region != "" && p.Country != "US" {
		add("Region according to the platform: %s-%s.", p.Country, p.Region)
	}
	if !p.CreatedAt.IsZero() {
		add("Account created %s.", p.CreatedAt.UTC().Format(time.RFC3339))
	}
	if p.Deleted {
		add("The account has been deleted.")
	}
	for _, m := range p.Measures {
		add("The platform applied %q on %s.", m.Action, m.At.Format(time.RFC3339))
	}
	if p.MoreSeen > 0 {
		add("%d further sightings of network addresses are on record and not listed.", p.MoreSeen)
	}
	lines = append(lines, p.Remarks...)
	return strings.Join(lines, "\n")
}

// ageWords says an age band as people read it.
func ageWords(band string) string {
	if band == "u13" {
		return "under 13"
	}
	return band
}
