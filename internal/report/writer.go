package report

import (
	"slices"
	"time"

	"haris/cybertip"
)

// writer writes accounts and files in NCMEC's terms.
type writer struct {
	service  string
	platform string
	profile  cybertip.Profile
	now      time.Time
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
	temp, perm := w.disabled(p)
	out := cybertip.PersonOrUserReported{
		VehicleDescription: p.Vehicle, EspIdentifier: fit(p.Account, maxIdentifier), EspService: w.service, CompromisedAccount: p.Compromised,
		ScreenName: p.ScreenName, DisplayNames: p.DisplayNames, ProfileURLs: p.URLs, ProfileBio: p.Bio, IPCaptureEvents: w.sightings(p),
		DeviceIDs: w.devices(p), ThirdPartyUserReported: p.ThirdParty, PriorReports: p.Prior, GroupIdentifier: group(p),
		AccountTemporarilyDisabled: temp, AccountPermanentlyDisabled: perm, EstimatedLocation: w.place(p), AdditionalInfo: w.remarks(p, true),
	}
	if person := w.personOf(p); !empty(&person) {
		out.Person = &person
	}
	return out
}

func (w *writer) recipient(p *Party) cybertip.IntendedRecipient {
	temp, perm := w.disabled(p)
	out := cybertip.IntendedRecipient{
		EspIdentifier: fit(p.Account, maxIdentifier), EspService: w.service, CompromisedAccount: p.Compromised, ScreenName: p.ScreenName,
		DisplayNames: p.DisplayNames, ProfileURLs: p.URLs, ProfileBio: p.Bio, IPCaptureEvents: w.sightings(p), DeviceIDs: w.devices(p),
		PriorReports: p.Prior, GroupIdentifier: group(p), AccountTemporarilyDisabled: temp, AccountPermanentlyDisabled: perm,
		EstimatedLocation: w.place(p),
	}
	if person := w.personOf(p); !empty(&person) {
		out.Person = &person
	}
	if text := w.remarks(p, true); text != "" {
		out.AdditionalInfo = []string{text}
	}
	return out
}

func (w *writer) child(p *Party) cybertip.Victim {
	temp, perm := w.disabled(p)
	return cybertip.Victim{
		Person: w.personOf(p), EspIdentifier: fit(p.Account, maxIdentifier), EspService: w.service, CompromisedAccount: p.Compromised,
		ScreenName: p.ScreenName, DisplayNames: p.DisplayNames, ProfileURLs: p.URLs, ProfileBio: p.Bio, IPCaptureEvents: w.sightings(p),
		DeviceIDs: w.devices(p), SchoolName: p.School, PriorReports: p.Prior, AccountTemporarilyDisabled: temp, AccountPermanentlyDisabled: perm,
		EstimatedLocation: w.place(p), AdditionalInfo: w.remarks(p, false),
	}
}

// associated lists the linked accounts that belong to one account.
func (w *writer) associated(d *Draft, belongs func(*Party) bool) (out []cybertip.AssociatedAccount) {
	for _, l := range d.with(RoleLinked) {
		if belongs(&l) {
			out = append(out, w.linked(&l))
		}
	}
	return out
}

func (w *writer) linked(p *Party) cybertip.AssociatedAccount {
	temp, perm := w.disabled(p)
	person := w.personOf(p)
	out := cybertip.AssociatedAccount{
		Type: p.Association, FirstName: p.FirstName, LastName: p.LastName, Phones: person.Phones, Emails: person.Emails,
		AgeAssertionDiscrepancy: person.AgeAssertionDiscrepancy, EspService: w.service, EspIdentifier: p.Account, ProfileURLs: p.URLs,
		ScreenName: p.ScreenName, DisplayNames: p.DisplayNames, ProfileBio: p.Bio, GroupIdentifier: group(p), CompromisedAccount: p.Compromised,
		AccountTemporarilyDisabled: temp, AccountPermanentlyDisabled: perm, IPCaptureEvents: w.sightings(p), DeviceIDs: w.devices(p),
		PriorReports: p.Prior, AdditionalInfo: w.remarks(p, true),
	}
	if out.Type == "" {
		out.Type = cybertip.AssociationLinked // drafts that were written before there was a choice
	}
	if w.platform != "" || p.ThirdParty != nil {
		out.Platform = &cybertip.AssociatedPlatform{Name: w.platform, ThirdPartyUser: p.ThirdParty}
	}
	return out
}

// maxIdentifier is the length of an account's id in NCMEC's documentation; a longer one stands in the remarks.
const maxIdentifier = 255

// group is the group in which the account was seen last; the others stand in the remarks.
func group(p *Party) string {
	if len(p.Groups) == 0 {
		return ""
	}
	return fit(p.Groups[0], maxIdentifier)
}

// disabled says from the platform's own measures whether the account is disabled. The newest of each sort counts.
func (w *writer) disabled(p *Party) (temp *cybertip.TemporarilyDisabled, perm *cybertip.PermanentlyDisabled) {
	for _, m := range p.Measures {
		at := w.past(m.At)
		switch m.Effect {
		case DisabledForTime:
			temp = &cybertip.TemporarilyDisabled{Disabled: true, DisabledDate: at}
		case DisabledForGood:
			perm = &cybertip.PermanentlyDisabled{Disabled: true, DisabledDate: at}
		case Reenabled:
			perm = nil
			if temp != nil {
				temp.Disabled = false
				if !temp.DisabledDate.IsZero() && at.After(temp.DisabledDate) {
					temp.ReenabledDate = at
				}
			}
		}
	}
	return temp, perm
}

func (w *writer) personOf(p *Party) cybertip.Person {
	out := cybertip.Person{FirstName: p.FirstName, LastName: p.LastName}
	if p.contradicts() && w.profile >= cybertip.Profile202608 {
		yes := true
		out.AgeAssertionDiscrepancy = &yes
	}
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
	return p.FirstName == "" && p.LastName == "" && len(p.Emails) == 0 && len(p.Phones) == 0 && p.AgeAssertionDiscrepancy == nil
}

func (w *writer) sightings(p *Party) (out []cybertip.IPCaptureEvent) {
	for _, s := range p.Sightings {
		out = append(out, w.sighting(s))
	}
	return out
}

func (w *writer) sighting(s Sighting) cybertip.IPCaptureEvent {
	x := cybertip.IPCaptureEvent{IPAddress: s.IP, EventName: s.Event, DateTime: w.past(s.At)}
	if s.Port > 0 {
		port := s.Port
		x.Port = &port
	}
	return x
}

func (w *writer) devices(p *Party) (out []cybertip.DeviceID) {
	for _, d := range p.Devices {
		out = append(out, cybertip.DeviceID{IDType: d.Kind, IDValue: d.Value, EventName: d.Event, DateTime: w.past(d.At)})
	}
	return out
}

// place is where the newest session came from, with its time, or else where the platform says that the account belongs. A region is
// named only for the United States, where it must be a state.
func (w *writer) place(p *Party) *cybertip.EstimatedLocation {
	country, region, at := p.Country, p.Region, time.Time{}
	if len(p.Places) > 0 {
		country, region, at = p.Places[0].Country, p.Places[0].Region, w.past(p.Places[0].At)
	}
	if country == "" {
		return nil
	}
	l := &cybertip.EstimatedLocation{CountryCode: country, Timestamp: at}
	if country == "US" && slices.Contains(cybertip.States(), region) {
		l.Region = region
	}
	return l
}
