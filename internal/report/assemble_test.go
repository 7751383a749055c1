package report_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/report"
	"haris/internal/taxonomy"
)

// material is what a case is made of in three sizes.
func material(size string) report.Material {
	m := report.Material{Case: casefile.Case{ID: "c1", Subject: "u1", Subjects: []string{"u1"}}, Company: company()}
	if size == "minimal" {
		return m
	}
	w := typicalWorld()
	m.Case.Victims = []string{"kid"}
	m.Case.Signals = []detect.Signal{{Detector: "D1", Events: []uint64{3, 5}}}
	m.Events = w.events
	m.Accounts = []report.Account{w.accounts["u1"], w.accounts["kid"]}
	m.Items = []evidence.Item{
		{ID: "i1", Kind: evidence.KindTranscript, Name: "t.json", MediaType: "application/json", Size: 9, MD5: strings.Repeat("a", 32)},
		{ID: "i2", Kind: evidence.KindTranscript, Name: "t.txt", MediaType: "text/plain; charset=utf-8", Size: 9, MD5: strings.Repeat("b", 32)},
	}
	if size == "typical" {
		return m
	}
	m.Case.Subjects = []string{"u1", "u2"}
	m.Case.Victims = []string{"kid", "kid2"}
	m.Prior = map[string][]int64{"u1": {7000001}, "kid": {7000002}}
	m.Items = append(m.Items, evidence.Item{ID: "i3", Kind: evidence.KindMedia, Name: "p.jpg", MediaType: "image/jpeg", Size: 5, MD5: strings.Repeat("c", 32)})
	m.Accounts = append(m.Accounts, report.Account{Profile: detect.Profile{ID: "u2", Band: taxonomy.Age18to24, Region: "GB-KEN", Role: "coach", Deleted: true}, Events: fullEvents()})
	post := event.Event{Seq: 6, ID: "p1", Source: "/post", Type: event.PostPublished, Time: day().Add(-2 * time.Hour)}
	post.Data.Account, post.Data.Post, post.Data.URL, post.Data.Text = "u1", "p1", "https://app.example.com/p/1", "Talent wanted"
	post.Data.Set(event.HasAccount | event.HasPost | event.HasURL | event.HasText)
	pay := event.Event{Seq: 7, ID: "y1", Source: "/pay", Type: event.PaymentSent, Time: day().Add(-90 * time.Minute)}
	pay.Data.From, pay.Data.To, pay.Data.Amount, pay.Data.Currency, pay.Data.IP = "u1", []string{"kid"}, 20, "USD", "2001:db8::7"
	pay.Data.Set(event.HasFrom | event.HasTo | event.HasAmount | event.HasCurrency)
	m.Events = append(slices.Clone(m.Events), post, pay)
	m.Case.Signals = append(m.Case.Signals, detect.Signal{Detector: "r1", Events: []uint64{6, 7}})
	return m
}

// fullEvents is what a platform says that says everything, some of it unreadable.
func fullEvents() []event.Event {
	e := event.Event{Seq: 80, ID: "x1", Source: "/id", Type: event.AccountUpdated, Time: day().Add(-30 * time.Hour)}
	e.Data.Account, e.Data.ScreenName, e.Data.ProfileURL, e.Data.Bio, e.Data.IP = "u2", "dan2", "app/u/dan2", "hello", "fe80::1%eth0"
	e.Data.Keys = []event.Key{
		{Kind: "email", Value: "not an address"},
		{Kind: "phone", Value: "+1 555 555 0103"},
		{Kind: "recovery", Value: "old@example.net"},
		{Kind: "ip", Value: "203.0.113.9"},
		{Kind: "handle", Value: "dan_elsewhere"},
		{Kind: "device", Hash: "77aa"},
	}
	ban := event.Event{Seq: 81, ID: "x2", Source: "/id", Type: event.ModerationApplied, Time: day().Add(-time.Hour)}
	ban.Data.Account, ban.Data.Action, ban.Data.By, ban.Data.IP = "u2", "suspended", "mod-1", "192.0.2.200"
	return []event.Event{e, ban}
}

// TestAssemble locks which part of a report is present in a minimal, a typical and a full case.
func TestAssemble(t *testing.T) {
	for size, want := range map[string]struct {
		roles                                  string
		messages, chosen, files, chosenFiles   int
		sightings, devices, emails, phones     int // of the reported account
		incident, screen, url, country, prior  bool
		remarkOfU2, measures, linkedSightings  int
		childBand, childCountry, linkedCountry string
	}{
		"minimal": {roles: "u1:reported"},
		"typical": {
			roles: "u1:reported kid:child", messages: 5, chosen: 4, files: 2, chosenFiles: 1, sightings: 5, devices: 1, emails: 1,
			incident: true, screen: true, url: true, country: true, childBand: "u13", childCountry: "EG",
		},
		"full": {
			roles: "u1:reported kid:child kid2:child u2:linked", messages: 7, chosen: 6, files: 3, chosenFiles: 1, sightings: 6, devices: 1,
			emails: 1, incident: true, screen: true, url: true, country: true, prior: true, remarkOfU2: 5, measures: 1,
			linkedSightings: 1, childBand: "u13", childCountry: "EG", linkedCountry: "GB",
		},
	} {
		t.Run(size, func(t *testing.T) {
			d := report.Assemble(material(size))
			var roles []string
			for _, p := range d.Parties {
				roles = append(roles, p.Account+":"+string(p.Role))
			}
			if got := strings.Join(roles, " "); got != want.roles {
				t.Fatalf("parties %s, want %s", got, want.roles)
			}
			u1 := d.Parties[0]
			for name, c := range map[string][2]any{
				"messages":            {len(d.Messages), want.messages},
				"chosen":              {len(asIs(d).Messages), want.chosen},
				"files":               {len(d.Files), want.files},
				"chosen files":        {len(asIs(d).Files), want.chosenFiles},
				"sightings":           {len(u1.Sightings), want.sightings},
				"devices":             {len(u1.Devices), want.devices},
				"emails":              {len(u1.Emails), want.emails},
				"phones":              {len(u1.Phones), want.phones},
				"time":                {!d.IncidentAt.IsZero(), want.incident},
				"meaning of the time": {d.IncidentAtMeans != "", want.incident},
				"screen name":         {u1.ScreenName != "", want.screen},
				"profile address":     {len(u1.URLs) > 0, want.url},
				"country":             {u1.Country != "", want.country},
				"prior reports":       {len(u1.Prior) > 0, want.prior},
			} {
				if c[0] != c[1] {
					t.Errorf("%s: %v, want %v", name, c[0], c[1])
				}
			}
			for _, p := range d.Parties {
				switch {
				case p.Account == "kid" && (p.AgeBand != want.childBand || p.Country != want.childCountry):
					t.Errorf("child %+v", p)
				case p.Account == "kid2" && !cmp.Equal(p, report.Party{Account: "kid2", Role: report.RoleChild}):
					t.Errorf("something was invented about an account of which nothing is known: %+v", p)
				case p.Account == "u2":
					if len(p.Remarks) != want.remarkOfU2 || len(p.Measures) != want.measures || len(p.Sightings) != want.linkedSightings || p.Country != want.linkedCountry || len(p.Phones) != 1 || !p.Emails[0].Recovery {
						t.Errorf("linked account %+v", p)
					}
				}
			}
		})
	}
}

// TestNothingIsPreselected: what only a person can say is empty in every draft, whatever the case is about.
func TestNothingIsPreselected(t *testing.T) {
	for _, typology := range taxonomy.Typologies() {
		for _, size := range []string{"minimal", "typical", "full"} {
			m := material(size)
			m.Case.Typology, m.Case.Disposal = typology, &casefile.Disposition{Finding: casefile.FindingConfirmed, Typology: typology, Reason: "because"}
			d := report.Assemble(m)
			if d.IncidentType != "" || d.TypeReason != "" || d.Narrative != "" || d.Urgent != "" || d.Extra != "" ||
				d.Annotations != (cybertip.ReportAnnotations{}) || d.Police != (report.Police{}) {
				t.Errorf("%s, %s: something was filled in for the person: %+v", typology, size, d)
			}
			for _, p := range d.Parties {
				if p.FirstName+p.LastName+p.School+p.Note != "" {
					t.Errorf("%s: a name was filled in: %+v", size, p)
				}
			}
			for _, f := range d.Files {
				if f.Viewed != nil {
					t.Errorf("%s: a file counts as viewed without a record", size)
				}
			}
		}
	}
}

// TestAssembleTakesAnyOrder shuffles what comes in.
func TestAssembleTakesAnyOrder(t *testing.T) {
	want := report.Assemble(material("full"))
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		m := material("full")
		rnd.Shuffle(len(m.Events), func(i, j int) { m.Events[i], m.Events[j] = m.Events[j], m.Events[i] })
		rnd.Shuffle(len(m.Accounts), func(i, j int) { m.Accounts[i], m.Accounts[j] = m.Accounts[j], m.Accounts[i] })
		m.Events = append(m.Events, m.Events[0]) // an event that came twice counts once
		if d := cmp.Diff(want, report.Assemble(m)); d != "" {
			t.Fatalf("the draft depends on the order:\n%s", d)
		}
	}
}

func TestAssembleBounds(t *testing.T) {
	m := material("typical")
	for i := range 700 {
		m.Events = append(m.Events, message(uint64(1000+i), "u1", "kid", "hello"))
	}
	for i := range 50 {
		m.Case.Victims = append(m.Case.Victims, fmt.Sprint("child", i))
		m.Case.Subjects = append(m.Case.Subjects, fmt.Sprint("linked", i))
	}
	d := report.Assemble(m)
	if len(d.Messages) != 500 || d.MoreMessages != 205 || len(asIs(d).Messages) != 5 {
		t.Errorf("%d messages, %d chosen: what the signals rest on must stay", len(d.Messages), len(asIs(d).Messages))
	}
	u1 := d.Parties[0]
	if len(u1.Sightings) != 50 || u1.MoreSeen != 655 || u1.Sightings[49].Event != cybertip.EventRegistration || !u1.Sightings[0].At.After(u1.Sightings[1].At) {
		t.Errorf("%d sightings and %d more, last %+v", len(u1.Sightings), u1.MoreSeen, u1.Sightings[49])
	}
	if len(d.Parties) != 20 || d.Parties[19].Role != report.RoleChild {
		t.Errorf("%d parties, the last a %s: no child may be left out for an account", len(d.Parties), d.Parties[19].Role)
	}
}

func TestOthersAddressesAreNotTheAccounts(t *testing.T) {
	m := material("typical")
	block := event.Event{Seq: 30, ID: "b", Source: "/id", Type: event.AccountBlocked, Time: day()}
	block.Data.By, block.Data.Account, block.Data.IP = "kid", "u1", "203.0.113.99"
	m.Events = append(m.Events, block)
	for _, s := range report.Assemble(m).Parties[0].Sightings {
		if s.IP == "203.0.113.99" {
			t.Error("the address of who blocked the account counts as its own")
		}
	}
}
