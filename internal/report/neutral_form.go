package report

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"haris/cybertip"
	"haris/internal/evidence"
	"haris/internal/parcel"
	"haris/internal/report/neutral"
)

// former writes a report in the neutral form.
type former struct {
	r        *Report
	d        *Draft
	contents Contents
	complete Completeness
}

// report fills in the form. Only what a person let stand is in it, as in the documents for NCMEC.
func (f *former) report() neutral.Report {
	d := f.d
	out := neutral.Report{
		ID: f.r.ID, Case: f.r.Case, Drafted: f.r.CreatedAt.UTC(), Earlier: d.EarlierReports, Incident: f.incident(), Service: serviceOf(&d.Company),
		Police: policeForm(&d.Police), People: f.people(), Trafficking: f.trafficking(), Talks: f.conversations(), Files: f.files(), Held: d.beyond(),
		Score: f.complete.Score,
	}
	if rc := f.r.Receipt(); rc != nil {
		out.Filed = []neutral.Filing{{Authority: ncmecName, Number: rc.ReportID, At: rc.At.UTC()}}
		if f.r.Environment != cybertip.Production {
			out.Filed[0].Environment = string(f.r.Environment)
		}
	}
	for _, i := range f.complete.Items {
		if i.State == Missing || i.State == Partly {
			out.Gaps = append(out.Gaps, neutral.Gap{What: i.Key, State: string(i.State), Why: string(i.Gap), Lacks: i.Lacks})
		}
	}
	return out
}

func (f *former) incident() neutral.Incident {
	d := f.d
	return neutral.Incident{
		Type: string(d.IncidentType), TypeReason: d.TypeReason, Typology: string(d.Typology), Narrative: d.Narrative, Urgent: d.Urgent, NoDanger: d.NoDanger,
		At: d.IncidentAt.UTC(), AtMeans: d.IncidentAtMeans, Annotations: marks(d.Annotations), Extra: d.Extra,
	}
}

// marks names the annotations that are set, by the names of NCMEC's schema.
func marks(annotations any) (out []string) {
	v := reflect.ValueOf(annotations)
	for i := range v.NumField() {
		if v.Field(i).Bool() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			out = append(out, name)
		}
	}
	return out
}

func contactForm(c Contact) neutral.Contact { return neutral.Contact(c) }

func serviceOf(c *Company) neutral.Service {
	return neutral.Service{
		Platform: c.Platform, Name: c.Service, Reporter: contactForm(c.Reporter), Contact: contactForm(c.Contact), Standing: c.Template, Terms: c.Terms, LegalURL: c.LegalURL,
	}
}

func policeForm(p *Police) *neutral.Police {
	if *p == (Police{}) {
		return nil
	}
	return &neutral.Police{
		Agency: p.Agency, Number: p.Number, Reported: p.Reported, Officer: contactForm(p.Officer), Domestic: p.ServedDomestic, Foreign: p.ServedForeign, Country: p.Country,
	}
}

// people are the accounts that a person let stand; an empty list is a list all the same.
func (f *former) people() []neutral.Person {
	out := []neutral.Person{}
	for i := range f.d.Parties {
		if p := &f.d.Parties[i]; p.Role != RoleLeftOut {
			out = append(out, personOf(p))
		}
	}
	return out
}

func personOf(p *Party) neutral.Person {
	out := neutral.Person{
		Account: p.Account, Role: string(p.Role), FirstName: p.FirstName, LastName: p.LastName, School: p.School, Vehicle: p.Vehicle, Note: p.Note,
		Compromised: p.Compromised, ThirdParty: p.ThirdParty, ScreenName: p.ScreenName, Names: p.DisplayNames, URLs: p.URLs, Bio: p.Bio, AgeBand: p.AgeBand, AgeFrom: p.AgeFrom,
		Country: p.Country, Region: p.Region, CreatedAt: p.CreatedAt.UTC(), Deleted: p.Deleted, Part: p.Part, Groups: p.Groups, MoreSeen: p.MoreSeen, Remarks: p.Remarks,
		Devices: devicesForm(p.Devices), Prior: p.Prior,
	}
	if p.Role == RoleLinked {
		out.Association, out.Of = string(p.Association), p.Of
	}
	for _, a := range p.Ages {
		out.Ages = append(out.Ages, neutral.Age{Band: a.Band, From: a.From, At: a.At.UTC()})
	}
	for _, x := range p.Places {
		out.Places = append(out.Places, neutral.Place{Country: x.Country, Region: x.Region, At: x.At.UTC()})
	}
	for _, a := range p.Emails {
		out.Emails = append(out.Emails, neutral.Address(a))
	}
	for _, a := range p.Phones {
		out.Phones = append(out.Phones, neutral.Address(a))
	}
	for i := range p.Sightings {
		out.Seen = append(out.Seen, seenForm(&p.Sightings[i]))
	}
	for _, m := range p.Measures {
		out.Measures = append(out.Measures, neutral.Measure{Action: m.Action, Effect: string(m.Effect), At: m.At.UTC(), Reason: m.Reason, Content: m.Content})
	}
	for _, m := range p.More {
		out.More = append(out.More, neutral.More(m))
	}
	return out
}

func seenForm(s *Sighting) neutral.Seen {
	return neutral.Seen{IP: s.IP, Port: s.Port, At: s.At.UTC(), Event: string(s.Event), Means: s.Means}
}

func devicesForm(list []Device) (out []neutral.Device) {
	for _, x := range list {
		out = append(out, neutral.Device{Kind: x.Kind, Value: x.Value, At: x.At.UTC(), Event: string(x.Event)})
	}
	return out
}

func (f *former) trafficking() *neutral.Trafficking {
	t := f.d.Trafficking
	if t == nil {
		return nil
	}
	out := &neutral.Trafficking{Act: elementForm(&t.Act), Means: elementForm(&t.Means), Purpose: elementForm(&t.Purpose)}
	for _, account := range slices.Sorted(maps.Keys(t.Parts)) {
		p := neutral.Part{Account: account, Parts: []string{}}
		for _, x := range t.Parts[account] {
			p.Parts = append(p.Parts, string(x))
		}
		out.Parts = append(out.Parts, p)
	}
	for _, x := range f.d.Traces {
		if x.Stands {
			out.Traces = append(out.Traces, neutral.Trace{
				Kind: string(x.Kind), Account: x.Account, Other: x.Other, With: x.With, Value: x.Value, URL: x.URL, First: x.First.UTC(), Last: x.Last.UTC(), Count: x.Count, Events: x.Events,
			})
		}
	}
	return out
}

func elementForm(e *Element) neutral.Element {
	out := neutral.Element{Note: e.Note, Events: e.Events}
	for _, k := range e.Kinds {
		out.Kinds = append(out.Kinds, string(k))
	}
	return out
}

// conversations are the chosen entries by conversation, in the order of the names, each of which says whether some were left out
// before it.
func (f *former) conversations() (out []neutral.Talk) {
	by, skipped := map[string]*neutral.Talk{}, map[string]bool{}
	for i := range f.d.Messages {
		m := &f.d.Messages[i]
		if !m.Chosen {
			skipped[m.Conversation] = true
			continue
		}
		t := by[m.Conversation]
		if t == nil {
			t = &neutral.Talk{Name: m.Conversation}
			by[m.Conversation] = t
		}
		l := lineForm(&m.Line)
		l.Marked, l.Gap = m.Marked, skipped[m.Conversation] && len(t.Entries) > 0
		t.Entries, skipped[m.Conversation] = append(t.Entries, l), false
	}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		out = append(out, *by[name])
	}
	return out
}

func lineForm(l *evidence.Line) neutral.Line {
	out := neutral.Line{
		Log: l.Seq, Event: l.EventID, Source: l.Source, Type: string(l.Type), Time: l.Time.UTC(), From: l.From, To: l.To, Group: l.Group, Lang: l.Lang, Text: l.Text,
		ReplyTo: l.ReplyTo, IP: l.IP, Port: l.Port, UnsentAt: l.UnsentAt.UTC(), EditOf: l.EditOf, Facts: l.Facts,
	}
	for _, a := range l.Attachments {
		out.Attachments = append(out.Attachments, neutral.Attachment(a))
	}
	return out
}

// files are the chosen ones; those whose contents the policy of handing over allows have a path in the package.
func (f *former) files() (out []neutral.File) {
	for i, x := range f.d.chosenFiles() {
		n := neutral.File{
			Name: x.Name, Kind: string(x.Kind), MediaType: x.MediaType, Bytes: x.Size, SHA256: x.SHA256, MD5: x.MD5, Relevance: string(x.Relevance), Note: x.Note,
			Viewed: viewedForm(x.Viewed), MetadataViewed: viewedForm(x.MetadataViewed), Annotations: marks(x.Annotations), Upload: uploadForm(x.Upload),
			Metadata: metadataForm(x.Metadata),
		}
		if f.d.Company.Classifies {
			n.Classification = string(x.Classification)
		}
		if m := x.Match; m != nil {
			n.Match = &neutral.Match{List: m.List, Algorithm: m.Algorithm, Distance: m.Distance, Classification: m.Classification}
		}
		if f.contents.allow(x.Kind) {
			n.Path = pathOf(i, x.Name)
		} else {
			n.Withheld = f.contents.why()
		}
		out = append(out, n)
	}
	return out
}

func viewedForm(v *Viewing) *neutral.Viewed {
	if v == nil {
		return nil
	}
	return &neutral.Viewed{At: v.At.UTC()}
}

func uploadForm(u *Upload) *neutral.Upload {
	if u == nil {
		return nil
	}
	out := &neutral.Upload{
		Media: u.Media, Account: u.Account, Itself: u.Itself, Name: u.Name, At: u.At.UTC(), URL: u.URL, Surfaces: u.Surfaces, Public: u.Public,
		Devices: devicesForm(u.Devices), Differs: u.Differs, Events: u.Events,
	}
	for _, h := range u.Hashes {
		out.Hashes = append(out.Hashes, neutral.Hash(h))
	}
	if u.Seen != nil {
		s := seenForm(u.Seen)
		out.Seen = &s
	}
	return out
}

func metadataForm(m *evidence.Metadata) *neutral.Meta {
	if m == nil {
		return nil
	}
	out := &neutral.Meta{Unread: m.Unread, More: m.More}
	for _, t := range m.Tags {
		out.Values = append(out.Values, neutral.Named(t))
	}
	return out
}

// pathOf is where the contents of a file stand in a package.
func pathOf(n int, name string) string {
	return fmt.Sprintf("files/%03d%s", n+1, cmp.Or(parcel.Extension(name), ".bin"))
}
