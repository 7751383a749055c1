package report_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/report"
	"haris/internal/taxonomy"
)

// matter is a case of one typology and one size with what a person says about it.
type matter struct {
	name     string
	profile  cybertip.Profile
	material report.Material
	typology taxonomy.Typology
	incident cybertip.IncidentType
	full     bool
}

// matters are the nine cases whose fields are locked: minimal, typical and full for each of the three typologies.
func matters() (out []matter) {
	for _, k := range []struct {
		name     string
		typology taxonomy.Typology
		incident cybertip.IncidentType
	}{
		{"enticement", taxonomy.TypologyGrooming, cybertip.IncidentEnticement},
		{"trafficking", taxonomy.TypologyTrafficking, cybertip.IncidentTrafficking},
		{"abuse-material", taxonomy.TypologyAbuseMaterial, cybertip.IncidentAbuseMaterial},
	} {
		for _, size := range []string{"minimal", "typical", "full"} {
			m := matter{name: size + "-" + k.name, profile: cybertip.Profile202506, typology: k.typology, incident: k.incident, full: size == "full"}
			m.material = report.Material{Case: casefile.Case{ID: "c1", Subject: "u1", Typology: k.typology}, Company: company()}
			switch size {
			case "typical":
				m.typical()
			case "full":
				m.profile = cybertip.Profile202608
				m.everything()
			}
			out = append(out, m)
		}
	}
	return out
}

// at is the time of an event by its place in the log.
func at(seq uint64) time.Time { return day().Add(-48*time.Hour + time.Duration(seq)*time.Minute) }

func act(seq uint64, t event.Type, fields event.Fields, data event.Data) event.Event {
	e := event.Event{Seq: seq, ID: fmt.Sprint("e", seq), Source: "/app", Type: t, Time: at(seq), Data: data}
	e.Data.Set(fields)
	return e
}

// typical is what most platforms send: a conversation, a profile and sessions; offers for trafficking and an upload for abuse material.
func (m *matter) typical() {
	w := typicalWorld()
	m.material.Accounts = []report.Account{w.accounts["u1"], w.accounts["kid"]}
	signal := detect.Signal{Detector: "D1"}
	switch m.typology {
	case taxonomy.TypologyTrafficking:
		m.material.Events = offers()
		signal.Events = []uint64{300, 302}
	case taxonomy.TypologyAbuseMaterial:
		m.material.Events = []event.Event{upload()}
		signal.Events = []uint64{320}
		m.material.Items = append(m.material.Items, picture())
	default:
		m.material.Events = w.events
		signal.Events = []uint64{3, 5}
	}
	if m.typology != taxonomy.TypologyAbuseMaterial {
		m.material.Case.Victims = []string{"kid"}
		m.material.Items = append(m.material.Items, transcript())
	}
	m.material.Case.Signals = []detect.Signal{signal}
}

// everything is a case of which all is known that events can tell.
func (m *matter) everything() {
	c := &m.material.Case
	c.Subjects, c.Victims = []string{"u1", "u2", "pal", "payer"}, []string{"kid"}
	for i, id := range []string{"u1", "u2", "kid", "pal", "payer"} {
		m.material.Accounts = append(m.material.Accounts, report.Account{
			Profile: detect.Profile{ID: id, Band: taxonomy.Age25up, BandFrom: "estimated", Region: "US-TX", Role: "coach", CreatedAt: at(0), Known: true},
			Events:  life(id, uint64(10+20*i)),
		})
	}
	m.material.Prior = map[string][]int64{"u1": {7000001}, "u2": {7000002}, "kid": {7000003}, "pal": {7000004}, "payer": {7000005}}
	game := message(200, "u1", "kid", "Join my team")
	game.Time = at(200)
	game.Data.Conversation, game.Data.Surface = "lobby", taxonomy.SurfaceGame
	game.Data.Set(event.HasSurface)
	post := act(201, event.PostPublished, event.HasAccount|event.HasPost|event.HasURL|event.HasText,
		event.Data{Account: "u1", Post: "p1", URL: "https://app.example.com/p/1", Text: "Talent wanted"})
	m.material.Events = append(typicalWorld().events, game, post, upload())
	if m.typology == taxonomy.TypologyTrafficking {
		m.material.Events = append(m.material.Events, offers()...)
	}
	c.Signals = []detect.Signal{{Detector: "D1", Events: []uint64{3, 5, 200, 201, 300, 302, 320}}}
	m.material.Items = []evidence.Item{transcript(), picture()}
	m.material.Left = []report.Left{{Conversation: "conv-1", Count: 3, First: at(0), Last: at(1)}}
}

// life is what a platform can tell of one account.
func life(id string, seq uint64) []event.Event {
	shown := event.Data{
		Account: id, ScreenName: id + "_name", DisplayName: strings.ToUpper(id), ProfileURL: "https://app.example.com/u/" + id, Bio: "plays football",
		AgeBand: taxonomy.Age16to17, AgeSource: "declared", IP: "198.51.100.7", Keys: []event.Key{
			{Kind: "email", Value: id + "@example.net"},
			{Kind: "phone", Value: "+1 555 555 01" + fmt.Sprint(seq)},
			{Kind: "recovery", Value: id + ".old@example.net"},
			{Kind: "recovery", Value: "555555" + fmt.Sprint(1000+seq)},
		},
	}
	judged := event.Data{Account: id, AgeBand: taxonomy.Age25up, AgeSource: "estimated"}
	session := event.Data{
		Account: id, IP: "192.0.2.44", Port: 50111, Country: "US", Region: "US-TX", UserAgent: "App/1", ASN: 64500, Auth: "password",
		Keys: []event.Key{{Kind: "device", Value: "IMEI-" + id}},
	}
	measure := func(word string) event.Data { return event.Data{Account: id, Action: word} }
	return []event.Event{
		act(seq, event.AccountCreated, event.HasAccount, shown),
		act(seq+1, event.AccountUpdated, event.HasAccount, judged),
		act(seq+2, event.SessionStarted, event.HasAccount, session),
		act(seq+3, event.GroupJoined, event.HasAccount|event.HasGroup, event.Data{Account: id, Group: "club"}),
		act(seq+4, event.ModerationApplied, event.HasAccount|event.HasAction, measure("suspended")),
		act(seq+5, event.ModerationApplied, event.HasAccount|event.HasAction, measure("unsuspended")),
		act(seq+6, event.ModerationApplied, event.HasAccount|event.HasAction, measure("banned")),
	}
}

// offers are a listing, a payment and a place that was shared.
func offers() []event.Event {
	return []event.Event{
		act(300, event.ListingPublished, event.HasAccount|event.HasListing|event.HasURL|event.HasPlace|event.HasAmount|event.HasCurrency, event.Data{
			Account: "u1", Listing: "l1", URL: "https://app.example.com/l/1", Text: "Tables for sale this week", Place: "Rivertown", Amount: 100, Currency: "USD",
			Keys: []event.Key{{Kind: "phone", Value: "555-555-0177"}},
		}),
		act(301, event.CredentialChanged, event.HasAccount|event.HasWhat, event.Data{Account: "kid", What: "password", Keys: []event.Key{{Kind: "device", Value: "IMEI-u1"}}}),
		act(302, event.PaymentSent, event.HasFrom|event.HasTo|event.HasAmount|event.HasCurrency, event.Data{
			From: "payer", To: []string{"u1"}, Amount: 100, Currency: "USD", Instrument: "gift_card",
		}),
		act(303, event.LocationShared, event.HasFrom|event.HasTo, event.Data{From: "u1", To: []string{"kid"}, Precision: "area"}),
	}
}

func upload() event.Event {
	return act(320, event.MediaUploaded, event.HasAccount|event.HasMedia|event.HasSurface|event.HasIP|event.HasPort, event.Data{
		Account: "u1", Surface: taxonomy.SurfacePublic, IP: "192.0.2.44", Port: 50222, Keys: []event.Key{{Kind: "device", Value: "IMEI-u1"}},
		Media: []event.Media{{
			ID: "m1", Kind: "image", Mime: "image/jpeg", MD5: strings.Repeat("c", 32), SHA1: strings.Repeat("d", 40), Name: "holiday.jpg",
			URL: "https://app.example.com/m/1.jpg", UploadedAt: at(319),
		}},
	})
}

func picture() evidence.Item {
	return evidence.Item{
		ID: "i3", Kind: evidence.KindMedia, Name: "p.jpg", MediaType: "image/jpeg", Size: 5, MD5: strings.Repeat("c", 32), SHA256: strings.Repeat("e", 64),
		Origin: evidence.Origin{Media: "m1", Match: &evidence.Match{List: "a partner's list", Algorithm: "pdq", Distance: 12, Classification: "A1"}},
	}
}

func transcript() evidence.Item {
	return evidence.Item{ID: "i2", Kind: evidence.KindTranscript, Name: "t.txt", MediaType: "text/plain; charset=utf-8", Size: 9, MD5: strings.Repeat("b", 32)}
}

// draft is the matter's draft after a person has written what only a person can say.
func (m *matter) draft(t *testing.T) report.Draft {
	t.Helper()
	if m.full {
		m.material.Company.Classifies, m.material.Company.Terms = true, "Adults alone may write to strangers."
	}
	d := report.Assemble(m.material)
	e := written(d)
	e.IncidentType = m.incident
	if d.IncidentAt.IsZero() {
		e.IncidentAt = at(5)
	}
	if m.typology == taxonomy.TypologyAbuseMaterial && len(m.material.Items) > 0 {
		e.Files["i3"] = report.FileEdit{Relevance: cybertip.RelevanceReported}
	}
	if m.typology == taxonomy.TypologyTrafficking && len(d.Traces) > 0 {
		e.Trafficking = &report.Trafficking{
			Act: report.Element{Kinds: []taxonomy.ElementKind{"advertise"}, Events: []uint64{300}}, Purpose: report.Element{Kinds: []taxonomy.ElementKind{"commercial_sex_act"}},
			Parts: map[string][]report.Part{"u1": {report.PartAdvertises, report.PartProfits}},
		}
		for _, x := range d.Traces {
			e.Traces = append(e.Traces, x.ID)
		}
	}
	if m.full {
		said(&e)
	}
	d, err := d.Edited(e)
	if err != nil {
		t.Fatal(err)
	}
	for i := range d.Files {
		if m.full && d.Files[i].Kind == evidence.KindMedia {
			seen := &report.Viewing{Who: "ada", At: at(600)}
			d.Files[i].Viewed, d.Files[i].MetadataViewed = seen, seen
			d.Files[i].Metadata = &evidence.Metadata{Tags: []evidence.Tag{{Name: "Make", Value: "Example"}}}
		}
	}
	return d
}

// said is everything that a person can say.
func said(e *report.Edit) {
	yes, no := true, false
	e.Urgent, e.Extra, e.EarlierReports, e.ThirdPartyPages = "He is about to meet the child.", "See the transcript.", []int64{6000001}, &yes
	e.Annotations = cybertip.ReportAnnotations{
		Sextortion: true, CSAMSolicitation: true, MinorToMinorInteraction: true, Spam: true, SadisticOnlineExploitation: true, Informational: true,
		PotentialAggravatingFactors: true, InstrumentalUse: true,
	}
	officer := report.Contact{FirstName: "Pat", LastName: "Lee", Email: "lee@police.example", Phone: "5555550133"}
	e.Police = report.Police{Agency: "Test PD", Number: "T-1", Reported: &yes, Officer: officer, ServedDomestic: &no, ServedForeign: &yes, Country: "FR"}
	e.Reporter.Phone = "5555550111"
	e.Parties = map[string]report.PartyEdit{
		"u1":    {Role: report.RoleReported, FirstName: "Dan", LastName: "D", Note: "Coaches the club.", Vehicle: "a blue van", Compromised: &no, ThirdParty: &no},
		"u2":    {Role: report.RoleLinked, FirstName: "Dan", LastName: "D", Association: cybertip.AssociationBusiness, Compromised: &no, ThirdParty: &yes},
		"kid":   {Role: report.RoleChild, FirstName: "Kim", LastName: "K", School: "River School", Compromised: &yes},
		"pal":   {Role: report.RoleLinked, FirstName: "Pat", LastName: "K", Association: cybertip.AssociationParent, Of: "kid", Compromised: &no, ThirdParty: &no},
		"payer": {Role: report.RoleRecipient, FirstName: "Bo", LastName: "B", Compromised: &no},
	}
	e.Files["i3"] = report.FileEdit{Relevance: cybertip.RelevanceReported, Note: "The file that was sent.", Classification: cybertip.ClassificationB2, Annotations: cybertip.FileAnnotations{
		AnimeDrawingVirtualHentai: true, PotentialMeme: true, Viral: true, PossibleSelfProduction: true, PhysicalHarm: true, ViolenceGore: true,
		Bestiality: true, LiveStreaming: true, Infant: true, GenerativeAI: true,
	}}
}
