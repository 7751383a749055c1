package report

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/cybertip"
	"haris/internal/evidence"
)

// Documents is what a draft becomes: the report and the description of each file, as they will be sent.
type Documents struct {
	Profile cybertip.Profile
	XML     []byte // the report
	Files   []FileDocument
	Spec    cybertip.FilingSpec
}

// FileDocument is the description of one file. NCMEC gives the report and the file their ids while the report is open, so XML has
// 1 and 0 in their places.
type FileDocument struct {
	Item string
	Name string
	Size int64
	MD5  string
	XML  []byte
}

// SHA256 is the digest of everything that will be sent, in hexadecimal: the report, each description and each file's own digest.
// Who submits names it, so that nothing is sent but what was seen.
func (d *Documents) SHA256() string {
	h := sha256.New()
	part := func(b []byte) { fmt.Fprintf(h, "%d:%s,", len(b), b) }
	part([]byte(d.Profile))
	part(d.XML)
	for _, f := range d.Files {
		part([]byte(f.Item))
		part([]byte(f.MD5))
		part(f.XML)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Document writes the draft as NCMEC's documents, in the given schema profile. now bounds the times that are written: what lies
// ahead of it by a wrong clock is left out rather than sent. It does not check the business rules: see Check. An error that wraps
// cybertip.ErrInvalidValue or cybertip.ErrNotInProfile names the place of a value that the schema does not have.
func Document(d Draft, profile cybertip.Profile, now time.Time) (Documents, error) {
	out := Documents{Profile: profile, Spec: cybertip.FilingSpec{Profile: profile, Report: reportOf(&d, now)}}
	var err error
	if out.XML, err = cybertip.Encode(profile, out.Spec.Report); err != nil {
		return out, fmt.Errorf("report: %w", err)
	}
	for _, f := range d.chosenFiles() {
		details := detailsOf(&f)
		out.Spec.Files = append(out.Spec.Files, cybertip.FilingFile{Key: f.Item, Name: f.Name, Size: f.Size, MD5: f.MD5, Details: details})
		shown := *details
		shown.ReportID, shown.FileID = 1, "0"
		xml, err := cybertip.Encode(profile, &shown)
		if err != nil {
			return out, fmt.Errorf("report: file %s: %w", f.Name, err)
		}
		out.Files = append(out.Files, FileDocument{Item: f.Item, Name: f.Name, Size: f.Size, MD5: f.MD5, XML: xml})
	}
	return out, nil
}

// Check validates the draft as NCMEC would, and returns what is wrong or could be better. A draft that cannot be written down at
// all is a finding too.
func Check(d Draft, profile cybertip.Profile, now time.Time) (Documents, []cybertip.Finding) {
	docs, err := Document(d, profile, now)
	var bad *cybertip.EncodeError
	switch {
	case errors.As(err, &bad):
		return docs, []cybertip.Finding{{
			Severity: cybertip.SeveritySchema, Rule: "cannot-be-written", Path: bad.Path, Element: bad.Path[strings.LastIndexByte(bad.Path, '/')+1:],
			Message: bad.Reason, Fix: "Fill it in, or change it to what is allowed.",
		}}
	case err != nil:
		return docs, []cybertip.Finding{{Severity: cybertip.SeveritySchema, Rule: "cannot-be-written", Path: "/report", Element: "report", Message: err.Error()}}
	}
	findings := cybertip.Validate(profile, cybertip.KindReport, docs.XML, now)
	for _, f := range docs.Files {
		findings = append(findings, cybertip.Validate(profile, cybertip.KindFileDetails, f.XML, now)...)
	}
	return docs, findings
}

// detailsOf describes a file. Whether it was viewed is said only where there is a record of it.
func detailsOf(f *File) *cybertip.FileDetails {
	d := &cybertip.FileDetails{FileName: f.Name, FileRelevance: f.Relevance}
	if f.Viewed != nil {
		yes := true
		d.FileViewedByESP = &yes
	}
	var lines []string
	if f.Note != "" {
		lines = append(lines, f.Note)
	}
	if f.Viewed != nil {
		lines = append(lines, "A person of the reporting company was shown the entire contents on "+f.Viewed.At.UTC().Format(time.RFC3339)+".")
	}
	if len(lines) > 0 {
		d.AdditionalInfo = []string{strings.Join(lines, "\n")}
	}
	return d
}

// reportOf writes the draft as a report.
func reportOf(d *Draft, now time.Time) *cybertip.Report {
	r := &cybertip.Report{
		IncidentSummary: cybertip.IncidentSummary{
			IncidentType: d.IncidentType, Platform: d.Company.Platform, EscalateToHighPriority: d.Urgent,
			IncidentDateTime: d.IncidentAt, IncidentDateTimeDescription: d.IncidentAtMeans,
		},
		InternetDetails: internetOf(d),
		LawEnforcement:  policeOf(&d.Police),
		Reporter:        reporterOf(&d.Company),
		AdditionalInfo:  additional(d),
	}
	if d.Annotations != (cybertip.ReportAnnotations{}) {
		a := d.Annotations
		r.IncidentSummary.Annotations = &a
	}
	w := writer{service: d.Company.Service, now: now}
	for _, p := range d.with(RoleReported) {
		who := w.reported(&p)
		for _, l := range d.with(RoleLinked) {
			who.AssociatedAccounts = append(who.AssociatedAccounts, w.linked(&l))
		}
		r.PersonsReported = append(r.PersonsReported, who)
	}
	for _, p := range d.with(RoleChild) {
		r.Victims = append(r.Victims, w.child(&p))
	}
	return r
}

// additional is the text of the report: the narrative first.
func additional(d *Draft) string {
	var parts []string
	add := func(title, text string) {
		if text != "" {
			parts = append(parts, title+"\n"+text)
		}
	}
	add("What happened, in the words of the reviewer:", d.Narrative)
	add("Why it is reported as this type of incident:", d.TypeReason)
	add("Further information:", d.Extra)
	if len(d.with(RoleReported)) == 0 {
		for _, p := range d.with(RoleLinked) {
			add("Another account that belongs to the matter:", p.Account)
		}
	}
	return strings.Join(parts, "\n\n")
}

// internetOf writes the chosen messages: one chat for each conversation, and the pages of what was published.
func internetOf(d *Draft) (out []cybertip.InternetDetails) {
	by := map[string][]evidence.Line{}
	var order []string
	for _, m := range d.chosenMessages() {
		if _, ok := by[m.Conversation]; !ok {
			order = append(order, m.Conversation)
		}
		by[m.Conversation] = append(by[m.Conversation], m.Line)
	}
	slices.Sort(order)
	for _, c := range order {
		lines := by[c]
		text := string(evidence.Transcript{Conversation: c, Lines: lines}.ForReport().Text())
		if c == "" {
			out = append(out, cybertip.InternetDetails{WebPage: &cybertip.WebPageIncident{
				URLs: pagesOf(lines), AdditionalInfo: "What the accounts did outside of a conversation:\n" + text,
			}})
			continue
		}
		chat := &cybertip.ChatIncident{ChatClient: d.Company.Platform, Content: text}
		if len([]rune(c)) <= maxDisplayName {
			chat.ChatRoomName = c
		}
		out = append(out, cybertip.InternetDetails{Chat: chat})
	}
	return out
}

// pagesOf lists the addresses of what was published.
func pagesOf(lines []evidence.Line) (out []string) {
	for _, l := range lines {
		if u := l.Facts["url"]; goodURL(u) {
			out = appendNew(out, u)
		}
	}
	return out
}

func policeOf(p *Police) *cybertip.LawEnforcement {
	if *p == (Police{}) {
		return nil
	}
	return &cybertip.LawEnforcement{AgencyName: p.Agency, CaseNumber: p.Number, ReportedToLE: p.Reported}
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
