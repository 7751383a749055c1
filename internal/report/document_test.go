package report_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/cybertip"
	"haris/internal/report"
)

// full is the draft of a full case after a person has written everything.
func full(t *testing.T) report.Draft {
	t.Helper()
	d := report.Assemble(material("full"))
	e := written(d)
	e.Urgent, e.Extra = "He knows where the child lives.", "See the transcript."
	e.Annotations.CSAMSolicitation = true
	yes := true
	e.Police = report.Police{Agency: "Test PD", Number: "T-1", Reported: &yes}
	e.Parties["u1"] = report.PartyEdit{Role: report.RoleReported, FirstName: "Dan", LastName: "D", Note: "Coaches the club."}
	e.Parties["kid"] = report.PartyEdit{Role: report.RoleChild, School: "River School"}
	e.Files["i3"] = report.FileEdit{Relevance: cybertip.RelevanceReported}
	d, err := d.Edited(e)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDocumentsAreValid: a draft that a person has finished is one that NCMEC takes, in every profile.
func TestDocumentsAreValid(t *testing.T) {
	typical := report.Assemble(material("typical"))
	typical, err := typical.Edited(written(typical))
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]report.Draft{"typical": typical, "full": full(t)} {
		for _, p := range cybertip.Profiles() {
			docs, findings := report.Check(d, p, day())
			if bad := cybertip.Blocking(findings); len(bad) > 0 || len(docs.XML) == 0 {
				t.Errorf("%s, %s: %v", name, p, bad)
			}
			if len(report.Blocking(report.Assess(d, report.Sent{}).Items)) > 0 {
				t.Errorf("%s: incomplete: %+v", name, report.Blocking(report.Assess(d, report.Sent{}).Items))
			}
		}
	}
}

// TestDocumentSaysWhatIsKnown reads the report back and looks for every fact in its place.
func TestDocumentSaysWhatIsKnown(t *testing.T) {
	docs, err := report.Document(full(t), cybertip.Profile202506, day())
	if err != nil {
		t.Fatal(err)
	}
	r, err := cybertip.DecodeReport(docs.XML)
	if err != nil {
		t.Fatal(err)
	}
	who, kid := r.PersonsReported[0], r.Victims[0]
	for what, ok := range map[string]bool{
		"incident type":      r.IncidentSummary.IncidentType == cybertip.IncidentEnticement,
		"time":               r.IncidentSummary.IncidentDateTime.Equal(day().Add(-90 * time.Minute)),
		"urgency":            r.IncidentSummary.EscalateToHighPriority != "",
		"annotation":         r.IncidentSummary.Annotations != nil && r.IncidentSummary.Annotations.CSAMSolicitation,
		"narrative":          strings.Contains(r.AdditionalInfo, "asked for secrecy"),
		"reason of the type": strings.Contains(r.AdditionalInfo, "child under 13"),
		"extra":              strings.Contains(r.AdditionalInfo, "See the transcript"),
		"one reported":       len(r.PersonsReported) == 1 && who.EspIdentifier == "u1" && who.EspService == "Example App chat",
		"name":               who.Person != nil && who.Person.FirstName == "Dan",
		"email":              who.Person.Emails[0].Address == "dan@example.net",
		"screen name":        who.ScreenName == "coach_dan" && slices.Equal(who.DisplayNames, []string{"Dan"}),
		"profile":            slices.Equal(who.ProfileURLs, []string{"https://app.example.com/u/coach_dan"}),
		"address and port": slices.ContainsFunc(who.IPCaptureEvents, func(e cybertip.IPCaptureEvent) bool {
			return e.IPAddress == "192.0.2.44" && e.Port != nil && *e.Port == 50111 && e.EventName == cybertip.EventLogin && e.DateTime.Equal(day().Add(-4*time.Hour))
		}),
		"registration": slices.ContainsFunc(who.IPCaptureEvents, func(e cybertip.IPCaptureEvent) bool {
			return e.EventName == cybertip.EventRegistration && e.Port == nil
		}),
		"payment": slices.ContainsFunc(who.IPCaptureEvents, func(e cybertip.IPCaptureEvent) bool {
			return e.EventName == cybertip.EventPurchase && e.IPAddress == "2001:db8::7"
		}),
		"device":            len(who.DeviceIDs) == 1 && who.DeviceIDs[0].IDValue == "IMEI-490154203237518",
		"place":             who.EstimatedLocation.CountryCode == "US" && who.EstimatedLocation.Region == "TX",
		"prior":             slices.Equal(who.PriorReports, []int64{7000001}) && slices.Equal(kid.PriorReports, []int64{7000002}),
		"note":              strings.Contains(who.AdditionalInfo, "Coaches the club."),
		"hash is a hash":    strings.Contains(who.AdditionalInfo, "Hash that the platform made of a phone"),
		"linked":            len(who.AssociatedAccounts) == 1 && who.AssociatedAccounts[0].EspIdentifier == "u2" && who.AssociatedAccounts[0].Type == cybertip.AssociationLinked,
		"linked's measures": strings.Contains(who.AssociatedAccounts[0].AdditionalInfo, `applied "suspended"`),
		"children":          len(r.Victims) == 2 && kid.EspIdentifier == "kid" && kid.SchoolName == "River School",
		"age is a band":     kid.Person.Age == nil && strings.Contains(kid.AdditionalInfo, "under 13 (declared)"),
		"police":            r.LawEnforcement.AgencyName == "Test PD" && *r.LawEnforcement.ReportedToLE,
		"conversation": slices.ContainsFunc(r.InternetDetails, func(d cybertip.InternetDetails) bool {
			return d.Chat != nil && d.Chat.ChatRoomName == "conv-1" && strings.Contains(d.Chat.Content, "keep this between us") && strings.Contains(d.Chat.Content, "thanks!") && !strings.Contains(d.Chat.Content, "good game yesterday")
		}),
		"page": slices.ContainsFunc(r.InternetDetails, func(d cybertip.InternetDetails) bool {
			return d.WebPage != nil && slices.Equal(d.WebPage.URLs, []string{"https://app.example.com/p/1"})
		}),
		"reporter": r.Reporter.ReportingPerson.Emails[0].Address == "safety@example.com" && r.Reporter.ContactPerson.Phones[0].Number == "5555550102",
		"company":  r.Reporter.CompanyTemplate != "" && r.Reporter.LegalURL != "",
	} {
		if !ok {
			t.Errorf("%s: not as it should be in\n%s", what, docs.XML)
		}
	}
}

// TestViewedOnlyFromARecord: the statement that a file was viewed stands where a record says so and nowhere else.
func TestViewedOnlyFromARecord(t *testing.T) {
	d := full(t)
	for _, record := range []bool{false, true} {
		for i := range d.Files {
			d.Files[i].Viewed = nil
			if record && d.Files[i].Item == "i3" {
				d.Files[i].Viewed = &report.Viewing{Who: "ada", At: day().Add(-time.Hour)}
			}
		}
		docs, err := report.Document(d, cybertip.Profile202506, day())
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range docs.Files {
			got, err := cybertip.DecodeFileDetails(f.XML)
			if err != nil {
				t.Fatal(err)
			}
			want := record && f.Item == "i3"
			said := got.FileRelevance == cybertip.RelevanceReported // a file that gives context alone need not say that nobody viewed it
			for _, v := range []*bool{got.FileViewedByESP, docs.Spec.Files[i].Details.FileViewedByESP} {
				if (v != nil) != said || said && *v != want {
					t.Errorf("record %v, %s: %v", record, f.Item, v)
				}
			}
			if !want && said && !strings.Contains(strings.Join(got.AdditionalInfo, " "), "No person of the reporting company") {
				t.Errorf("record %v, %s: %q", record, f.Item, got.AdditionalInfo)
			}
			if strings.Contains(strings.Join(got.AdditionalInfo, " "), "ada") {
				t.Error("the description names a reviewer")
			}
		}
		for _, i := range report.Assess(d, report.Sent{}).Items {
			if i.Key == "viewed" && (i.State == report.There) != record {
				t.Errorf("record %v: viewed is %s", record, i.State)
			}
		}
	}
}

func TestTimesAheadAreLeftOut(t *testing.T) {
	d := full(t)
	docs, findings := report.Check(d, cybertip.Profile202506, day().Add(-200*time.Minute))
	r, err := cybertip.DecodeReport(docs.XML)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range r.PersonsReported[0].IPCaptureEvents {
		if e.DateTime.After(day().Add(-200 * time.Minute)) {
			t.Errorf("a time ahead was written: %+v", e)
		}
	}
	if bad := cybertip.Blocking(findings); len(bad) != 1 || bad[0].Element != "incidentDateTime" {
		t.Errorf("a person must mend the time of the incident and nothing else: %v", bad)
	}
}

func TestCheckSaysWhatCannotBeWritten(t *testing.T) {
	d := full(t)
	d.IncidentType = ""
	_, findings := report.Check(d, cybertip.Profile202506, day())
	if len(cybertip.Blocking(findings)) == 0 || !strings.Contains(findings[0].Path, "incidentType") {
		t.Errorf("findings %v", findings)
	}
}

// TestSHA256 changes with everything that would be sent.
func TestSHA256(t *testing.T) {
	digest := func(change func(*report.Draft)) string {
		d := full(t)
		change(&d)
		docs, err := report.Document(d, cybertip.Profile202506, day())
		if err != nil {
			t.Fatal(err)
		}
		return docs.SHA256()
	}
	same := digest(func(*report.Draft) {})
	if digest(func(*report.Draft) {}) != same {
		t.Fatal("the same draft has two digests")
	}
	for name, change := range map[string]func(*report.Draft){
		"the narrative": func(d *report.Draft) { d.Narrative += "." },
		"a file":        func(d *report.Draft) { d.Files[2].Chosen = false },
		"other bytes":   func(d *report.Draft) { d.Files[2].MD5 = strings.Repeat("d", 32) },
		"a description": func(d *report.Draft) { d.Files[2].Note = "x" },
		"a viewing":     func(d *report.Draft) { d.Files[2].Viewed = &report.Viewing{Who: "ada", At: day()} },
	} {
		if digest(change) == same {
			t.Errorf("%s does not change the digest", name)
		}
	}
}

func TestEdited(t *testing.T) {
	d := report.Assemble(material("full"))
	for name, change := range map[string]func(*report.Edit){
		"an incident type of none": func(e *report.Edit) { e.IncidentType = "grooming" },
		"a role of none":           func(e *report.Edit) { e.Parties["u1"] = report.PartyEdit{Role: "guilty"} },
		"an account of another":    func(e *report.Edit) { e.Parties["u9"] = report.PartyEdit{Role: report.RoleChild} },
		"a message of another":     func(e *report.Edit) { e.Messages = append(e.Messages, 999) },
		"a file of another":        func(e *report.Edit) { e.Files["i9"] = report.FileEdit{} },
		"a relevance of none":      func(e *report.Edit) { e.Files["i3"] = report.FileEdit{Relevance: "x"} },
	} {
		e := asIs(d)
		change(&e)
		if _, err := d.Edited(e); !errors.Is(err, report.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	got, err := d.Edited(report.Edit{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range got.Parties {
		if p.Role != report.RoleLeftOut {
			t.Errorf("%s was not named and stays %s", p.Account, p.Role)
		}
	}
	if len(asIs(got).Messages)+len(asIs(got).Files) != 0 || len(got.Parties[0].Sightings) != len(d.Parties[0].Sightings) {
		t.Error("an edit that names nothing leaves something, or takes facts away")
	}
	if d.Parties[0].Role != report.RoleReported {
		t.Error("the draft that was edited has changed")
	}
}
