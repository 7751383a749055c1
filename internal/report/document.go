package report

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"haris/cybertip"
)

// Documents is what a draft becomes: the report and the description of each file, as they will be sent.
type Documents struct {
	Profile cybertip.Profile
	XML     []byte // the report for NCMEC
	JSON    []byte // the report in the neutral form, for any other authority: then nothing else is there
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
	if len(d.JSON) > 0 {
		part(d.JSON)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Document writes the draft as NCMEC's documents, in the given schema profile. now bounds the times that are written: what lies
// ahead of it by a wrong clock is left out rather than sent. It does not check the business rules: see Check. An error that wraps
// cybertip.ErrInvalidValue or cybertip.ErrNotInProfile names the place of a value that the schema does not have.
func Document(d Draft, profile cybertip.Profile, now time.Time) (Documents, error) {
	out := Documents{Profile: profile, Spec: cybertip.FilingSpec{Profile: profile, Report: reportOf(&d, profile, now)}}
	var err error
	if out.XML, err = cybertip.Encode(profile, out.Spec.Report); err != nil {
		return out, fmt.Errorf("report: %w", err)
	}
	w := writer{service: d.Company.Service, platform: d.Company.Platform, profile: profile, now: now}
	for _, f := range d.chosenFiles() {
		details := w.detailsOf(&d, &f)
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
		for _, x := range cybertip.Validate(profile, cybertip.KindFileDetails, f.XML, now) {
			x.Path = f.Name + ": " + x.Path
			findings = append(findings, x)
		}
	}
	return docs, findings
}

// reportOf writes the draft as a report.
func reportOf(d *Draft, profile cybertip.Profile, now time.Time) *cybertip.Report {
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
	w := writer{service: d.Company.Service, platform: d.Company.Platform, profile: profile, now: now}
	for _, p := range d.with(RoleReported) {
		who := w.reported(&p)
		who.AssociatedAccounts = w.associated(d, func(l *Party) bool { return d.roleOf(l.Of) != RoleChild })
		r.PersonsReported = append(r.PersonsReported, who)
	}
	for _, p := range d.with(RoleRecipient) {
		r.IntendedRecipients = append(r.IntendedRecipients, w.recipient(&p))
	}
	for _, p := range d.with(RoleChild) {
		kid := w.child(&p)
		kid.AssociatedAccounts = w.associated(d, func(l *Party) bool { return l.Of == p.Account })
		r.Victims = append(r.Victims, kid)
	}
	if n := cleanAll(r); n > 0 {
		r.AdditionalInfo = strings.TrimLeft(r.AdditionalInfo+"\n\n"+cleanedNote(n, "report"), "\n")
	}
	return r
}
