package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"haris/cybertip"
	"haris/internal/report"
)

// incidentLayout is how browsers write a moment without its zone; the page says that it is UTC.
const incidentLayout = "2006-01-02T15:04:05"

// reportSave takes over what a person has written. When somebody else has saved meanwhile, or something cannot be taken, the page
// comes back with everything that was written.
func (c *console) reportSave(w http.ResponseWriter, r *request) error {
	a, err := reportAct(r)
	if err != nil {
		return err
	}
	p, err := c.reportView(r)
	if err != nil {
		return err
	}
	if p.Report.Status != report.Drafted {
		return report.ErrTransition
	}
	edit, bad := readEdit(r, p.Profile, &p.Report.Draft)
	if len(bad) == 0 {
		_, err = c.Reports.Save(r.Context(), a, edit)
		switch {
		case err == nil && text(r, "then") == "preview":
			return c.see(w, r, "/report/"+a.Report+"/preview")
		case err == nil:
			return c.see(w, r, "/report/"+a.Report+"?saved")
		case !errors.Is(err, report.ErrStale):
			return err
		}
	}
	written, err := p.Report.Draft.Edited(edit)
	if err != nil {
		return err
	}
	p.Report.Draft, p.bad, p.changed, p.earlier, p.sent = written, bad, len(bad) == 0, text(r, "earlier"), r.PostForm
	if p.changed {
		return c.showReport(w, r, http.StatusConflict, p)
	}
	return c.showReport(w, r, http.StatusUnprocessableEntity, p)
}

// readEdit reads the form of a draft. Accounts are told by their place in the draft, which no edit changes.
func readEdit(r *request, profile cybertip.Profile, d *report.Draft) (report.Edit, mistakes) {
	bad := mistakes{}
	long := func(field string) string {
		s := text(r, field)
		if len(s) > maxText {
			bad[field] = "long"
		}
		return s
	}
	var ok bool
	e := d.Edit() // what the form does not ask for stays as it is
	e.IncidentType, e.TypeReason, e.Narrative = cybertip.IncidentType(text(r, "incident_type")), long("type_reason"), long("narrative")
	e.NoDanger = text(r, "no_danger") != ""
	if e.NoDanger && text(r, "urgent") != "" {
		e.NoDanger, bad["no_danger"] = false, "both"
	}
	if e.EarlierReports, ok = readEarlier(text(r, "earlier")); !ok {
		bad["earlier"] = "numbers"
	}
	e.Urgent, e.Extra, e.IncidentAtMeans = long("urgent"), long("extra"), long("incident_at_means")
	e.Reporter, e.Contact = readContact(r, "reporter"), readContact(r, "contact")
	e.Police = readPolice(r, bad)
	if e.IncidentType != "" && !slices.Contains(cybertip.IncidentTypes(), e.IncidentType) {
		e.IncidentType, bad["incident_type"] = "", "choose"
	}
	e.Annotations = readAnnotations(r, profile, e.Annotations)
	at, err := readMoment(text(r, "incident_at"), d.IncidentAt)
	if err != nil {
		bad["incident_at"] = "moment"
	}
	e.IncidentAt = at
	readChoices(r, d, &e, bad)
	return e, bad
}

// readChoices reads which accounts, messages and files are in the report.
func readChoices(r *request, d *report.Draft, e *report.Edit, bad mistakes) {
	for i, p := range d.Parties {
		n := strconv.Itoa(i)
		role := report.Role(text(r, "role."+n))
		if !slices.Contains(report.Roles(), role) {
			role, bad["role."+n] = p.Role, "choose"
		}
		k := e.Parties[p.Account]
		k.Role, k.FirstName, k.LastName, k.School, k.Note = role, text(r, "first."+n), text(r, "last."+n), text(r, "school."+n), text(r, "note."+n)
		readBelongs(r, d, n, &k)
		e.Parties[p.Account] = k
	}
	readTrafficking(r, d, e, bad)
	e.Messages = nil
	for _, s := range r.PostForm["message"] {
		if seq, err := strconv.ParseUint(s, 10, 64); err == nil {
			e.Messages = append(e.Messages, seq)
		}
	}
	was := e.Files
	e.Files = map[string]report.FileEdit{}
	for _, item := range r.PostForm["file"] {
		f := was[item]
		f.Relevance, f.Note = cybertip.FileRelevance(text(r, "relevance."+item)), text(r, "file_note."+item)
		readFileWords(r, item, &f)
		e.Files[item] = f
	}
}

func readContact(r *request, who string) report.Contact {
	return report.Contact{
		FirstName: text(r, who+"_first"), LastName: text(r, who+"_last"), Email: text(r, who+"_email"), Phone: text(r, who+"_phone"),
	}
}

// readMoment reads a moment in UTC. One that was not changed keeps the parts of a second that the form cannot show.
func readMoment(s string, was time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if s == showMoment(was) {
		return was, nil
	}
	at, err := time.Parse(incidentLayout, s)
	if err != nil {
		at, err = time.Parse("2006-01-02T15:04", s) // browsers leave out seconds that are zero
	}
	return at, err
}

// showMoment is the inverse of readMoment.
func showMoment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(incidentLayout)
}
