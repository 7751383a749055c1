package report

import "haris/cybertip"

// policeOf says which agency knows of the matter, and whether the company was served legal process.
func policeOf(p *Police) *cybertip.LawEnforcement {
	if *p == (Police{}) {
		return nil
	}
	out := &cybertip.LawEnforcement{AgencyName: p.Agency, CaseNumber: p.Number, ReportedToLE: p.Reported, ServedLegalProcessDomestic: p.ServedDomestic}
	if c := p.Officer; c != (Contact{}) {
		out.OfficerContact = &cybertip.ContactPerson{FirstName: c.FirstName, LastName: c.LastName, Emails: emailsOf(c.Email), Phones: phonesOf(c.Phone)}
	}
	if p.ServedForeign != nil {
		out.ServedLegalProcessInternational = &cybertip.ServedInternational{Served: *p.ServedForeign, FleaCountry: p.Country}
	}
	return out
}

func reporterOf(c *Company) cybertip.Reporter {
	r := cybertip.Reporter{
		ReportingPerson: cybertip.Person{
			FirstName: c.Reporter.FirstName, LastName: c.Reporter.LastName, Emails: emailsOf(c.Reporter.Email), Phones: phonesOf(c.Reporter.Phone),
		},
		CompanyTemplate: c.Template, TermsOfService: c.Terms, LegalURL: c.LegalURL,
	}
	if c.Contact != (Contact{}) {
		r.ContactPerson = &cybertip.ContactPerson{
			FirstName: c.Contact.FirstName, LastName: c.Contact.LastName, Emails: emailsOf(c.Contact.Email), Phones: phonesOf(c.Contact.Phone),
		}
	}
	return r
}

func emailsOf(s string) []cybertip.Email {
	if s == "" {
		return nil
	}
	return []cybertip.Email{{Address: s}}
}

func phonesOf(s string) []cybertip.Phone {
	if s == "" {
		return nil
	}
	return []cybertip.Phone{{Number: s}}
}
