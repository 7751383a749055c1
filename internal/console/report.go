package console

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"haris/cybertip"
	"haris/internal/auth"
	"haris/internal/disclosure"
	"haris/internal/report"
)

// Reports is what a person does with filings; *report.Service is one. Every method writes its audit entry. Errors are those of
// package report and, about the case, of casefile. Safe for concurrent use.
type Reports interface {
	// List returns the reports of a filter, newest first.
	List(ctx context.Context, who string, f report.Filter) ([]report.Report, error)
	// Create makes a draft from what is known of the case.
	Create(ctx context.Context, who, caseID string) (report.Report, error)
	// View returns a report with its history, its exchanges, what is missing and what the authority would say.
	View(ctx context.Context, who, id string) (report.View, error)
	// Save takes over what a person has written.
	Save(ctx context.Context, a report.Act, e report.Edit) (report.Report, error)
	// Preview returns what would be sent, to the letter.
	Preview(ctx context.Context, who, id string) (report.Preview, error)
	// Submit begins the filing of exactly what the preview showed.
	Submit(ctx context.Context, o report.Submission) (report.Report, error)
	// Resolve answers a report that waits for a person, or gives up a draft.
	Resolve(ctx context.Context, o report.Resolution) (report.Report, error)
}

var _ Reports = (*report.Service)(nil)

// reportView is the page of one report.
type reportView struct {
	report.View
	names   names
	edit    bool // the draft can be changed by who looks
	resolve bool
	// takeBack says that who looks may take back what is on its way.
	takeBack bool
	changed  bool // it was saved by somebody else while the person wrote
	saved    bool // the page answers a draft that was just saved
	bad      mistakes
	given    []disclosure.Entry
	// gone says why what the report said is not there any more; nil while it is.
	gone    *CaseKept
	sent    url.Values // the form as it was sent; nil when none was
	earlier string     // numbers of earlier reports as they stand in the field
}

// previewView is the page of what would be sent.
type previewView struct {
	report.Preview
	reading   report.Reading
	may       bool // who looks may submit
	blocks    []report.Item
	refuse    []cybertip.Finding
	bad       mistakes
	earlier   *report.DuplicateError // the report that says the same; nil when none was met
	names     names
	rehearsed *report.DryRun // nil before a dry run
	second    bool           // who looks can be the second person
	wrote     report.Version // the newest version of who looks, for which they cannot be; N is 0 when they have written none
	gone      *CaseKept      // why what the report said is not there any more; nil while it is
}

// reportCreate makes a draft.
func (c *console) reportCreate(w http.ResponseWriter, r *request) error {
	made, err := c.Reports.Create(r.Context(), r.person.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	return c.see(w, r, "/report/"+made.ID)
}

// reportShow shows a draft to write on, or how far a report is and its receipt.
func (c *console) reportShow(w http.ResponseWriter, r *request) error {
	p, err := c.reportView(r)
	if err != nil {
		return err
	}
	return c.showReport(w, r, http.StatusOK, p)
}

func (c *console) reportView(r *request) (*reportView, error) {
	p := &reportView{}
	var err error
	if p.View, err = c.Reports.View(r.Context(), r.person.ID, r.PathValue("id")); err != nil {
		return nil, err
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return nil, err
	}
	if p.gone, err = c.erased(r, &p.Report); err != nil {
		return nil, err
	}
	if p.given, err = c.given(r, disclosure.Filter{Report: p.Report.ID}); err != nil {
		return nil, err
	}
	p.earlier = numbers(p.Report.Draft.EarlierReports)
	p.saved = r.query.Has("saved") && p.Report.Status == report.Drafted
	p.edit = p.Report.Status == report.Drafted && r.person.Can(auth.ReportEdit)
	p.resolve = r.person.Can(auth.ReportSubmit) && (p.Report.Status == report.Held || p.Report.Status == report.Failed || p.Report.Status == report.Drafted)
	p.takeBack = r.person.Can(auth.ReportSubmit) && p.Report.Status == report.Submitting && !isTakenBack(&p.Report)
	return p, nil
}

func (c *console) showReport(w http.ResponseWriter, r *request, status int, p *reportView) error {
	v := c.view(r, "report.title")
	v.ref, v.path = p.Report.ID, "/report/"+p.Report.ID
	if p.Report.Status == report.Drafted {
		return c.render(w, r, status, draftPage(v, p))
	}
	return c.render(w, r, status, receiptPage(v, p))
}

// reportPreview shows exactly what would be sent.
func (c *console) reportPreview(w http.ResponseWriter, r *request) error {
	return c.showPreview(w, r, http.StatusOK, nil)
}

func (c *console) showPreview(w http.ResponseWriter, r *request, status int, bad mistakes) error {
	p, err := c.previewView(r)
	if err != nil {
		return err
	}
	p.bad = bad
	return c.renderPreview(w, r, status, p)
}

func (c *console) previewView(r *request) (p *previewView, err error) {
	p = &previewView{}
	if p.Preview, err = c.Reports.Preview(r.Context(), r.person.ID, r.PathValue("id")); err != nil {
		return nil, err
	}
	if p.reading, err = p.Documents.Reading(); err != nil {
		return nil, err
	}
	p.blocks, p.refuse = report.Blocking(p.Items), cybertip.Blocking(p.Findings)
	if p.names, err = c.names(r.Context()); err != nil {
		return nil, err
	}
	if p.gone, err = c.erased(r, &p.Report); err != nil {
		return nil, err
	}
	p.wrote, _ = p.WrittenBy(r.person.ID)
	p.second = r.person.Can(auth.ReportSubmit) && p.Report.Status == report.Drafted && p.wrote.N == 0
	p.may = r.person.Can(auth.ReportSubmit) && p.Report.Status == report.Drafted && p.Report.Environment != ""
	return p, nil
}

func (c *console) renderPreview(w http.ResponseWriter, r *request, status int, p *previewView) error {
	v := c.view(r, "preview.title")
	v.ref, v.path = p.Report.ID, "/report/"+p.Report.ID+"/preview"
	return c.render(w, r, status, previewPage(v, p))
}

// reportAct says who does something to the report of the address, and what they have seen of it.
func reportAct(r *request) (report.Act, error) {
	n, err := seenOf(r)
	return report.Act{Who: r.person.ID, Report: r.PathValue("id"), Seen: n}, err
}

// answered says how an exchange ended.
func answered(c *report.Call) string {
	if c.HTTPStatus == 0 {
		return "–"
	}
	return strconv.Itoa(c.HTTPStatus) + " / " + strconv.Itoa(int(c.Code))
}

// severity is the class of a finding's tag.
func severity(f *cybertip.Finding) string {
	if f.Severity == cybertip.SeverityAdvice {
		return "tag quiet-tag"
	}
	return "tag late"
}

// stateClass is the class of an item of the list of completeness.
func stateClass(i *report.Item) string {
	switch {
	case i.Blocks:
		return "unwell"
	case i.State == report.There:
		return "well"
	case i.State == report.NoneKnown:
		return ""
	}
	return "warned"
}

// slug names an incident type in the catalogue; NCMEC's own words stand beside its translation.
func slug(t cybertip.IncidentType) string {
	switch t {
	case cybertip.IncidentAbuseMaterial:
		return "material"
	case cybertip.IncidentTrafficking:
		return "trafficking"
	case cybertip.IncidentSexTourism:
		return "tourism"
	case cybertip.IncidentMolestation:
		return "molestation"
	case cybertip.IncidentMisleadingDomain:
		return "domain"
	case cybertip.IncidentMisleadingWords:
		return "words"
	case cybertip.IncidentEnticement:
		return "enticement"
	case cybertip.IncidentUnsolicitedToKids:
		return "unsolicited"
	}
	return ""
}

// known joins what haris knows of an account on one line each.
func known(p *report.Party) (out []string) {
	add := func(list ...string) {
		if s := strings.Join(list, ", "); s != "" {
			out = append(out, s)
		}
	}
	add(p.ScreenName)
	add(p.DisplayNames...)
	add(p.URLs...)
	for _, a := range p.Emails {
		add(a.Value)
	}
	for _, a := range p.Phones {
		add(a.Value)
	}
	for _, d := range p.Devices {
		add(d.Kind + ": " + d.Value)
	}
	return append(out, p.Remarks...)
}
